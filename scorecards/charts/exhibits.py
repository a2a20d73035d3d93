"""What variants made, to look at: drawings, forecasts beside the truth, confusions. And quality against stored size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast

import altair as alt
import pandas as pd

from scorecards.charts.labels import apart
from scorecards.charts.theme import ThemeName, Width, finish, palette, variant_colour
from scorecards.evidence import candidate_value
from scorecards.formats import format_value
from scorecards.local_text import Language
from scorecards.phrases.names import metric_name, variant_label
from scorecards.record import Json

CONFIDENCE = 0.95
_CELL = 1.0
_INSET = 0.08
_PER_ROW = 6
_MOST_CLASSES_WITH_NUMBERS = 15


def drawings(
    drawn: Sequence[Json], language: Language, theme: ThemeName = "light", *, title: str, width: Width = "container"
) -> alt.LayerChart:
    """Return pen drawings side by side, each in its own cell. A drawing: [[x…], [y…]] a stroke, y downwards.

    Raises ValueError where there is none.
    """
    if not drawn:
        raise ValueError("no drawing to show")
    colours = palette(theme)
    rows = [
        {"x": x, "y": y, "line": f"{number}-{stroke}", "order": order}
        for number, drawing in enumerate(drawn)
        for stroke, points in enumerate(_in_cell(cast("list[list[list[float]]]", drawing), number))
        for order, (x, y) in enumerate(points)
    ]
    columns, lines = min(len(drawn), _PER_ROW), math.ceil(len(drawn) / _PER_ROW)
    across, down = (
        alt.Scale(domain=[0, columns], nice=False),
        alt.Scale(domain=[lines, 0], nice=False),
    )
    chart = (
        alt.Chart(pd.DataFrame(rows, columns=["x", "y", "line", "order"]))
        .mark_line(color=colours.ink, strokeWidth=1.6, strokeCap="round", strokeJoin="round")
        .encode(
            x=alt.X("x:Q", axis=None, scale=across),
            y=alt.Y("y:Q", axis=None, scale=down),
            detail="line:N",
            order="order:Q",
        )
    )
    count = f"{len(drawn)} 枚" if language == "ja" else f"{len(drawn)} drawings"
    return finish([chart], f"{title}: {count}", theme, width=width, height=90 * lines)


def _in_cell(strokes: Sequence[Sequence[Sequence[float]]], number: int) -> list[list[tuple[float, float]]]:
    """Return a drawing's strokes as points, its longer side filling its cell of the grid."""
    xs = [x for stroke in strokes for x in stroke[0]]
    ys = [y for stroke in strokes for y in stroke[1]]
    if not xs:
        return []
    left, top = min(xs), min(ys)
    size = max(max(xs) - left, max(ys) - top) or 1.0
    room = (_CELL - 2 * _INSET) / size
    over_x = (1 - 2 * _INSET - (max(xs) - left) * room) / 2
    over_y = (1 - 2 * _INSET - (max(ys) - top) * room) / 2
    column, line = number % _PER_ROW, number // _PER_ROW
    return [
        [
            (column + _INSET + over_x + (x - left) * room, line + _INSET + over_y + (y - top) * room)
            for x, y in zip(stroke[0], stroke[1], strict=True)
        ]
        for stroke in strokes
    ]


def forecast(
    shown: Mapping[str, Json],
    made: Mapping[str, Sequence[float]],
    language: Language,
    theme: ThemeName = "light",
    *,
    width: Width = "container",
    height: int = 220,
) -> alt.LayerChart:
    """Return one forecast: what was known, what came, and what each variant foretold.

    `shown`: `site`, `times` (of history and truth in turn), `history`, `truth`; `made`: variant → forecast values.
    """
    colours = palette(theme)
    history, truth = cast("list[float]", shown["history"]), cast("list[float]", shown["truth"])
    start = len(history)
    names = {"known": "実績" if language == "ja" else "actual"}
    lines = [("known", index, value) for index, value in enumerate([*history, *truth])]
    for variant, values in made.items():
        names[variant] = variant_label(variant, language)
        lines += [(variant, start + index, value) for index, value in enumerate(values)]
    frame = pd.DataFrame([(names[who], at, value) for who, at, value in lines], columns=["name", "at", "value"])
    order = list(names.values())
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=order, range=[colours.ink, *(variant_colour(v, theme) for v in made)]),
        legend=alt.Legend(title=None, orient="bottom", columns=3, labelLimit=260, labelColor=colours.muted),
    )
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=order, range=[[1, 0], *([4, 2] for _ in made)]), legend=None)
    x = alt.X(
        "at:Q",
        axis=alt.Axis(title=_span(shown, language), grid=False, labels=False),
        scale=alt.Scale(domain=[0, start + len(truth) - 1], nice=False),
    )
    y = alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=4), scale=alt.Scale(zero=False))
    layers = [
        alt.Chart(pd.DataFrame({"at": [start - 0.5]})).mark_rule(color=colours.line, strokeWidth=2).encode(x="at:Q"),
        alt.Chart(frame).mark_line(strokeWidth=1.8).encode(x=x, y=y, color=colour, strokeDash=dash),
    ]
    site = str(shown.get("site", ""))
    alt_words = "予測と実績" if language == "ja" else "forecast and what came"
    return finish(layers, f"{alt_words}: {site} {_span(shown, language)}", theme, width=width, height=height)


def _span(shown: Mapping[str, Json], language: Language) -> str:
    times = [str(time) for time in cast("list[Json]", shown.get("times", []))]
    if not times:
        return "時間" if language == "ja" else "time"
    return f"{times[0]} ~ {times[-1]}" if language == "ja" else f"{times[0]} to {times[-1]}"


def confusion(
    classes: Sequence[str],
    counts: Sequence[Sequence[int]],
    language: Language,
    theme: ThemeName = "light",
    *,
    title: str,
    width: Width = "container",
) -> alt.LayerChart:
    """Return which classes are taken for which: rows true, columns predicted, shade the share of the true class."""
    colours = palette(theme)
    table = pd.DataFrame(
        [
            {"true": true, "predicted": predicted, "share": count / max(sum(row), 1), "count": f"{count}"}
            for true, row in zip(classes, counts, strict=True)
            for predicted, count in zip(classes, row, strict=True)
        ]
    )
    said, was = ("予測", "正解") if language == "ja" else ("predicted", "true")
    crowded = len(classes) > _MOST_CLASSES_WITH_NUMBERS
    base = alt.Chart(table).encode(
        x=alt.X(
            "predicted:N",
            sort=list(classes),
            axis=alt.Axis(title=said, labelAngle=-45, labelLimit=120, labelOverlap=crowded),
        ),
        y=alt.Y("true:N", sort=list(classes), axis=alt.Axis(title=was, labelLimit=120, labelOverlap=crowded)),
    )
    shade = alt.Color(
        "share:Q",
        scale=alt.Scale(domain=[0, 1], range=[colours.ground, colours.accent], interpolate="rgb"),
        legend=None,
    )
    layers = [
        base.mark_rect(stroke=colours.line).encode(
            color=shade,
            tooltip=[
                alt.Tooltip("true:N", title=was),
                alt.Tooltip("predicted:N", title=said),
                alt.Tooltip("count:N", title=" "),
            ],
        )
    ]
    if len(classes) <= _MOST_CLASSES_WITH_NUMBERS:
        ink = alt.condition("datum.share > 0.5", alt.value(colours.ground), alt.value(colours.muted))
        layers.append(base.mark_text(fontSize=11).encode(text="count:N", color=ink))
    return finish(layers, _confusion_words(classes, counts, title, language), theme, width=width, height=alt.Step(24))


def _confusion_words(classes: Sequence[str], counts: Sequence[Sequence[int]], title: str, language: Language) -> str:
    right = sum(row[index] for index, row in enumerate(counts))
    of = sum(sum(row) for row in counts)
    wrong = [
        (count, classes[true], classes[said])
        for true, row in enumerate(counts)
        for said, count in enumerate(row)
        if true != said
    ]
    most = max(wrong, default=(0, "", ""))
    if language == "ja":
        text = f"{title}: {of:,} 件中 {right:,} 件が正解です。"
        return text + (f"最も多い取り違えは {most[1]} → {most[2]} ({most[0]:,} 件) です。" if most[0] else "")
    text = f"{title}: {right:,} of {of:,} right."
    return text + (f" Most often {most[1]} was taken for {most[2]} ({most[0]:,})." if most[0] else "")


def quality_by_size(
    measurements: pd.DataFrame,
    main_metric: str,
    language: Language,
    theme: ThemeName = "light",
    *,
    variants: Sequence[str],
    width: Width = "container",
    height: int = 260,
) -> alt.LayerChart:
    """Return the main score against stored parameters: the axis from shared through generated to separate weights.

    A point a variant (the mean over its seeds, with its interval); stored parameters on a logarithmic axis. Raises
    ValueError where no variant has both.
    """
    rows: list[dict[str, object]] = []
    whole = measurements[measurements["site"] == ""]
    unit = str(whole.loc[whole["metric"] == main_metric, "unit"].iloc[0]) if len(whole) else "score"
    for variant in variants:
        own = whole[whole["variant"] == variant]
        scores = own.loc[own["metric"] == main_metric, "value"].tolist()
        sizes = own.loc[own["metric"] == "size.parameters", "value"].tolist()
        if scores and sizes:
            interval = candidate_value(dict(enumerate(scores)), CONFIDENCE)
            mean, size = float(pd.Series(scores).mean()), float(pd.Series(sizes).median())
            rows.append(
                {
                    "name": variant_label(variant, language),
                    "colour": variant_colour(variant, theme),
                    "size": size,
                    "score": mean,
                    "low": interval.low if math.isfinite(interval.low) else None,
                    "high": interval.high if math.isfinite(interval.high) else None,
                    "text": f"{format_value(mean, unit, language)} / {format_value(size, 'parameters', language)}",
                }
            )
    if not rows:
        raise ValueError("no variant has both a score and a size")
    table = pd.DataFrame(rows).sort_values("score", ascending=False)
    ends, edges = _score_ends(table), (float(table["size"].min()) / 1.4, float(table["size"].max()) * 1.4)
    table["label_y"] = apart(list(table["score"]), ends, height)
    x = alt.X(
        "size:Q",
        axis=alt.Axis(
            title="保存する値の数 (対数)" if language == "ja" else "stored parameters (log)",
            tickCount=4,
            grid=False,
            labelOverlap=True,
        ),
        scale=alt.Scale(type="log", domain=edges, nice=False),
    )
    y = alt.Y(
        "score:Q",
        axis=alt.Axis(title=metric_name(main_metric, language), tickCount=5),
        scale=alt.Scale(domain=ends, nice=False, zero=False),
    )
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(table)
    layers = [
        alt.Chart(table[table["low"].notna()])
        .mark_rule(strokeWidth=5, opacity=0.35)
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour),
        base.mark_rule(strokeDash=[1, 3], opacity=0.8).encode(
            x=x, x2=alt.datum(edges[1]), y=y, y2="label_y:Q", color=colour
        ),
        base.mark_circle(size=90, opacity=1).encode(
            x=x, y=y, color=colour, tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=" ")]
        ),
        base.mark_text(align="left", dx=8, fontWeight="bold").encode(
            x=alt.value("width"), y=alt.Y("label_y:Q"), text="name:N", color=colour
        ),
    ]
    words = "、" if language == "ja" else ", "
    said = words.join(f"{row['name']} {row['text']}" for row in rows)
    return finish(layers, said, theme, width=width, height=height)


def _score_ends(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis that holds every point and interval with some room."""
    figures = pd.concat([table["score"], table["low"].dropna(), table["high"].dropna()]).astype(float)
    low, high = float(figures.min()), float(figures.max())
    room = (high - low) * 0.08 or abs(high) * 0.02 or 0.05
    return low - room, high + room
