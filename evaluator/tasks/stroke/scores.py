"""Scores of predicted pen points: (rows, length, 2), 0 where a drawing has ended (see StrokePart.there).

[..., 0] is the natural logarithm of the density that was given to the point that came (its offset, in units of the
training's deviation, and its pen state); [..., 1] is 1.0 where the likeliest pen state was the one that came, else 0.0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.protocol import Floats

MAIN_METRIC = "quality.log_likelihood"
LIKELIHOOD, STATE = 0, 1


def scores(there: NDArray[np.bool_], prediction: Floats) -> dict[str, float]:
    """Return log-likelihood (nats a point), log loss (its negative), and accuracy of the pen's state; NaN if none.

    there: (rows, length) which points there are. Densities have no upper bound: only scores of the same prepared data
    compare.
    """
    likelihood = main_score(there, prediction)
    return {
        MAIN_METRIC: likelihood,
        "quality.log_loss": -likelihood,
        "quality.end_accuracy": _mean(there, prediction, STATE),
    }


def main_score(there: NDArray[np.bool_], prediction: Floats) -> float:
    """Return the mean log-likelihood of a point, nats; every point counts the same. NaN without points."""
    return _mean(there, prediction, LIKELIHOOD)


def _mean(there: NDArray[np.bool_], prediction: Floats, which: int) -> float:
    return float(prediction[..., which][there].mean(dtype="float64")) if there.any() else math.nan
