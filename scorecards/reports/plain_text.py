"""Texts of users as reports show them: on one line, without control characters, not too long."""

from __future__ import annotations

_TITLE_WIDTH = 84
_WIDE = 0x2E80


def one_line(text: str) -> str:
    """Return user text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shortened(text: str, most: int = _TITLE_WIDTH) -> str:
    """Return a text of at most `most` Latin widths (a Japanese character is two); a longer one ends in '…'."""
    width = 0
    for position, letter in enumerate(text):
        width += 2 if ord(letter) >= _WIDE else 1
        if width > most:
            return f"{text[: position - 1].rstrip()}…"
    return text
