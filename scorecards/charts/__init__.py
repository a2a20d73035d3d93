"""One set of charts: the dashboard and every report draw with it. Each carries its meaning in words (`alt_text`)."""

from __future__ import annotations

from scorecards.charts.criterion import criterion_bar
from scorecards.charts.curves import learning_curves
from scorecards.charts.evidence import latency_bars, size_bars, strip_plot
from scorecards.charts.money import WaterfallStep, npv_histogram, tornado, waterfall, waterfall_steps
from scorecards.charts.static import png, svg
from scorecards.charts.theme import (
    DARK,
    FONT,
    LIGHT,
    Palette,
    ThemeName,
    alt_text,
    palette,
    state_colour,
    variant_colour,
    verdict_colour,
)

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "Palette",
    "ThemeName",
    "WaterfallStep",
    "alt_text",
    "criterion_bar",
    "latency_bars",
    "learning_curves",
    "npv_histogram",
    "palette",
    "png",
    "size_bars",
    "state_colour",
    "strip_plot",
    "svg",
    "tornado",
    "variant_colour",
    "verdict_colour",
    "waterfall",
    "waterfall_steps",
]
