"""A linear forecaster on lags, torch-free: the reference that targets rest on, and what the variant `linear` learns.

All in standardised values, centred on their mean over the history. Inputs of a forecast: the history, whether it is
known, the covariates and the calendar at its start, the calendar at its end, the seasonal naive forecast, the level
itself, and a constant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from evaluator.tasks.series.data import SeriesPart

Matrix = NDArray[np.float64]
SMALLEST_RESIDUAL = 0.05
"""Deviations: below it an absolute error counts as a squared one (Huber), so that weights stay finite."""


def lag_inputs(part: SeriesPart) -> Matrix:
    """Return (rows, n) the inputs of every forecast; the constant 1 comes last."""
    past, level = part.windows(), levels(part)
    return np.concatenate(
        [
            (past[:, :, 0] - level) * (1.0 - past[:, :, 1]),
            past[:, :, 1],
            past[:, -1, 2:],
            part.calendar_ahead(),
            part.standardised(part.naive()) - level,
            level,
            np.ones((part.rows, 1)),
        ],
        axis=1,
    ).astype(np.float64)


def targets(part: SeriesPart) -> Matrix:
    """Return (rows, horizon) standardised and centred values to come, NaN where not known."""
    return part.standardised(part.truth()) - levels(part)


def levels(part: SeriesPart) -> Matrix:
    """Return (rows, 1): the mean of each forecast's history, standardised."""
    past = part.windows()[:, :, :2].astype(np.float64)
    known = 1.0 - past[:, :, 1]
    total = (past[:, :, 0] * known).sum(axis=1, keepdims=True)
    return np.asarray(total / np.maximum(known.sum(axis=1, keepdims=True), 1.0))


def forecasts(part: SeriesPart, inputs: Matrix, weights: NDArray[np.float64] | NDArray[np.float32]) -> Matrix:
    """Return (rows, horizon) forecasts in the target's unit from `lag_inputs` and weights (n, horizon)."""
    return part.in_unit(inputs @ weights + levels(part))


def ridge(inputs: Matrix, wanted: Matrix, penalty: float, start: Matrix | None = None) -> Matrix:
    """Return weights (n, horizon): ridge regression towards `start` (zeros where None), the constant left free.

    Rows whose value isn't known are left out, step by step.
    """
    return next(absolute_fits(inputs, wanted, penalty, start))


def absolute_fits(inputs: Matrix, wanted: Matrix, penalty: float, start: Matrix | None = None) -> Iterator[Matrix]:
    """Yield ever better weights (n, horizon) for the absolute error, which is what is scored: reweighted least squares.

    The first is plain ridge regression. penalty: a share of the mean square of the inputs.
    """
    width, steps = inputs.shape[1], wanted.shape[1]
    first = np.zeros((width, steps)) if start is None else start
    known = np.isfinite(wanted)
    left = np.where(known, wanted, 0.0) - np.where(known, inputs @ first, 0.0)
    weight = known.astype(np.float64)
    strength = penalty * np.full(width, max(float((inputs**2).mean()), 1e-9) * max(len(inputs), 1))
    strength[-1] = 1e-9 * strength[-1] if start is None else strength[-1]
    change = np.zeros((width, steps))
    while True:
        same = bool((weight == weight[:, :1]).all())
        for step in range(steps):
            if not (same and step):
                weighted = inputs * weight[:, step : step + 1]
                gram = inputs.T @ weighted + np.diag(strength)
            change[:, step] = np.linalg.solve(gram, weighted.T @ left[:, step])
        yield first + change
        residual = np.abs(left - inputs @ change)
        weight = np.where(known, 1.0 / np.maximum(residual, SMALLEST_RESIDUAL), 0.0)
        total = weight.sum(axis=0, keepdims=True)
        weight = weight * known.sum(axis=0, keepdims=True) / np.where(total > 0, total, 1.0)
