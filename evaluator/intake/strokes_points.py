"""Pen traces as text, as Omniglot has them: a point 'x,y,t' a line, START before the drawing, BREAK after each stroke.

y points upwards in this form and is turned over. Source: github.com/brendenlake/omniglot, the `strokes` folders.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from evaluator.intake.strokes_forms import Drawing, Unusable, made

START, BREAK = "START", "BREAK"


def is_trace(raw: bytes) -> bool:
    """Tell whether a file's bytes begin as a pen trace does."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(START)] == START.encode()


def trace(raw: bytes, labels: Mapping[str, str]) -> Drawing:
    """Return the drawing of a trace's bytes. Raises Unusable: 'wrong_type' for a line that is no point."""
    points: list[tuple[float, float]] = []
    lifts: list[bool] = []
    for line in raw.removeprefix(b"\xef\xbb\xbf").split():
        if line == BREAK.encode():
            if lifts:
                lifts[-1] = True
        elif line != START.encode():
            try:
                across, up = (float(value) for value in line.split(b",")[:2])
            except ValueError as error:
                raise Unusable("wrong_type") from error
            points.append((across, -up))
            lifts.append(False)
    return made(np.array(points, dtype=np.float64).reshape(-1, 2), np.array(lifts, dtype=np.bool_), labels)
