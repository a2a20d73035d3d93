"""The business assumptions as sliders: moving one gives the money and the verdict anew, marked as 'what if'."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.records import record_key
from scorecards.assumptions import ASSUMPTION_LIMITS, Assumption, Assumptions, with_likely
from scorecards.formats import format_share, money_symbol, significant, unit_label
from scorecards.judgement import Judgement
from scorecards.local_text import Language
from scorecards.phrases import assumption_name
from scorecards.record import Record
from scorecards.verdict import rejudge

FIRST_SLIDERS = ("sites", "updates_per_year", "engineer_price_per_hour", "value_per_point")
"""The sliders in sight; the other assumptions follow in a fold."""

_WHOLE = {"sites"}
_MONEY = "currency"
_TIMES = ("h", "min")
_STEPS = 100
_COSTS_TIMES = 3.0


@dataclass(frozen=True)
class Span:
    """Where a slider starts, ends and how it moves; whole numbers for things that are counted."""

    least: float
    most: float
    step: float
    whole: bool


def span_of(assumption: Assumption) -> Span:
    """Return a slider's span: from the least that is accepted to a round number well above the range of the record."""
    least, most = ASSUMPTION_LIMITS[assumption.id]
    top = max(assumption.high * 1.5, assumption.likely * _COSTS_TIMES) or 10.0
    step = _step(top / _STEPS, assumption.likely)
    whole = assumption.id in _WHOLE and float(assumption.likely).is_integer()
    if whole:
        step = max(1.0, math.ceil(step))
    top = min(most, step * math.ceil(top / step))
    return Span(least, top, step, whole)


def _step(wanted: float, likely: float) -> float:
    """Return a round step near `wanted`, or finer, that meets `likely`: the handle must be able to stand there."""
    step = _round_up(wanted)
    finer = (_round_up(wanted / divisor) for divisor in (1, 2, 4, 10, 20, 40))
    return next((one for one in finer if math.isclose(likely / one, round(likely / one), abs_tol=1e-6)), step)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5 × a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


def slider_key(record: Record, name: str) -> str:
    """Return the session's key for a slider; another record has other sliders."""
    return f"assume-{record_key(record)[:12]}-{name}"


def moved(record: Record) -> dict[str, float]:
    """Return the assumptions that the visitor has moved, checked against the limits: the browser may send anything."""
    found: dict[str, float] = {}
    for name, assumption in record.assumptions.values.items():
        value = st.session_state.get(slider_key(record, name), assumption.likely)
        least, most = ASSUMPTION_LIMITS[name]
        if isinstance(value, int | float) and math.isfinite(value) and value != assumption.likely:
            found[name] = min(max(float(value), least), most)
    return found


def put_back(record: Record) -> None:
    """Set every slider to the record's own value."""
    for name in record.assumptions.values:
        st.session_state.pop(slider_key(record, name), None)


def judge_again(record: Record, likely: Mapping[str, float]) -> tuple[Assumptions, Judgement]:
    """Return the record's judgement under moved assumptions; nothing moved gives the frozen one."""
    if not likely:
        return record.assumptions, record.judgement
    assumptions = with_likely(record.assumptions, likely)
    again = rejudge(
        record.judgement,
        record.measurements,
        scorecard=record.scorecard,
        assumptions=assumptions,
        main_metric=record.dataset.main_metric,
    )
    return assumptions, again


def slider_label(assumption: Assumption, currency: str, language: Language) -> str:
    """Return a slider's label with its unit, unless the name says it (a number of sites, of times a year)."""
    name, unit = assumption_name(assumption, language), assumption.unit
    if unit == "share":
        return _with_unit(name, "%", language)
    if unit.startswith(_MONEY):
        return _with_unit(name, money_symbol(currency).strip(), language)
    return _with_unit(name, unit_label(unit, language, currency), language) if unit in _TIMES else name


def _with_unit(name: str, unit: str, language: Language) -> str:
    """Return a name with its unit in brackets: in those that the name ends with, where it does."""
    if name.endswith(")"):
        return f"{name[:-1]}{'、' if language == 'ja' else ', '}{unit})"
    return f"{name} ({unit})"


def amount_text(value: float, unit: str, currency: str, language: Language) -> str:
    """Return an assumption's value as it is read: '¥6,770/pt/年', '5 %', '40 回/年'."""
    if unit == "share":
        return format_share(value, language)
    label = unit_label(unit, language, currency)
    symbol = money_symbol(currency).strip()
    if unit.startswith(_MONEY) and label.startswith(symbol):
        return f"{money_symbol(currency)}{significant(value)}{label.removeprefix(symbol)}"
    return f"{significant(value)} {label}".strip()


def sliders(record: Record, names: tuple[str, ...], language: Language) -> None:
    """Show the sliders of some assumptions, two a row."""
    known = [record.assumptions.values[name] for name in names if name in record.assumptions.values]
    for start in range(0, len(known), 2):
        for column, assumption in zip(st.columns(2, gap="medium"), known[start : start + 2], strict=False):
            with column:
                _slider(record, assumption, language)


def _slider(record: Record, assumption: Assumption, language: Language) -> None:
    span = span_of(assumption)
    kind = int if span.whole else float
    key = slider_key(record, assumption.id)
    st.session_state.setdefault(key, kind(assumption.likely))
    basis = assumption.basis.in_language(language) if assumption.basis else ""
    st.slider(
        slider_label(assumption, record.assumptions.currency, language),
        min_value=kind(span.least),
        max_value=kind(max(span.most, assumption.likely)),
        step=kind(span.step),
        format="percent" if assumption.unit == "share" else "%.2f" if span.step < 0.1 else "localized",
        key=key,
        help=" ".join(part for part in (basis, assumption.note) if part) or None,
    )
