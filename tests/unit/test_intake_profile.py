"""The profile of a table: kinds of columns, figures, and remarks with a cure each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluator.intake.profile import TableProfile, profile
from evaluator.intake.read import NOTES
from evaluator.records import DataSource

ROWS = 400
SOURCE = DataSource(("t.csv",), "csv", "utf-8", ",", ".", True, "0" * 64)


def table() -> pd.DataFrame:
    generator = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "UDI": np.arange(1, ROWS + 1),
            "name": pd.array([f"person {i}" for i in range(ROWS)], dtype="string"),
            "age": generator.integers(20, 80, ROWS),
            "income": generator.normal(500, 100, ROWS).round(1),
            "city": pd.Categorical(generator.choice(["Tokyo", "Osaka", "Nagoya"], ROWS)),
            "day": pd.date_range("2026-01-01", periods=ROWS, freq="D"),
            "store_code": generator.integers(1, 9, ROWS),
            "empty": np.full(ROWS, np.nan),
            "same": pd.Categorical(["x"] * ROWS),
        }
    )
    frame["age_again"] = frame["age"]
    frame["remark"] = pd.array(
        [f"customer {i} called about the invoice of last month and was content" for i in range(ROWS)], dtype="string"
    )
    return frame


def codes(table: TableProfile, column: str) -> set[str]:
    return {finding.code for finding in table.column(column).warnings}


def test_each_column_is_told_for_what_it_is() -> None:
    found = profile(table(), SOURCE)
    assert {column.name: column.kind for column in found.columns} == {
        "UDI": "identifier",
        "name": "identifier",
        "age": "numeric",
        "income": "numeric",
        "city": "categorical",
        "day": "date",
        "store_code": "categorical",
        "empty": "ignored",
        "same": "ignored",
        "age_again": "ignored",
        "remark": "ignored",
    }
    assert codes(found, "empty") == {"empty_column"}
    assert codes(found, "same") == {"constant"}
    assert codes(found, "age_again") == {"duplicate_column"}
    assert codes(found, "remark") == {"free_text"}
    assert codes(found, "UDI") == {"identifier"}
    assert codes(found, "age") == set()


def test_figures_of_a_column() -> None:
    frame = table()
    frame.loc[:99, "income"] = np.nan
    found = profile(frame, SOURCE)
    income, day, city = found.column("income"), found.column("day"), found.column("city")
    assert income.missing_share == pytest.approx(0.25)
    assert income.median == pytest.approx(frame["income"].median())
    assert (income.minimum, income.maximum) == (frame["income"].min(), frame["income"].max())
    assert (day.minimum, day.maximum) == ("2026-01-01", "2027-02-04")
    assert (city.minimum, city.distinct) == (None, 3)
    assert set(city.examples) == {"Tokyo", "Osaka", "Nagoya"}


def test_rows_that_repeat_are_counted_and_exchanged_values_are_not() -> None:
    frame = pd.DataFrame({"a": [1, 2, 1, 2, 3], "b": [2, 1, 2, 9, 4]})
    assert profile(frame, SOURCE).duplicates == 1


def test_a_numeric_column_is_not_taken_for_a_copy_of_a_similar_one() -> None:
    frame = table()
    frame["age_again"] = frame["age"].where(frame.index != 7, 0)
    assert profile(frame, SOURCE).column("age_again").kind == "numeric"


@pytest.mark.parametrize(("value", "suspected"), [(-1, True), (-999, True), (9999, True), (80, False)])
def test_a_number_that_stands_for_missing_is_suspected(value: int, suspected: bool) -> None:
    frame = table()
    frame.loc[:30, "age"] = value
    assert ("suspected_missing" in codes(profile(frame, SOURCE), "age")) is suspected


def test_spellings_that_differ_only_in_case_or_width_are_pointed_out() -> None:
    frame = table()
    frame["city"] = frame["city"].astype(str)
    frame.loc[:5, "city"] = "ｔｏｋｙｏ"
    assert "similar_categories" in codes(profile(frame, SOURCE), "city")


def test_many_categories_and_many_missing_cells_are_pointed_out() -> None:
    frame = table()
    frame["part"] = [f"part {i % 150}" for i in range(ROWS)]
    frame.loc[20:, "income"] = np.nan
    found = profile(frame, SOURCE)
    assert found.column("part").kind == "categorical"
    assert codes(found, "part") == {"many_categories"}
    assert codes(found, "income") == {"many_missing"}


def test_what_reading_noticed_is_told_with_worst_first() -> None:
    frame = table()
    frame.attrs[NOTES] = {
        "odd": {"age": {"old": 3}},
        "ambiguous_dates": {"day": "D/M/Y"},
        "codes": ["store_code"],
        "infinite": {"income": 2},
        "renamed": ["c4"],
        "empty_rows": 1,
        "sentinels": {"age": [-9.0, 4], "income": [-9.0, 5], "store_code": [-9.0, 6]},
    }
    found = profile(frame, SOURCE)
    told = [finding.code for finding in found.findings]
    assert {"odd_cells", "ambiguous_dates", "code_numbers", "infinite", "renamed_columns", "empty_rows"} <= set(told)
    assert told.count("sentinel") == 1
    severities = [finding.severity for finding in found.findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_every_remark_has_both_languages_and_a_cure() -> None:
    frame = pd.concat([table(), table().head(3)], ignore_index=True)
    frame.loc[:30, "age"] = -999
    for finding in profile(frame, SOURCE).findings:
        for text in (finding.text, finding.cure):
            assert text.ja.endswith("。")
            assert text.en.endswith(".")
            assert "{" not in text.ja + text.en
