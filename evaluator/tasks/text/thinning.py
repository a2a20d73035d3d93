"""Which rows of a long part stay within the budget, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.text.budgets import Sizes
from evaluator.tasks.text.data import TextPart
from evaluator.tasks.text.exhibit import SHOWN
from scorecards.local_text import LocalText

_FIRST_ROWS = "new_train"
"""The part that keeps each site's first rows where it is too long: a new site has little text at first."""


def thinned(rows: Mapping[str, TextPart], sizes: Sizes) -> dict[str, TextPart]:
    """Return the rows of each part that the budget allows; the training part stays whole."""
    return {name: part if name == "train" else _thinned(name, part, sizes) for name, part in rows.items()}


def told_thinned(rows: Mapping[str, TextPart], kept: Mapping[str, TextPart]) -> tuple[LocalText, ...]:
    """Return a sentence on the parts of which only some rows are kept, none where all are."""
    counts = [(name, kept[name].rows, rows[name].rows) for name in PART_NAMES if kept[name].rows < rows[name].rows]
    if not counts:
        return ()
    listed = ", ".join(f"{name} {used:,}/{of:,}" for name, used, of in counts)
    return (
        LocalText(
            ja=f"予算の上限に合わせて、一部の区間だけで評価・微調整します (使用/全体): {listed}",
            en=f"To keep within the budget, only some windows are scored or fine-tuned on (used/all): {listed}.",
        ),
    )


def first_rows(site: NDArray[np.int32], most: int) -> NDArray[np.int64]:
    """Return the places of each site's first rows, about `most` in all, every site with its share."""
    return np.sort(np.concatenate([own[:count] for own, count in _shares(site, most)]))


def spread_rows(site: NDArray[np.int32], most: int, in_a_row: int) -> NDArray[np.int64]:
    """Return the places of about `most` rows, of each site its share: the first `in_a_row` (to be read), then spread.

    A site whose share is less than twice as many has all of its rows spread.
    """
    chosen = []
    for own, count in _shares(site, most):
        first = in_a_row if 2 * in_a_row <= count else 0
        later = own[first:]
        chosen += [own[:first], later[np.arange(count - first) * len(later) // (count - first)]]
    return np.sort(np.concatenate(chosen))


def _thinned(name: str, part: TextPart, sizes: Sizes) -> TextPart:
    most = getattr(sizes, name)
    if part.rows <= most:
        return part
    if name == _FIRST_ROWS:
        return part.take(first_rows(part.site, most))
    return part.take(spread_rows(part.site, most, -(-SHOWN // part.targets.shape[1])))


def _shares(site: NDArray[np.int32], most: int) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Yield the places of each site's rows, and how many of them are its share of `most`."""
    for one in np.unique(site):
        own = np.flatnonzero(site == one)
        yield own, max(1, len(own) * most // len(site))
