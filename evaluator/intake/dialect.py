"""How a text table is written: separator, first line of the table, header, column names, decimal sign."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.cells import is_missing, is_number
from scorecards.local_text import LocalText

MAX_COLUMNS = 2_000
_HEAD_BYTES = 1 << 18
_HEAD_ROWS = 500
_SEPARATORS = (",", "\t", ";", "|")
# A table may follow a title and notes of this many lines at most.
_MAX_PREAMBLE = 30
_COMMA_DECIMAL = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_COMMA_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")
_POINT_DECIMAL = re.compile(r"[-+]?\d*\.\d+(?:[eE][-+]?\d+)?")
_POINT_GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+")

SEPARATOR_NAMES = {
    ",": LocalText(ja="カンマ", en="comma"),
    "\t": LocalText(ja="タブ", en="tab"),
    ";": LocalText(ja="セミコロン", en="semicolon"),
    "|": LocalText(ja="縦線", en="vertical bar"),
}


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a text file. `skip_lines`: physical lines before the first row of data."""

    names: tuple[str, ...]
    skip_lines: int
    renamed: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """One row of the head; `ends_at` is the number of physical lines up to and including it."""

    cells: tuple[str, ...]
    ends_at: int


def head_text(path: Path, encoding: str) -> str:
    """Return the beginning of the file as text, cut at a line's end where the file is longer."""
    with path.open("rb") as stream:
        raw = stream.read(_HEAD_BYTES)
        cut = bool(stream.read(1))
    text = raw.decode(encoding, "ignore").removeprefix("\ufeff")
    if cut:
        end = max(text.rfind("\n"), text.rfind("\r"))
        text = text[: end + 1] if end > 0 else text
    return text


def find_separator(text: str, path: Path) -> str:
    """Return the separator that cuts `text` into the most even rows.

    Raises DataError when there is no row, or only one column whatever the separator.
    """
    if not text.strip():
        raise _empty(path)
    best, best_score = "", 0.0
    for separator in _SEPARATORS:
        widths = Counter(len(row.cells) for row in _rows(text, separator) if any(cell.strip() for cell in row.cells))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        share = count / sum(widths.values())
        # Evenness first; the number of columns only settles ties (decimal commas beside semicolons).
        score = share**2 * (1 + min(width, 50) / 100) if width > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    if not best:
        names = " / ".join(text.ja for text in SEPARATOR_NAMES.values())
        raise DataError(
            LocalText(ja="列が 1 つしか見つかりません。", en="Only one column was found."),
            where=path.name,
            cure=LocalText(
                ja=f"区切り文字を {names} のいずれかにし、目的列と入力列を含む 2 列以上の表を指定してください。",
                en="Separate columns by comma, tab, semicolon or vertical bar; two or more columns are needed.",
            ),
        )
    return best


def _rows(text: str, separator: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[_Row] = []
    try:
        for cells in reader:
            rows.append(_Row(tuple(cells), reader.line_num))
            if len(rows) >= _HEAD_ROWS:
                break
    except csv.Error:
        # A cell beyond the csv module's limit: an unclosed quote. What was read so far is enough to judge by.
        return rows
    return rows


def _table_rows(text: str, separator: str) -> list[_Row]:
    """Return the rows of the table proper: blank lines, and a title or notes above it, left out."""
    rows = [row for row in _rows(text, separator) if any(cell.strip() for cell in row.cells)]
    if not rows:
        return []
    widths = Counter(len(row.cells) for row in rows)
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    for index, row in enumerate(rows[:_MAX_PREAMBLE]):
        if abs(len(row.cells) - width) <= 1 and len(row.cells) > 1:
            return rows[index:]
    return rows


def guess_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first of `rows` holds names: where a column is numeric below, its name is not."""
    first, body = rows[0], rows[1:101]
    if not body:
        return not any(is_number(cell) for cell in first)
    named = unnamed = 0
    for index, cell in enumerate(first):
        below = [row[index] for row in body if index < len(row) and not is_missing(row[index])]
        if not below or is_missing(cell):
            continue
        numeric_share = sum(is_number(value) for value in below) / len(below)
        if numeric_share > 0.9:
            named, unnamed = (named, unnamed + 1) if is_number(cell) else (named + 1, unnamed)
        elif cell in below and len(set(below)) < len(below):
            unnamed += 1
    if named == unnamed == 0:
        filled = [cell.strip() for cell in first if cell.strip()]
        return len(set(filled)) == len(filled) > 0
    return named > 0 if named >= unnamed else _counts_on(first)


def _counts_on(first: Sequence[str]) -> bool:
    """Tell whether numbers in the first row count on as names do: years ('store, 2024, 2025') or positions."""
    numbers = [cell.strip() for cell in first if is_number(cell)]
    if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
        return False
    values = [int(number) for number in numbers]
    if any(later - earlier != 1 for earlier, later in pairwise(values)):
        return False
    if len(numbers) == len(first):
        return values[0] in (0, 1) and len(values) >= 4
    return len(values) >= 4 or (values[0] > 1900 and values[-1] < 2100)


def find_header(text: str, separator: str, path: Path) -> bool:
    """Tell whether the table begins with a row of names. Raises DataError when there is no row at all."""
    rows = _table_rows(text, separator)
    if not rows:
        raise _empty(path)
    return guess_header([row.cells for row in rows])


def find_layout(text: str, separator: str, header: bool, path: Path) -> Layout:
    """Return names and start of the table in `text`.

    Raises DataError when there are names only, one column only, or more than MAX_COLUMNS columns.
    """
    rows = _table_rows(text, separator)
    if not rows:
        raise _empty(path)
    body = rows[1:] if header else rows
    if not body and any(row.cells and row.ends_at > rows[0].ends_at for row in _rows(text, separator)):
        raise _blank_rows(path)
    if not body:
        raise DataError(
            LocalText(ja="列名だけで、データの行がありません。", en="There are column names only and no row of data."),
            where=path.name,
            cure=LocalText(
                ja="データ行を含めて書き出し直してください。列名の行がない表では「見出しなし」を指定してください。",
                en="Export the table with its rows; for a table without names choose 'no header'.",
            ),
        )
    width = Counter(len(row.cells) for row in body).most_common(1)[0][0]
    first = rows[0].cells if header else ()
    if header:
        first, width = _fit_header(first, body, width)
    check_width(width, path.name)
    names, renamed = clean_names(first, width)
    start = rows[0].ends_at if header else _line_before(text, rows[0], separator)
    return Layout(names, start, renamed)


def _fit_header(first: tuple[str, ...], body: Sequence[_Row], width: int) -> tuple[tuple[str, ...], int]:
    """Make the names fit the data: a separator at each line's end, or row names without a title, shift by one."""
    if len(first) + 1 == width:
        trailing_empty = all(not row.cells[-1].strip() for row in body if len(row.cells) == width)
        return ((*first, "") if trailing_empty else ("", *first)), width
    if len(first) == width + 1 and not first[-1].strip():
        return first[:-1], width
    return first, width


def _line_before(text: str, first: _Row, separator: str) -> int:
    """Return how many physical lines lie before `first` (a file without header)."""
    previous = 0
    for row in _rows(text, separator):
        if row.ends_at == first.ends_at:
            return previous
        previous = row.ends_at
    return previous


def check_width(width: int, where: str) -> None:
    """Raise DataError for a table of one column or of more than MAX_COLUMNS columns."""
    if width < 2:
        raise DataError(
            LocalText(ja="列が 1 つしかありません。", en="There is only one column."),
            where=where,
            cure=LocalText(
                ja="予測したい目的列と、その手がかりになる入力列を 1 列以上含めてください。",
                en="Give a target column and at least one column to predict it from.",
            ),
        )
    if width > MAX_COLUMNS:
        raise DataError(
            LocalText(
                ja=f"列が {width:,} あり、上限の {MAX_COLUMNS:,} 列を超えています。",
                en=f"There are {width:,} columns; the limit is {MAX_COLUMNS:,}.",
            ),
            where=where,
            cure=LocalText(
                ja="予測に使わない列を除いて保存し直してください。行と列が逆になっていないかもご確認ください。",
                en="Drop columns that are not needed; check whether rows and columns are swapped.",
            ),
        )


def clean_names(first: Sequence[str], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `width` unique column names made from the header's cells, and those that had to be changed.

    Missing names become c1…cN by position; a repeated name gets _2, _3 …; line breaks become blanks.
    """
    names: list[str] = []
    renamed: list[str] = []
    taken: set[str] = set()
    for index in range(width):
        raw = first[index] if index < len(first) else ""
        visible = "".join(" " if unicodedata.category(character) == "Cc" else character for character in raw)
        name = base = " ".join(visible.replace("\ufeff", "").split()) or f"c{index + 1}"
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        if name != base or (first and not raw.strip()):
            renamed.append(name)
        taken.add(name)
        names.append(name)
    return tuple(names), tuple(renamed)


def find_decimal(text: str, separator: str, header: bool) -> str:
    """Return ',' where numbers are written with a decimal comma, else '.'.

    '1,234' alone may be either; it counts as grouped thousands unless other cells show decimal commas.
    """
    comma = point = 0
    for row in _table_rows(text, separator)[1 if header else 0 :]:
        for cell in row.cells:
            value = cell.strip()
            if _COMMA_DECIMAL.fullmatch(value) and not _COMMA_GROUPED.fullmatch(value):
                comma += 1
            elif _POINT_DECIMAL.fullmatch(value) and not _POINT_GROUPED.fullmatch(value):
                point += 1
    return "," if comma > point else "."


def _blank_rows(path: Path) -> DataError:
    return DataError(
        LocalText(ja="列名の下の行は、すべてのセルが空です。", en="Every cell is missing in the rows below the names."),
        where=path.name,
        cure=LocalText(
            ja="値の入った表を指定してください。書き出し元の設定もご確認ください。",
            en="Give a table that holds values; check the settings of the export.",
        ),
    )


def _empty(path: Path) -> DataError:
    return DataError(
        LocalText(ja="ファイルに文字がありません。", en="The file holds no text."),
        where=path.name,
        cure=LocalText(
            ja="列名の行とデータの行を含む表を保存し直してください。",
            en="Save a table with a row of names and rows of data.",
        ),
    )
