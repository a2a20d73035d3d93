"""Money: the NPV's distribution, what moves it (tornado), and where it comes from (waterfall)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import altair as alt
import pandas as pd

from scorecards.charts.labels import names_axis, room
from scorecards.charts.theme import ThemeName, Width, finish, palette
from scorecards.formats import (
    format_money_beside,
    format_money_together,
    format_probability,
    format_share,
    money_scale,
)
from scorecards.judgement import BusinessResult, TornadoBar
from scorecards.local_text import Language
from scorecards.phrases.names import assumption_name, cash_flow_name
from scorecards.phrases.verdict import npv_text

_TORNADO_BARS = 8
_LEAST_SHARE = 0.005
_HEADROOM = 1.18
_BAR_STEP = 30


@dataclass(frozen=True)
class WaterfallStep:
    """One line's present value over the whole horizon, from `start` to `end`, in the business case's currency."""

    line: str
    amount: float
    start: float
    end: float


def npv_histogram(
    business: BusinessResult,
    language: Language,
    theme: ThemeName = "light",
    *,
    width: Width = "container",
    height: int = 150,
) -> alt.LayerChart:
    """Return the histogram of the NPV's draws; losses have their own colour, the median a dashed line."""
    colours = palette(theme)
    edges, counts = business.histogram
    scale, unit = money_scale(max(abs(edges[0]), abs(edges[-1])), business.currency, language)
    total = sum(counts) or 1
    top = max(counts) / total * _HEADROOM or 1.0
    frame = pd.DataFrame(
        {
            "low": [edge / scale for edge in edges[:-1]],
            "high": [edge / scale for edge in edges[1:]],
            "share": [count / total for count in counts],
            "zero": 0.0,
            "loss": [(low + high) / 2 < 0 for low, high in pairwise(edges)],
            "range": [_range_text(low, high, business, language) for low, high in pairwise(edges)],
            "chance": [format_share(count / total, language) for count in counts],
        }
    )
    title = f"NPV ({unit})"
    x = alt.X("low:Q", axis=alt.Axis(title=title, grid=False, tickCount=7), scale=alt.Scale(nice=False, zero=False))
    bars = (
        alt.Chart(frame)
        .mark_rect(stroke=colours.ground, strokeWidth=0.8)
        .encode(
            x=x,
            x2="high:Q",
            y=alt.Y("zero:Q", axis=None, scale=alt.Scale(domain=[0.0, top], nice=False)),
            y2="share:Q",
            color=alt.Color(
                "loss:N",
                scale=alt.Scale(domain=[False, True], range=[colours.accent_mid, colours.bad_soft]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("range:N", title="NPV"),
                alt.Tooltip("chance:N", title="割合" if language == "ja" else "share"),
            ],
        )
    )
    median = alt.Chart(pd.DataFrame({"low": [business.npv_p50 / scale], "text": [_median_label(business, language)]}))
    rule = median.mark_rule(color=colours.ink, strokeDash=[3, 3]).encode(x=x)
    right = business.npv_p50 > (edges[0] + edges[-1]) / 2
    label = median.mark_text(
        align="right" if right else "left", dx=-6 if right else 6, baseline="top", color=colours.ink, fontSize=12
    ).encode(x=x, y=alt.value(2), text="text:N")
    return finish([bars, rule, label], _histogram_alt(business, language), theme, width=width, height=height)


def tornado(
    business: BusinessResult, language: Language, theme: ThemeName = "light", *, width: Width = "container"
) -> alt.LayerChart:
    """Return the NPV's swing with each assumption, the widest on top, with its two ends written beside the bar.

    The dashed line is the NPV with every assumption at its likely value, as the axis says.
    """
    colours = palette(theme)
    bars = widest_bars(business, _TORNADO_BARS)
    ends = [end for bar in bars for end in (bar.npv_at_low, bar.npv_at_high)] + [business.npv_likely]
    largest = max(abs(end) for end in ends)
    scale, unit = money_scale(largest, business.currency, language)
    rows = []
    for bar in bars:
        low, high = sorted((bar.npv_at_low, bar.npv_at_high))
        rows.append(
            {
                "name": assumption_name(bar, language),
                "low": low / scale,
                "high": high / scale,
                "low_text": format_money_beside(low, largest, business.currency, language),
                "high_text": format_money_beside(high, largest, business.currency, language),
            }
        )
    frame = pd.DataFrame(rows, columns=["name", "low", "high", "low_text", "high_text"])
    amount = format_money_beside(business.npv_likely, largest, business.currency, language)
    title = [f"NPV ({unit})", f"{'破線: ' if language == 'ja' else 'dashed: '}{likely_words(language)} {amount}"]
    y = alt.Y("name:N", sort=None, axis=names_axis(colours))
    x = alt.X(
        "low:Q",
        axis=alt.Axis(title=title, titleLineHeight=17, tickCount=6, labelOverlap=True),
        scale=alt.Scale(padding=room(64, 50), nice=False, zero=False),
    )
    base = alt.Chart(frame)
    tip = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("low_text:N", title="NPV ↓"),
        alt.Tooltip("high_text:N", title="NPV ↑"),
    ]
    likely = alt.Chart(pd.DataFrame({"low": [business.npv_likely / scale]}))
    layers = [
        base.mark_bar(color=colours.accent_soft, height=14, cornerRadius=2).encode(x=x, x2="high:Q", y=y, tooltip=tip),
        base.mark_text(align="right", dx=-5, color=colours.muted, fontSize=11).encode(x=x, y=y, text="low_text:N"),
        base.mark_text(align="left", dx=5, color=colours.muted, fontSize=11).encode(
            x="high:Q", y=y, text="high_text:N"
        ),
        likely.mark_rule(color=colours.ink, strokeDash=[3, 3]).encode(x=x),
    ]
    return finish(layers, _tornado_alt(business, language), theme, width=width, height=alt.Step(_BAR_STEP))


def widest_bars(business: BusinessResult, most: int) -> tuple[TornadoBar, ...]:
    """Return the assumptions that move the NPV, the widest first, without those that no eye could see beside it."""
    bars = sorted(business.tornado, key=_swing, reverse=True)
    seen = _swing(bars[0]) * _LEAST_SHARE if bars else 0.0
    return tuple(bar for bar in bars if _swing(bar) >= seen)[:most]


def _swing(bar: TornadoBar) -> float:
    return abs(bar.npv_at_high - bar.npv_at_low)


def waterfall_steps(business: BusinessResult, discount_rate: float) -> tuple[WaterfallStep, ...]:
    """Return each line's present value stacked on the one before; the last step is the NPV itself, from zero."""
    steps: list[WaterfallStep] = []
    level = 0.0
    for line, flow in business.cash_flows.items():
        amount = sum(value / (1 + discount_rate) ** year for year, value in enumerate(flow))
        if amount:
            steps.append(WaterfallStep(line, amount, level, level + amount))
        level += amount
    return (*steps, WaterfallStep("npv", level, 0.0, level))


def largest_level(steps: tuple[WaterfallStep, ...]) -> float:
    """Return the largest amount that a waterfall shows: its figures are written in this one's scale."""
    return max(max(abs(step.start), abs(step.end)) for step in steps)


def waterfall(
    business: BusinessResult,
    discount_rate: float,
    language: Language,
    theme: ThemeName = "light",
    *,
    width: Width = "container",
) -> alt.LayerChart:
    """Return where the NPV (everything at its likely value) comes from, line by line, at present value."""
    colours = palette(theme)
    steps = waterfall_steps(business, discount_rate)
    largest = largest_level(steps)
    scale, unit = money_scale(largest, business.currency, language)
    rows = [
        {
            "name": f"NPV ({likely_words(language)})" if step.line == "npv" else cash_flow_name(step.line, language),
            "start": min(step.start, step.end) / scale,
            "end": max(step.start, step.end) / scale,
            "label": max(step.start, step.end, 0.0) / scale,
            "kind": "npv" if step.line == "npv" else "gain" if step.amount >= 0 else "cost",
            "text": format_money_beside(step.amount, largest, business.currency, language, signed=step.line != "npv"),
        }
        for step in steps
    ]
    frame = pd.DataFrame(rows)
    y = alt.Y("name:N", sort=None, axis=names_axis(colours))
    title = f"現在価値 ({unit})" if language == "ja" else f"present value ({unit})"
    x = alt.X(
        "start:Q",
        axis=alt.Axis(title=title, tickCount=6, labelOverlap=True),
        scale=alt.Scale(padding=room(70, 52), nice=False),
    )
    kinds = alt.Scale(domain=["gain", "cost", "npv"], range=[colours.good, colours.bad, colours.accent])
    base = alt.Chart(frame)
    layers = [
        base.mark_bar(height=15, cornerRadius=2).encode(
            x=x, x2="end:Q", y=y, color=alt.Color("kind:N", scale=kinds, legend=None)
        ),
        base.mark_text(align="left", dx=6, color=colours.ink, fontSize=12).encode(x="label:Q", y=y, text="text:N"),
        alt.Chart(pd.DataFrame({"start": [0.0]})).mark_rule(color=colours.muted).encode(x=x),
    ]
    return finish(layers, _waterfall_alt(business, steps, language), theme, width=width, height=alt.Step(_BAR_STEP))


def likely_words(language: Language) -> str:
    """Return what tells the NPV of the formulas from the median of the draws."""
    return "最も起こりやすい前提" if language == "ja" else "likely assumptions"


def _range_text(low: float, high: float, business: BusinessResult, language: Language) -> str:
    ends = format_money_together((low, high), business.currency, language)
    return (" 〜 " if language == "ja" else " to ").join(ends)


def _median_label(business: BusinessResult, language: Language) -> str:
    quantiles = (business.npv_p10, business.npv_p50, business.npv_p90)
    median = format_money_together(quantiles, business.currency, language)[1]
    return f"中央値 {median}" if language == "ja" else f"median {median}"


def _histogram_alt(business: BusinessResult, language: Language) -> str:
    chance = format_probability(business.probability_positive, language)
    if language == "ja":
        return f"NPV の分布。{npv_text(business, language)}、プラスになる確率は {chance}。"
    return f"Distribution of the NPV: {npv_text(business, language)}, probability of a gain {chance}."


def _tornado_alt(business: BusinessResult, language: Language) -> str:
    bars = widest_bars(business, 3)
    parts = [
        f"{assumption_name(bar, language)} "
        f"{_range_text(min(bar.npv_at_low, bar.npv_at_high), max(bar.npv_at_low, bar.npv_at_high), business, language)}"
        for bar in bars
    ]
    lead = "前提ごとの NPV の振れ幅: " if language == "ja" else "Swing of the NPV with each assumption: "
    return lead + ("、" if language == "ja" else "; ").join(parts)


def _waterfall_alt(business: BusinessResult, steps: tuple[WaterfallStep, ...], language: Language) -> str:
    largest = largest_level(steps)
    parts = [
        f"{cash_flow_name(step.line, language)} "
        f"{format_money_beside(step.amount, largest, business.currency, language)}"
        for step in steps
    ]
    lead = (
        f"NPV の内訳 (現在価値、{likely_words('ja')}): "
        if language == "ja"
        else f"Where the NPV comes from (present value, {likely_words('en')}): "
    )
    return lead + ("、" if language == "ja" else "; ").join(parts)
