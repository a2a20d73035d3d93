"""The stored linear head on the evolved features, fitted in closed form for every candidate of a generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.feedforward import class_fitness, value_fitness

Matrix = NDArray[np.float32]
SHRINKAGE = 0.05
"""Share of the features' mean variance added to each variance: silent or equal neurons do no harm (0.01–0.2 tried)."""


@dataclass(frozen=True)
class Head:
    """`weight` (features, outputs) and `bias` (outputs,), float32; logits, or one value in standardised units."""

    weight: Matrix
    bias: Matrix

    def outputs(self, features: NDArray[Any]) -> Matrix:
        """Return (rows, outputs) for `features` (rows, features)."""
        return np.asarray(features @ self.weight + self.bias, dtype=np.float32)

    def values(self) -> int:
        """Return how many values are stored."""
        return self.weight.size + self.bias.size


def fit_head(features: Matrix, targets: NDArray[Any], classes: int) -> Head:
    """Return the head for `features` (rows, features).

    `classes` > 0: linear discriminants (Gaussians of one covariance), a logit a class, for `targets` (rows,) class
    indices. `classes` = 0: ridge regression on the values `targets` (rows,). Raises FloatingPointError where the
    features are not finite.
    """
    if not np.isfinite(features).all():
        raise FloatingPointError("the features are not finite")
    wide = features.astype(np.float64)
    return _discriminants(wide, targets, classes) if classes else _ridge(wide, targets)


def fitness(outputs: NDArray[Any], targets: NDArray[Any], classes: int) -> float:
    """Return the mean log-likelihood of the classes, or the negative mean squared error of the values."""
    return class_fitness(outputs, targets) if classes else value_fitness(outputs, targets)


def head_flops(rows: int, features: int, outputs: int) -> float:
    """Return modelled FLOPs of fitting and applying a head: covariance, factorisation, products."""
    return 2.0 * rows * features * (features + 2 * outputs) + 2.0 / 3.0 * features**3


def _discriminants(features: NDArray[np.float64], y: NDArray[Any], classes: int) -> Head:
    centre = features.mean(axis=0)
    features = features - centre  # near 0, so that the difference of products loses no digits
    counts = np.bincount(y, minlength=classes)
    members = np.zeros((len(y), classes))
    members[np.arange(len(y)), y] = 1.0
    means = (members.T @ features) / np.maximum(counts, 1)[:, None]
    within = (features.T @ features - (means.T * counts) @ means) / len(y)
    weight = np.linalg.solve(_shrunk(within), means.T)
    share = (counts + 1.0) / (len(y) + classes)
    bias = np.log(share) - 0.5 * np.einsum("cf,fc->c", means, weight) - centre @ weight
    return Head(weight.astype(np.float32), bias.astype(np.float32))


def _ridge(features: NDArray[np.float64], values: NDArray[Any]) -> Head:
    centre, mean = features.mean(axis=0), float(np.mean(values))
    inner = features - centre
    weight = np.linalg.solve(_shrunk(inner.T @ inner / len(inner)), inner.T @ (values - mean) / len(values))
    return Head(weight[:, None].astype(np.float32), np.array([mean - centre @ weight], dtype=np.float32))


def _shrunk(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `covariance` with a share of the mean variance added to each variance, in place."""
    covariance[np.diag_indices_from(covariance)] += SHRINKAGE * np.trace(covariance) / len(covariance) + 1e-6
    return covariance
