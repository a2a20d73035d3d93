"""Scores of predictions for a table: one main score (higher is better) and two more for each kind of target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluator.records import TargetKind

MAIN_METRICS: dict[TargetKind, str] = {
    "binary": "quality.auc",
    "multiclass": "quality.accuracy",
    "regression": "quality.r2",
}
PROBABILITY_FLOOR = 1e-7
"""float32 can't tell smaller ones from 0 once they are subtracted from 1."""

Floats = NDArray[np.float32] | NDArray[np.float64]
Targets = NDArray[np.int64] | NDArray[np.float64]


def main_metric(kind: TargetKind) -> str:
    """Return the metric that decides: higher is better."""
    return MAIN_METRICS[kind]


def score(kind: TargetKind, y: Targets, prediction: Floats) -> dict[str, float]:
    """Return all metrics of `kind`. `prediction`: probabilities (rows, classes), or values (rows,) for regression.

    A score that the rows can't give (AUC of one class, R² of a constant, no rows at all) is NaN, never a guess.
    """
    if kind == "regression":
        return _regression_scores(y, prediction)
    correct = prediction.argmax(axis=1) == y
    accuracy = float(correct.mean()) if len(y) else float("nan")
    loss = log_loss(y, prediction)
    if kind == "binary":
        return {"quality.auc": auc(y, prediction[:, 1]), "quality.accuracy": accuracy, "quality.log_loss": loss}
    return {"quality.accuracy": accuracy, "quality.macro_f1": macro_f1(y, prediction), "quality.log_loss": loss}


def main_score(kind: TargetKind, y: Targets, prediction: Floats) -> float:
    """Return the main score alone; cheap enough to be taken many times during a training."""
    if kind == "binary":
        return auc(y, prediction[:, 1])
    if kind == "multiclass":
        return float((prediction.argmax(axis=1) == y).mean()) if len(y) else float("nan")
    return r2(y, prediction)


def auc(y: Targets, chance: Floats) -> float:
    """Return the area under the ROC curve: Mann–Whitney, ties by mean rank. NaN where only one class is present."""
    positives = int((y == 1).sum())
    negatives = len(y) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    _, inverse, counts = np.unique(chance, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2.0
    rank_sum = float(mean_rank[inverse][y == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2.0) / (positives * negatives)


def r2(y: Targets, prediction: Floats) -> float:
    """Return 1 − residual over total sum of squares. NaN where the target doesn't vary."""
    if len(y) == 0:
        return float("nan")
    total = float(((y - y.mean()) ** 2).sum())
    if not total > 0:
        return float("nan")
    return 1.0 - float(((y - prediction) ** 2).sum()) / total


def log_loss(y: Targets, prediction: Floats) -> float:
    """Return the mean negative log likelihood of the true class, in nats."""
    if len(y) == 0:
        return float("nan")
    chance = prediction[np.arange(len(y)), np.asarray(y, dtype=np.int64)].astype(np.float64)
    return float(-np.log(np.clip(chance, PROBABILITY_FLOOR, 1.0)).mean())


def macro_f1(y: Targets, prediction: Floats) -> float:
    """Return the unweighted mean of the F1 of the classes that occur in `y` or are predicted."""
    if len(y) == 0:
        return float("nan")
    guess = prediction.argmax(axis=1)
    f1 = []
    for label in np.union1d(y, guess):
        hits = float(((guess == label) & (y == label)).sum())
        f1.append(2 * hits / float((guess == label).sum() + (y == label).sum()))
    return float(np.mean(f1))


def _regression_scores(y: Targets, prediction: Floats) -> dict[str, float]:
    if len(y) == 0:
        return {"quality.r2": float("nan"), "quality.rmse": float("nan"), "quality.mae": float("nan")}
    error = prediction.astype(np.float64) - y
    return {
        "quality.r2": r2(y, prediction),
        "quality.rmse": float(np.sqrt((error**2).mean())),
        "quality.mae": float(np.abs(error).mean()),
    }
