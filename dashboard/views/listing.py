"""PoCs: what has been asked, what came out. One table; search and filter live in the address."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.draft import queue_sample
from dashboard.parts import verdict_mark
from dashboard.screen import PageName, Screen, this_screen
from evaluator.store import PocRow
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
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(words("listing.title"), anchor=False)
        st.space("stretch")
        st.link_button(words("listing.new"), screen.address("new"), type="primary", icon=":material/add:")
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
    rows = [row for row in screen.store.pocs(search=search) if chosen == "all" or row.state in _STATES[chosen]]
    if not rows:
        st.html(f'<div class="bp-empty"><p>{escape(screen.words("listing.nothing_found"))}</p></div>')
        return
    heads = [screen.words(f"listing.columns.{name}") for name in ("poc", "verdict", "npv", "progress", "owner", "date")]
    numeric = {2}
    head = "".join(
        f'<th class="num">{escape(text)}</th>' if place in numeric else f"<th>{escape(text)}</th>"
        for place, text in enumerate(heads)
    )
    body = "".join(_row(screen, row, heads) for row in rows)
    st.html(f'<table class="bp-table bp-cards"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def _row(screen: Screen, row: PocRow, heads: list[str]) -> str:
    page: PageName = "scorecard" if row.state == "done" else "progress"
    link = escape(screen.address(page, poc=row.id), quote=True)
    synthetic = f' <span class="bp-chip">{escape(screen.words("listing.synthetic"))}</span>' if row.synthetic else ""
    npv = "—" if row.npv_p50 is None else format_money(row.npv_p50, row.currency or "JPY", screen.language)
    cells = [
        f'<a href="{link}" target="_self">{escape(row.title)}</a>{synthetic}<div class="bp-step">{escape(row.id)}</div>',
        verdict_mark(row.verdict, screen.language),
        escape(npv),
        _progress(screen, row),
        escape(row.owner or "—"),
        format_date(row.updated),
    ]
    marked = "".join(
        f'<td data-label="{escape(heads[place], quote=True)}"{" class=num" if place == 2 else ""}><span>{cell}</span></td>'
        if place
        else f"<td>{cell}</td>"
        for place, cell in enumerate(cells)
    )
    return f"<tr>{marked}</tr>"


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
        st.link_button(words("listing.upload"), screen.address("new"), type="primary", icon=":material/upload_file:")
        if st.button(words("listing.try_sample"), icon=":material/play_arrow:"):
            poc = queue_sample(screen.store, samples()[0], screen.language)
            st.switch_page(st.session_state["pages"]["progress"], query_params=screen.query(poc=poc))
