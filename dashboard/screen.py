"""What a page is given: language, words, theme, store, and links that keep the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from dashboard.stores import the_store
from dashboard.wording import Words
from evaluator.store import Store
from scorecards.local_text import LANGUAGES, Language

Theme = Literal["light", "dark"]
PageName = Literal["listing", "new", "progress", "scorecard", "evidence", "missing"]

PAGES = "pages"
"""The session's key of the `st.Page` of every name."""

PATHS: Mapping[PageName, str] = {
    "listing": "",
    "new": "new",
    "progress": "progress",
    "scorecard": "scorecard",
    "evidence": "evidence",
    "missing": "missing",
}


def language_of_url() -> Language:
    """Return the language that the address asks for (`?lang=en`); Japanese where it doesn't say."""
    asked = st.query_params.get("lang", LANGUAGES[0])
    return next((language for language in LANGUAGES if language == asked), LANGUAGES[0])


@dataclass(frozen=True)
class Screen:
    """One visitor's view of one page."""

    language: Language
    words: Words
    theme: Theme
    store: Store

    def query(self, **parameters: str) -> dict[str, str]:
        """Return query parameters with the language kept (Japanese is the default and stays out of the address)."""
        kept = {} if self.language == LANGUAGES[0] else {"lang": self.language}
        return {**parameters, **kept}

    def address(self, page: PageName, **parameters: str) -> str:
        """Return the address of a page relative to the site, for links in HTML."""
        query = urlencode(self.query(**parameters))
        return (PATHS[page] or ".") + (f"?{query}" if query else "")


def this_screen() -> Screen:
    """Return the screen of the run that is under way.

    Raises StoreError when the store can't be opened.
    """
    language = language_of_url()
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    return Screen(language, Words(language), theme, the_store())
