"""A criterion as a bar: green zone where it passes, the interval, the value as a point, the threshold dashed."""

from __future__ import annotations

import math
from typing import Literal

import altair as alt

from scorecards.charts.theme import ThemeName, Width, finish, palette, state_colour
from scorecards.criteria import Criterion
from scorecards.formats import NEVER, format_value, interval
from scorecards.judgement import CriterionResult
from scorecards.local_text import Language
from scorecards.phrases.criterion import gate_text, known_interval_text
from scorecards.phrases.names import state_name

_BAND = (0.25, 0.75)
_PADDING = 0.12


def criterion_bar(
    result: CriterionResult,
    criterion: Criterion,
    language: Language,
    theme: ThemeName = "light",
    *,
    width: Width = "container",
    height: int = 64,
) -> alt.LayerChart:
    """Return the bar of one criterion, in the criterion's unit; an infinite end runs to the edge with an arrow."""
    colours, colour = palette(theme), state_colour(result.state, theme)
    start, end = axis_range(result)
    x = alt.X("x:Q", scale=alt.Scale(domain=[start, end], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    layers = [_zone(result, criterion, x, (start, end), colours.good_zone)]
    layers += _interval_layers(result, x, y, (start, end), colour)
    layers.append(_value_layer(result, x, y, (start, end), colour, language))
    layers += _threshold_layers(result, x, y, (start, end), colours.ink, colours.muted, language)
    return finish(layers, criterion_alt(result, criterion, language), theme, width=width, height=height, padding=2)


def criterion_alt(result: CriterionResult, criterion: Criterion, language: Language) -> str:
    """Return the bar in words."""
    title, state = criterion.title.in_language(language), state_name(result.state, language)
    gate = gate_text(criterion, language)
    if result.value is None:
        known = known_interval_text(result, language)
        if language == "ja":
            return f"{title}: {state}。{f'{known}。' if known else ''}基準 {gate}。"
        return f"{title}: {state}; {f'{known}; ' if known else ''}criterion {gate}."
    value = format_value(result.value, result.unit, language)
    span = interval(result.low, result.high, result.unit, language)
    if language == "ja":
        return f"{title}: {value}、区間 {span}、基準 {gate}、{state}。"
    return f"{title}: {value}, interval {span}, criterion {gate}: {state}."


def axis_range(result: CriterionResult) -> tuple[float, float]:
    """Return the axis ends: all finite figures and the threshold with room on both sides; ratios start at zero."""
    figures = [result.threshold, result.value, result.low, result.high]
    finite = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    low, high = min(finite), max(finite)
    if result.unit not in ("pt",) and low >= 0:
        low = 0.0
    spread = (high - low) or abs(high) or 1.0
    start = 0.0 if low == 0 else low - _PADDING * 2 * spread
    return start, high + _PADDING * 2 * spread


def _data(**fields: float | str) -> alt.Data:
    """Return one row as inline data: a frame costs more than the drawing of it."""
    return alt.Data(values=[fields])  # type: ignore[no-untyped-call]


def _zone(result: CriterionResult, criterion: Criterion, x: alt.X, ends: tuple[float, float], colour: str) -> alt.Chart:
    higher = criterion.gate.direction == "higher"
    start, end = (result.threshold, ends[1]) if higher else (ends[0], result.threshold)
    frame = _data(x=start, x2=end, y=0.1, y2=0.9)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    zone: alt.Chart = alt.Chart(frame).mark_rect(color=colour).encode(x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2("y2"))
    return zone


def _interval_layers(
    result: CriterionResult, x: alt.X, y: alt.Y, ends: tuple[float, float], colour: str
) -> list[alt.Chart]:
    if result.low is None or result.high is None or result.n < 2:
        return []
    low, high = max(result.low, ends[0]), min(result.high, ends[1])
    if low >= high:
        return []
    frame = _data(x=low, x2=high, y=0.5)
    bar = alt.Chart(frame).mark_rule(color=colour, opacity=0.5, strokeWidth=8, strokeCap="round")
    layers = [bar.encode(x=x, x2=alt.X2("x2"), y=y)]
    if math.isinf(result.high):
        arrow = _data(x=ends[1], y=0.5)
        layers.append(
            alt.Chart(arrow)
            .mark_point(shape="triangle-right", filled=True, size=110, color=colour, opacity=1)
            .encode(x=x, y=y)
        )
    return layers


def _value_layer(
    result: CriterionResult, x: alt.X, y: alt.Y, ends: tuple[float, float], colour: str, language: Language
) -> alt.Chart:
    if result.value is None or not math.isfinite(result.value):
        infinite = result.value is not None and math.isinf(result.value)
        words = NEVER.in_language(language) if infinite else state_name(result.state, language)
        barred = infinite or bool(known_interval_text(result, language))
        frame = _data(x=(ends[0] + ends[1]) / 2, y=0.5, text=words)
        mark = alt.Chart(frame).mark_text(color=colour, fontWeight="bold", dy=-12 if barred else 0)
        text: alt.Chart = mark.encode(x=x, y=y, text=alt.Text("text:N"))
        return text
    value = min(max(result.value, ends[0]), ends[1])
    frame = _data(x=value, y=0.5, value=format_value(result.value, result.unit, language))
    tooltip = alt.Tooltip("value:N", title="値" if language == "ja" else "value")
    dot = alt.Chart(frame).mark_circle(color=colour, size=120, opacity=1)
    point: alt.Chart = dot.encode(x=x, y=y, tooltip=tooltip)
    return point


def _threshold_layers(
    result: CriterionResult, x: alt.X, y: alt.Y, ends: tuple[float, float], ink: str, muted: str, language: Language
) -> list[alt.Chart]:
    label = format_value(result.threshold, result.unit, language)
    share = (result.threshold - ends[0]) / (ends[1] - ends[0])
    align: Literal["left", "center", "right"] = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    text = f"基準 {label}" if language == "ja" else f"threshold {label}"
    words = alt.Text("text:N")
    base = alt.Chart(_data(x=result.threshold, y=0.0, y2=1.0, text=text))
    return [
        base.mark_rule(color=ink, strokeDash=[3, 3], strokeWidth=1.2).encode(x=x, y=y, y2=alt.Y2("y2")),
        base.mark_text(color=muted, fontSize=12, align=align, baseline="top", dy=4).encode(x=x, y=y, text=words),
    ]
