"""What a visitor sees when something goes wrong: one clear message, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st
from sqlalchemy.exc import DBAPIError

from dashboard.screen import language_of_url
from dashboard.wording import Words
from evaluator.store.connection import disk_error, store_error
from scorecards.errors import BlueprintError, InputError

_LOGGER = logging.getLogger(__name__)
_KEPT = "fault of an action"


def show_fault(error: Exception) -> None:
    """Show `error` in the visitor's language; what only a developer understands goes to the log."""
    said = known_fault(error)
    if said is not None:
        show_message(said)
        return
    _LOGGER.error("A page failed", exc_info=error)
    st.error(Words(language_of_url())("fault.unexpected"), icon=":material/error:")


def known_fault(error: Exception) -> BlueprintError | None:
    """Return `error` as one that a visitor can act on (a full disk, a store that is locked…); None for any other."""
    if isinstance(error, BlueprintError):
        return error
    if isinstance(error, OSError):
        return disk_error(error, str(error.filename or ""))
    if isinstance(error, DBAPIError):
        return store_error(str(error.orig), "")
    return None


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Do what a button asks for; a fault is kept for `show_kept_fault`, so that the page around the button stays."""
    try:
        action(*arguments)
    except (BlueprintError, OSError, DBAPIError) as error:
        st.session_state[_KEPT] = known_fault(error)


def show_kept_fault() -> None:
    """Show why the last action failed, once."""
    error = st.session_state.pop(_KEPT, None)
    if isinstance(error, BlueprintError):
        show_message(error)


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
