"""The scores that a training and a fine-tuning have to reach, fixed beforehand by a trigram of characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.targets import Reference

if TYPE_CHECKING:
    from evaluator.tasks.text.data import TextData, TextPart

MOST_ROWS = 100_000
"""Windows that the trigram counts at most, evenly spread."""
Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]


def references(data: TextData) -> tuple[Reference, Reference]:
    """Return the references of the training and the fine-tuning, as log-likelihoods, nats a character.

    The reference is a trigram of characters, interpolated with bigram and unigram: counted in `train` and scored on
    `validation`; for fine-tuning counted in `train` + `new_train` and scored on `new_validation`. A window's first
    characters have shorter contexts, as the networks have. Naive: the unigram. NaN without rows to score.
    """
    return (
        _reference(data, [data.train], data.validation),
        _reference(data, [data.train, data.new_train], data.new_validation),
    )


def _reference(data: TextData, parts: Sequence[TextPart], scored: TextPart) -> Reference:
    rows = np.concatenate([np.asarray(part.windows) for part in parts]).astype(np.int64)
    if not scored.rows or not len(rows):
        return Reference(math.nan, math.nan)
    model = Trigram(rows[:: -(-len(rows) // MOST_ROWS)], len(data.facts.symbols))
    return Reference(*model.log_likelihoods(np.asarray(scored.windows).astype(np.int64)))


class Trigram:
    """Counts of characters after one and two others, in windows (rows, length + 1) of numbers below `symbols`.

    Interpolated after Witten and Bell (1991): a context seen n times with k different followers gives the shorter
    context's estimate the weight k / (n + k).
    """

    def __init__(self, windows: Numbers, symbols: int) -> None:
        self.symbols = symbols
        counts = np.bincount(windows[:, 1:].ravel(), minlength=symbols) + 1.0
        self.unigram = counts / counts.sum()
        pairs = windows[:, :-1] * symbols + windows[:, 1:]
        self.bigram = _Followers(windows[:, :-1].ravel(), pairs.ravel(), symbols)
        triples = pairs[:, :-1] * symbols + windows[:, 2:]
        self.trigram = _Followers(pairs[:, :-1].ravel(), triples.ravel(), symbols)

    def probabilities(self, windows: Numbers) -> Shares:
        """Return the probability of every character but a window's first (rows, length)."""
        pairs = windows[:, :-1] * self.symbols + windows[:, 1:]
        found = self.bigram.interpolated(windows[:, :-1], pairs, self.unigram[windows[:, 1:]])
        triples = pairs[:, :-1] * self.symbols + windows[:, 2:]
        found[:, 1:] = self.trigram.interpolated(pairs[:, :-1], triples, found[:, 1:])
        return found

    def log_likelihoods(self, windows: Numbers) -> tuple[float, float]:
        """Return the mean log-likelihood of a character by the unigram and by the trigram, nats."""
        unigram = float(np.log(self.unigram[windows[:, 1:]]).mean())
        return unigram, float(np.log(self.probabilities(windows)).mean())


class _Followers:
    """How often each context was followed by what. follower = context · symbols + the character that followed."""

    def __init__(self, context: Numbers, follower: Numbers, symbols: int) -> None:
        self.followers, self.times = np.unique(follower, return_counts=True)
        self.contexts, self.seen = np.unique(context, return_counts=True)
        _, self.kinds = np.unique(self.followers // symbols, return_counts=True)

    def interpolated(self, context: Numbers, follower: Numbers, shorter: Shares) -> Shares:
        """Return the followers' probabilities; `shorter`: those by the shorter context."""
        seen, kinds = _looked_up(self.contexts, context, self.seen, self.kinds)
        (times,) = _looked_up(self.followers, follower, self.times)
        return np.where(seen > 0, (times + kinds * shorter) / np.maximum(seen + kinds, 1.0), shorter)


def _looked_up(keys: Numbers, wanted: Numbers, *values: Numbers) -> list[Shares]:
    """Return the values of the wanted keys, 0 where there are none."""
    if not len(keys):
        return [np.zeros(wanted.shape) for _ in values]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = keys[place] == wanted
    return [np.where(found, one[place], 0).astype(np.float64) for one in values]
