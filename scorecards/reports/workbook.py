"""The workbook: numbers as numbers, and a sheet of assumptions whose formulas compute the NPV live.

The formulas are those of `cash_flow.py`, cell by cell, so that a changed assumption changes the NPV at once; with the
likely values as delivered the NPV cell equals `BusinessResult.npv_likely`. Text cells are always text: a name such as
`=cmd()` can't become a formula.
"""

from __future__ import annotations

import io
import math
import re

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scorecards.formats import MINUS, NEVER, unit_word
from scorecards.local_text import Language
from scorecards.phrases import metric_name, setting_name, variant_name
from scorecards.record import CURVE_COLUMNS, MEASUREMENT_COLUMNS, Record
from scorecards.reports.conditions import Condition, environment_conditions, protocol_conditions
from scorecards.reports.contents import Contents, contents_of
from scorecards.reports.workbook_money import write_money
from scorecards.reports.workbook_sheet import Formats, formats_of, row_height, set_up

_NUMBER = re.compile(rf"[{MINUS}-]?[0-9][0-9,]*([.][0-9]+)?")
_SHEETS = {
    "summary": ("要約", "Summary"),
    "criteria": ("判定基準", "Criteria"),
    "money": ("前提と NPV", "Assumptions and NPV"),
    "rivals": ("比較", "Rivals"),
    "medians": ("方式別の中央値", "Medians by variant"),
    "measurements": ("測定値", "Measurements"),
    "curves": ("学習曲線", "Learning curves"),
    "protocol": ("手順と環境", "Protocol and environment"),
}


def render(record: Record, language: Language) -> bytes:
    """Return the workbook on `record` as XLSX."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": contents_of(record, language).title, "author": "Blueprint"})
        _write(book, record, language)
    return buffer.getvalue()


def sheet_name(key: str, language: Language) -> str:
    """Return a sheet's name."""
    return _SHEETS[key][0 if language == "ja" else 1]


def _write(book: Workbook, record: Record, language: Language) -> None:
    contents, formats = contents_of(record, language), formats_of(book)
    sheets = {key: book.add_worksheet(sheet_name(key, language)) for key in _SHEETS}
    for sheet in sheets.values():
        set_up(sheet, contents)
    _write_summary(sheets["summary"], contents, formats)
    _write_criteria(sheets["criteria"], contents, formats)
    write_money(sheets["money"], record, contents, formats)
    _write_rivals(sheets["rivals"], contents, formats)
    rows = record.measurements[list(MEASUREMENT_COLUMNS)]
    rows = rows.assign(unit=[unit_word(unit, language) for unit in rows["unit"]])
    _write_frame(sheets["medians"], medians(record, language), formats, contents)
    _write_frame(sheets["measurements"], rows, formats, contents)
    _write_frame(sheets["curves"], record.curves[list(CURVE_COLUMNS)], formats, contents)
    _write_protocol(sheets["protocol"], record, contents, formats)


def medians(record: Record, language: Language) -> pd.DataFrame:
    """Return the median of every metric and setting (a row) by variant (a column); the unit is in words."""
    whole = record.measurements[record.measurements["site"] == ""]
    table = whole.pivot_table(
        index=["metric", "setting", "unit"],
        columns="variant",
        values="value",
        aggfunc="median",
        sort=False,
        dropna=True,
    ).reset_index()
    names = ("項目", "条件", "単位") if language == "ja" else ("metric", "setting", "unit")
    out = pd.DataFrame({"id": table["metric"], names[0]: [metric_name(m, language) for m in table["metric"]]})
    out[names[1]] = [setting_name(s, language) for s in table["setting"]]
    out[names[2]] = [unit_word(unit, language) for unit in table["unit"]]
    for variant in record.variants:
        if variant in table:
            out[variant_name(variant, language)] = table[variant]
    return out


def _write_summary(sheet: Worksheet, contents: Contents, formats: Formats) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, contents.title, formats.title)
    sheet.write_string(1, 0, f"{contents.facts} · {contents.stamp}", formats.muted)
    lines: list[tuple[str, str]] = [
        (contents.word("verdict"), f"{contents.verdict_sign} {contents.verdict}"),
        ("", contents.headline),
    ]
    for key in ("purpose", "result", "risk", "cost", "decision"):
        for index, sentence in enumerate(getattr(contents.sentences, key)):
            lines.append((contents.word(key) if index == 0 else "", sentence))
    for row, (head, text) in enumerate(lines, start=3):
        sheet.write_string(row, 0, head, formats.bold)
        sheet.write_string(row, 1, text, formats.wrap)
        sheet.set_row(row, row_height({100: text}))
    notes = (contents.terms, contents.word("infinite"), contents.word("ratio_note"))
    for row, note in enumerate(notes, start=4 + len(lines)):
        sheet.write_string(row, 1, note, formats.muted)


def _write_criteria(sheet: Worksheet, contents: Contents, formats: Formats) -> None:
    keys = (
        "criterion",
        "must",
        "state",
        "value",
        "interval_low",
        "interval_high",
        "threshold",
        "unit",
        "seeds",
        "source",
    )
    heads = [
        contents.word("criterion"),
        f"{contents.word('must')} / {contents.word('want')}",
        contents.word("state"),
        contents.word("value"),
        f"{contents.word('interval')} ({contents.word('low')})",
        f"{contents.word('interval')} ({contents.word('high')})",
        contents.word("gate"),
        contents.word("unit"),
        contents.word("seeds"),
        contents.word("source"),
        contents.word("notes"),
    ]
    _heads(sheet, heads, formats)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(keys) - 1, 13)
    sheet.set_column(len(keys), len(keys), 90)
    states = {row.colour: formats.colour(row.colour) for row in contents.rows}
    for number, row in enumerate(contents.rows, start=1):
        result = row.result
        sheet.set_row(number, row_height({34: row.title, 90: row.sentence}))
        sheet.write_string(number, 0, row.title, formats.wrap)
        sheet.write_string(number, 1, row.kind, formats.text)
        sheet.write_string(number, 2, f"{row.sign} {row.state}", states[row.colour])
        for column, value in enumerate((result.value, result.low, result.high, result.threshold), start=3):
            _write_value(sheet, number, column, value, formats.number, contents.language)
        sheet.write_string(number, 7, unit_word(result.unit, contents.language), formats.text)
        sheet.write_number(number, 8, result.n, formats.text)
        sheet.write_string(number, 9, row.how, formats.text)
        sheet.write_string(number, 10, row.sentence, formats.wrap)


def _write_rivals(sheet: Worksheet, contents: Contents, formats: Formats) -> None:
    if not contents.rivals:
        sheet.write_string(0, 0, contents.word("none_measured"), formats.text)
        return
    _heads(sheet, list(contents.rival_heads), formats)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(contents.rival_heads), 22)
    for number, line in enumerate(contents.rivals, start=1):
        for column, text in enumerate(line):
            if _NUMBER.fullmatch(text):
                sheet.write_number(number, column, float(text.replace(",", "").replace(MINUS, "-")), formats.number)
            else:
                sheet.write_string(number, column, text, formats.text)


def _write_frame(sheet: Worksheet, frame: pd.DataFrame, formats: Formats, contents: Contents) -> None:
    """Write a table with a filter; infinite figures as the word 'never' with a note, missing ones as empty cells."""
    _heads(sheet, [str(name) for name in frame.columns], formats)
    for number, line in enumerate(frame.itertuples(index=False, name=None), start=1):
        for column, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(number, column, value, formats.text)
            else:
                _write_value(sheet, number, column, float(value), formats.number, contents.language)
    if any((frame[name] == math.inf).any() for name in frame.columns if frame[name].dtype.kind == "f"):
        sheet.write_string(0, len(frame.columns) + 1, contents.word("infinite"), formats.muted)
    sheet.set_column(0, max(len(frame.columns) - 1, 0), 20)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_protocol(sheet: Worksheet, record: Record, contents: Contents, formats: Formats) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 14)
    parts: tuple[tuple[str, tuple[Condition, ...]], ...] = (
        (contents.word("hashes"), tuple(Condition(*line) for line in contents.hashes)),
        (contents.word("protocol"), protocol_conditions(record, contents.language)),
        (contents.word("repairs"), _repairs(contents)),
        (contents.word("environment"), environment_conditions(record, contents.language)),
        (contents.word("method"), tuple(Condition("", line) for line in contents.method)),
        (contents.word("glossary"), tuple(Condition(*line) for line in contents.glossary)),
    )
    row = 0
    for head, lines in parts:
        sheet.write_string(row, 0, head, formats.head)
        for column in (1, 2):
            sheet.write_blank(row, column, None, formats.head)
        for line in lines:
            row += 1
            sheet.write_string(row, 0, line.label, formats.wrap)
            sheet.set_row(row, row_height({34: line.label, 70: line.text}))
            if line.number is None:
                sheet.write_string(row, 1, line.text, formats.wrap)
            else:
                sheet.write_number(row, 1, line.number, formats.number_left)
                sheet.write_string(row, 2, line.unit, formats.text)
        row += 2


def _repairs(contents: Contents) -> tuple[Condition, ...]:
    """Return what was mended or left out, a line each; that there was nothing where there was nothing."""
    return tuple(Condition("", text) for text in contents.repairs or (contents.word("no_repairs"),))


def _heads(sheet: Worksheet, heads: list[str], formats: Formats) -> None:
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats.head)
    sheet.freeze_panes(1, 1)


def _write_value(
    sheet: Worksheet, row: int, column: int, value: float | None, number: Format, language: Language
) -> None:
    if value is None or math.isnan(value):
        sheet.write_blank(row, column, None)
    elif math.isinf(value):
        sheet.write_string(row, column, NEVER.in_language(language) if value > 0 else "−∞")
    else:
        sheet.write_number(row, column, value, number)
