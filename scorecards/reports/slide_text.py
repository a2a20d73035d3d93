"""Text on a slide and its box: slides have no flow, so what is too long has to be measured and set smaller.

Widths come from the font's own advance widths. `ROOM` leaves place for a fallback font whose glyphs are wider, since a
reader's machine may lack the typeface.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from scorecards.charts.theme import LIGHT

FONTS = Path(__file__).with_name("fonts")
ROOM = 1.08
LINE_SPACING = 1.08
LINE_HEIGHT = 1.45
"""Height of a line over its size: Noto Sans JP is a tall face."""
SMALLEST = 8.0
STEP = 0.5
MORE = "…"
_BREAKS_WHOLE_WORDS_BELOW = 0x2E80  # from here on scripts break between any two characters


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look; `size` in points."""

    text: str
    size: float = 14
    bold: bool = False
    colour: str = LIGHT.ink


@dataclass(frozen=True)
class Box:
    """A rectangle on the slide, in inches."""

    left: float
    top: float
    width: float
    height: float


def fitted(paragraphs: Sequence[Sequence[Run]], box: Box, *, spacing: float = 3) -> list[list[Run]]:
    """Return the paragraphs set smaller, all runs alike, until they fit into `box`.

    No run gets smaller than SMALLEST points; where that doesn't suffice, paragraphs are left out from the end and the
    last one kept ends in '…'.
    """
    largest = max((run.size for runs in paragraphs for run in runs), default=SMALLEST)
    less = 0.0
    while largest - less > SMALLEST and not _fits(smaller(paragraphs, less), box, spacing):
        less += STEP
    found = smaller(paragraphs, less)
    while len(found) > 1 and not _fits(found, box, spacing):
        found = [*found[:-2], [*found[-2][:-1], replace(found[-2][-1], text=found[-2][-1].text.rstrip(MORE) + MORE)]]
    return found


def height(paragraphs: Sequence[Sequence[Run]], width: float, spacing: float) -> float:
    """Return the inches that the paragraphs take within `width` inches."""
    points = 0.0
    for runs in paragraphs:
        size = max((run.size for run in runs), default=SMALLEST)
        points += lines(runs, width) * size * LINE_HEIGHT * LINE_SPACING + spacing
    return (points - spacing) / 72


def lines(runs: Sequence[Run], width: float) -> int:
    """Return how many lines the runs of one paragraph take within `width` inches."""
    room, used, count = width * 72 / ROOM, 0.0, 1
    for piece, length in _pieces(runs):
        if used and used + length > room:
            count, used = count + 1, 0.0
            if not piece.strip():
                continue
        if length > room:  # a word longer than the line is broken anywhere
            count += math.ceil(length / room) - 1
            length %= room
        used += length
    return count


def _fits(paragraphs: Sequence[Sequence[Run]], box: Box, spacing: float) -> bool:
    return height(paragraphs, box.width, spacing) <= box.height


def smaller(paragraphs: Sequence[Sequence[Run]], less: float) -> list[list[Run]]:
    """Return the runs `less` points smaller, none below SMALLEST nor below what it was."""
    return [[replace(run, size=min(run.size, max(SMALLEST, run.size - less))) for run in runs] for runs in paragraphs]


def _pieces(runs: Sequence[Run]) -> list[tuple[str, float]]:
    """Return what a line may not break, in points: words, blanks, and single characters of East Asian scripts."""
    found: list[tuple[str, float]] = []
    for run in runs:
        word, length = "", 0.0
        for sign in run.text:
            advance = _advance(sign, bold=run.bold) * run.size
            if sign != " " and ord(sign) < _BREAKS_WHOLE_WORDS_BELOW:
                word, length = word + sign, length + advance
                continue
            if word:
                found.append((word, length))
            found.append((sign, advance))
            word, length = "", 0.0
        if word:
            found.append((word, length))
    return found


def _advance(sign: str, *, bold: bool) -> float:
    """Return a character's advance width in parts of the size; a full width where the font lacks it."""
    widths, characters, units = _metrics(bold=bold)
    glyph = characters.get(ord(sign))
    return widths[glyph][0] / units if glyph is not None else 1.0


@cache
def _metrics(*, bold: bool) -> tuple[Any, dict[int, str], int]:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / f"NotoSansJP-{'Bold' if bold else 'Regular'}.ttf") as font:
        return dict(font["hmtx"].metrics), dict(font.getBestCmap()), int(font["head"].unitsPerEm)
