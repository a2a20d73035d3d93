"""What surrounds every page: title of the tab, style, top bar with links and language, and the choice of the page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st
from sqlalchemy.exc import DBAPIError

from dashboard import style
from dashboard.faults import show_fault
from dashboard.screen import PAGES, PATHS, PageName, Screen, language_of_url, this_screen
from dashboard.views import evidence, listing, missing, new_poc, progress, scorecard
from dashboard.wording import Words
from scorecards.errors import BlueprintError
from scorecards.local_text import LANGUAGES

VIEWS: dict[PageName, Callable[[Screen], None]] = {
    "listing": listing.show,
    "new": new_poc.show,
    "progress": progress.show,
    "scorecard": scorecard.show,
    "evidence": evidence.show,
    "missing": missing.show,
}


_LANGUAGE = '<script>document.documentElement.lang = "{language}"</script>'
"""Streamlit's page says that it is English, whatever it shows; screen readers and browsers' translators go by it."""


def show_page() -> None:
    """Run the page that the address names."""
    words = Words(language_of_url())
    pages = {name: _page(name, words) for name in VIEWS}
    st.session_state[PAGES] = pages
    chosen = st.navigation(list(pages.values()), position="hidden")
    st.set_page_config(page_title=f"{chosen.title} · Blueprint", page_icon=style.ICON, layout="wide")
    st.html(style.BLOCK + style.notice(words("frame.lost"), words("downloads.not_made")))
    _top_bar(words, pages)
    chosen.run()


def _page(name: PageName, words: Words) -> st.Page:
    def run() -> None:
        try:
            VIEWS[name](this_screen())
        except (BlueprintError, OSError, DBAPIError) as error:
            show_fault(error)
            home = st.session_state[PAGES]["listing"]
            st.page_link(home, label=words("fault.back"), icon=":material/arrow_back:", query_params=_query(words))

    title = words(f"pages.{name}")
    return st.Page(run, title=title, url_path=PATHS[name] or None, default=not PATHS[name], visibility="hidden")


def _query(words: Words) -> dict[str, str]:
    return {} if words.language == LANGUAGES[0] else {"lang": words.language}


def _set_language() -> None:
    st.query_params["lang"] = st.session_state["language"]


def _top_bar(words: Words, pages: dict[PageName, st.Page]) -> None:
    query = _query(words)
    with st.container(horizontal=True, vertical_alignment="center", key="topbar"):
        brand = style.BRAND.format(home="." + (f"?{urlencode(query)}" if query else ""))
        st.html(brand + _LANGUAGE.format(language=words.language), width="content", unsafe_allow_javascript=True)
        st.page_link(pages["listing"], label=words("pages.listing"), query_params=query)
        st.page_link(pages["new"], label=words("pages.new"), query_params=query)
        st.space("stretch")
        st.session_state["language"] = words.language
        st.segmented_control(
            words("frame.language"),
            LANGUAGES,
            format_func=lambda language: {"ja": "日本語", "en": "English"}[language],
            key="language",
            required=True,
            on_change=_set_language,
            label_visibility="collapsed",
        )
