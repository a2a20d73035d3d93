"""What the variants made, as a report shows it: texts and tables as words, everything else as charts of its own.

A record's exhibits are one object a variant (see `Record.exhibits`). Reports show the candidate, the baseline and the
rival that decides; the dashboard shows all, and the report says whose are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from scorecards.charts.exhibits import confusion, drawings, forecast
from scorecards.local_text import Language
from scorecards.phrases.exhibits import MEANINGS, REAL, REFERENCE, SOURCE, TITLES
from scorecards.phrases.names import variant_name
from scorecards.record import Json, Record
from scorecards.reports.drawn import Drawing, drawn
from scorecards.reports.plain_text import one_line, shortened
from scorecards.vocabulary import SIMPLER

MOST_VARIANTS = 3
"""Variants that are shown side by side: the candidate, the baseline and the rival that decides."""
_DECIDES = "dense_site"
MOST_DRAWINGS = 6
_FORECASTS, _TRANSLATIONS = 3, 6
_LETTERS = 600
_CELL_LETTERS = 240
_WIDE = 360
_STEP = 24
_Exhibit = Mapping[str, Json]


@dataclass(frozen=True)
class Exhibits:
    """The heading, a sentence on what is shown, and the words: `texts` as (who, text), or a table's heads and lines."""

    kind: str
    title: str
    meaning: str
    texts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


def exhibits_of(record: Record, language: Language) -> Exhibits | None:
    """Return what is to be shown in words; None where nothing was kept or its kind is not known."""
    kind, shown = shown_exhibits(record)
    if kind not in TITLES:
        return None
    title = TITLES[kind].in_language(language)
    meaning = " ".join(
        text for text in (MEANINGS[kind].in_language(language), _left_out(record, shown, language)) if text
    )
    if kind == "text":
        return Exhibits(kind, title, meaning, texts=_texts(shown, language))
    if kind == "translations":
        heads = (SOURCE.in_language(language), REFERENCE.in_language(language))
        names = (variant_name(variant, language) for variant in shown)
        return Exhibits(kind, title, meaning, heads=(*heads, *names), lines=_translations(shown))
    return Exhibits(kind, title, meaning)


def shown_exhibits(record: Record) -> tuple[str, dict[str, _Exhibit]]:
    """Return the exhibits' kind ('' where there is none) and those that are shown, the candidate first."""
    first = (record.scorecard.candidate, record.scorecard.baseline)
    order = dict.fromkeys((*first, _DECIDES, *SIMPLER, *record.variants))
    kept = {name: record.exhibits[name] for name in order if isinstance(record.exhibits.get(name), dict)}
    shown = {name: cast("_Exhibit", kept[name]) for name in list(kept)[:MOST_VARIANTS]}
    return (str(next(iter(shown.values())).get("kind", "")) if shown else ""), shown


def _left_out(record: Record, shown: Mapping[str, _Exhibit], language: Language) -> str:
    """Return whose exhibits the record holds besides; '' where all are shown."""
    others = [variant_name(name, language) for name in record.exhibits if name not in shown]
    if not others:
        return ""
    if language == "ja":
        return f"ほかの方式 ({'、'.join(others)}) のものは「根拠」のページにあります。"
    return f"Those of the others ({', '.join(others)}) are on the evidence page."


def exhibit_drawings(record: Record, language: Language) -> tuple[Drawing, ...]:
    """Return the charts of drawings, forecasts or confusions; none for what is shown in words."""
    kind, shown = shown_exhibits(record)
    if kind == "drawings":
        return _drawings(shown, language)
    if kind == "forecasts":
        return _forecasts(shown, language)
    return _confusions(shown, language) if kind == "confusion" else ()


def drawing_rows(shown: Mapping[str, _Exhibit], language: Language) -> dict[str, list[Json]]:
    """Return whose drawings they are → the drawings, the real ones first."""
    real = next(iter(shown.values())).get("real")
    rows = {REAL.in_language(language): real, **{variant_name(v, language): e.get("made") for v, e in shown.items()}}
    return {name: some[:MOST_DRAWINGS] for name, some in rows.items() if isinstance(some, list) and some}


def forecast_rows(shown: Mapping[str, _Exhibit]) -> list[tuple[_Exhibit, dict[str, list[float]]]]:
    """Return the first forecasts: what was known and what came, and variant → what it foretold."""
    rows = {variant: cast("list[_Exhibit]", exhibit["rows"]) for variant, exhibit in shown.items()}
    first = next(iter(rows.values()))[:_FORECASTS]
    return [
        (row, {variant: cast("list[float]", own[place]["made"]) for variant, own in rows.items() if place < len(own)})
        for place, row in enumerate(first)
    ]


def counts_of(exhibit: _Exhibit) -> tuple[list[str], list[list[int]]]:
    """Return a confusion's classes and counts, rows true and columns predicted."""
    classes = [one_line(str(name)) for name in cast("list[Json]", exhibit["classes"])]
    return classes, cast("list[list[int]]", exhibit["counts"])


def _texts(shown: Mapping[str, _Exhibit], language: Language) -> tuple[tuple[str, str], ...]:
    real = next(iter(shown.values())).get("real", "")
    made = ((variant_name(variant, language), exhibit.get("made", "")) for variant, exhibit in shown.items())
    return tuple((name, _passage(str(text))) for name, text in ((REAL.in_language(language), real), *made))


def _passage(text: str) -> str:
    """Return the beginning of a text with its line breaks, without other control characters."""
    kept = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text).strip()
    return kept if len(kept) <= _LETTERS else f"{kept[: _LETTERS - 1].rstrip()}…"


def _translations(shown: Mapping[str, _Exhibit]) -> tuple[tuple[str, ...], ...]:
    rows = [cast("list[_Exhibit]", exhibit["rows"])[:_TRANSLATIONS] for exhibit in shown.values()]
    return tuple(
        tuple(_cell(text) for text in (same[0].get("source"), same[0].get("reference"), *(r.get("made") for r in same)))
        for same in zip(*rows, strict=False)
    )


def _cell(text: Json) -> str:
    return shortened(one_line(str(text or "")), _CELL_LETTERS)


def _drawings(shown: Mapping[str, _Exhibit], language: Language) -> tuple[Drawing, ...]:
    return tuple(
        drawn(name, drawings(some, language, title=name, width=_WIDE))
        for name, some in drawing_rows(shown, language).items()
    )


def _forecasts(shown: Mapping[str, _Exhibit], language: Language) -> tuple[Drawing, ...]:
    return tuple(
        drawn(one_line(str(row.get("site", ""))), forecast(row, made, language, width=_WIDE, height=150))
        for row, made in forecast_rows(shown)
    )


def _confusions(shown: Mapping[str, _Exhibit], language: Language) -> tuple[Drawing, ...]:
    charts = []
    for variant, exhibit in shown.items():
        classes, counts = counts_of(exhibit)
        name = variant_name(variant, language)
        width = min(_WIDE, 60 + _STEP * 2 * len(classes))
        charts.append(drawn(name, confusion(classes, counts, language, title=name, width=width)))
    return tuple(charts)
