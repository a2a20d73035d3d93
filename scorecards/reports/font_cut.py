"""The reports' typeface cut to the characters that a file uses, so that it can travel inside the file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Literal

from fontTools import subset
from fontTools.ttLib import TTFont

from scorecards.charts.static import FONTS

Weight = Literal["Regular", "Bold"]
Flavour = Literal["woff2", "truetype"]


def subset_font(weight: Weight, letters: Iterable[str], flavour: Flavour) -> bytes:
    """Return the font of `weight` with only the characters `letters` and the blank, in the form of `flavour`.

    Outlines stay TrueType's; kerning stays, other typographic features go.
    """
    options = subset.Options(
        layout_features=["kern"],
        notdef_outline=True,
        recalc_timestamp=False,
        prune_codepage_ranges=False,  # programs choose a font for a script by what it says there
    )
    with TTFont(FONTS / f"NotoSansJP-{weight}.ttf", lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(letters) + " ")
        cutter.subset(font)
        font.flavor = "woff2" if flavour == "woff2" else None
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()
