"""A scorecard as a form with its YAML beside it: what is changed on one side shows on the other."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.faults import show_message
from dashboard.screen import Screen
from evaluator.records import PoC
from scorecards.assumptions import Assumptions
from scorecards.criteria import Criterion, Scorecard
from scorecards.errors import ScorecardError
from scorecards.formats import format_value, money_symbol, unit_label
from scorecards.scorecard_file import load_template, read_scorecard, template_ids, template_text, to_yaml

Both = tuple[Scorecard, Assumptions]
_YAML_HEIGHT = 460
_CURRENCIES = ("JPY", "USD", "EUR", "GBP", "CNY", "KRW", "INR")


def criteria_form(screen: Screen, before: PoC | None = None) -> Both | None:
    """Show form and YAML, from a template or from an earlier PoC.

    Returns the scorecard and assumptions, None while the YAML has a fault.
    """
    if before is None:
        _start(screen)
    elif st.session_state.get("scorecard_from") != f"again-{before.id}":
        st.session_state["scorecard_from"] = f"again-{before.id}"
        _take((before.scorecard, before.assumptions), to_yaml(before.scorecard, before.assumptions))
    _form(screen)
    _yaml(screen)
    if st.session_state.get("scorecard_fault"):
        return None
    both: Both = st.session_state["scorecard_now"]
    return both


def _start(screen: Screen) -> None:
    templates = template_ids()
    chosen = templates[0]
    if len(templates) > 1:
        chosen = st.selectbox(
            screen.words("new.template"),
            templates,
            format_func=lambda name: load_template(name)[0].title.in_language(screen.language),
            key="scorecard_template",
        )
    if st.session_state.get("scorecard_from") != chosen:
        st.session_state["scorecard_from"] = chosen
        _take(load_template(chosen), template_text(chosen))


def _take(both: Both, text: str) -> None:
    """Make `both` the scorecard that the form starts from, with `text` as its YAML."""
    st.session_state["scorecard_base"] = st.session_state["scorecard_now"] = both
    st.session_state["scorecard_round"] = st.session_state.get("scorecard_round", 0) + 1
    st.session_state["scorecard_yaml"] = text
    st.session_state["scorecard_fault"] = None


def _form(screen: Screen) -> None:
    scorecard, assumptions = st.session_state["scorecard_base"]
    edited = (_criteria(screen, scorecard), _assumptions(screen, assumptions))
    if edited != st.session_state["scorecard_now"]:
        try:
            read_scorecard(to_yaml(*edited), screen.words("new.form"))
        except ScorecardError as error:
            show_message(error)
            return
        st.session_state["scorecard_now"] = edited
        st.session_state["scorecard_yaml"] = to_yaml(*edited)
        st.session_state["scorecard_fault"] = None


def _criteria(screen: Screen, scorecard: Scorecard) -> Scorecard:
    words = screen.words
    frame = pd.DataFrame(
        {
            "title": [criterion.title.in_language(screen.language) for criterion in scorecard.criteria],
            "threshold": [criterion.gate.threshold for criterion in scorecard.criteria],
            "margin": [criterion.gate.margin for criterion in scorecard.criteria],
            "unit": [_rule(screen, criterion) for criterion in scorecard.criteria],
            "must": [criterion.must for criterion in scorecard.criteria],
            "weight": [criterion.weight for criterion in scorecard.criteria],
        }
    )
    column = st.column_config
    edited = st.data_editor(
        frame,
        key=f"criteria-{st.session_state['scorecard_round']}-{screen.language}",
        hide_index=True,
        disabled=("title", "unit"),
        width="stretch",
        row_height=38,
        height=40 + 38 * len(frame),
        column_config={
            "title": column.TextColumn(words("evidence.criterion"), width=330),
            "threshold": column.NumberColumn(words("new.criterion.threshold"), width=78, required=True),
            "margin": column.NumberColumn(words("new.criterion.margin"), width=84, min_value=0, required=True),
            "unit": column.TextColumn(words("new.criterion.rule"), width=104),
            "must": column.CheckboxColumn(words("new.criterion.must"), width=64),
            "weight": column.NumberColumn(words("new.criterion.weight"), width=84, min_value=0, required=True),
        },
    )
    changed = [
        replace(
            criterion,
            gate=replace(criterion.gate, threshold=float(row["threshold"]), margin=float(row["margin"])),
            must=bool(row["must"]),
            weight=float(row["weight"]),
        )
        for criterion, row in zip(scorecard.criteria, edited.to_dict("records"), strict=True)
    ]
    return replace(scorecard, criteria=tuple(changed))


def _rule(screen: Screen, criterion: Criterion) -> str:
    value = format_value(criterion.gate.boundary, criterion.unit, screen.language)
    return screen.words(f"new.criterion.{criterion.gate.direction}", value=value)


def _assumptions(screen: Screen, assumptions: Assumptions) -> Assumptions:
    words, values = screen.words, list(assumptions.values.values())
    with st.expander(words("new.assumptions")):
        st.caption(words("new.assumptions_hint"))
        currencies = list(dict.fromkeys((assumptions.currency, *_CURRENCIES)))
        currency = st.selectbox(
            words("new.currency"),
            currencies,
            format_func=lambda code: f"{code} ({money_symbol(code).strip()})",
            key=f"currency-{st.session_state['scorecard_round']}",
            help=words("new.currency_hint"),
            width=200,
        )
        frame = pd.DataFrame(
            {
                "title": [item.title.in_language(screen.language) for item in values],
                "low": [item.low for item in values],
                "likely": [item.likely for item in values],
                "high": [item.high for item in values],
                "unit": [unit_label(item.unit, screen.language, currency) for item in values],
            }
        )
        numbers = {
            name: st.column_config.NumberColumn(words(f"money.columns.{name}"), required=True, width=70)
            for name in ("low", "likely", "high")
        }
        edited = st.data_editor(
            frame,
            key=f"assumptions-{st.session_state['scorecard_round']}-{screen.language}",
            hide_index=True,
            disabled=("title", "unit"),
            width="stretch",
            column_config={
                "title": st.column_config.TextColumn(words("money.columns.name"), width="medium"),
                "unit": st.column_config.TextColumn(words("money.columns.unit"), width=70),
                **numbers,
            },
        )
    changed = {
        item.id: replace(item, low=float(row["low"]), likely=float(row["likely"]), high=float(row["high"]))
        for item, row in zip(values, edited.to_dict("records"), strict=True)
    }
    return replace(assumptions, currency=currency, values=changed)


def _yaml(screen: Screen) -> None:
    fault: ScorecardError | None = st.session_state.get("scorecard_fault")
    with st.expander(screen.words("new.yaml_open"), key="scorecard_yaml_box"):
        st.text_area(
            screen.words("new.yaml"),
            key="scorecard_yaml",
            height=_YAML_HEIGHT,
            on_change=_apply,
            help=screen.words("new.yaml_hint"),
        )
    if fault is not None:
        st.error(fault.line(screen.language), icon=":material/error:")


def _apply() -> None:
    text = st.session_state["scorecard_yaml"]
    try:
        _take(read_scorecard(text, "scorecard.yaml"), text)
    except ScorecardError as error:
        st.session_state["scorecard_fault"] = error
