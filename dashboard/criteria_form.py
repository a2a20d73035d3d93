"""A scorecard as a form with its YAML beside it: what is changed on one side shows on the other."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.asking import Asking
from dashboard.assumption_rows import changed_assumptions
from dashboard.faults import show_message
from dashboard.form_rows import assumption_fields, criteria_rows
from dashboard.screen import Screen
from evaluator.plan import candidate_of, has_price
from evaluator.poc_file import with_sites
from scorecards.adaptation import for_competitors, without_price
from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.errors import ScorecardError
from scorecards.formats import money_symbol
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
    if not has_price(asked.task):
        assumptions = without_price(assumptions)
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
    st.session_state["scorecard_round"] = _turn() + 1
    st.session_state["scorecard_yaml"] = text
    st.session_state["scorecard_fault"] = None


def _turn() -> int:
    """Return how often the form was filled anew: a part of its fields' keys."""
    return int(st.session_state.get("scorecard_round", 0))


def _form(screen: Screen) -> bool:
    """Show the form and take what was changed; tell whether it can be used as it stands."""
    scorecard, assumptions = st.session_state["scorecard_base"]
    try:
        edited = (criteria_rows(screen, scorecard, f"criterion-{_turn()}"), _assumptions(screen, assumptions))
        if edited != st.session_state["scorecard_now"]:
            read_scorecard(to_yaml(*edited), screen.words("new.form"))
            st.session_state["scorecard_now"] = edited
            st.session_state["scorecard_yaml"] = to_yaml(*edited)
            st.session_state["scorecard_fault"] = None
    except ScorecardError as error:
        show_message(error)
        return False
    return True


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
            key=f"currency-{_turn()}",
            help=words("new.currency_hint"),
            width=200,
        )
        edited = assumption_fields(screen, values, currency, f"assumption-{_turn()}")
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
