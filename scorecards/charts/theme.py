"""Colours and type of every chart, light and dark; the screens and reports use the same palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import altair as alt

from scorecards.judgement import State, VerdictState

ThemeName = Literal["light", "dark"]
Width = int | Literal["container"]
FONT = "Noto Sans JP"


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb. `good`, `open`, `bad` are the three states that have a meaning, always shown with a sign."""

    ground: str
    ink: str
    muted: str
    line: str
    accent: str
    accent_mid: str
    accent_soft: str
    accent_pale: str
    good: str
    good_zone: str
    open: str
    bad: str
    bad_soft: str
    none: str
    series: tuple[str, ...]


LIGHT = Palette(
    ground="#ffffff",
    ink="#1b2430",
    muted="#5f6b7a",
    line="#dfe3e8",
    accent="#27496d",
    accent_mid="#526d8a",
    accent_soft="#7d97b3",
    accent_pale="#e6ebf0",
    good="#1a7f5a",
    good_zone="#e9f3ee",
    open="#8a6d1a",
    bad="#b0392b",
    bad_soft="#d9a79f",
    none="#6b7684",
    series=("#27496d", "#c0762b", "#4c9a8a", "#8c6bb1", "#7a8794", "#b5547a"),
)
DARK = Palette(
    ground="#12171e",
    ink="#e8ecf1",
    muted="#a3aebb",
    line="#2d3744",
    accent="#8fb4dc",
    accent_mid="#6f93ba",
    accent_soft="#56779b",
    accent_pale="#1f2a37",
    good="#4cc598",
    good_zone="#17302a",
    open="#d9b54a",
    bad="#ef8275",
    bad_soft="#7d423b",
    none="#94a0ad",
    series=("#8fb4dc", "#e3a25c", "#6fc3b2", "#b79ad8", "#a9b4c0", "#e08aab"),
)


def palette(theme: ThemeName) -> Palette:
    """Return the palette of a theme."""
    return DARK if theme == "dark" else LIGHT


def state_colour(state: State, theme: ThemeName = "light") -> str:
    """Return the colour of a criterion's state; never the only sign of it."""
    colours = palette(theme)
    return {
        State.PASS: colours.good,
        State.FAIL: colours.bad,
        State.UNDECIDED: colours.open,
        State.NOT_MEASURED: colours.none,
        State.ERROR: colours.bad,
    }[State(state)]


def verdict_colour(state: VerdictState, theme: ThemeName = "light") -> str:
    """Return the colour of a verdict; never the only sign of it."""
    colours = palette(theme)
    return {
        VerdictState.GO: colours.good,
        VerdictState.CONDITIONAL: colours.open,
        VerdictState.NO_GO: colours.bad,
        VerdictState.UNDECIDED: colours.none,
    }[VerdictState(state)]


def finish(
    layers: list[alt.Chart],
    description: str,
    theme: ThemeName,
    *,
    width: Width,
    height: int | alt.Step,
    padding: int = 5,
) -> alt.LayerChart:
    """Layer the marks and give them size, description (the alt text) and the theme's type and colours."""
    colours = palette(theme)
    chart = alt.layer(*layers).properties(
        description=description,
        width=width,
        height=height,
        background="transparent",
        padding=padding,
        autosize=alt.AutoSizeParams(type="fit-x" if width == "container" else "pad", contains="padding"),
    )
    axis = {
        "labelColor": colours.muted,
        "titleColor": colours.muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": colours.line,
        "labelPadding": 6,
        "titlePadding": 10,
    }
    themed: alt.LayerChart = (
        chart.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_text(color=colours.ink, fontSize=12)
    )
    return themed


def alt_text(chart: alt.LayerChart) -> str:
    """Return what a chart shows, in a sentence, for readers who cannot see it."""
    return str(chart.description)
