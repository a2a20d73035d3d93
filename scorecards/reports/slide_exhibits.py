"""The slide with what the variants made: texts and tables as text, the rest as the charts that every report shows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import altair as alt
from pptx.util import Inches

from scorecards.charts.exhibits import confusion, drawings, forecast
from scorecards.charts.static import png
from scorecards.charts.theme import LIGHT
from scorecards.local_text import Language
from scorecards.phrases.names import variant_name
from scorecards.record import Record
from scorecards.reports.exhibits import Exhibits, counts_of, drawing_rows, forecast_rows, shown_exhibits
from scorecards.reports.plain_text import one_line
from scorecards.reports.slide_parts import (
    MARGIN,
    WIDTH,
    describe,
    heading,
    notes,
    panel,
    table,
    write,
)
from scorecards.reports.slide_text import Box, Run, fitted

_TEXT_WIDTH = WIDTH - 2 * MARGIN
_TOP, _BOTTOM, _GAP = 1.85, 6.9, 0.3
_PIXELS_PER_INCH = 96
_CELL, _FORECAST_HEIGHT = 36, 300
"""Pixels."""


def exhibit_slide(slide: Any, record: Record, exhibits: Exhibits, language: Language) -> None:
    """Draw what the variants made: `exhibits` in words, charts from the record."""
    heading(slide, exhibits.title, exhibits.meaning)
    kind, shown = shown_exhibits(record)
    room = Box(MARGIN, _TOP, _TEXT_WIDTH, _BOTTOM - _TOP)
    if exhibits.texts:
        _passages(slide, exhibits.texts, room)
    elif exhibits.lines:
        lines = [[Run(text, 11) for text in line] for line in exhibits.lines]
        table(slide, room, exhibits.heads, lines, [room.width / len(exhibits.heads)] * len(exhibits.heads))
    elif kind == "forecasts":
        rows = forecast_rows(shown)
        for (row, made), box in zip(rows, _columns(room, len(rows)), strict=True):
            chart = forecast(row, made, language, width=int(box.width * _PIXELS_PER_INCH), height=_FORECAST_HEIGHT)
            _picture(slide, one_line(str(row.get("site", ""))), chart, box)
    elif kind == "drawings":
        drawn = drawing_rows(shown, language)
        for (name, some), box in zip(drawn.items(), _grid(room, len(drawn)), strict=True):
            chart = drawings(some, language, title=name, width=int(box.width * _PIXELS_PER_INCH))
            _picture(slide, name, chart, box)
    else:
        for (variant, exhibit), box in zip(shown.items(), _columns(room, len(shown)), strict=True):
            name, (classes, counts) = variant_name(variant, language), counts_of(exhibit)
            width = min(int(box.width * _PIXELS_PER_INCH), _CELL * len(classes))
            _picture(slide, name, confusion(classes, counts, language, title=name, width=width), box)
    notes(slide, [exhibits.meaning])


def _columns(room: Box, count: int) -> list[Box]:
    width = (room.width - _GAP * (count - 1)) / max(count, 1)
    return [Box(room.left + n * (width + _GAP), room.top, width, room.height) for n in range(count)]


def _grid(room: Box, count: int) -> list[Box]:
    """Return boxes in two columns, line by line."""
    lines = (count + 1) // 2
    height = (room.height - _GAP * (lines - 1)) / max(lines, 1)
    lefts = _columns(Box(room.left, room.top, room.width, height), 2)
    return [Box(lefts[n % 2].left, room.top + n // 2 * (height + _GAP), lefts[0].width, height) for n in range(count)]


def _passages(slide: Any, texts: Sequence[tuple[str, str]], room: Box) -> None:
    for (name, text), box in zip(texts, _grid(room, len(texts)), strict=True):
        write(slide, Box(box.left, box.top, box.width, 0.28), [[Run(name, 12, bold=True, colour=LIGHT.accent)]])
        panel(slide, Box(box.left, box.top + 0.32, box.width, box.height - 0.32), LIGHT.accent_pale)
        inner = Box(box.left + 0.12, box.top + 0.4, box.width - 0.24, box.height - 0.48)
        lines = [[Run(one_line(line), 11)] for line in text.split("\n") if line.strip()]
        write(slide, inner, fitted(lines, inner, spacing=1), spacing=1)


def _picture(slide: Any, name: str, chart: alt.LayerChart, box: Box) -> None:
    """Add a chart as a picture, as large as the box lets it be."""
    write(slide, Box(box.left, box.top, box.width, 0.28), [[Run(name, 12, bold=True, colour=LIGHT.accent)]])
    picture = slide.shapes.add_picture(io.BytesIO(png(chart)), Inches(box.left), Inches(box.top + 0.32))
    scale = min(Inches(box.width) / picture.width, Inches(box.height - 0.32) / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    describe(picture, str(chart.description))
