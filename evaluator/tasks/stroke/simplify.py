"""Fewer points a drawing: what a straight line passes close by is left out (Ramer 1972, Douglas and Peucker 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.strokes_forms import Drawing, Points

FIRST_TOLERANCE = 0.005
"""Where a drawing has too many points and no tolerance was asked for."""
GROWTH = 1.5
LARGEST_TOLERANCE = 0.2


def simplified(drawing: Drawing, tolerance: float, most: int) -> tuple[Drawing | None, bool]:
    """Return the drawing with `most` points at most, and whether that took more than `tolerance`.

    tolerance: how far a point that is left out may lie from the line, as a share of the drawing's longer side; 0 keeps
    all points. It grows up to LARGEST_TOLERANCE until the points fit; None where they never do: a scribble, or more
    strokes than points.
    """
    size = float(np.ptp(drawing.points, axis=0).max())
    found, used = _reduced(drawing, tolerance * size, most), tolerance
    while found is None:
        used = max(used * GROWTH, FIRST_TOLERANCE)
        if used > LARGEST_TOLERANCE:
            return None, True
        found = _reduced(drawing, used * size, most)
    return found, used > tolerance


def _reduced(drawing: Drawing, distance: float, most: int) -> Drawing | None:
    """Return the simplified drawing, None where more than `most` points would stay."""
    if distance <= 0:
        return drawing if len(drawing.points) <= most else None
    kept = np.zeros(len(drawing.points), dtype=np.bool_)
    start = left = 0
    for end in np.flatnonzero(drawing.lifts).tolist():
        own = corners(drawing.points[start : end + 1], distance, most - left)
        if own is None:
            return None
        kept[start : end + 1] = own
        left += int(own.sum())
        start = end + 1
    return Drawing(drawing.points[kept], drawing.lifts[kept], drawing.labels)


def corners(line: Points, distance: float, most: int) -> NDArray[np.bool_] | None:
    """Tell which points of a line (points, 2) stay so that none left out is farther than `distance` from it.

    None where more than `most` would stay: the search ends there, so that no line can make it long.
    """
    kept = np.zeros(len(line), dtype=np.bool_)
    kept[[0, -1]] = True
    count, waiting = min(len(line), 2), [(0, len(line) - 1)]
    while waiting and count <= most:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        away = _distances(line[first + 1 : last], line[first], line[last])
        farthest: int = away.argmax().item()
        if away[farthest] > distance:
            middle = first + 1 + farthest
            kept[middle] = True
            count += 1
            waiting += [(first, middle), (middle, last)]
    return kept if count <= most else None


def _distances(points: Points, start: Points, end: Points) -> Points:
    """Return each point's distance to the segment from start to end."""
    along = end - start
    length = float(along @ along)
    from_start = points - start
    place = np.clip(from_start @ along / length, 0.0, 1.0) if length > 0 else np.zeros(len(points))
    away = from_start - place[:, None] * along
    found: Points = np.hypot(away[:, 0], away[:, 1])
    return found
