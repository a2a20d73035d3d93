"""Evidence: every trial as a point, sizes, latencies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from scorecards.charts.labels import names_axis, variant_order
from scorecards.charts.theme import ThemeName, Width, finish, palette
from scorecards.formats import NEVER, SCORE_UNITS, axis_scale, format_value
from scorecards.local_text import Language
from scorecards.phrases.names import metric_name, setting_name, variant_label

_ROOM = 0.06
_ROW = 34


def strip_plot(
    measurements: pd.DataFrame,
    metric: str,
    language: Language,
    theme: ThemeName = "light",
    *,
    setting: str = "",
    variants: Sequence[str] = (),
    width: Width = "container",
) -> alt.LayerChart:
    """Return every trial of `metric` as a point, a variant a row, with mean and paired-t style interval over its seeds.

    A trial that never reached the target is not dropped: it is written beside its row. Raises ValueError without rows.
    """
    rows = select(measurements, metric, setting)
    if rows.empty:
        raise ValueError(f"no measurements of {metric} with setting {setting!r}")
    colours, order = palette(theme), variant_order(rows, variants)
    finite = rows[np.isfinite(rows["value"])]
    unit = str(rows["unit"].iloc[0])
    scale, label = axis_scale(float(finite["value"].abs().max()) if len(finite) else 1.0, unit, language)
    points = pd.DataFrame(
        {
            "x": finite["value"] / scale,
            "name": [variant_label(v, language) for v in finite["variant"]],
            "seed": finite["seed"],
            "text": [format_value(v, unit, language) for v in finite["value"]],
        }
    )
    summary = _summary(rows, order, unit, scale, language)
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=_axis_title(metric, setting, label, language), tickCount=6, labelOverlap=True),
        scale=alt.Scale(domain=_strip_ends(points, summary, unit), nice=False, zero=False),
    )
    y = alt.Y(
        "name:N",
        sort=None,
        scale=alt.Scale(domain=[variant_label(v, language) for v in order]),
        axis=names_axis(colours),
    )
    base, known = alt.Chart(points), summary[summary["low"].notna()]
    layers = [
        alt.Chart(known)
        .mark_rule(color=colours.accent_soft, strokeWidth=7, opacity=0.45)
        .encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_circle(color=colours.accent, size=46, opacity=0.75).encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("name:N", title=" "),
                alt.Tooltip("seed:Q", title="シード" if language == "ja" else "seed"),
                alt.Tooltip("text:N", title=" "),
            ],
        ),
        alt.Chart(summary[summary["x"].notna()]).mark_tick(color=colours.ink, thickness=2, height=18).encode(x=x, y=y),
    ]
    missed = summary[summary["missed"] != ""]
    if len(missed):
        layers.append(
            alt.Chart(missed)
            .mark_text(align="right", color=colours.bad, dx=-4, dy=-11, fontSize=11)
            .encode(x=alt.value("width"), y=y, text="missed:N")
        )
    return finish(layers, _strip_alt(summary, metric, setting, language), theme, width=width, height=alt.Step(_ROW))


def size_bars(
    measurements: pd.DataFrame,
    language: Language,
    theme: ThemeName = "light",
    *,
    metric: str = "size.install_bytes",
    setting: str = "",
    variants: Sequence[str] = (),
    width: Width = "container",
) -> alt.LayerChart:
    """Return the bytes that a site receives, a bar a variant, each with its figure."""
    return _bars(measurements, [(metric, setting)], language, theme, variants, width)


def latency_bars(
    measurements: pd.DataFrame,
    language: Language,
    theme: ThemeName = "light",
    *,
    metric: str = "predict.p50_seconds",
    settings: Sequence[str] = ("cached", "uncached"),
    variants: Sequence[str] = (),
    width: Width = "container",
) -> alt.LayerChart:
    """Return the latency of one prediction, a bar a variant and setting (cached, generated at each call)."""
    return _bars(measurements, [(metric, setting) for setting in settings], language, theme, variants, width)


def select(measurements: pd.DataFrame, metric: str, setting: str = "") -> pd.DataFrame:
    """Return the rows of one metric and setting that speak of the whole (no single site)."""
    chosen = (measurements["metric"] == metric) & (measurements["setting"] == setting) & (measurements["site"] == "")
    return measurements[chosen]


def _bars(
    measurements: pd.DataFrame,
    kinds: list[tuple[str, str]],
    language: Language,
    theme: ThemeName,
    variants: Sequence[str],
    width: Width,
) -> alt.LayerChart:
    colours = palette(theme)
    rows = pd.concat([select(measurements, metric, setting) for metric, setting in kinds])
    rows = rows[np.isfinite(rows["value"])]
    if rows.empty:
        raise ValueError(f"no measurements of {kinds[0][0]}")
    unit, metric = str(rows["unit"].iloc[0]), kinds[0][0]
    medians = rows.groupby(["variant", "setting"])["value"].median()
    scale, label = axis_scale(float(medians.max()), unit, language)
    table = []
    for variant in variant_order(rows, variants):
        for _, setting in kinds:
            if (variant, setting) in medians.index:
                value = float(medians[(variant, setting)])
                note = f" · {setting_name(setting, language)}" if len(kinds) > 1 and setting else ""
                name = f"{variant_label(variant, language)}{note}"
                table.append(
                    {"name": name, "x": value / scale, "text": format_value(value, unit, language), "setting": setting}
                )
    frame = pd.DataFrame(table)
    y = alt.Y("name:N", sort=None, axis=names_axis(colours))
    x = alt.X(
        "x:Q",
        axis=alt.Axis(
            title=_axis_title(metric, kinds[0][1] if len(kinds) == 1 else "", label, language),
            tickCount=5,
            labelOverlap=True,
        ),
        scale=alt.Scale(nice=False, domain=[0, float(frame["x"].max()) * 1.25 or 1.0]),
    )
    shades = alt.Scale(domain=[setting for _, setting in kinds], range=[colours.accent_mid, colours.accent_soft])
    base = alt.Chart(frame)
    layers = [
        base.mark_bar(height=15, cornerRadius=2).encode(
            x=x, y=y, color=alt.Color("setting:N", scale=shades, legend=None)
        ),
        base.mark_text(align="left", dx=6, color=colours.ink).encode(x=x, y=y, text="text:N"),
    ]
    words = "、" if language == "ja" else "; "
    description = f"{metric_name(metric, language)}: " + words.join(f"{row['name']} {row['text']}" for row in table)
    return finish(layers, description, theme, width=width, height=alt.Step(28))


def _axis_title(metric: str, setting: str, unit: str, language: Language) -> str:
    parts = [metric_name(metric, language), setting_name(setting, language)]
    title = " · ".join(part for part in parts if part)
    return f"{title} ({unit})" if unit else title


def _summary(rows: pd.DataFrame, order: Sequence[str], unit: str, scale: float, language: Language) -> pd.DataFrame:
    """Return a row a variant: mean, t interval (95 %) of its finite trials, how many never reached the target."""
    from scipy import stats

    table, (floor, ceiling) = [], _bounds(unit)
    for variant in order:
        values = rows.loc[rows["variant"] == variant, "value"].to_numpy(dtype=float)
        finite = values[np.isfinite(values)]
        missed = len(values) - len(finite)
        mean = float(finite.mean()) if len(finite) else math.nan
        half = math.nan
        if len(finite) > 1 and not missed:
            half = float(stats.t.ppf(0.975, len(finite) - 1) * finite.std(ddof=1) / math.sqrt(len(finite)))
        table.append(
            {
                "name": variant_label(variant, language),
                "x": mean / scale,
                "low": max(mean - half, floor) / scale,
                "high": min(mean + half, ceiling) / scale,
                "missed": f"{NEVER.in_language(language)} {missed}/{len(values)}" if missed else "",
                "text": format_value(mean, unit, language),
            }
        )
    return pd.DataFrame(table)


def _bounds(unit: str) -> tuple[float, float]:
    """Return the least and the largest value that a figure in `unit` can have: no time or size is below zero."""
    if unit in SCORE_UNITS:
        return -math.inf, math.inf
    return 0.0, 1.0 if unit == "share" else math.inf


def _strip_ends(points: pd.DataFrame, summary: pd.DataFrame, unit: str) -> list[float]:
    """Return the axis' ends: every point and band with some room, but none below what the unit can have."""
    figures = pd.concat([points["x"], summary["low"], summary["high"]]).dropna()
    if figures.empty:
        return [0.0, 1.0]
    low, high = float(figures.min()), float(figures.max())
    room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
    return [max(low - room, _bounds(unit)[0]), high + room]


def _strip_alt(summary: pd.DataFrame, metric: str, setting: str, language: Language) -> str:
    title = " · ".join(part for part in (metric_name(metric, language), setting_name(setting, language)) if part)
    words = [
        f"{row.name_} {row.text} {row.missed}".strip() for row in summary.rename(columns={"name": "name_"}).itertuples()
    ]
    return f"{title}: " + ("、" if language == "ja" else "; ").join(words)
