"""What a visitor sees when something goes wrong: one clear message, never a traceback."""

from __future__ import annotations

import logging

import streamlit as st

from dashboard.screen import language_of_url
from dashboard.wording import Words
from scorecards.errors import BlueprintError, InputError

_LOGGER = logging.getLogger(__name__)


def show_fault(error: Exception) -> None:
    """Show `error` in the visitor's language; what only a developer understands goes to the log."""
    language = language_of_url()
    words = Words(language)
    if isinstance(error, BlueprintError):
        show_message(error)
        return
    _LOGGER.error("A page failed", exc_info=error)
    st.error(words("fault.unexpected"), icon=":material/error:")


def show_message(error: BlueprintError) -> None:
    """Show what happened, where, and the cure."""
    language = language_of_url()
    where = f"**{escape(error.where)}** — " if error.where else ""
    cure = f"\n\n{escape(error.cure.in_language(language))}" if error.cure else ""
    icon = ":material/info:" if isinstance(error, InputError) else ":material/error:"
    st.error(f"{where}{escape(error.what.in_language(language))}{cure}", icon=icon)


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter (users' names of files and columns)."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#+-.!|$:~" else letter for letter in text)
