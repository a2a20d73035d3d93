"""A chart as the PDF and the one-file page hold it: an SVG with text kept as text."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt

from scorecards.charts import svg


@dataclass(frozen=True)
class Drawing:
    """A chart with its heading; `alt` says in words what it shows."""

    title: str
    svg: str
    alt: str


def drawn(title: str, chart: alt.LayerChart) -> Drawing:
    """Return `chart` drawn, its description as the words."""
    return Drawing(title, svg(chart), str(chart.description))
