"""Proposals: target, sites, kinds of columns; and columns that give the target away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluator.errors import DataError
from evaluator.intake.leaks import find_leaks
from evaluator.intake.names import is_site_name, target_score, words
from evaluator.intake.profile import profile
from evaluator.intake.propose import Proposal, check_question, propose, target_kind
from evaluator.intake.read import SITE_FILE
from evaluator.records import ColumnKind, DataSource, TargetKind

ROWS = 2_000


def source(files: int = 1) -> DataSource:
    return DataSource(tuple(f"{i}.csv" for i in range(files)), "csv", "utf-8", ",", ".", True, "0" * 64)


def machines(seed: int = 0) -> pd.DataFrame:
    """Machines that fail in 5 % of the rows, for reasons that flags tell afterwards."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({"heat": generator.normal(size=ROWS), "load": generator.normal(size=ROWS)})
    wear, short = generator.random(ROWS) < 0.03, generator.random(ROWS) < 0.02
    frame["Machine failure"] = (wear | short).astype(int)
    frame["wear_out"] = wear.astype(int)
    frame["harmless"] = (generator.random(ROWS) < 0.03).astype(int)
    return frame


def proposal(frame: pd.DataFrame, files: int = 1, **chosen: str) -> Proposal:
    return propose(profile(frame, source(files)), frame, **chosen)


def test_a_name_that_sounds_like_an_outcome_is_the_target() -> None:
    found = proposal(machines())
    assert (found.target, found.target_kind) == ("Machine failure", "binary")
    assert "Machine failure" in found.reasons["target"].en


def test_without_such_a_name_it_is_the_last_column_that_can_be() -> None:
    frame = machines().rename(columns={"Machine failure": "f"})
    frame["when"] = pd.date_range("2026-01-01", periods=ROWS, freq="h")
    frame["nothing"] = np.nan
    assert proposal(frame).target == "harmless"


def test_the_users_choice_stands_and_a_wrong_one_is_refused() -> None:
    found = proposal(machines(), target="heat", site="")
    assert (found.target, found.target_kind, found.site) == ("heat", "regression", "")
    with pytest.raises(DataError, match="no site column"):
        proposal(machines(), site="stroe")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 1], "binary"),
        (["yes", "no"], "binary"),
        ([1.5, 2.5], "binary"),
        ([0, 1, 2, 3, 4], "multiclass"),
        (["a", "b", "c"], "multiclass"),
        (list(range(30)), "regression"),
        ([0.5, 1.5, 2.5], "regression"),
    ],
)
def test_kinds_of_targets(values: list[object], kind: TargetKind) -> None:
    assert target_kind(pd.DataFrame({"y": values * 40}), "y") == kind


def test_a_column_of_stores_is_the_site_and_no_input() -> None:
    frame = machines()
    frame.insert(0, "store_id", np.arange(ROWS) % 20)
    found = proposal(frame)
    assert found.site == "store_id"
    assert found.columns["store_id"] == "identifier"


def test_stores_with_too_few_rows_are_no_sites() -> None:
    frame = machines()
    frame.insert(0, "store_id", np.arange(ROWS) % 900)
    assert proposal(frame).site == ""


def test_several_files_are_proposed_as_sites() -> None:
    frame = machines()
    frame[SITE_FILE] = pd.Categorical(np.array(["north", "south"])[np.arange(ROWS) % 2])
    found = proposal(frame, files=2)
    assert found.site == "file"
    assert found.columns[SITE_FILE] == "identifier"
    remarks = check_question(frame, profile(frame, source(2)), found.target, found.site, columns=found.columns)
    assert "few_sites" in {remark.code for remark in remarks}


def test_a_flag_set_after_the_outcome_is_found_and_left_out() -> None:
    found = proposal(machines())
    assert [finding.column for finding in found.findings] == ["wear_out"]
    assert found.columns["wear_out"] == "ignored"
    assert found.columns["harmless"] == "numeric"
    assert found.columns["heat"] == "numeric"


def leak_codes(frame: pd.DataFrame, target: str, kind: TargetKind) -> dict[str, str]:
    columns: dict[str, ColumnKind] = {}
    for name in frame.columns:
        columns[name] = "numeric" if pd.api.types.is_numeric_dtype(frame[name]) else "categorical"
    return {finding.column: finding.code for finding in find_leaks(frame, target, kind, columns)}


def test_copies_of_the_target_are_leaks_and_good_clues_are_not() -> None:
    generator = np.random.default_rng(5)
    y = generator.integers(0, 2, ROWS)
    frame = pd.DataFrame({"y": y, "copy": np.where(y == 1, "left", "stayed"), "inverse": 1 - y})
    frame["score"] = y + generator.normal(0, 0.02, ROWS)
    frame["strong"] = y + generator.normal(0, 0.36, ROWS)
    frame["weak"] = y + generator.normal(0, 2.0, ROWS)
    frame["gone"] = np.where(y == 1, np.nan, 1.0)  # filled in only for those who stayed
    assert leak_codes(frame, "y", "binary") == {
        "copy": "leak",
        "inverse": "leak",
        "score": "leak",
        "gone": "leak",
        "strong": "near_leak",
    }


def test_leaks_of_numbers_and_of_classes() -> None:
    generator = np.random.default_rng(6)
    y = generator.lognormal(3, 1, ROWS)
    frame = pd.DataFrame({"y": y, "taxed": y * 1.1 + 3, "near": y * generator.normal(1, 0.1, ROWS)})
    frame["noise"] = generator.normal(size=ROWS)
    assert leak_codes(frame, "y", "regression") == {"taxed": "leak", "near": "near_leak"}
    classes = generator.integers(0, 4, ROWS)
    labelled = pd.DataFrame({"y": classes, "code": classes * 10, "noise": generator.normal(size=ROWS)})
    assert leak_codes(labelled, "y", "multiclass") == {"code": "leak"}


def test_columns_that_are_no_inputs_are_not_judged() -> None:
    frame = pd.DataFrame({"y": [0, 1] * 100, "id": [0, 1] * 100})
    assert find_leaks(frame, "y", "binary", {"y": "categorical", "id": "identifier"}) == ()


def test_rare_classes_and_missing_targets_are_remarked_on() -> None:
    frame = machines()
    frame["y"] = np.where(np.arange(ROWS) < 12, "rare", "usual")
    frame.loc[ROWS - 5 :, "y"] = None
    remarks = check_question(frame, profile(frame, source()), "y")
    assert {remark.code for remark in remarks} == {"rare_class", "missing_target"}


@pytest.mark.parametrize(
    ("name", "is_site"),
    [
        ("store", True),
        ("StoreID", True),
        ("subject#", True),
        ("店舗", True),
        ("店舗コード", True),
        ("病院名", True),
        ("store_size", False),
        ("店舗面積", False),
        ("Machine failure", False),
        ("restore", False),
    ],
)
def test_names_of_sites(name: str, is_site: bool) -> None:
    assert is_site_name(name) is is_site


def test_what_names_say_about_targets() -> None:
    assert words("PhoneServiceID#2") == ("phone", "service", "id", "2")
    assert target_score("欠品") > target_score("前日販売数")
    assert target_score("Churn") > target_score("TotalCharges") > target_score("previous_churn")
