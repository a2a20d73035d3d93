"""The drop area: sends files to the upload route straight from the browser, then tells the page which upload it was."""

from __future__ import annotations

import secrets
from pathlib import Path

import streamlit as st

from dashboard.screen import Screen
from dashboard.uploads import max_upload_bytes


def _part(kind: str) -> str:
    return Path(__file__).with_name(f"drop_area.{kind}").read_text(encoding="utf-8")


_DROP = st.components.v2.component("blueprint_drop_area", html=_part("html"), css=_part("css"), js=_part("js"))


def drop_area(screen: Screen) -> str | None:
    """Show the drop area; return the id of an upload in the run in which it has arrived."""
    upload = st.session_state.setdefault("next_upload", secrets.token_hex(16))
    words = screen.words
    limit = f"{max_upload_bytes() / 1e9:.3g} GB" if max_upload_bytes() >= 1e9 else f"{max_upload_bytes() / 1e6:.3g} MB"
    result = _DROP(
        data={
            "title": words("new.drop"),
            "hint": words("new.drop_hint", limit=limit),
            "sending": words("new.uploading"),
            "failed": words("new.upload_failed"),
            "language": screen.language,
            "endpoint": "api/uploads/",
            "upload": upload,
        },
        key="drop_area",
        on_uploaded_change=lambda: None,
    )
    arrived = result.uploaded
    if arrived != upload:
        return None
    del st.session_state["next_upload"]
    return str(arrived)
