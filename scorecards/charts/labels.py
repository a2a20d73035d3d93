"""Names beside what they name: pushed apart beside lines and points, in two lines where a phone leaves no room."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from scorecards.charts.theme import Palette

_LINE = 15
_NARROW = "containerSize()[0] < 400"
"""Whether the chart stands on a phone; false in a report, where a chart has no container."""


def apart(values: Sequence[float], ends: tuple[float, float], height: int) -> list[float]:
    """Return where names stand for `values` that fall from first to last: a line of text apart, none below the axis.

    `ends`: the axis' ends in the values' unit, `height` the plot's in pixels.
    """
    gap = (ends[1] - ends[0]) * _LINE / height
    places = [min(max(value, ends[0]), ends[1]) for value in values]
    for index in range(1, len(places)):
        places[index] = min(places[index], places[index - 1] - gap)
    if places:
        places[-1] = max(places[-1], ends[0])
    for index in range(len(places) - 2, -1, -1):
        places[index] = max(places[index], places[index + 1] + gap)
    return places


def names_axis(colours: Palette) -> alt.Axis:
    """Return an axis of names; on a phone what stands in brackets or after a dot goes to a second line."""
    parts = "split(replace(replace(datum.label, ' (', '|('), ' · ', '|'), '|')"
    broken = f"{_NARROW} && length({parts}) > 1"
    return alt.Axis(
        title=None,
        labelLimit=280,
        labelColor=colours.ink,
        labelLineHeight=13,
        labelExpr=f"{_NARROW} ? {parts} : datum.label",
        labelBaseline={"condition": {"test": broken, "value": "bottom"}, "value": "middle"},
    )


def room(wide: int, narrow: int) -> alt.ExprRef:
    """Return a scale's room in pixels for the figures beside the bars: `narrow` on a phone."""
    return alt.ExprRef(expr=f"{_NARROW} ? {narrow} : {wide}")


def variant_order(rows: pd.DataFrame, variants: Sequence[str]) -> list[str]:
    """Return the variants found in `rows`: those of `variants` in its order, then the others."""
    present = list(dict.fromkeys(rows["variant"]))
    return [v for v in variants if v in present] + [v for v in present if v not in variants]
