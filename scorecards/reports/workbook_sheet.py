"""How the workbook's sheets look: fonts, colours, page set-up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scorecards.charts.theme import FONT, LIGHT
from scorecards.reports.contents import Contents


@dataclass(frozen=True)
class Formats:
    """The cell formats of one workbook."""

    book: Workbook
    title: Format
    head: Format
    bold: Format
    text: Format
    wrap: Format
    muted: Format
    number: Format
    number_left: Format
    money: Format
    money_bold: Format
    entry: Format
    share_entry: Format

    def colour(self, colour: str) -> Format:
        """Return bold text in `colour`."""
        return _format(self.book, bold=True, font_color=colour)


def formats_of(book: Workbook) -> Formats:
    """Return the formats, made once a workbook."""
    entry = {"bg_color": "#fff8e1", "border": 1, "border_color": LIGHT.line}
    return Formats(
        book=book,
        title=_format(book, bold=True, font_size=15),
        head=_format(book, bold=True, font_color="#ffffff", bg_color=LIGHT.accent, text_wrap=True, valign="vcenter"),
        bold=_format(book, bold=True),
        text=_format(book),
        wrap=_format(book, text_wrap=True),
        muted=_format(book, font_color=LIGHT.muted),
        number=_format(book, num_format="#,##0.######"),
        number_left=_format(book, num_format="#,##0.######", align="left"),
        money=_format(book, num_format="#,##0;[Red]-#,##0"),
        money_bold=_format(book, num_format="#,##0;[Red]-#,##0", bold=True, top=1),
        entry=_format(book, num_format="#,##0.####", **entry),
        share_entry=_format(book, num_format="0.0##%", **entry),
    )


def set_up(sheet: Worksheet, contents: Contents) -> None:
    """Make a sheet print well on A4 and carry the record's date, version and page numbers."""
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    title, stamp = (text.replace("&", "&&")[:100] for text in (contents.title, contents.stamp))
    sheet.set_footer(f"&L{title}&C{stamp}&R&P / &N")


def row_height(texts: Mapping[int, str]) -> float:
    """Return a row's height in points: `texts` are wrapped texts by the width of their column, in characters.

    Programs that open a workbook without laying it out again would cut wrapped text off otherwise.
    """
    lines = max(math.ceil(_width(text) / (width * 0.9)) for width, text in texts.items())
    return 16.5 * max(lines, 1)


def _width(text: str) -> int:
    """Return the width in Latin characters: a Japanese character is two wide."""
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)


def _format(book: Workbook, **properties: object) -> Format:
    base = {"font_name": FONT, "font_size": 10, "valign": "top", "font_color": LIGHT.ink}
    return book.add_format(base | properties)
