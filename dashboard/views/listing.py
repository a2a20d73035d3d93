"""PoCs: what has been asked, what came out. One table; search and filter live in the address."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.draft import queue_sample
from dashboard.parts import chip, go, table, verdict_mark
from dashboard.screen import PAGES, PageName, Screen, this_screen
from dashboard.titles import matches, shown_title
from evaluator.store.rows import PocRow
from sample_data import samples
from scorecards.formats import format_date, format_money

FILTERS = ("all", "active", "done", "stopped")
_STATES = {"active": ("queued", "running"), "done": ("done",), "stopped": ("failed", "cancelled")}
_POLL_SECONDS = 3.0


def show(screen: Screen) -> None:
    """Show the list, or what to do first where there is none."""
    words = screen.words
    if not screen.store.pocs():
        _first_steps(screen)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words("listing.title"), anchor=False)
        st.space("stretch")
        go(screen, "new", words("listing.new"), icon=":material/add:", primary=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            words("listing.search"),
            value=st.query_params.get("q", ""),
            key="listing_search",
            type="search",
            live="300ms",
            placeholder=words("listing.search_hint"),
            width=340,
        )
        asked = st.query_params.get("show", FILTERS[0])
        st.session_state.setdefault("listing_filter", asked if asked in FILTERS else FILTERS[0])
        chosen = st.segmented_control(
            words("listing.filter"),
            FILTERS,
            format_func=lambda name: words(f"listing.filters.{name}"),
            key="listing_filter",
            required=True,
        )
    _keep_in_address(search or "", chosen or FILTERS[0])
    _table(search or "", chosen or FILTERS[0])


def _keep_in_address(search: str, chosen: str) -> None:
    for name, value, usual in (("q", search, ""), ("show", chosen, FILTERS[0])):
        if value != usual:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


@st.fragment(run_every=_POLL_SECONDS)
def _table(search: str, chosen: str) -> None:
    screen = this_screen()
    rows = [row for row in screen.store.pocs() if chosen == "all" or row.state in _STATES[chosen]]
    rows = [row for row in rows if matches(row, search, screen.language)]
    if not rows:
        st.html(f'<div class="bp-empty"><p>{escape(screen.words("listing.nothing_found"))}</p></div>')
        return
    heads = [screen.words(f"listing.columns.{name}") for name in ("poc", "verdict", "npv", "progress", "owner", "date")]
    cells = [_cells(screen, row) for row in rows]
    st.html(table(heads, cells, numeric={2}, kind="bp-cards"))


def _cells(screen: Screen, row: PocRow) -> list[str]:
    page: PageName = "scorecard" if row.state == "done" else "progress"
    link = escape(screen.address(page, poc=row.id), quote=True)
    synthetic = f" {chip(screen.words('listing.synthetic'))}" if row.synthetic else ""
    npv = "—" if row.npv_p50 is None else format_money(row.npv_p50, row.currency or "JPY", screen.language)
    name = f'<a href="{link}" target="_self">{escape(shown_title(row.title, screen.language))}</a>{synthetic}'
    return [
        f'{name}<div class="bp-step">{escape(row.id)}</div>',
        verdict_mark(row.verdict, screen.language),
        escape(npv),
        _progress(screen, row),
        escape(row.owner or "—"),
        format_date(row.updated),
    ]


def _progress(screen: Screen, row: PocRow) -> str:
    state = escape(screen.words(f"progress.states.{row.state}"))
    if row.state not in ("queued", "running"):
        return state
    share = 100 * row.trials_done / max(row.trials_total, 1)
    count = f"{row.trials_done} / {row.trials_total}" if row.trials_total else ""
    return f'{state} {count}<div class="bp-bar"><span style="width:{share:.0f}%"></span></div>'


def _first_steps(screen: Screen) -> None:
    words = screen.words
    st.html(
        f'<div class="bp-empty"><div class="bp-verdict">{escape(words("listing.empty_title"))}</div>'
        f"<p>{escape(words('listing.empty_text'))}</p></div>"
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        go(screen, "new", words("listing.upload"), icon=":material/upload_file:", primary=True)
        if st.button(words("listing.try_sample"), icon=":material/play_arrow:", key="go-sample"):
            with st.spinner(words("new.reading")):
                poc = queue_sample(screen.store, samples()[0], screen.language)
            st.switch_page(st.session_state[PAGES]["progress"], query_params=screen.query(poc=poc))
