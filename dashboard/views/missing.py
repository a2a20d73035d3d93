"""Page not found: said in the visitor's language, with the way back to the list."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.parts import go
from dashboard.screen import Screen


def show(screen: Screen) -> None:
    """Say that the address names no page, and lead to the list."""
    words = screen.words
    asked = st.query_params.get("page", "")
    named = f'<p class="bp-code">{escape(asked)}</p>' if asked else ""
    st.html(
        f'<div class="bp-empty"><div class="bp-verdict">{escape(words("missing.title"))}</div>{named}'
        f"<p>{escape(words('missing.text'))}</p></div>"
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        go(screen, "listing", words("missing.to_list"), icon=":material/arrow_back:", primary=True)
