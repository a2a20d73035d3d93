"""What the variants made, for people to look at: texts, drawings, forecasts, translations, confusions."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import cast

import streamlit as st

from dashboard.parts import draw_kept, section
from dashboard.records import record_key
from dashboard.screen import Screen
from scorecards.charts.exhibits import confusion, forecast, quality_by_size
from scorecards.charts.pen import pen_svg
from scorecards.phrases import variant_name
from scorecards.record import Json, Record

_FORECASTS = 3
_TRANSLATIONS = 3
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
    """Show quality against stored parameters: with `shared`, from one set of weights for all layers to own ones."""
    axis = "sharing" if "shared" in record.variants else "size"
    with st.container(border=True):
        section(screen.words(f"evidence.{axis}"))
        st.caption(screen.words(f"evidence.{axis}_meaning"))
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
    made = (f'<div><b>{escape(name)}</b><pre class="bp-made">{escape(text)}</pre></div>' for name, text in boxes)
    st.html(f'<div class="bp-two">{"".join(made)}</div>')


def _drawings(screen: Screen, record: Record, shown: Mapping[str, Exhibit]) -> None:
    rows = {screen.words("evidence.exhibits.real"): next(iter(shown.values()))["real"]}
    rows |= {variant_name(variant, screen.language): exhibit["made"] for variant, exhibit in shown.items()}
    sheets = (
        f"<div><b>{escape(name)}</b>{_sheet(screen, name, cast('list[Json]', drawn))}</div>"
        for name, drawn in rows.items()
    )
    st.html(f'<div class="bp-two">{"".join(sheets)}</div>')


def _sheet(screen: Screen, name: str, drawn: list[Json]) -> str:
    """Return drawings as a grid of pictures; words in their place where there is none."""
    if not drawn:
        return _nothing(screen.words("evidence.exhibits.no_drawing"))
    pictures = (b64encode(pen_svg(one, screen.theme).encode()).decode() for one in drawn)
    alt = [escape(f"{name} {number}", quote=True) for number in range(1, len(drawn) + 1)]
    cells = "".join(
        f'<img src="data:image/svg+xml;base64,{picture}" alt="{text}">'
        for picture, text in zip(pictures, alt, strict=True)
    )
    return f'<div class="bp-sheet">{cells}</div>'


def _nothing(text: str) -> str:
    return f'<div class="bp-muted bp-nothing">{escape(text)}</div>'


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
    first = cast("list[Exhibit]", next(iter(shown.values()))["rows"])
    if not first:
        st.html(_nothing(screen.words("evidence.exhibits.no_translation")))
        return
    texts = [_sentence(screen, place, row, shown) for place, row in enumerate(first)]
    st.html("".join(texts[:_TRANSLATIONS]))
    if len(texts) > _TRANSLATIONS:
        with st.expander(screen.words("evidence.exhibits.more", count=len(texts) - _TRANSLATIONS)):
            st.html("".join(texts[_TRANSLATIONS:]))


def _sentence(screen: Screen, place: int, row: Exhibit, shown: Mapping[str, Exhibit]) -> str:
    """Return one sentence with its reference and every variant's translation below each other, so that they compare."""
    words, reference = screen.words, str(row["reference"])
    lines = [(words("evidence.exhibits.reference"), escape(reference))]
    for variant, exhibit in shown.items():
        rows = cast("list[Exhibit]", exhibit["rows"])
        made = str(rows[place]["made"]).strip() if place < len(rows) else ""
        text = escape(made) or f'<span class="bp-none">{escape(words("evidence.exhibits.empty"))}</span>'
        same = ' <b class="bp-good">✓</b>' if made == reference.strip() else ""
        lines.append((variant_name(variant, screen.language), text + same))
    told = "".join(f"<dt>{escape(name)}</dt><dd>{text}</dd>" for name, text in lines)
    return f'<div class="bp-pair"><b>{escape(str(row["source"]))}</b><dl>{told}</dl></div>'


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
