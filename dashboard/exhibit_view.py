"""What the variants made, for people to look at: texts, drawings, forecasts, translations, confusions."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import cast

import streamlit as st

from dashboard.parts import draw_kept, scrolling, section, table
from dashboard.records import record_key
from dashboard.screen import Screen
from scorecards.charts.exhibits import confusion, drawings, forecast, quality_by_size
from scorecards.phrases import variant_name
from scorecards.record import Json, Record

_FORECASTS = 3
_TRANSLATIONS = 8
Exhibit = Mapping[str, Json]


def show_exhibits(screen: Screen, record: Record) -> None:
    """Show what each variant made on data that it never saw, beside the real thing; nothing where nothing was kept."""
    shown = {
        variant: cast("Exhibit", record.exhibits[variant])
        for variant in record.variants
        if isinstance(record.exhibits.get(variant), dict)
    }
    if not shown:
        return
    views = {
        "text": _texts,
        "drawings": _drawings,
        "forecasts": _forecasts,
        "translations": _translations,
        "confusion": _confusions,
    }
    kind = str(next(iter(shown.values()))["kind"])
    if kind not in views:
        return
    with st.container(border=True):
        section(screen.words(f"evidence.exhibits.{kind}"))
        st.caption(screen.words(f"evidence.exhibits.{kind}_meaning"))
        views[kind](screen, record, shown)


def show_sharing(screen: Screen, record: Record) -> None:
    """Show quality against stored parameters: from one set of weights for all layers to weights of their own."""
    with st.container(border=True):
        section(screen.words("evidence.sharing"))
        st.caption(screen.words("evidence.sharing_meaning"))
        main = record.dataset.main_metric
        draw_kept(
            _name(screen, record, "sharing"),
            lambda: quality_by_size(record.measurements, main, screen.language, screen.theme, variants=record.variants),
        )


def _name(screen: Screen, record: Record, *parts: str) -> tuple[str, ...]:
    return (record_key(record), screen.language, screen.theme, *parts)


def _texts(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    real = next(iter(shown.values()))["real"]
    boxes = [(screen.words("evidence.exhibits.real"), str(real))]
    boxes += [(variant_name(variant, screen.language), str(exhibit["made"])) for variant, exhibit in shown.items()]
    columns = st.columns(2, gap="medium")
    for place, (name, text) in enumerate(boxes):
        with columns[place % 2]:
            st.html(f'<b>{escape(name)}</b><pre class="bp-made">{escape(text)}</pre>')


def _drawings(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    real = screen.words("evidence.exhibits.real")
    rows = {real: next(iter(shown.values()))["real"]}
    rows |= {variant_name(variant, screen.language): exhibit["made"] for variant, exhibit in shown.items()}
    columns = st.columns(2, gap="medium")
    for place, (name, drawn) in enumerate(rows.items()):
        with columns[place % 2]:
            st.html(f"<b>{escape(name)}</b>")
            _drawn(screen, record, name, cast("list[Json]", drawn))


def _drawn(screen: Screen, record: Record, name: str, drawn: list[Json]) -> None:
    draw_kept(
        _name(screen, record, "drawings", name), lambda: drawings(drawn, screen.language, screen.theme, title=name)
    )


def _forecasts(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    first = cast("list[Exhibit]", next(iter(shown.values()))["rows"])[:_FORECASTS]
    chosen = (record.scorecard.candidate, record.scorecard.baseline)
    for place, row in enumerate(first):
        made = {
            variant: cast("list[float]", cast("list[Exhibit]", exhibit["rows"])[place]["made"])
            for variant, exhibit in shown.items()
            if variant in chosen
        }
        st.html(f"<b>{escape(str(row.get('site', '')))}</b>")
        _foretold(screen, record, place, row, made)


def _foretold(screen: Screen, record: Record, place: int, row: Exhibit, made: Mapping[str, list[float]]) -> None:
    draw_kept(_name(screen, record, "forecast", str(place)), lambda: forecast(row, made, screen.language, screen.theme))


def _translations(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    first = cast("list[Exhibit]", next(iter(shown.values()))["rows"])[:_TRANSLATIONS]
    words = screen.words
    heads = [words("evidence.exhibits.source"), words("evidence.exhibits.reference")]
    heads += [variant_name(variant, screen.language) for variant in shown]
    rows = [
        [
            escape(str(row["source"])),
            escape(str(row["reference"])),
            *(escape(str(cast("list[Exhibit]", exhibit["rows"])[place]["made"])) for exhibit in shown.values()),
        ]
        for place, row in enumerate(first)
    ]
    st.html(scrolling(table(heads, rows)))


def _confusions(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    chosen = [variant for variant in (record.scorecard.candidate, record.scorecard.baseline) if variant in shown]
    for variant, column in zip(chosen, st.columns(max(len(chosen), 1), gap="medium"), strict=True):
        with column:
            name = variant_name(variant, screen.language)
            st.html(f"<b>{escape(name)}</b>")
            _confused(screen, record, variant, shown[variant])


def _confused(screen: Screen, record: Record, variant: str, exhibit: Exhibit) -> None:
    classes = [str(name) for name in cast("list[Json]", exhibit["classes"])]
    counts = cast("list[list[int]]", exhibit["counts"])
    name = variant_name(variant, screen.language)
    draw_kept(
        _name(screen, record, "confusion", variant),
        lambda: confusion(classes, counts, screen.language, screen.theme, title=name),
    )
