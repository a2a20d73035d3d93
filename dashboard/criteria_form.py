"""A scorecard as a form with its YAML beside it: what is changed on one side shows on the other."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.asking import Asking
from dashboard.assumption_rows import ENDS, assumption_rows, changed_assumptions, entry, stored
from dashboard.faults import show_message
from dashboard.screen import Screen
from evaluator.plan import candidate_of
from evaluator.poc_file import with_sites
from scorecards.adaptation import for_competitors
from scorecards.assumptions import Assumptions
from scorecards.criteria import Criterion, Gate, Scorecard
from scorecards.errors import ScorecardError
from scorecards.formats import format_value, money_symbol
from scorecards.scorecard_file import load_template, read_scorecard, template_ids, to_yaml
from scorecards.scorecard_text import template_text_with

Both = tuple[Scorecard, Assumptions]
_YAML_HEIGHT = 460
_CURRENCIES = ("JPY", "USD", "EUR", "GBP", "CNY", "KRW", "INR")


def criteria_form(screen: Screen, asked: Asking) -> Both | None:
    """Show form and YAML, from a template fitted to the question (task, number of sites) or from an earlier PoC.

    Returns the scorecard and assumptions, None while the form or the YAML has a fault.
    """
    before = asked.before
    if before is None:
        _start(screen, asked)
    elif st.session_state.get("scorecard_from") != f"again-{before.id}":
        st.session_state["scorecard_from"] = f"again-{before.id}"
        st.session_state["scorecard_sites"] = 0
        _take((before.scorecard, before.assumptions), to_yaml(before.scorecard, before.assumptions))
    whole = _form(screen)
    _yaml(screen)
    if not whole or st.session_state.get("scorecard_fault"):
        return None
    both: Both = st.session_state["scorecard_now"]
    return both


def _start(screen: Screen, asked: Asking) -> None:
    templates = template_ids()
    chosen = templates[0]
    if len(templates) > 1:
        chosen = st.selectbox(
            screen.words("new.template"),
            templates,
            format_func=lambda name: load_template(name)[0].title.in_language(screen.language),
            key="scorecard_template",
        )
    sites = asked.sites if asked.ready else None
    template, assumptions = load_template(chosen)
    fitted = for_competitors(template, candidate_of(asked.task), asked.variants, sites=bool(asked.site))
    start = chosen if fitted == template else f"{chosen}-{asked.task}-{bool(asked.site)}"
    if st.session_state.get("scorecard_from") != start:
        st.session_state["scorecard_from"] = start
        st.session_state["scorecard_sites"] = sites or 0
        counted = with_sites(assumptions, sites or 0)
        text = template_text_with(chosen, counted) if fitted == template else to_yaml(fitted, counted)
        _take((fitted, counted), text)
    elif sites is not None and sites != st.session_state["scorecard_sites"]:
        _count_again(chosen, sites)


def _count_again(template: str, sites: int) -> None:
    """Let the number of sites follow another choice of the sites' column, unless it was changed by hand."""
    if st.session_state.get("scorecard_fault"):
        return
    (untouched, guess), counted = load_template(template), st.session_state["scorecard_sites"]
    st.session_state["scorecard_sites"] = sites
    scorecard, now = st.session_state["scorecard_now"]
    if now.values["sites"] != with_sites(guess, counted).values["sites"]:
        return
    assumptions = replace(now, values={**now.values, "sites": with_sites(guess, sites).values["sites"]})
    kept = scorecard == untouched
    text = template_text_with(template, assumptions) if kept else to_yaml(scorecard, assumptions)
    _take((scorecard, assumptions), text)


def _take(both: Both, text: str) -> None:
    """Make `both` the scorecard that the form starts from, with `text` as its YAML."""
    st.session_state["scorecard_base"] = st.session_state["scorecard_now"] = both
    st.session_state["scorecard_round"] = st.session_state.get("scorecard_round", 0) + 1
    st.session_state["scorecard_yaml"] = text
    st.session_state["scorecard_fault"] = None


def _form(screen: Screen) -> bool:
    """Show the form and take what was changed; tell whether it can be used as it stands."""
    scorecard, assumptions = st.session_state["scorecard_base"]
    try:
        edited = (_criteria(screen, scorecard), _assumptions(screen, assumptions))
        if edited != st.session_state["scorecard_now"]:
            read_scorecard(to_yaml(*edited), screen.words("new.form"))
            st.session_state["scorecard_now"] = edited
            st.session_state["scorecard_yaml"] = to_yaml(*edited)
            st.session_state["scorecard_fault"] = None
    except ScorecardError as error:
        show_message(error)
        return False
    return True


def _criteria(screen: Screen, scorecard: Scorecard) -> Scorecard:
    words = screen.words
    frame = pd.DataFrame(
        {
            "title": [criterion.title.in_language(screen.language) for criterion in scorecard.criteria],
            "threshold": [entry(criterion.gate.threshold, criterion.unit) for criterion in scorecard.criteria],
            "margin": [entry(criterion.gate.margin, criterion.unit) for criterion in scorecard.criteria],
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
            gate=_gate(criterion, row["threshold"], row["margin"]),
            must=bool(row["must"]),
            weight=float(row["weight"]),
        )
        for criterion, row in zip(scorecard.criteria, edited.to_dict("records"), strict=True)
    ]
    return replace(scorecard, criteria=tuple(changed))


def _gate(criterion: Criterion, threshold: object, margin: object) -> Gate:
    gate, unit = criterion.gate, criterion.unit
    return replace(gate, threshold=stored(threshold, gate.threshold, unit), margin=stored(margin, gate.margin, unit))


def _rule(screen: Screen, criterion: Criterion) -> str:
    value = format_value(criterion.gate.boundary, criterion.unit, screen.language)
    return screen.words(f"new.criterion.{criterion.gate.direction}", value=value)


def _assumptions(screen: Screen, assumptions: Assumptions) -> Assumptions:
    words, values = screen.words, list(assumptions.values.values())
    with st.expander(words("new.assumptions")):
        st.caption(words("new.assumptions_hint"))
        sites, counted = assumptions.values["sites"], st.session_state["scorecard_sites"]
        if counted and sites.source == "assumed" and sites.likely == counted:
            st.caption(words("new.sites_counted", count=f"{counted:,}"))
        currencies = list(dict.fromkeys((assumptions.currency, *_CURRENCIES)))
        currency = st.selectbox(
            words("new.currency"),
            currencies,
            format_func=lambda code: f"{code} ({money_symbol(code).strip()})",
            key=f"currency-{st.session_state['scorecard_round']}",
            help=words("new.currency_hint"),
            width=200,
        )
        numbers = {
            name: st.column_config.NumberColumn(words(f"money.columns.{name}"), required=True, width=70)
            for name in ENDS
        }
        edited = st.data_editor(
            assumption_rows(values, screen.language, currency),
            key=f"assumptions-{st.session_state['scorecard_round']}-{screen.language}",
            hide_index=True,
            disabled=("title", "unit"),
            width="stretch",
            row_height=38,
            height=40 + 38 * len(values),
            column_config={
                "title": st.column_config.TextColumn(words("money.columns.name"), width="medium"),
                "unit": st.column_config.TextColumn(words("money.columns.unit"), width=70),
                **numbers,
            },
        )
    return replace(assumptions, currency=currency, values=changed_assumptions(values, edited))


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
