"""One pen drawing as a small SVG, its proportions kept: a page shows as many side by side as its width holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from scorecards.charts.theme import ThemeName, palette
from scorecards.record import Json

_SIDE = 100.0
_INSET = 8.0
_PEN = 2.2


def pen_svg(drawing: Json, theme: ThemeName = "light") -> str:
    """Return a drawing ([[x…], [y…]] a stroke, y downwards) as SVG, its longer side filling the square.

    A drawing without a point is an empty square.
    """
    strokes = cast("Sequence[Sequence[Sequence[float]]]", drawing)
    xs = [float(x) for stroke in strokes for x in stroke[0]]
    ys = [float(y) for stroke in strokes for y in stroke[1]]
    lines = ""
    if xs:
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        scale = (_SIDE - 2 * _INSET) / (max(wide, high) or 1.0)
        left = (_SIDE - wide * scale) / 2 - min(xs) * scale
        top = (_SIDE - high * scale) / 2 - min(ys) * scale
        lines = "".join(_line(stroke, scale, left, top) for stroke in strokes if stroke[0])
    style = f'fill="none" stroke="{palette(theme).ink}" stroke-width="{_PEN}" stroke-linecap="round"'
    square = f'viewBox="0 0 {_SIDE:g} {_SIDE:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {square}><g {style} stroke-linejoin="round">{lines}</g></svg>'


def _line(stroke: Sequence[Sequence[float]], scale: float, left: float, top: float) -> str:
    points = [f"{x * scale + left:.1f},{y * scale + top:.1f}" for x, y in zip(stroke[0], stroke[1], strict=True)]
    if len(points) == 1:  # a dot: a line needs two points to be seen
        points *= 2
    return f'<polyline points="{" ".join(points)}"/>'
