"""Criteria and business assumptions as rows of entry fields: one line on a wide screen, a small block on a phone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from dashboard.assumption_rows import ENDS, assumption_rows, entry, stored
from dashboard.screen import Screen
from scorecards.assumptions import Assumption
from scorecards.criteria import Criterion, Scorecard
from scorecards.formats import format_value

_FORMAT = "%.10g"
_FIELD = 96


def criteria_rows(screen: Screen, scorecard: Scorecard, turn: str) -> Scorecard:
    """Show a row a criterion and return the scorecard as its fields now give it.

    `turn` is a part of the fields' keys: a new one makes them start from `scorecard` again.
    """
    words = screen.words
    with st.container(key="rows-criteria", gap="xsmall"):
        names = [words(f"new.criterion.{name}") for name in ("threshold", "margin", "weight")]
        _heads(words("evidence.criterion"), [*names, ""])  # the box to tick says itself what it is
        changed = [_criterion(screen, criterion, f"{turn}-{criterion.id}") for criterion in scorecard.criteria]
    return replace(scorecard, criteria=tuple(changed))


def assumption_fields(screen: Screen, values: Sequence[Assumption], currency: str, turn: str) -> pd.DataFrame:
    """Show a row an assumption and return them as `assumption_rows` does, with what was entered."""
    rows = assumption_rows(values, screen.language, currency)
    names = [screen.words(f"new.ends.{end}") for end in ENDS]
    entered: dict[str, list[float]] = {end: [] for end in ENDS}
    with st.container(key="rows-assumptions", gap="xsmall"):
        _heads(screen.words("money.columns.name"), names)
        for item, row in zip(values, rows.to_dict("records"), strict=True):
            with _row(f"{turn}-{item.id}"):
                _title(str(row["title"]), str(row["unit"]))
                for end, name in zip(ENDS, names, strict=True):
                    entered[end].append(_number(name, float(row[end]), f"{turn}-{item.id}-{end}"))
    return rows.assign(**entered)


def _criterion(screen: Screen, criterion: Criterion, key: str) -> Criterion:
    words, gate, unit = screen.words, criterion.gate, criterion.unit
    with _row(key):
        title = st.container(width="stretch")
        threshold = _number(words("new.criterion.threshold"), entry(gate.threshold, unit), f"{key}-threshold")
        margin = _number(words("new.criterion.margin"), entry(gate.margin, unit), f"{key}-margin", least=0.0)
        weight = _number(words("new.criterion.weight"), criterion.weight, f"{key}-weight", least=0.0)
        must = st.checkbox(words("new.criterion.must"), value=criterion.must, key=f"{key}-must", width=_FIELD)
        gate = replace(
            gate, threshold=stored(threshold, gate.threshold, unit), margin=stored(margin, gate.margin, unit)
        )
        with title:
            value = format_value(gate.boundary, unit, screen.language)
            rule = words(f"new.criterion.{gate.direction}", value=value)
            _title(criterion.title.in_language(screen.language), rule)
    return replace(criterion, gate=gate, must=must, weight=float(weight))


def _row(key: str) -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row-{key}")


def _title(title: str, about: str) -> None:
    shown = f'<span>{escape(title)}</span><span class="bp-muted bp-nowrap">{escape(about)}</span>'
    st.html(f'<div class="bp-row">{shown}</div>', width="stretch")


def _heads(first: str, names: Sequence[str]) -> None:
    """Show the columns' names; on a phone the style hides them and shows each field's own label in their place."""
    with st.container(horizontal=True, gap="small", key=f"heads-{len(names)}"):
        st.html(f'<div class="bp-muted">{escape(first)}</div>', width="stretch")
        for name in names:
            st.html(f'<div class="bp-muted">{escape(name) or "&nbsp;"}</div>', width=_FIELD)


def _number(label: str, value: float, key: str, *, least: float | None = None) -> float:
    entered = st.number_input(
        label,
        min_value=least,
        value=float(value),
        step=_step(value),
        format=_FORMAT,
        key=key,
        width=_FIELD,
    )
    return float(entered)


def _step(value: float) -> float:
    """Return a step of one in the value's second digit: what the arrow keys move it by."""
    return float(10.0 ** (math.floor(math.log10(abs(value))) - 1)) if value else 1.0
