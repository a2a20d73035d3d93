"""Native, editable charts for slides: every figure stays in the chart's own data sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from scorecards.charts.theme import LIGHT
from scorecards.formats import MINUS
from scorecards.reports.slide_parts import colour, describe, fill_frame, set_font, write
from scorecards.reports.slide_text import Box, Run

_CANDIDATE_SIZE, _RIVAL_SIZE = 14, 10
_NAMES = 2.2
"""Inches for the names beside a comparison."""
_PLOT_AREA = {"x": 0.02, "y": 0.02, "w": 0.95, "h": 0.84}
_ROW_START, _ROW_END = 0.4, 0.9


@dataclass(frozen=True)
class Dot:
    """A row of the comparison: a value with its interval, in the criterion's unit; `label` stands beside the point."""

    name: str
    label: str
    value: float
    low: float
    high: float
    colour: str
    candidate: bool


@dataclass(frozen=True)
class Span:
    """A floating bar from `start` to `end`, in the axis' unit."""

    name: str
    label: str
    start: float
    end: float
    colour: str


def interval_chart(slide: Any, box: Box, dots: Sequence[Dot], threshold: tuple[float, str], axis: str) -> Any:
    """Add a scatter chart: a row a variant, the interval a thick line, the threshold (value, label) dashed.

    A variant's series has three points: the interval's lower end, the value (the one with a marker), the upper end. An
    infinite end meets the chart's edge; a variant that never reached its target has its name and no point.
    """
    rows, shown = len(dots), [dot for dot in dots if math.isfinite(dot.value)]
    ends = _axis_ends(shown, threshold[0])
    data: Any = XyChartData()  # type: ignore[no-untyped-call]
    for dot in shown:
        series = data.add_series(dot.name)
        for x in (max(dot.low, ends[0]), dot.value, min(dot.high, ends[1])):
            series.add_data_point(x, rows - dots.index(dot))
    limit = data.add_series(threshold[1])
    for y in (_ROW_START, rows + _ROW_END):
        limit.add_data_point(threshold[0], y)
    plot_box = Box(box.left + _NAMES, box.top, box.width - _NAMES, box.height)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *_inches(plot_box), data)
    describe(frame, "; ".join(f"{dot.name} {dot.label}" for dot in dots))
    chart = frame.chart
    quiet(chart)
    for series, dot in zip(chart.plots[0].series, shown, strict=False):
        _style_dot(series, dot)
    _style_limit(chart.plots[0].series[len(shown)], threshold[1], (threshold[0] - ends[0]) / (ends[1] - ends[0]))
    value_axis, row_axis = chart.category_axis, chart.value_axis
    style_axis(value_axis, axis.removesuffix(" ()"))
    _scale(value_axis, ends)
    row_axis.minimum_scale, row_axis.maximum_scale = _ROW_START, rows + _ROW_END
    row_axis.visible = False
    row_axis.has_major_gridlines = value_axis.has_major_gridlines = False
    _fix_plot_area(chart)
    _name_rows(slide, box, dots)
    return chart


def _fix_plot_area(chart: Any) -> None:
    """Pin the plot area, so that the names beside the chart stand at their rows in every program."""
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    edges = "".join(f"<c:{name} val='{value}'/>" for name, value in _PLOT_AREA.items())
    area.insert(
        0,
        parse_xml(
            f"<c:layout {nsdecls('c')}><c:manualLayout><c:layoutTarget val='inner'/><c:xMode val='edge'/>"
            f"<c:yMode val='edge'/>{edges}</c:manualLayout></c:layout>"
        ),
    )


def _name_rows(slide: Any, box: Box, dots: Sequence[Dot]) -> None:
    """Write each variant's name and value beside its row."""
    top, height = box.top + _PLOT_AREA["y"] * box.height, _PLOT_AREA["h"] * box.height
    span = len(dots) + _ROW_END - _ROW_START
    for index, dot in enumerate(dots):
        middle = top + height * (_ROW_END + index) / span
        lines = [[Run(dot.name, 11, bold=dot.candidate)], [Run(dot.label, 11, bold=True, colour=dot.colour)]]
        write(slide, Box(box.left, middle - 0.25, _NAMES - 0.1, 0.5), lines, middle=True, spacing=0)


def span_chart(slide: Any, box: Box, spans: Sequence[Span], axis: str) -> Any:
    """Add floating bars (waterfall, tornado) as a stacked bar chart: an unseen base, then what is seen."""
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [f"{span.name}  {span.label}" for span in reversed(spans)]
    parts = [_split(span) for span in reversed(spans)]
    for name, index in (("base", 0), ("−", 1), ("+", 2)):
        data.add_series(name, [part[index] for part in parts])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *_inches(box), data)
    describe(frame, "; ".join(f"{span.name} {span.label}" for span in spans))
    chart = frame.chart
    quiet(chart)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 55, 100
    base, negative, positive = plot.series
    base.format.fill.background()
    base.format.line.fill.background()
    for index, span in enumerate(reversed(spans)):
        for series in (negative, positive):
            fill = series.points[index].format.fill
            fill.solid()
            fill.fore_color.rgb = colour(span.colour)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    style_axis(chart.category_axis, "")
    set_font(chart.category_axis.tick_labels.font, 12)
    style_axis(chart.value_axis, axis)
    _scale(chart.value_axis, _span_ends(spans))
    chart.value_axis.has_major_gridlines = False
    return chart


def _split(span: Span) -> tuple[float, float, float]:
    """Return (unseen base, visible below zero, visible above zero) of a floating bar."""
    low, high = sorted((span.start, span.end))
    if low >= 0:
        return low, 0.0, high - low
    if high <= 0:
        return high, low - high, 0.0
    return 0.0, low, high


def _style_dot(series: Any, dot: Dot) -> None:
    line = series.format.line
    line.color.rgb = colour(lightened(dot.colour))
    line.width = Pt(7)
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    marker = series.points[1].marker
    marker.style = XL_MARKER_STYLE.CIRCLE
    marker.size = _CANDIDATE_SIZE if dot.candidate else _RIVAL_SIZE
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = colour(dot.colour)
    marker.format.line.fill.background()


def lightened(tint: str) -> str:
    """Return '#rrggbb' half way to white: the interval behind its point."""
    return "#" + "".join(f"{(int(tint[i : i + 2], 16) + 255) // 2:02x}" for i in (1, 3, 5))


def _style_limit(series: Any, text: str, share: float) -> None:
    """Dash the threshold; its label stands at the top, on the side that has room."""
    series.marker.style = XL_MARKER_STYLE.NONE
    line = series.format.line
    line.color.rgb = colour(LIGHT.ink)
    line.width = Pt(1.25)
    line.dash_style = MSO_LINE.DASH
    series.smooth = False
    label = series.points[1].data_label
    fill_frame(label.text_frame, [[Run(text, 11, colour=LIGHT.muted)]], align="center", spacing=0)
    label.position = XL_LABEL_POSITION.LEFT if share > 0.6 else XL_LABEL_POSITION.RIGHT


def style_axis(axis: Any, title: str) -> None:
    """Give an axis quiet labels and, where `title` isn't empty, a title."""
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = colour(LIGHT.line)
    set_font(axis.tick_labels.font, 11, tint=LIGHT.muted)
    axis.has_title = bool(title)
    if title:
        fill_frame(axis.axis_title.text_frame, [[Run(title, 11, colour=LIGHT.muted)]], spacing=0)


def quiet(chart: Any) -> None:
    """Leave out legend and title, and set the typeface."""
    chart.has_legend = False
    chart.has_title = False
    set_font(chart.font, 11)


def _scale(axis: Any, ends: tuple[float, float]) -> None:
    """Give an axis its ends and a step of 1, 2 or 5 times a power of ten."""
    axis.minimum_scale, axis.maximum_scale = ends
    axis.major_unit = nice_step(ends[1] - ends[0])
    axis.tick_labels.number_format = tick_format(axis.major_unit)
    axis.tick_labels.number_format_is_linked = False


def tick_format(step: float) -> str:
    """Return the number format of labels `step` apart: as many decimals as the step has, a true minus sign."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    figure = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{figure};"{MINUS}"{figure}'


def nice_step(span: float) -> float:
    """Return the step that divides `span` into about six parts."""
    rough = span / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough)


def _axis_ends(dots: Sequence[Dot], threshold: float) -> tuple[float, float]:
    figures = [v for dot in dots for v in (dot.value, dot.low, dot.high) if math.isfinite(v)] + [threshold]
    low, high = min(figures), max(figures)
    room = (high - low) * 0.15 or abs(high) * 0.2 or 1.0
    return _outward(0.0 if 0 <= low <= room * 3 else low - room, high + room * 1.6)


def _span_ends(spans: Sequence[Span]) -> tuple[float, float]:
    figures = [v for span in spans for v in (span.start, span.end)] + [0.0]
    low, high = min(figures), max(figures)
    return _outward(low, high) if high > low else (0.0, 1.0)


def _outward(low: float, high: float) -> tuple[float, float]:
    """Return the ends moved outward to whole steps of the axis they make: zero and round figures carry the labels."""
    ends, step = (low, high), 0.0
    while step != nice_step(ends[1] - ends[0]):
        step = nice_step(ends[1] - ends[0])
        ends = round(math.floor(low / step) * step, 12), round(math.ceil(high / step) * step, 12)
    return ends


def _inches(box: Box) -> tuple[Any, ...]:
    return tuple(Inches(v) for v in (box.left, box.top, box.width, box.height))
