"""Scores of predicted classes: accuracy, macro F1, and the area under the ROC curve of each class against the rest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.protocol import Floats
from evaluator.tasks.table.scores import auc, macro_f1

MAIN_METRIC = "quality.accuracy"


def scores(y: NDArray[np.int64], prediction: Floats) -> dict[str, float]:
    """Return all metrics of `prediction` (rows, classes), probabilities; NaN where undefined."""
    return {
        MAIN_METRIC: accuracy(y, prediction),
        "quality.macro_f1": macro_f1(y, prediction),
        "quality.auc": macro_auc(y, prediction),
    }


def accuracy(y: NDArray[np.int64], prediction: Floats) -> float:
    """Return the share of rows whose likeliest class is the true one."""
    return float((prediction.argmax(axis=1) == y).mean()) if len(y) else math.nan


def macro_auc(y: NDArray[np.int64], prediction: Floats) -> float:
    """Return the mean over the classes that occur of the AUC of that class against the rest; NaN for fewer than two."""
    present = np.unique(y)
    if len(present) < 2:
        return math.nan
    return float(np.mean([auc((y == label).astype(np.int64), prediction[:, label]) for label in present]))
