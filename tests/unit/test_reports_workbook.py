from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from scorecards.assumptions import with_likely
from scorecards.business import evaluate
from scorecards.cash_flow import measured_inputs
from scorecards.local_text import LANGUAGES, Language
from scorecards.record import Json, Record
from scorecards.reports import render
from scorecards.reports.conditions import protocol_conditions
from scorecards.reports.contents import contents_of, environment_rows, protocol_rows
from scorecards.reports.workbook import sheet_name
from tests.example_record import KINDS, Kind, example_record

_REFERENCE = re.compile(r"\$?([A-Z]+)\$?(\d+)")
_IF = re.compile(r"IF\(([^,<>=]+)>=([^,<>=]+),([^,]+),([^,()]+)\)")
_SUM = re.compile(r"SUM\(\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)\)")


def _book(record: Record, language: Language) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(record, "xlsx", language)))


def _money_only(kind: Kind) -> Record:
    """Return the example with only the rows that the money needs: the workbook is read many times."""
    record = example_record(kind)
    rows = record.measurements
    inputs = measured_inputs(rows, scorecard=record.scorecard, main_metric=record.dataset.main_metric)
    used = rows[rows["metric"].isin({item.metric for item in inputs.values()})]
    return replace(record, measurements=used, curves=record.curves.head(0))


def _npv_cell(book: Workbook) -> tuple[Worksheet, str]:
    sheet, cell = book.defined_names["BLUEPRINT_NPV"].attr_text.rsplit("!", 1)
    return book[sheet.strip("'")], cell.replace("$", "")


def _evaluate(sheet: Worksheet, cell: str) -> float:
    """Compute a cell from the formulas alone (+ − * / ^, SUM and IF a ≥ b), never from a stored result."""
    content = sheet[cell].value
    if not isinstance(content, str):
        return float(content)
    assert content.startswith("="), f"{cell} holds text: {content}"
    formula = _SUM.sub(lambda m: _sum(sheet, m), content[1:])
    formula = _REFERENCE.sub(lambda m: repr(_evaluate(sheet, m[1] + m[2])), formula)
    formula = _IF.sub(lambda m: m[3] if float(m[1]) >= float(m[2]) else m[4], formula)
    assert re.fullmatch(r"[-+*/^().\deE\s]+", formula), formula
    return float(eval(formula.replace("^", "**")))


def _sum(sheet: Worksheet, match: re.Match[str]) -> str:
    cells = sheet[f"{match[1]}{match[2]}:{match[3]}{match[4]}"]
    return repr(sum(_evaluate(sheet, cell.coordinate) for row in cells for cell in row))


@pytest.mark.parametrize("kind", KINDS)
def test_the_live_formulas_give_the_records_npv(kind: Kind) -> None:
    record = _money_only(kind)
    assert _evaluate(*_npv_cell(_book(record, "ja"))) == pytest.approx(record.judgement.business.npv_likely, abs=0.01)


@pytest.mark.parametrize(
    ("assumption", "factor"),
    [
        ("sites", 1.7),
        ("sites", 0.0),
        ("updates_per_year", 1.7),
        ("engineer_price_per_hour", 1.7),
        ("discount_rate", 1.7),
        ("value_per_point", 1.7),
        ("production_scale", 1.7),
    ],
)
def test_a_changed_assumption_gives_what_the_business_case_gives(assumption: str, factor: float) -> None:
    record = _money_only("conditional")
    moved = record.assumptions.values[assumption].likely * factor
    sheet, cell = _npv_cell(_book(record, "en"))
    titles = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    sheet.cell(titles[record.assumptions.values[assumption].title.en], 2).value = moved
    expected = evaluate(
        record.measurements,
        scorecard=record.scorecard,
        assumptions=with_likely(record.assumptions, {assumption: moved}),
        main_metric=record.dataset.main_metric,
        draws=10,
    ).npv_likely
    assert expected != pytest.approx(record.judgement.business.npv_likely)
    assert _evaluate(sheet, cell) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_stay_text_and_numbers_stay_numbers(language: Language) -> None:
    record = replace(example_record("conditional"), title='=cmd()|"/c calc"!A1')
    book = _book(record, language)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type == "f" and sheet.title != _npv_cell(book)[0].title
    ]
    assert formulas == []
    titles = [cell.value for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "s"]
    assert '=cmd()|"/c calc"!A1' in titles
    measurements = book["測定値" if language == "ja" else "Measurements"]
    column = [c.value for c in measurements[1]].index("value") + 1
    assert measurements.max_row == len(record.measurements) + 1
    assert all(isinstance(measurements.cell(row, column).value, int | float) for row in range(2, 30))


def test_an_infinite_time_is_written_as_text_not_as_a_number() -> None:
    book = _book(example_record("infinite"), "en")
    values = [cell.value for line in book["Measurements"].iter_rows() for cell in line]
    assert "never" in values and "inf" not in values
    assert contents_of(example_record("infinite"), "en").word("infinite") in values


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_that_are_numbers_are_numbers(language: Language) -> None:
    record = replace(example_record("go"), environment={"memory_bytes": 25276502016, "threads": 4, "device": "cpu"})
    sheet = _book(record, language)["手順と環境" if language == "ja" else "Protocol and environment"]
    found = {line[0].value: line[1].value for line in sheet.iter_rows()}
    assert found["メモリ" if language == "ja" else "Memory"] == 25276502016
    assert found["スレッド数 / 試行" if language == "ja" else "Threads a trial"] == 4


def test_no_raw_unit_stands_in_a_japanese_table() -> None:
    book = _book(example_record("go"), "ja")
    for name, head in (("判定基準", "単位"), ("方式別の中央値", "単位"), ("測定値", "unit")):
        column = [cell.value for cell in book[name][1]].index(head) + 1
        units = {book[name].cell(row, column).value for row in range(2, book[name].max_row + 1)}
        assert not units & {"ratio", "score", "share", "steps", "parameters", "trials"}


def test_conditions_are_words_with_formatted_values() -> None:
    flags: list[Json] = [
        {"variant": "dense", "metric": "train.seconds", "setting": "", "relative_deviation": 0.1 + i / 100}
        for i in range(9)
    ]
    environment: dict[str, Json] = {"memory_bytes": 25276502016, "energy": {"watts_per_core": 10.0}, "unstable": flags}
    record = replace(example_record("go"), environment=environment, protocol={"looks": [3, 5], "order": [["hyper"]]})
    rows = environment_rows(record, "ja")
    assert ("メモリ", "25.3 GB") in rows and ("消費エネルギー · 1 コアの電力", "10 W") in rows
    unsteady = [text for label, text in rows if label == contents_of(record, "ja").word("unsteady")]
    assert len(unsteady) == 6 and "±18 %" in unsteady[0] and "4" in unsteady[-1]
    assert protocol_rows(record, "en") == [("Looks (seeds)", "3, 5"), ("Order of trials (seed 1)", "hypernetwork")]


def test_conditions_that_belong_together_say_so() -> None:
    environment: dict[str, Json] = {
        "cpu_governor": None,
        "packages": {"numpy": "2.4.6", "ray": None},
        "commit": "0123456789abcdef0123+",
        "power_source": "modelled",
    }
    protocol: dict[str, Json] = {
        "seeds": [1, 2, 3, 4],
        "confidence": 0.95,
        "limits": {"max_seconds": 5.0},
        "order": [["hyper"], ["dense"]],
        "settings": {"hyper": {"max_leaf_nodes": None}},
    }
    record = replace(example_record("go"), environment=environment, protocol=protocol)
    assert environment_rows(record, "en") == [
        ("CPU frequency governor", "not available"),
        ("Package · numpy", "2.4.6"),
        ("Program version (commit)", "0123456789ab+"),
        ("How energy is known", "modelled"),
    ]
    lines = [(line.group, line.item, line.text) for line in protocol_conditions(record, "ja")]
    assert lines == [
        ("", "", "1 〜 4"),
        ("", "", "95 %"),
        ("試行の上限", "学習時間", "5 s"),
        ("試行の順序", "シード 1", "ハイパーネットワーク"),
        ("試行の順序", "シード 2", "通常モデル"),
        ("調整で選んだ設定", "ハイパーネットワーク · 葉の最大数", "—"),
    ]


def test_a_loaded_machine_is_a_risk() -> None:
    calm = replace(example_record("go"), environment={"load_average": [1.0, 1.0, 1.0], "logical_cores": 2})
    loaded = replace(calm, environment={"load_average": [3.1, 1.0, 1.0], "logical_cores": 2})
    added = set(contents_of(loaded, "en").sentences.risk) - set(contents_of(calm, "en").sentences.risk)
    assert len(added) == 1 and "3.1" in added.pop()


def test_a_figure_of_the_rivals_is_a_number() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(example_record("conditional"), "xlsx", "ja")))
    cells = [cell for row in book[sheet_name("rivals", "ja")].iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells if isinstance(cell.value, str) and re.fullmatch(r"[\d.,]+", cell.value)] == []
    assert [cell.value for cell in cells if isinstance(cell.value, float)]
