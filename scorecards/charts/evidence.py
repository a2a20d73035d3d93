"""Evidence: every trial as a point, learning curves, sizes, latencies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from scorecards.charts.theme import Palette, ThemeName, Width, finish, palette
from scorecards.formats import NEVER, axis_scale, format_value
from scorecards.local_text import Language
from scorecards.phrases.names import metric_name, setting_name, variant_label

CurveAxis = Literal["step", "seconds"]
_MAX_POINTS = 4000
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
        axis=alt.Axis(title=_axis_title(metric, setting, label, language), tickCount=6),
        scale=alt.Scale(zero=False, padding=24),
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
        .mark_rule(color=colours.accent_soft, strokeWidth=7, opacity=0.45, strokeCap="round")
        .encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_circle(color=colours.accent, size=46, opacity=0.75).encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("name:N", title=" "),
                alt.Tooltip("seed:Q", title="seed"),
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
    """Return the validation score against steps or seconds, a thin line a seed, with the variant's name at its end.

    Raises ValueError without points of `setting`.
    """
    rows = curves[(curves["setting"] == setting) & np.isfinite(curves["score"])]
    if rows.empty:
        raise ValueError(f"no learning curve with setting {setting!r}")
    colours, order = palette(theme), _order(rows, variants)
    rows = _thinned(rows.sort_values(["variant", "seed", "step"]))
    scale, unit = axis_scale(float(rows["seconds"].max()), "s", language) if axis == "seconds" else (1.0, "")
    frame = pd.DataFrame(
        {
            "x": rows[axis] / scale,
            "score": rows["score"],
            "name": [variant_label(v, language) for v in rows["variant"]],
            "line": rows["variant"] + "/" + rows["seed"].astype(str),
        }
    )
    names = [variant_label(v, language) for v in order]
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=names, range=[colours.series[i % len(colours.series)] for i in range(len(names))]),
        legend=None,
    )
    title = (
        ("学習時間" if language == "ja" else "training time") + f" ({unit})"
        if axis == "seconds"
        else ("ステップ" if language == "ja" else "steps")
    )
    score_title = score_name or ("検証スコア" if language == "ja" else "validation score")
    low, high = _score_range(frame["score"], target)
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=title, grid=False, tickCount=4, labelOverlap=True),
        scale=alt.Scale(nice=False, domainMin=0),
    )
    y = alt.Y("score:Q", axis=alt.Axis(title=score_title, tickCount=5), scale=alt.Scale(domain=[low, high], nice=False))
    ends = _line_ends(frame, names, (low, high), height)
    layers = [
        alt.Chart(frame)
        .mark_line(strokeWidth=1.6, opacity=0.75, clip=True)
        .encode(x=x, y=y, color=colour, detail="line:N"),
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

    table = []
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
                "low": (mean - half) / scale,
                "high": (mean + half) / scale,
                "missed": f"{NEVER.in_language(language)} {missed}/{len(values)}" if missed else "",
                "text": format_value(mean, unit, language),
            }
        )
    return pd.DataFrame(table)


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep at most `_MAX_POINTS` points, evenly spread: browsers slow from about 10,000."""
    step = math.ceil(len(rows) / _MAX_POINTS)
    return rows if step <= 1 else rows.iloc[::step]


def _score_range(scores: pd.Series, target: float | None) -> tuple[float, float]:
    """Return an axis that shows the end of the curves, not only their first fall: from the 5 % point to the best."""
    low, high = float(scores.quantile(0.05)), float(scores.max())
    if target is not None and math.isfinite(target):
        low, high = min(low, target), max(high, target)
    room = (high - low) * 0.08 or 0.05
    return low - room, high + room


def _line_ends(frame: pd.DataFrame, names: Sequence[str], ends: tuple[float, float], height: int) -> pd.DataFrame:
    """Return where each variant's name stands: at its last mean score, pushed apart by a line of text."""
    gap = (ends[1] - ends[0]) * 15 / height
    last = frame.sort_values("x").groupby("line").tail(1)
    wanted = sorted(((float(last.loc[last["name"] == name, "score"].mean()), name) for name in names), reverse=True)
    placed: list[tuple[float, str]] = []
    level = math.inf
    for score, name in wanted:
        level = min(max(score, ends[0]), level - gap)
        placed.append((level, name))
    shortfall = ends[0] - level
    if shortfall > 0:
        placed = [(min(score + shortfall, ends[1]), name) for score, name in placed]
    return pd.DataFrame({"name": [name for _, name in placed], "label_y": [score for score, _ in placed]})


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
        return f"学習曲線 ({'秒' if axis == 'seconds' else 'ステップ'})。最良の検証スコア: {words}"
    return f"Learning curves against {'seconds' if axis == 'seconds' else 'steps'}. Best validation score: {words}"
