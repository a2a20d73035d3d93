"""The one style block of the pages; its colours are those of the charts and follow light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from scorecards.charts import DARK, LIGHT, Palette

FOLDER = Path(__file__).parent
ICON = str(FOLDER / "static" / "icon.svg")
BRAND = (
    '<a class="bp-brand" href="{home}" target="_self">'
    '<img src="app/static/icon.svg" alt="" width="26" height="26">Blueprint</a>'
)

Tone = Literal["good", "open", "bad", "none"]
_COLOURS = {
    "good": "good",
    "open": "open",
    "bad": "bad",
    "muted": "muted",
    "line": "line",
    "surface": "accent_pale",
    "accent": "accent",
    "ground": "ground",
}


def _colour(palette: Palette, name: str) -> str:
    return str(getattr(palette, _COLOURS[name]))


def _block() -> str:
    both = (f"--bp-{name}: light-dark({_colour(LIGHT, name)}, {_colour(DARK, name)});" for name in _COLOURS)
    css = (FOLDER / "style.css").read_text(encoding="utf-8")
    button = "--bp-button: light-dark(#27496d, #3f74a8);"
    return f"<style>.stApp {{ {button} {' '.join(both)} }}\n{css}</style>"


def notice(lost: str, not_made: str) -> str:
    """Return the style that lets two of Streamlit's own messages, English in any language, say something else.

    `lost` stands in its dialog, which shows only when the server is gone; `not_made` below the button of a download
    that failed while it was made, whose fault can't be told there: Streamlit keeps it for the server's log.
    """
    dialog, button = (json.dumps(text, ensure_ascii=False) for text in (lost, not_made))
    return (
        f"<style>[data-testid=stDialog] [role=dialog]::before {{ content: {dialog}; }}\n"
        f"[data-testid=stDownloadButtonError]::before {{ content: {button}; }}</style>"
    )


BLOCK = _block()
