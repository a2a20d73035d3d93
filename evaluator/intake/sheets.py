"""Excel workbooks: which sheet holds the table, and its rows. A cover sheet before the data is passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import DataError
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from openpyxl import Workbook

HEAD_ROWS = 101
# A workbook is a ZIP archive: this many times its own size unpacked is no honest table.
_MAX_INFLATION = 100

Row = tuple[object, ...]


@dataclass(frozen=True)
class SheetChoice:
    """The sheet that is read, and the titles of the other sheets that hold something."""

    read: str
    passed_over: tuple[str, ...]


def sheet_choice(path: Path) -> SheetChoice | None:
    """Return which sheet of a workbook is read: the first that is a table; None where every sheet is empty.

    A table has two or more rows with two or more filled cells. Where no sheet is one, the first that holds anything
    is read. Raises DataError where the workbook can't be opened.
    """
    with _opened(path) as book:
        return _choice(book)


def sheet_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of the workbook's table (see `sheet_choice`); blank rows are left out."""
    with _opened(path) as book:
        choice = _choice(book)
        if choice is not None:
            yield from _filled_rows(book, choice.read)


def sheet_head_rows(path: Path) -> list[tuple[str, ...]]:
    """Return the first rows of the workbook's table as text."""
    return [tuple(cell_text(value) or "" for value in row) for row in islice(sheet_rows(path), HEAD_ROWS)]


def cell_text(value: object) -> str | None:
    """Return a cell as text that reads back to the same value (numbers in full precision, dates in ISO form)."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > max(1, path.stat().st_size) * _MAX_INFLATION:
            raise _bad_workbook(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise _bad_workbook(path) from error
    try:
        yield book
    finally:
        book.close()


def _choice(book: Workbook) -> SheetChoice | None:
    held = {}
    for sheet in book.worksheets:
        head = list(islice(_filled_rows(book, sheet.title), HEAD_ROWS))
        if head:
            held[sheet.title] = sum(sum(map(_is_filled, row)) >= 2 for row in head) >= 2
    if not held:
        return None
    chosen = next((title for title, is_table in held.items() if is_table), next(iter(held)))
    return SheetChoice(chosen, tuple(title for title in held if title != chosen))


def _filled_rows(book: Workbook, title: str) -> Iterator[Row]:
    for row in book[title].iter_rows(values_only=True):
        if any(map(_is_filled, row)):
            yield row


def _is_filled(value: object) -> bool:
    return value is not None and bool(str(value).strip())


def _bad_workbook(path: Path) -> DataError:
    return DataError(
        LocalText(ja="Excel ブックとして開けません。", en="The Excel workbook can't be opened."),
        where=path.name,
        cure=LocalText(
            ja="Excel で開いて保存し直すか、CSV (UTF-8) で保存してください。",
            en="Open and save it again in Excel, or save it as CSV (UTF-8).",
        ),
    )
