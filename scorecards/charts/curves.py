"""Learning curves: the validation score against steps or seconds, a line a variant, nothing of it cut off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from scorecards.charts.labels import apart, variant_order
from scorecards.charts.theme import ThemeName, Width, finish, palette, variant_colour
from scorecards.formats import axis_scale, format_value
from scorecards.local_text import Language
from scorecards.phrases.names import variant_label

CurveAxis = Literal["step", "seconds"]
_CURVE_POINTS = 150
_DEEP = 8.0


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
    colours, order = palette(theme), variant_order(rows, variants)
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
    low, high = _score_range(frame, target)
    deeper = _deeper(frame, low, language)
    frame[["score", "low", "high"]] = frame[["score", "low", "high"]].clip(lower=low)
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
        .mark_area(opacity=0.13, line=False)
        .encode(x=x, y=alt.Y("low:Q", scale=span), y2="high:Q", color=colour),
        alt.Chart(frame).mark_line(strokeWidth=2, strokeCap="round").encode(x=x, y=y, color=colour),
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
    if deeper:
        note = alt.Chart(pd.DataFrame({"text": [deeper]}))
        layers.append(
            note.mark_text(align="left", baseline="bottom", dx=6, dy=-2, color=colours.muted, fontSize=11).encode(
                x=alt.value(0), y=alt.value("height"), text="text:N"
            )
        )
    return finish(layers, _curves_alt(frame, names, axis, language), theme, width=width, height=height)


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


def _score_range(frame: pd.DataFrame, target: float | None) -> tuple[float, float]:
    """Return an axis that holds every line and band whole.

    Where the first fall is so deep that nothing could be told apart afterwards, the axis ends `_DEEP` times the curves'
    later range below the best; what lies deeper is drawn on that end and told beside it.
    """
    low, high, later = float(frame["low"].min()), float(frame["high"].max()), float(frame["score"].quantile(0.2))
    if target is not None and math.isfinite(target):
        low, high = min(low, target), max(high, target)
    if high > later:
        low = max(low, high - _DEEP * (high - later))
    room = (high - low) * 0.04 or 0.05
    return low - room, high + room


def _deeper(frame: pd.DataFrame, floor: float, language: Language) -> str:
    """Return the words for lines that begin below the axis' end; '' where all are shown whole."""
    lowest = float(frame["low"].min())
    if lowest >= floor:
        return ""
    value = format_value(lowest, "score", language)
    return f"▼ 初めはさらに下 (最低 {value})" if language == "ja" else f"▼ begins further down (lowest {value})"


def _line_ends(frame: pd.DataFrame, names: Sequence[str], ends: tuple[float, float], height: int) -> pd.DataFrame:
    """Return each line's end (x, score) and where its name stands (label_y): pushed apart by a line of text."""
    last = frame.sort_values("x").groupby("name").tail(1).set_index("name").loc[list(names)]
    last = last.sort_values("score", ascending=False)
    return last.assign(label_y=apart(list(last["score"]), ends, height)).reset_index()[
        ["name", "x", "score", "label_y"]
    ]


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
