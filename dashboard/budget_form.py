"""The last step of a new PoC: which variants, how much evidence, and the start."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.again import budget_again
from dashboard.asking import Asking, Choice
from dashboard.criteria_form import Both
from dashboard.faults import show_message
from dashboard.screen import PAGES, Screen
from dashboard.spans import time_span
from evaluator.errors import InputError
from evaluator.networks.registry import ON_REQUEST, VARIANTS
from evaluator.plan import BUDGET_NAMES, budget, estimate_seconds, make_plan
from scorecards.phrases import variant_name


def budget_form(screen: Screen, asked: Asking, both: Both | None) -> None:
    """Show variants and budgets with their times; queue the PoC when it is started."""
    words = screen.words
    usual = list(asked.variants)
    possible = [*usual, *(name for name in ON_REQUEST if name in VARIANTS[asked.task])]
    variants = st.multiselect(
        words("new.variants"),
        possible,
        default=usual,
        format_func=lambda name: variant_name(name, screen.language),
        key=f"variants-{asked.task}-{'-'.join(usual)}",
        placeholder=words("new.choose"),
    )
    wanted = (budget_again(screen.store, asked.before) if asked.before else None) or "quick"
    chosen = st.radio(
        words("new.budget"),
        list(BUDGET_NAMES),
        index=list(BUDGET_NAMES).index(wanted),
        format_func=lambda name: f"**{words(f'budgets.{name}.name')}**　{_minutes(screen, asked, len(variants), name)}",
        captions=[_meaning(screen, asked.task, name) for name in BUDGET_NAMES],
        key=f"budget-{asked.before.id if asked.before else ''}",
    )
    choice = None if both is None else Choice(both[0], both[1], chosen, tuple(variants))
    ready = asked.ready and choice is not None and _planned(asked, choice)
    if not ready:
        st.caption(words("new.not_ready"))
    if st.button(words("new.start"), type="primary", icon=":material/play_arrow:", disabled=not ready) and choice:
        _start(screen, asked, choice)


def _meaning(screen: Screen, task: str, name: str) -> str:
    looks = ("・" if screen.language == "ja" else ", ").join(map(str, budget(name, task).looks))
    return f"{screen.words(f'budgets.{name}.meaning')} {screen.words('new.seeds', looks=looks)}"


def _minutes(screen: Screen, asked: Asking, variants: int, name: str) -> str:
    low, high = estimate_seconds(asked.rows, asked.features, max(variants, 1), name, asked.task, effort=asked.effort)
    return time_span(screen.words, low, high)


def _planned(asked: Asking, choice: Choice) -> bool:
    try:
        make_plan(asked.poc(choice), Path())
    except InputError as error:
        show_message(error)
        return False
    return True


def _start(screen: Screen, asked: Asking, choice: Choice) -> None:
    owner = str(st.session_state.get("owner") or "").strip()[:80]
    name = screen.store.add_poc(asked.poc(choice), owner=owner)
    screen.store.enqueue(name)
    st.switch_page(st.session_state[PAGES]["progress"], query_params=screen.query(poc=name))
