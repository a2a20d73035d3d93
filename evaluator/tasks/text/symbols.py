"""From characters to numbers: a vocabulary out of the training text, and windows of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.text.data import UNKNOWN

LEAST_COUNT = 3
"""Rarer characters of the training text are unknown: so the unknown symbol has something to be learnt from."""


def vocabulary(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return UNKNOWN and the characters of `texts`, most frequent first (ties by code), at most `most` of them."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    counts.pop(UNKNOWN, None)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return (UNKNOWN, *(character for character, count in ordered[:most] if count >= LEAST_COUNT))


def encode(text: str, symbols: Sequence[str]) -> NDArray[np.uint16]:
    """Return the numbers of the characters (len(text),), 0 where unknown. `symbols`: fewer than 65,536."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    known = np.array([ord(symbol) for symbol in symbols[1:]], dtype=np.uint32)
    order = np.argsort(known)
    place = np.searchsorted(known[order], codes)
    place = np.minimum(place, max(len(known) - 1, 0))
    if not len(known):
        return np.zeros(len(codes), dtype=np.uint16)
    found = known[order][place] == codes
    return np.where(found, order[place] + 1, 0).astype(np.uint16)


def windows(numbers: NDArray[np.uint16], length: int) -> NDArray[np.uint16]:
    """Return (rows, length + 1): row r holds characters r · length to (r + 1) · length, its first one as input only.

    Every character but the first is predicted once; a rest shorter than `length` is left out.
    """
    rows = max(len(numbers) - 1, 0) // length
    starts = np.arange(rows)[:, None] * length + np.arange(length + 1)
    return numbers[starts] if rows else np.zeros((0, length + 1), dtype=np.uint16)
