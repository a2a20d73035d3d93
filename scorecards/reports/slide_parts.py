"""The pieces that slides are made of: text boxes, rules, tables, footers, each with fonts for both scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from scorecards.charts.theme import FONT, LIGHT
from scorecards.reports.slide_text import LINE_SPACING, SMALLEST, STEP, Box, Run, fitted, height, smaller

WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.6
_CELL_SIDE, _CELL_TOP = 0.05, 0.02
Align = Literal["left", "center", "right"]
_ALIGNS = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}


def colour(value: str) -> RGBColor:
    """Return '#rrggbb' as a colour of python-pptx."""
    red, green, blue = (int(value[start : start + 2], 16) for start in (1, 3, 5))
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


def set_font(font: Any, size: float, *, bold: bool = False, tint: str = LIGHT.ink) -> None:
    """Set size, weight, colour and the typeface for Latin (a:latin), East Asian (a:ea) and other scripts (a:cs)."""
    font.size, font.bold = Pt(size), bold
    font.color.rgb = colour(tint)
    font.name = FONT
    properties = font._element
    for tag in ("a:ea", "a:cs"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        element = properties.makeelement(qn(tag), {"typeface": FONT})
        latin = properties.find(qn("a:latin"))
        position = list(properties).index(latin) + (1 if tag == "a:ea" else 2)
        properties.insert(position, element)


def write(
    slide: Any,
    box: Box,
    paragraphs: Sequence[Sequence[Run]],
    *,
    align: Align = "left",
    middle: bool = False,
    bottom: bool = False,
    spacing: float = 3,
    bullet: bool = False,
) -> Any:
    """Add a text box; every paragraph is a sequence of runs. Text is always plain text. At the top unless told."""
    shape = slide.shapes.add_textbox(*(Inches(v) for v in (box.left, box.top, box.width, box.height)))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.BOTTOM if bottom else MSO_ANCHOR.TOP
    fill_frame(frame, paragraphs, align=align, spacing=spacing, bullet=bullet)
    return shape


def fill_frame(
    frame: Any, paragraphs: Sequence[Sequence[Run]], *, align: Align = "left", spacing: float = 3, bullet: bool = False
) -> None:
    """Fill a text frame with paragraphs of runs."""
    for index, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = _ALIGNS[align]
        paragraph.space_after = Pt(spacing)
        paragraph.line_spacing = LINE_SPACING
        lead = [Run("・", runs[0].size, colour=LIGHT.muted)] if bullet and runs else []
        for run in [*lead, *runs]:
            part = paragraph.add_run()
            part.text = run.text
            set_font(part.font, run.size, bold=run.bold, tint=run.colour)


def panel(slide: Any, box: Box, fill: str, *, line: str = "") -> Any:
    """Add a plain rectangle without shadow."""
    shape = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, *(Inches(v) for v in (box.left, box.top, box.width, box.height))
    )
    shape._element.remove(shape._element.find(qn("p:style")))
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(fill)
    if line:
        shape.line.color.rgb = colour(line)
        shape.line.width = Pt(0.75)
    else:
        shape.line.fill.background()
    return shape


def table(
    slide: Any,
    box: Box,
    heads: Sequence[str],
    lines: Sequence[Sequence[Run]],
    widths: Sequence[float],
    *,
    size: float = 11,
    row_height: float = 0.3,
    right: Sequence[int] = (),
) -> Any:
    """Add a native table with a thin rule under each line; `widths` in inches, `right`: columns aligned right.

    A row is as high as its text needs and, where there is room, `row_height` inches at least; what is too long for
    `box` is set smaller.
    """
    cells, heights = _measured([[Run(head, size - 1, colour=LIGHT.muted) for head in heads], *lines], widths)
    rows = len(cells)
    while sum(heights) > box.height and _largest(cells) > SMALLEST:
        cells, heights = _measured(smaller(cells, STEP), widths)
    heights = _roomy(heights, row_height, box.height)
    frame = slide.shapes.add_table(
        rows, len(heads), Inches(box.left), Inches(box.top), Inches(sum(widths)), Inches(row_height * rows)
    )
    grid = frame.table
    _plain_style(frame)
    for column, width in enumerate(widths):
        grid.columns[column].width = Inches(width)
    for index, runs in enumerate(cells):
        grid.rows[index].height = Inches(heights[index])
        for column, run in enumerate(runs):
            cell = grid.cell(index, column)
            cell.margin_left = cell.margin_right = Inches(_CELL_SIDE)
            cell.margin_top = cell.margin_bottom = Inches(_CELL_TOP)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.background()
            fill_frame(cell.text_frame, [[run]], align="right" if column in right else "left", spacing=0)
            _rule_below(cell)
    return frame


def _measured(cells: Sequence[Sequence[Run]], widths: Sequence[float]) -> tuple[Sequence[Sequence[Run]], list[float]]:
    """Return the cells, and the inches that the highest one of each row takes."""
    return cells, [
        max(height([[run]], width - 2 * _CELL_SIDE, 0) for run, width in zip(row, widths, strict=True)) + 2 * _CELL_TOP
        for row in cells
    ]


def _roomy(needed: Sequence[float], least: float, room: float) -> list[float]:
    """Return row heights of `least` inches at least, or, where that exceeds the room, the rest of it shared out."""
    heights = [max(one, least) for one in needed]
    if sum(heights) <= room:
        return heights
    spare = max(0.0, room - sum(needed)) / len(needed)
    return [one + spare for one in needed]


def _largest(cells: Sequence[Sequence[Run]]) -> float:
    return max(run.size for row in cells for run in row)


def heading(slide: Any, title: str, lead: str = "") -> None:
    """Add the slide's title with its accent rule, and one sentence under it."""
    panel(slide, Box(0, 0, WIDTH, 0.12), LIGHT.accent)
    write(slide, Box(MARGIN, 0.38, WIDTH - 2 * MARGIN, 0.6), [[Run(title, 26, bold=True, colour=LIGHT.accent)]])
    if lead:
        box = Box(MARGIN, 1.0, WIDTH - 2 * MARGIN, 0.75)
        write(slide, box, fitted([[Run(lead, 15)]], box))


def footer(slide: Any, text: str, number: int, total: int) -> None:
    """Add record date, version and the page number."""
    panel(slide, Box(MARGIN, 7.02, WIDTH - 2 * MARGIN, 0.01), LIGHT.line)
    write(slide, Box(MARGIN, 7.08, 10.5, 0.25), [[Run(text, 9, colour=LIGHT.muted)]])
    page = [[Run(f"{number} / {total}", 9, colour=LIGHT.muted)]]
    write(slide, Box(WIDTH - MARGIN - 1.5, 7.08, 1.5, 0.25), page, align="right")


def describe(shape: Any, text: str) -> None:
    """Give a chart or picture the words that a screen reader says."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)


def notes(slide: Any, sentences: Sequence[str]) -> None:
    """Put the sentences to say into the speaker's notes."""
    frame = slide.notes_slide.notes_text_frame
    fill_frame(frame, [[Run(sentence, 12)] for sentence in sentences if sentence])


def _plain_style(frame: Any) -> None:
    properties = frame._element.graphic.graphicData.tbl.tblPr
    for name in ("firstRow", "bandRow"):
        properties.set(name, "0")
    style = properties.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def _rule_below(cell: Any) -> None:
    properties = cell._tc.get_or_add_tcPr()
    line = properties.makeelement(qn("a:lnB"), {"w": "6350"})
    fill = line.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": LIGHT.line.removeprefix("#").upper()}))
    line.append(fill)
    properties.insert(0, line)
