"""The sheet of assumptions: yellow cells to change, measured inputs, cash flows and the NPV as live formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from scorecards.cash_flow import MeasuredInput, cash_flow_lines, likely_numbers, measured_inputs
from scorecards.formats import unit_word
from scorecards.local_text import LocalText
from scorecards.phrases import cash_flow_name, how_name, metric_name, setting_name, variant_name
from scorecards.record import Record
from scorecards.reports.contents import Contents
from scorecards.reports.workbook_sheet import Formats, row_height

ONCE: Mapping[str, str] = {
    "adoption": "-{adoption_hours}*{engineer_price_per_hour}",
    "training": "-({tuning_seconds}+{training_seconds})/3600*{production_scale}*{compute_price_per_hour}",
    "transfer": "-{install_bytes}*{transfer_price_per_gb}/10^9*{production_scale}*{sites}",
    "finetuning": "0",
    "labour": "0",
    "quality": "0",
}
YEARLY: Mapping[str, str] = {
    "adoption": "0",
    "training": "-{training_seconds}/3600*{production_scale}*{retrainings_per_year}*{compute_price_per_hour}",
    "transfer": "-({update_bytes}*{updates_per_year}+{install_bytes}*{retrainings_per_year})"
    "*{transfer_price_per_gb}/10^9*{production_scale}*{sites}",
    "finetuning": "-{finetuning_seconds}/3600*{production_scale}*{sites}*{finetunes_per_year}"
    "*{site_compute_price_per_hour}",
    "labour": "({updates_per_year}*({labour_minutes_per_update_baseline}-{labour_minutes_per_update_candidate})"
    "+{finetunes_per_year}*({labour_minutes_per_finetune_baseline}-{labour_minutes_per_finetune_candidate}))"
    "/60*{sites}*{engineer_price_per_hour}",
    "quality": "IF({sites}>=1,{quality}*100*{value_per_point},0)",
}
_LABELS = {
    "note": LocalText(
        ja="黄色のセル (「使う値」) を変えると、下の NPV がその場で再計算されます。",
        en="Change the yellow cells (“value used”): the NPV below is computed again at once.",
    ),
    "used": LocalText(ja="使う値", en="Value used"),
    "measured": LocalText(ja="測定値 (シードの平均)", en="Measured inputs (means over seeds)"),
    "candidate": LocalText(ja="候補", en="Candidate"),
    "baseline": LocalText(ja="通常モデル", en="Baseline"),
    "difference": LocalText(ja="差 (候補 − 通常)", en="Difference"),
    "flows": LocalText(ja="年ごとの損益 (プラスは候補が得)", en="Cash flows by year (positive: the candidate saves)"),
    "year": LocalText(ja="{year} 年目", en="year {year}"),
    "total": LocalText(ja="合計", en="Total"),
    "discounted": LocalText(ja="現在価値", en="Present value"),
    "npv": LocalText(ja="NPV (上の「使う値」による)", en="NPV (with the values used above)"),
    "frozen": LocalText(ja="記録の NPV (標準の前提)", en="NPV in the record (likely values)"),
    "spread": LocalText(
        ja="記録の NPV 10 % 点・中央値・90 % 点 (シミュレーション、式では再計算されません)",
        en="NPV in the record: 10 %, median, 90 % (simulation; not computed again)",
    ),
}
NPV_NAME = "NPV"
RECORD_NPV_NAME = "NPV_RECORD"


@dataclass(frozen=True)
class _Place:
    """Where the numbers stand: id → absolute cell."""

    cells: dict[str, str]
    row: int


def write_money(sheet: Worksheet, record: Record, contents: Contents, formats: Formats) -> None:
    """Write the assumptions, the measured inputs, the cash flows and the NPV; names the NPV cells."""
    language = contents.language
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 6, 16)
    sheet.set_column(7, 7, 70)
    sheet.write_string(0, 0, f"{contents.word('assumptions')} ({record.assumptions.currency})", formats.title)
    sheet.write_string(1, 0, _LABELS["note"].in_language(language), formats.muted)
    place = _write_assumptions(sheet, record, contents, formats, _Place({}, 3))
    place = _write_measured(sheet, record, contents, formats, place)
    _write_flows(sheet, record, contents, formats, place)


def _write_assumptions(sheet: Worksheet, record: Record, contents: Contents, formats: Formats, place: _Place) -> _Place:
    used = _LABELS["used"].in_language(contents.language)
    keys = ("assumption", "", "low", "likely", "high", "unit", "source", "basis")
    for column, key in enumerate(keys):
        sheet.write_string(place.row, column, contents.word(key) if key else used, formats.head)
    row = place.row
    for item, texts in zip(record.assumptions.values.values(), contents.assumptions, strict=True):
        row += 1
        sheet.set_row(row, row_height({42: texts[0], 70: texts[6]}))
        sheet.write_string(row, 0, texts[0], formats.wrap)
        share = item.unit == "share"
        sheet.write_number(row, 1, item.likely, formats.share_entry if share else formats.entry)
        for column, value in enumerate((item.low, item.likely, item.high), start=2):
            sheet.write_number(row, column, value, formats.number)
        unit = "" if share else texts[4]
        for column, text in enumerate((unit, texts[5], texts[6]), start=5):
            sheet.write_string(row, column, text, formats.wrap)
        place.cells[item.id] = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
    return _Place(place.cells, row + 2)


def _write_measured(sheet: Worksheet, record: Record, contents: Contents, formats: Formats, place: _Place) -> _Place:
    language = contents.language
    inputs = measured_inputs(record.measurements, scorecard=record.scorecard, main_metric=record.dataset.main_metric)
    heads = [_LABELS[key].in_language(language) for key in ("measured", "difference", "candidate", "baseline")]
    for column, head in enumerate([*heads, contents.word("unit"), contents.word("seeds"), contents.word("source")]):
        sheet.write_string(place.row, column, head, formats.head)
    row = place.row
    for item in inputs.values():
        row += 1
        candidate, baseline = (xl_rowcol_to_cell(row, column) for column in (2, 3))
        name = _input_name(item, record, contents)
        sheet.set_row(row, row_height({42: name}))
        sheet.write_string(row, 0, name, formats.wrap)
        sheet.write_formula(row, 1, f"={candidate}-{baseline}", formats.number, item.difference)
        sheet.write_number(row, 2, item.candidate, formats.number)
        sheet.write_number(row, 3, item.baseline, formats.number)
        sheet.write_string(row, 4, unit_word(item.unit, language), formats.text)
        sheet.write_number(row, 5, item.n, formats.text)
        sheet.write_string(row, 6, how_name(item.how, language), formats.text)
        place.cells[item.id] = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
    return _Place(place.cells, row + 2)


def _input_name(item: MeasuredInput, record: Record, contents: Contents) -> str:
    language = contents.language
    settings = [setting_name(s, language) for s in (item.candidate_setting, item.baseline_setting)]
    name = metric_name(item.metric, language)
    if not any(settings):
        return name
    names = [variant_name(v, language) for v in (record.scorecard.candidate, record.scorecard.baseline)]
    return f"{name} ({names[0]}: {settings[0]}, {names[1]}: {settings[1]})"


def _write_flows(sheet: Worksheet, record: Record, contents: Contents, formats: Formats, place: _Place) -> None:
    language, business, row = contents.language, record.judgement.business, place.row
    years = range(business.horizon_years + 1)
    sheet.write_string(row, 0, _LABELS["flows"].in_language(language), formats.head)
    for year in years:
        sheet.write_string(row, 1 + year, _LABELS["year"].in_language(language).format(year=year), formats.head)
    first = row + 1
    inputs = measured_inputs(record.measurements, scorecard=record.scorecard, main_metric=record.dataset.main_metric)
    amounts = cash_flow_lines(likely_numbers(inputs, record.assumptions))
    for line, (once, yearly) in amounts.items():
        row += 1
        sheet.write_string(row, 0, cash_flow_name(line, language), formats.text)
        for year in years:
            formula = (ONCE if year == 0 else YEARLY)[line].format(**place.cells)
            sheet.write_formula(row, 1 + year, f"={formula}", formats.money, float((once if year == 0 else yearly)[0]))
    total, present, npv = row + 1, row + 2, row + 4
    sheet.write_string(total, 0, _LABELS["total"].in_language(language), formats.bold)
    sheet.write_string(present, 0, _LABELS["discounted"].in_language(language), formats.bold)
    rate = place.cells["discount_rate"]
    likely_rate = record.assumptions.values["discount_rate"].likely
    for year in years:
        column = 1 + year
        amount = float(sum((once if year == 0 else yearly)[0] for once, yearly in amounts.values()))
        span = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row, column)}"
        sheet.write_formula(total, column, f"=SUM({span})", formats.money_bold, amount)
        cell = xl_rowcol_to_cell(total, column)
        value = amount / (1 + likely_rate) ** year
        sheet.write_formula(present, column, f"={cell}/(1+{rate})^{year}", formats.money, value)
    span = f"{xl_rowcol_to_cell(present, 1)}:{xl_rowcol_to_cell(present, years[-1] + 1)}"
    _write_npv(sheet, record, contents, formats, (npv, span))


def _write_npv(sheet: Worksheet, record: Record, contents: Contents, formats: Formats, place: tuple[int, str]) -> None:
    (row, span), language, business = place, contents.language, record.judgement.business
    sheet.write_string(row, 0, _LABELS["npv"].in_language(language), formats.bold)
    sheet.write_formula(row, 1, f"=SUM({span})", formats.money_bold, business.npv_likely)
    sheet.write_string(row + 1, 0, _LABELS["frozen"].in_language(language), formats.text)
    sheet.write_number(row + 1, 1, business.npv_likely, formats.money)
    spread = _LABELS["spread"].in_language(language)
    sheet.set_row(row + 2, row_height({42: spread}))
    sheet.write_string(row + 2, 0, spread, formats.wrap)
    for column, value in enumerate((business.npv_p10, business.npv_p50, business.npv_p90), start=1):
        sheet.write_number(row + 2, column, value, formats.money)
    book, name = formats.book, sheet.get_name().replace("'", "''")
    for defined, cell_row in ((NPV_NAME, row), (RECORD_NPV_NAME, row + 1)):
        cell = xl_rowcol_to_cell(cell_row, 1, row_abs=True, col_abs=True)
        book.define_name(f"BLUEPRINT_{defined}", f"='{name}'!{cell}")
