"""Drawings that repeat another one, as it is or once simplified: in training and test alike they would be learned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from evaluator.intake.strokes_forms import Drawing
from scorecards.local_text import LocalText

SAME = 1e-3
"""Share of a drawing's longer side within which all its points, and its size, are another one's: rounding, no more."""
_TELLING = 8
"""Numbers of a drawing by which candidates are found: those that differ most; in all of them the search is slow."""

Places = NDArray[np.int64]


def without_doubles(drawings: Sequence[Drawing]) -> Places:
    """Return the places of drawings that no earlier one equals."""
    seen: dict[bytes, int] = {}
    for place, one in enumerate(drawings):
        digest = hashlib.sha256(one.points.tobytes() + one.lifts.tobytes()).digest()
        seen.setdefault(digest, place)
    return np.array(list(seen.values()), dtype=np.int64)


def without_near_doubles(drawings: Sequence[Drawing]) -> Places:
    """Return the places of simplified drawings that no earlier one is like, wherever on the sheet it lies.

    Alike: as many points and strokes, and each point, from the first, as well as the size within SAME of the other's.
    """
    kinds: dict[bytes, list[int]] = {}
    for place, one in enumerate(drawings):
        kinds.setdefault(one.lifts.tobytes(), []).append(place)
    kept = [np.array(places)[_first_of_their_like(_shapes(drawings, places))] for places in kinds.values()]
    return np.sort(np.concatenate(kept)).astype(np.int64) if kept else np.zeros(0, dtype=np.int64)


def _shapes(drawings: Sequence[Drawing], places: Sequence[int]) -> NDArray[np.float64]:
    """Return (drawings, 2 points + 1) for drawings of equally many points: shape in units of its size, and log size."""
    points = np.stack([drawings[place].points for place in places])
    size = np.ptp(points, axis=1).max(axis=1)
    shapes = (points - points[:, :1]) / size[:, None, None]
    return np.column_stack([shapes.reshape(len(places), -1), np.log(size)])


def _first_of_their_like(shapes: NDArray[np.float64]) -> Places:
    _, first = np.unique(np.round(shapes / SAME), axis=0, return_index=True)  # so that few pairs are left to look at
    first = np.sort(first)
    shapes = shapes[first]
    telling = np.argsort(shapes.var(axis=0))[-_TELLING:]
    pairs = cKDTree(shapes[:, telling]).query_pairs(SAME, p=np.inf, output_type="ndarray")
    pairs = pairs[[np.abs(shapes[one] - shapes[other]).max() <= SAME for one, other in pairs]]
    kept = np.ones(len(first), dtype=np.bool_)
    for one, other in pairs[np.lexsort(pairs.T)]:  # by the later of the two: whether the earlier one stays is known
        kept[other] &= not kept[one]
    return first[kept]


def doubles(count: int, total: int) -> LocalText:
    """Tell how many drawings are another one."""
    return LocalText(
        ja=f"{total:,} 枚のうち、ほかの描画とまったく同じ {count:,} 枚を除きました。",
        en=f"{count:,} of {total:,} drawings repeat another one exactly and were left out.",
    )


def near_doubles(count: int, total: int) -> LocalText:
    """Tell how many drawings are another one once both are simplified."""
    return LocalText(
        ja=f"{total:,} 枚のうち、簡略化するとほかの描画と同じになる {count:,} 枚を除きました"
        f" (位置の違いと、長辺の {100 * SAME:g} % 以内の違いは無視)。",
        en=f"{count:,} of {total:,} drawings left out: once simplified, the same as another one (wherever on the "
        f"sheet, and within {100 * SAME:g} % of the longer side).",
    )
