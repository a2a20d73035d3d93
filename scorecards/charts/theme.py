"""Colours and type of every chart, light and dark; the screens and reports use the same palette."""

from __future__ import annotations

import zlib
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
    series=("#27496d", "#c0762b", "#4c9a8a", "#8c6bb1", "#7a8794", "#b5547a", "#5b8c3a", "#a0522d"),
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
    series=("#8fb4dc", "#e3a25c", "#6fc3b2", "#b79ad8", "#a9b4c0", "#e08aab", "#9ccb6f", "#d08c6a"),
)


_SERIES = ("dense", "shared", "hyper", "small_dense", "dense_site", "boosted_trees", "hyper_dynamic", "hyperneat")
"""Which colour of `Palette.series` is whose: a variant keeps its colour, whichever others are there."""


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


def variant_colour(variant: str, theme: ThemeName = "light") -> str:
    """Return the variant's own colour; it does not depend on the variants shown beside it."""
    series = palette(theme).series
    place = _SERIES.index(variant) if variant in _SERIES else zlib.crc32(variant.encode())
    return series[place % len(series)]


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
    """Layer the marks and give them size, description (the alt text) and the theme's type and colours.

    Only the layers that ask for a tooltip have one (never raw fields), and screen readers get the description alone.
    """
    colours = palette(theme)
    axis = alt.AxisConfig(
        labelColor=colours.muted,
        titleColor=colours.muted,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        domain=False,
        ticks=False,
        gridColor=colours.line,
        labelPadding=6,
        titlePadding=10,
    )
    return alt.LayerChart(
        layer=[_quiet(layer) for layer in layers],
        description=description,
        width=width,
        height=height,
        background="transparent",
        padding=padding,
        autosize=alt.AutoSizeParams(type="fit-x" if width == "container" else "pad", contains="padding"),
        config=alt.Config(
            font=FONT,
            view=alt.ViewConfig(stroke=None),
            axis=axis,
            text=alt.MarkConfig(color=colours.ink, fontSize=12),
        ),
    )


def _quiet(layer: alt.Chart) -> alt.Chart:
    """Return the layer without labels of its single marks and, where it names no tooltip, without one."""
    mark = layer.mark if isinstance(layer.mark, alt.MarkDef) else alt.MarkDef(type=layer.mark)
    mark["aria"] = False
    if layer.encoding.tooltip is alt.Undefined:
        mark["tooltip"] = None
    layer.mark = mark
    return layer


def alt_text(chart: alt.LayerChart) -> str:
    """Return what a chart shows, in a sentence, for readers who cannot see it."""
    return str(chart.description)
