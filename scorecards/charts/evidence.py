"""Evidence: every trial as a point, learning curves, sizes, latencies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from scorecards.charts.theme import Palette, ThemeName, Width, finish, palette, variant_colour
from scorecards.formats import NEVER, SCORE_UNITS, axis_scale, format_value
from scorecards.local_text import Language
from scorecards.phrases.names import metric_name, setting_name, variant_label

CurveAxis = Literal["step", "seconds"]
_CURVE_POINTS = 150
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
    colours, order = palette(theme), _order(rows, variants)
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
        axis=_names_axis(colours),
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


def learning_curves(
    curves: pd.DataFrame,
    language: Language,
    theme: ThemeName = "light",
    *,
    axis: CurveAxis = "step",
    setting: str = "fit",
    variants: Sequence[str] = (),
    score_name: str = "",
    target: float | None = None,
    width: Width = "container",
    height: int = 260,
) -> alt.LayerChart:
    """Return the validation score against steps or seconds: a line a variant, the median over its seeds.

    The light band spans all seeds, from the lowest to the highest. A seed that stopped early keeps its last score; the
    line runs from the seeds' median start to their median end. The variant's name stands beside the line's end.

    Raises ValueError without points of `setting`.
    """
    rows = curves[(curves["setting"] == setting) & np.isfinite(curves["score"])]
    if rows.empty:
        raise ValueError(f"no learning curve with setting {setting!r}")
    colours, order = palette(theme), _order(rows, variants)
    scale, unit = axis_scale(float(rows["seconds"].max()), "s", language) if axis == "seconds" else (1.0, "")
    frame = pd.concat([_median_curve(rows[rows["variant"] == v], axis, scale) for v in order], ignore_index=True)
    frame["name"] = [variant_label(v, language) for v in frame["variant"]]
    names = [variant_label(v, language) for v in order]
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=names, range=[variant_colour(v, theme) for v in order]),
        legend=None,
    )
    title = (
        ("学習時間" if language == "ja" else "training time") + f" ({unit})"
        if axis == "seconds"
        else ("ステップ" if language == "ja" else "steps")
    )
    score_title = score_name or ("検証スコア" if language == "ja" else "validation score")
    low, high = _score_range(frame["score"], target)
    longest = float(frame["x"].max()) or 1.0
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=title, grid=False, tickCount=4, labelOverlap=True),
        scale=alt.Scale(domain=[0, longest], nice=False),
    )
    span = alt.Scale(domain=[low, high], nice=False)
    y = alt.Y("score:Q", axis=alt.Axis(title=score_title, tickCount=5, labelOverlap=True), scale=span)
    ends = _line_ends(frame, names, (low, high), height)
    layers = [
        alt.Chart(frame)
        .mark_area(opacity=0.13, clip=True, line=False)
        .encode(x=x, y=alt.Y("low:Q", scale=span), y2="high:Q", color=colour),
        alt.Chart(frame).mark_line(strokeWidth=2, clip=True).encode(x=x, y=y, color=colour),
        alt.Chart(ends)
        .mark_rule(strokeDash=[1, 3], opacity=0.8)
        .encode(x=x, x2=alt.datum(longest), y=alt.Y("score:Q"), y2="label_y:Q", color=colour),
        alt.Chart(ends)
        .mark_text(align="left", dx=8, fontSize=12, fontWeight="bold")
        .encode(x=alt.value("width"), y=alt.Y("label_y:Q"), text="name:N", color=colour),
    ]
    if target is not None and math.isfinite(target):
        goal = alt.Chart(pd.DataFrame({"score": [target]}))
        layers.append(goal.mark_rule(color=colours.ink, strokeDash=[3, 3]).encode(y=y))
    return finish(layers, _curves_alt(frame, names, axis, language), theme, width=width, height=height)


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
    for variant in _order(rows, variants):
        for _, setting in kinds:
            if (variant, setting) in medians.index:
                value = float(medians[(variant, setting)])
                note = f" · {setting_name(setting, language)}" if len(kinds) > 1 and setting else ""
                name = f"{variant_label(variant, language)}{note}"
                table.append(
                    {"name": name, "x": value / scale, "text": format_value(value, unit, language), "setting": setting}
                )
    frame = pd.DataFrame(table)
    y = alt.Y("name:N", sort=None, axis=_names_axis(colours))
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=_axis_title(metric, kinds[0][1] if len(kinds) == 1 else "", label, language), tickCount=5),
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


def _order(rows: pd.DataFrame, variants: Sequence[str]) -> list[str]:
    present = list(dict.fromkeys(rows["variant"]))
    return [v for v in variants if v in present] + [v for v in present if v not in variants]


def _names_axis(colours: Palette) -> alt.Axis:
    return alt.Axis(title=None, labelLimit=280, labelColor=colours.ink)


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


def _median_curve(rows: pd.DataFrame, axis: CurveAxis, scale: float) -> pd.DataFrame:
    """Return x, score (median over seeds), low, high (their range) of one variant's curves, at most 150 points."""
    seeds = [seed.sort_values("step") for _, seed in rows.groupby("seed")]
    lines = [(seed[axis].to_numpy(float) / scale, seed["score"].to_numpy(float)) for seed in seeds]
    start, end = (float(np.median([line[0][place] for line in lines])) for place in (0, -1))
    grid = np.unique(np.concatenate([line[0] for line in lines]))
    grid = np.unique(np.concatenate([[start], grid[(grid > start) & (grid < end)], [end]]))
    grid = grid[np.unique(np.linspace(0, len(grid) - 1, min(len(grid), _CURVE_POINTS)).round().astype(int))]
    scores = np.array([np.interp(grid, *line) for line in lines])
    columns = {"x": grid, "score": np.median(scores, axis=0), "low": scores.min(axis=0), "high": scores.max(axis=0)}
    return pd.DataFrame(columns).assign(variant=str(rows["variant"].iloc[0]))


def _score_range(scores: pd.Series, target: float | None) -> tuple[float, float]:
    """Return an axis that shows the end of the curves, not only their first fall: from the 5 % point to the best."""
    low, high = float(scores.quantile(0.05)), float(scores.max())
    if target is not None and math.isfinite(target):
        low, high = min(low, target), max(high, target)
    room = (high - low) * 0.08 or 0.05
    return low - room, high + room


def _line_ends(frame: pd.DataFrame, names: Sequence[str], ends: tuple[float, float], height: int) -> pd.DataFrame:
    """Return each line's end (x, score) and where its name stands (label_y): pushed apart by a line of text."""
    gap = (ends[1] - ends[0]) * 15 / height
    last = frame.sort_values("x").groupby("name").tail(1).set_index("name").loc[list(names)]
    last["score"] = last["score"].clip(*ends)
    last = last.sort_values("score", ascending=False)
    places = list(last["score"])
    for index in range(1, len(places)):
        places[index] = min(places[index], places[index - 1] - gap)
    places[-1] = max(places[-1], ends[0])
    for index in range(len(places) - 2, -1, -1):
        places[index] = max(places[index], places[index + 1] + gap)
    return last.assign(label_y=places).reset_index()[["name", "x", "score", "label_y"]]


def _strip_alt(summary: pd.DataFrame, metric: str, setting: str, language: Language) -> str:
    title = " · ".join(part for part in (metric_name(metric, language), setting_name(setting, language)) if part)
    words = [
        f"{row.name_} {row.text} {row.missed}".strip() for row in summary.rename(columns={"name": "name_"}).itertuples()
    ]
    return f"{title}: " + ("、" if language == "ja" else "; ").join(words)


def _curves_alt(frame: pd.DataFrame, names: Sequence[str], axis: CurveAxis, language: Language) -> str:
    best = {
        name: format_value(float(frame.loc[frame["name"] == name, "score"].max()), "score", language) for name in names
    }
    words = ("、" if language == "ja" else "; ").join(f"{name} {score}" for name, score in best.items())
    if language == "ja":
        unit = "秒" if axis == "seconds" else "ステップ"
        return f"学習曲線 ({unit})。線はシードの中央値、帯は全シードの幅。最良の検証スコア: {words}"
    unit = "seconds" if axis == "seconds" else "steps"
    return f"Learning curves against {unit}: median over seeds, band: all seeds. Best validation score: {words}"
