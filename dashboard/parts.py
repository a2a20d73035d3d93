"""Small pieces that several pages share: marks of states, chips, charts with their words, headings."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import Literal

import altair as alt
import streamlit as st

from dashboard.screen import PAGES, PageName, Screen
from dashboard.style import Tone
from dashboard.titles import shown_title
from evaluator.errors import NotFoundError
from scorecards.errors import InputError
from scorecards.judgement import How, State, VerdictState
from scorecards.local_text import Language, LocalText
from scorecards.phrases import how_meaning, how_name, state_name, state_sign, verdict_name, verdict_sign
from scorecards.phrases.tasks import rows_text
from scorecards.record import Record

_VERDICT_TONES: dict[VerdictState, Tone] = {
    VerdictState.GO: "good",
    VerdictState.CONDITIONAL: "open",
    VerdictState.NO_GO: "bad",
    VerdictState.UNDECIDED: "none",
}
_STATE_TONES: dict[State, Tone] = {
    State.PASS: "good",
    State.FAIL: "bad",
    State.UNDECIDED: "open",
    State.NOT_MEASURED: "none",
    State.ERROR: "bad",
}


def verdict_mark(verdict: VerdictState | None, language: Language) -> str:
    """Return a verdict as HTML: sign, word and colour; a dash where there is none yet."""
    if verdict is None:
        return '<span class="bp-none">—</span>'
    name = escape(verdict_name(verdict, language))
    return f'<b class="bp-{_VERDICT_TONES[verdict]}">{verdict_sign(verdict)} {name}</b>'


def state_mark(state: State, language: Language, *, word: bool = True) -> str:
    """Return a criterion's state as HTML: sign and colour, with its word unless `word` is False."""
    name = state_name(state, language)
    text = f"{state_sign(state)} {escape(name)}" if word else state_sign(state)
    return f'<b class="bp-{_STATE_TONES[state]}" title="{escape(name, quote=True)}">{text}</b>'


def chip(text: str, meaning: str = "") -> str:
    """Return a small mark as HTML; `meaning` shows on hover or tap."""
    title = f' title="{escape(meaning, quote=True)}" tabindex="0"' if meaning else ""
    return f'<span class="bp-chip"{title}>{escape(text)}</span>'


def how_chip(how: How, language: Language) -> str:
    """Return the mark that tells measured from modelled, quoted and assumed."""
    return chip(how_name(how, language), how_meaning(how, language))


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Collection[int] = (), kind: str = "bp-dense"
) -> str:
    """Return an HTML table. `heads` are plain text, cells are HTML already; `numeric`: columns aligned to the right."""

    def opened(tag: str, place: int, label: str = "") -> str:
        named = f' data-label="{escape(label, quote=True)}"' if label and place else ""
        return f"<{tag}{' class=num' if place in numeric else ''}{named}>"

    head = "".join(f"{opened('th', place)}{escape(text)}</th>" for place, text in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(f"{opened('td', place, heads[place])}<span>{cell}</span></td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<table class="bp-table {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def scrolling(inner: str) -> str:
    """Return HTML that scrolls sideways within its own box where it is too wide for the page."""
    return f'<div class="bp-scroll">{inner}</div>'


def draw(chart: alt.LayerChart, key: str | None = None) -> None:
    """Show one of the project's charts with its meaning in words for those who can't see it."""
    draw_spec(chart_spec(chart), key)


def draw_kept(name: tuple[str, ...], build: Callable[[], alt.LayerChart]) -> None:
    """Show a chart of a frozen record; `name` tells it from every other, so that it is built once for all visitors."""
    draw_spec(_kept_spec(name, build))


@st.cache_resource(max_entries=1000, show_spinner=False)
def _kept_spec(name: tuple[str, ...], _build: Callable[[], alt.LayerChart]) -> str:
    return chart_spec(_build())


def chart_spec(chart: alt.LayerChart) -> str:
    """Return a chart as the JSON that `draw_spec` shows: building it costs far more than showing it."""
    return json.dumps(chart.to_dict(validate=False))


def draw_spec(text: str, key: str | None = None) -> None:
    """Show a chart from its JSON."""
    spec = json.loads(text)
    words = spec.pop("description", "")  # `alt` says it; Streamlit would log that both are given
    if isinstance(spec.get("padding"), int):  # Streamlit adds room below and takes only a padding with four sides
        spec["padding"] = dict.fromkeys(("left", "right", "top", "bottom"), spec["padding"])
    st.vega_lite_chart(spec=spec, width="stretch", theme=None, key=key, alt=words)


def go(
    screen: Screen,
    page: PageName,
    label: str,
    *,
    icon: str | None = None,
    primary: bool = False,
    wide: bool = False,
    **query: str,
) -> None:
    """Show a link to another page that looks like a button, opens in the same tab and can be copied."""
    width: Literal["content", "stretch"] = "stretch" if wide else "content"
    with st.container(key=f"go-{'primary' if primary else 'plain'}-{page}-{len(label)}", width=width):
        pages: dict[PageName, st.Page] = st.session_state[PAGES]
        st.page_link(pages[page], label=label, icon=icon, query_params=screen.query(**query), width=width)


def section(text: str) -> None:
    """Show a heading within a page."""
    st.subheader(text, anchor=False)


def asked_poc(screen: Screen) -> str:
    """Return the PoC that the address names. Raises InputError where it names none, or one that there isn't."""
    poc = st.query_params.get("poc", "")
    if not poc:
        raise InputError(
            LocalText(ja="どの PoC か指定されていません。", en="The address names no PoC."),
            cure=LocalText(ja="PoC 一覧から選んでください。", en="Choose one in the list of PoCs."),
        )
    try:
        screen.store.poc(poc)
    except NotFoundError as error:
        raise InputError(
            LocalText(ja=f"「{poc}」という PoC は見つかりません。", en=f"There is no PoC called '{poc}'."),
            cure=LocalText(
                ja="リンクの綴りをお確かめいただくか、PoC 一覧からお選びください。",
                en="Check the link's spelling, or choose one in the list of PoCs.",
            ),
        ) from error
    return poc


def facts_line(screen: Screen, record: Record) -> str:
    """Return the line above a record's title as HTML: name, data, date, version, marks."""
    words, data = screen.words, record.dataset
    sites = [words("record.sites", count=f"{data.sites:,}")] if data.sites else []
    parts = [
        shown_title(record.title, screen.language),
        *sites,
        rows_text(record.task, data.rows).in_language(screen.language),
        words("record.version", date=record.finished[:10], version=record.version),
    ]
    text = " ・ ".join(escape(part) for part in parts) if screen.language == "ja" else " · ".join(map(escape, parts))
    synthetic = f" {chip(words('record.synthetic'), words('record.synthetic_meaning'))}" if data.synthetic else ""
    return f'<div class="bp-muted">{text}{synthetic}</div>'
