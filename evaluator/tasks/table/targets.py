"""The scores that a training and a fine-tuning have to reach, fixed before the first trial by a reference model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.table.scores import Floats, main_score

if TYPE_CHECKING:
    from evaluator.tasks.table import TableData, TablePart

SHARE_OF_THE_WAY = 0.9
"""The target lies this far on the way from the naive guess to the reference."""


def reference_targets(data: TableData) -> tuple[float, float]:
    """Return (training target, fine-tuning target) as main scores.

    The reference is scikit-learn's HistGradientBoosting with its defaults: trained on `train` without the site and
    scored on `validation`; for fine-tuning trained on `train` + `new_train`, with the site as a feature if there are
    sites, and scored on `new_validation`. target = naive + 0.9 · (reference − naive), with naive: AUC 0.5, the
    majority's accuracy, R² 0; never below naive. NaN where the rows can't be scored (e.g. one class only).
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):  # small trees on a busy machine: waiting threads cost far more than they give
        predict = reference_model(data, [data.train], with_site=False)
        reference = main_score(data.target_kind, data.validation.y, predict(data.validation))
        predict_new = reference_model(data, [data.train, data.new_train], with_site=data.has_sites)
        new = data.new_validation
        reference_new = main_score(data.target_kind, new.y, predict_new(new)) if new.rows else math.nan
    return _target(data, data.validation, reference), _target(data, new, reference_new)


def naive_score(data: TableData, part: TablePart) -> float:
    """Return the main score of guessing without looking at the inputs."""
    if data.target_kind == "binary":
        return 0.5
    if data.target_kind == "regression":
        return 0.0
    majority = np.bincount(np.asarray(data.train.y, dtype=np.int64)).argmax()
    return float((part.y == majority).mean())


def _target(data: TableData, part: TablePart, reference: float) -> float:
    naive = naive_score(data, part) if part.rows else math.nan
    if math.isnan(reference) or math.isnan(naive):
        return math.nan
    return naive + SHARE_OF_THE_WAY * max(reference - naive, 0.0)


def tree_inputs(part: TablePart, *, with_site: bool = False) -> NDArray[np.float32]:
    """Return (rows, p + q [+ 1]) float32: numbers, category indices (NaN where unknown), the site if asked."""
    categories = np.where(part.x_cat == 0, np.nan, part.x_cat).astype(np.float32)
    columns = [part.x_num, categories]
    if with_site:
        columns.append(part.site[:, None].astype(np.float32))
    return np.concatenate(columns, axis=1)


def reference_model(data: TableData, parts: list[TablePart], *, with_site: bool) -> Callable[[TablePart], Floats]:
    """Return HistGradientBoosting with scikit-learn's defaults, fitted on `parts`, as a function to predict.

    It gives probabilities (rows, classes), 0 for classes absent from `parts`, or values (rows,).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    regression = data.target_kind == "regression"
    model = (HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier)(random_state=0)
    inputs = np.concatenate([tree_inputs(part, with_site=with_site) for part in parts])
    model.fit(inputs, np.concatenate([part.y for part in parts]))

    def predict(part: TablePart) -> Floats:
        rows = tree_inputs(part, with_site=with_site)
        if regression:
            return np.asarray(model.predict(rows), dtype=np.float64)
        full = np.zeros((part.rows, len(data.facts.classes)), dtype=np.float64)
        full[:, model.classes_.astype(int)] = model.predict_proba(rows)
        return full

    return predict
