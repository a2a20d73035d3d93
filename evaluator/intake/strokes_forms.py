"""One drawing, whatever form it comes in: lists of strokes, stroke-3 rows, stroke-5 rows. Torch-free.

Forms:

    strokes   [[[x…], [y…]], …] or [[[x…], [y…], [t…]], …]: absolute points, y downwards; times are not used
    one       [[x…], [y…]] or [[x…], [y…], [t…]]: the only stroke of a drawing, of more points than a row has numbers
    stroke-3  [[dx, dy, lift], …]: offset from the point before, 1 where the pen is lifted after this point
    stroke-5  [[dx, dy, down, up, end], …]: as stroke-3, the last three one-hot; from the first `end` on it is padding
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MOST_RAW_POINTS = 20_000
"""A drawing of more points than this is no drawing."""
LARGEST = 1e9
"""Coordinates beyond this are damage, as NaN is."""
STROKE_3, STROKE_5 = 3, 5
_UP, _END = 3, 4

Reason = Literal["empty", "one_point", "no_size", "not_finite", "ragged", "wrong_type", "too_many_points", "odd_size"]
"""Why a drawing is skipped."""
Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawing of two points or more.

    points: (points, 2) absolute x and y, y downwards; lifts: (points,) True where the pen is lifted after the point.
    labels: what is said of it, by field (or 'file', 'folder', 'top_folder', 'drawer'): who drew it, and what.
    """

    points: Points
    lifts: NDArray[np.bool_]
    labels: Mapping[str, str] = field(default_factory=dict)


class Unusable(Exception):  # noqa: N818 - it ends one drawing, not the reading
    """The drawing can't be used."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def drawing_of(value: Any, labels: Mapping[str, str]) -> Drawing:
    """Return the drawing that a list (as JSON gives it) describes. Raises Unusable with the reason where it is none."""
    if not isinstance(value, list):
        raise Unusable("wrong_type")
    if not value:
        raise Unusable("empty")
    if not all(isinstance(part, list) for part in value):
        raise Unusable("wrong_type")
    if is_one_stroke(value):
        return _from_strokes([value], labels)
    if any(part and not isinstance(part[0], list) for part in value):
        return from_rows(_rows(value), labels)
    return _from_strokes(value, labels)


def is_one_stroke(value: Any, *, least: int = STROKE_5 + 1) -> bool:
    """Tell whether a list is one stroke: two or three lists of numbers, equally long, of `least` or more.

    Shorter ones could be rows: what they are, only the drawings beside them tell.
    """
    if not isinstance(value, list) or len(value) not in (2, 3) or not all(isinstance(axis, list) for axis in value):
        return False
    long = len(value[0])
    return long >= least and all(len(axis) == long and not isinstance(axis[0], list) for axis in value)


def from_rows(rows: Points, labels: Mapping[str, str]) -> Drawing:
    """Return the drawing of stroke-3 or stroke-5 rows (points, 3 or 5). Raises Unusable."""
    if rows.ndim != 2 or rows.shape[1] not in (STROKE_3, STROKE_5):
        raise Unusable("wrong_type")
    if not len(rows):
        raise Unusable("empty")
    if len(rows) > MOST_RAW_POINTS:
        raise Unusable("too_many_points")
    if rows.shape[1] == STROKE_5:
        ends = np.flatnonzero(rows[:, _END] > 0)
        rows = rows[: ends[0]] if len(ends) else rows
        lifts = rows[:, _UP] > 0
    else:
        lifts = rows[:, 2] > 0
        if not np.isin(rows[:, 2], (0.0, 1.0)).all() and np.isfinite(rows).all():
            raise Unusable("wrong_type")
    return made(np.cumsum(rows[:, :2], axis=0), lifts, labels)


def made(points: Points, lifts: NDArray[np.bool_], labels: Mapping[str, str]) -> Drawing:
    """Return the drawing of absolute points (points, 2), the pen lifted at last. Raises Unusable."""
    if not len(points):
        raise Unusable("empty")
    if len(points) > MOST_RAW_POINTS:
        raise Unusable("too_many_points")
    if not np.isfinite(points).all() or np.abs(points).max() > LARGEST:
        raise Unusable("not_finite")
    if len(points) < 2:
        raise Unusable("one_point")
    if not np.ptp(points, axis=0).any():
        raise Unusable("no_size")
    lifts = np.array(lifts, dtype=np.bool_)
    lifts[-1] = True
    return Drawing(points, lifts, labels)


def _rows(value: list[Any]) -> Points:
    widths = {len(row) for row in value}
    if len(widths) != 1:
        raise Unusable("ragged")
    return _numbers(value)


def _from_strokes(value: list[Any], labels: Mapping[str, str]) -> Drawing:
    points, lifts = [], []
    for stroke in value:
        if len(stroke) < 2 or not all(isinstance(axis, list) for axis in stroke):
            raise Unusable("wrong_type" if stroke else "empty")
        across, down = _numbers(stroke[0]), _numbers(stroke[1])
        if across.ndim != 1 or down.ndim != 1:
            raise Unusable("wrong_type")
        if len(across) != len(down):
            raise Unusable("ragged")
        if len(across):
            points.append(np.stack([across, down], axis=1))
            lifts.append(np.arange(len(across)) == len(across) - 1)
    if not points:
        raise Unusable("empty")
    return made(np.concatenate(points), np.concatenate(lifts), labels)


def _numbers(value: list[Any]) -> Points:
    """Return a list of numbers as an array; words, None, or lists of different lengths are no numbers."""
    if not value:
        return np.zeros(0)
    try:
        found = np.asarray(value)
    except ValueError as error:
        raise Unusable("wrong_type") from error
    if found.dtype.kind not in "iuf":
        raise Unusable("wrong_type")
    return found.astype(np.float64)
