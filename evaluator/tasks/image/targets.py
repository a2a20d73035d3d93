"""The scores that a training and a fine-tuning have to reach, fixed beforehand by a plain linear model."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.image.scores import accuracy
from evaluator.tasks.targets import Reference

if TYPE_CHECKING:
    from evaluator.tasks.image.data import ImageData, ImagePart

SIDE = 14
"""Pixels of the small copies that the reference looks at."""
MOST_ROWS = 6_000


def references(data: ImageData) -> tuple[Reference, Reference]:
    """Return the references of the training and the fine-tuning, as accuracies.

    The reference is scikit-learn's multinomial logistic regression on small copies of the images: trained on `train`
    and scored on `validation`; for fine-tuning trained on `train` + `new_train` and scored on `new_validation`. Naive:
    the most frequent class. NaN where there are no rows to score.
    """
    return (
        _reference(data, [data.train], data.validation),
        _reference(data, [data.train, data.new_train], data.new_validation),
    )


def naive_score(data: ImageData, part: ImagePart) -> float:
    """Return the accuracy of always saying the training rows' most frequent class."""
    majority = np.bincount(data.train.y).argmax()
    return float((part.y == majority).mean()) if part.rows else math.nan


def small_copies(x: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (rows, values) float32 from 0 to 1: images (rows, channels, side, side) averaged down to about SIDE."""
    step = max(1, x.shape[-1] // SIDE)
    side = x.shape[-1] // step
    cut = x[..., : side * step, : side * step].astype(np.float32) / 255
    small = cut.reshape(*x.shape[:2], side, step, side, step).mean(axis=(3, 5))
    return np.asarray(small.reshape(len(x), -1), dtype=np.float32)


def _reference(data: ImageData, parts: list[ImagePart], scored: ImagePart) -> Reference:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    naive = naive_score(data, scored)
    x = np.concatenate([small_copies(np.asarray(part.x)) for part in parts])
    y = np.concatenate([part.y for part in parts])
    chosen = np.sort(np.random.default_rng(0).permutation(len(y))[:MOST_ROWS])
    if math.isnan(naive) or len(np.unique(y[chosen])) < 2:
        return Reference(math.nan, math.nan)
    mean = x[chosen].mean(axis=0)
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a reference that is nearly there serves as well
        model = LogisticRegression(C=0.1, max_iter=100).fit(x[chosen] - mean, y[chosen])
    full = np.zeros((scored.rows, len(data.facts.classes)))
    full[:, model.classes_] = model.predict_proba(small_copies(np.asarray(scored.x)) - mean)
    noise = math.sqrt(naive * (1.0 - naive) / scored.rows)
    return Reference(naive, accuracy(np.asarray(scored.y), full), noise)
