"""Text without box characters: what the reports' typeface can't draw is written in letters that it has.

For the PDF, which falls back to no other font. A letter with an accent loses the accent; anything else becomes 〓, the
printers' sign for a missing letter.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from scorecards.charts.static import FONTS
from scorecards.local_text import LocalText

MISSING = "〓"
NOTE = LocalText(
    ja=f"{MISSING} は、この資料の書体にない文字です。元の文字は HTML 版でご覧ください。",
    en=f"{MISSING} stands for a character that this document's typeface lacks; the HTML report shows it.",
)


def drawable(text: str) -> str:
    """Return `text` in characters that the typeface has; control characters stay."""
    known = _characters()
    return "".join(
        letter if ord(letter) in known or unicodedata.category(letter) == "Cc" else _instead(letter) for letter in text
    )


def _instead(letter: str) -> str:
    if unicodedata.category(letter) in ("Mn", "Cf"):  # a mark on the letter before, or a sign of no width
        return ""
    parts = [part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part) != "Mn"]
    kept = "".join(parts)
    return kept if kept and all(ord(part) in _characters() for part in kept) else MISSING


@cache
def _characters() -> frozenset[int]:
    with TTFont(FONTS / "NotoSansJP-Regular.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
