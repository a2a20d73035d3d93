"""The scores that a training and a fine-tuning have to reach, fixed beforehand by a mixture of linear predictors."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.stroke.data import STATES, StrokeData, StrokePart
from evaluator.tasks.targets import Reference

BACK = 2
"""Earlier offsets that the predictors see."""
COMPONENTS = 16
POINTS_A_COMPONENT = 20
"""Fewer points than so many a component get fewer components."""
MOST_POINTS = 20_000
"""Points that the mixture is fitted to at most, evenly spread."""
FIRST_COUNT = 1.0
"""Added to each count of pen states, so that none is impossible."""
LEAST_VARIANCE = 2.5e-3
"""Added to every variance: the square of the networks' least deviation."""
_ROUNDS = 60
Floats64 = NDArray[np.float64]


def references(data: StrokeData) -> tuple[Reference, Reference]:
    """Return what guessing and the reference score, for the training and for fine-tuning, in nats a point.

    Guessing: one Gaussian for every offset, and how frequent each pen state is. The reference: linear predictors of the
    next offset from the last two, each with a Gaussian about it, mixed by how well the last two fit each (Gaussian
    mixture regression; Ghahramani and Jordan 1994), and the next state's frequencies after the last one. Learned on
    `train` and scored on `validation`; for fine-tuning learned on `train` + `new_train` and scored on `new_validation`.
    """
    return (
        _reference([data.train], data.validation),
        _reference([data.train, data.new_train], data.new_validation),
    )


def _reference(parts: Sequence[StrokePart], scored: StrokePart) -> Reference:
    known = _joined([points_of(part) for part in parts if part.rows])
    asked = points_of(scored)
    if not len(known.offset) or not len(asked.offset):
        return Reference(math.nan, math.nan)
    naive = Mixture(known.offset[:, :0], known.offset, 1).log_density(asked.offset[:, :0], asked.offset)
    naive += np.log(_shares(known.state))[asked.state]
    score = mixed_predictors(known, asked)
    return Reference(float(naive.mean()), float(score.mean()), _noise(naive, asked.row))


@dataclass(frozen=True)
class Points:
    """Points to predict, one after another.

    offset: (points, 2); state: (points,) after it; before: (points,) the state after the point before; seen: (points,
    2 · BACK) the offsets before, 0 where there were none; row: (points,) the drawing.
    """

    offset: Floats64
    state: NDArray[np.int64]
    before: NDArray[np.int64]
    seen: Floats64
    row: NDArray[np.int64]


def points_of(part: StrokePart) -> Points:
    """Return all points of `part` but each drawing's first."""
    offsets, states = np.asarray(part.offsets, dtype=np.float64), np.asarray(part.states, dtype=np.int64)
    rows, at = np.nonzero(part.there)
    padded = np.pad(offsets, ((0, 0), (BACK - 1, 0), (0, 0)))
    # padded[row, at + BACK - 1 - k] is the offset of the point k before the one at place `at` (its predecessor: k = 0)
    seen = [padded[rows, at + BACK - 1 - k] for k in range(BACK)]
    return Points(offsets[rows, at + 1], states[rows, at + 1], states[rows, at], np.concatenate(seen, axis=1), rows)


def mixed_predictors(known: Points, asked: Points) -> Floats64:
    """Return the log-density (points,) that the predictors learned from `known` give to `asked`, states included.

    After each pen state the predictors are others: where the pen was lifted, the next offset leads to a new stroke.
    """
    found = np.zeros(len(asked.offset))
    for state in range(STATES):
        learned, here = known.before == state, asked.before == state
        if not here.any():
            continue
        if not learned.any():
            learned = np.ones(len(known.offset), dtype=np.bool_)
        model = Mixture(known.seen[learned], known.offset[learned], COMPONENTS)
        found[here] = model.log_density(asked.seen[here], asked.offset[here])
        found[here] += np.log(_shares(known.state[learned]))[asked.state[here]]
    return found


class Mixture:
    """A mixture of Gaussians over what was seen (points, n) and the offset (points, 2) together, fitted by EM."""

    def __init__(self, seen: Floats64, offset: Floats64, components: int) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        joint = np.concatenate([seen, offset], axis=1)
        joint = joint[:: -(-len(joint) // MOST_POINTS)]
        if len(joint) < 2:
            joint = np.concatenate([joint, joint + 1.0])
        fewer = max(1, min(components, len(joint) // POINTS_A_COMPONENT))
        mixture = GaussianMixture(fewer, reg_covar=LEAST_VARIANCE, max_iter=_ROUNDS, tol=1e-4, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds are enough for a reference
            fitted = mixture.fit(joint)
        self.weights, self.means, self.covariances = fitted.weights_, fitted.means_, fitted.covariances_

    def log_density(self, seen: Floats64, offset: Floats64) -> Floats64:
        """Return the log-density (points,) of each offset given what was seen."""
        joint = self._log_density(np.concatenate([seen, offset], axis=1))
        return joint - self._log_density(seen) if seen.shape[1] else joint

    def _log_density(self, values: Floats64) -> Floats64:
        """Return the log-density (points,) of the first values.shape[1] of the joint values."""
        size = values.shape[1]
        parts = []
        for weight, mean, covariance in zip(self.weights, self.means, self.covariances, strict=True):
            factor = np.linalg.cholesky(covariance[:size, :size])
            away = np.linalg.solve(factor, (values - mean[:size]).T)
            norm = 0.5 * size * math.log(2 * math.pi) + np.log(np.diag(factor)).sum()
            parts.append(math.log(weight) - norm - 0.5 * np.square(away).sum(axis=0))
        return np.asarray(np.logaddexp.reduce(parts, axis=0), dtype=np.float64)


def _shares(states: NDArray[np.int64]) -> Floats64:
    counts = np.bincount(states, minlength=STATES) + FIRST_COUNT
    found: Floats64 = counts / counts.sum()
    return found


def _joined(points: Sequence[Points]) -> Points:
    if not points:
        empty = np.zeros(0, dtype=np.int64)
        return Points(np.zeros((0, 2)), empty, empty, np.zeros((0, 2 * BACK)), empty)
    names = ("offset", "state", "before", "seen", "row")
    return Points(*(np.concatenate([getattr(one, name) for one in points]) for name in names))


def _noise(likelihood: Floats64, row: NDArray[np.int64]) -> float:
    """Return the standard error of the mean over points, drawings being independent of each other, points not."""
    sums = np.bincount(row, likelihood - likelihood.mean())
    return float(np.sqrt(np.square(sums).sum()) / len(likelihood))
