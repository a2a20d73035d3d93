"""The words that a page uses without saying them in full, folded: it opens with a tap as well as with a click."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.screen import Screen
from scorecards.phrases.terms import POINT, SEED
from scorecards.reports.words import GLOSSARY


def show_terms(screen: Screen) -> None:
    """Show what seed, pt and the reports' other terms mean."""
    language = screen.language
    entries = [(SEED.name, SEED.meaning), (POINT.name, POINT.meaning), *GLOSSARY]
    terms: dict[str, str] = {}
    for name, meaning in entries:
        terms.setdefault(name.in_language(language), meaning.in_language(language))
    lines = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in terms.items())
    summary = escape(screen.words("terms.title"))
    st.html(f'<details class="bp-muted bp-terms"><summary>{summary}</summary><dl>{lines}</dl></details>')
