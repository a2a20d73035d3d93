"""The scores that a training and a fine-tuning have to reach, fixed before the first trial by a reference model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.table.scores import Floats, main_score
from evaluator.tasks.targets import Reference

if TYPE_CHECKING:
    from evaluator.tasks.table import TableData, TablePart


def references(data: TableData) -> tuple[Reference, Reference]:
    """Return the references of the training and the fine-tuning.

    The reference is scikit-learn's HistGradientBoosting with its defaults: trained on `train` without the site and
    scored on `validation`; for fine-tuning trained on `train` + `new_train`, with the site as a feature if there are
    sites, and scored on `new_validation`. Naive: AUC 0.5, the majority's accuracy, R² 0. There is no target (NaN) where
    the rows can't be scored (e.g. one class only), and where the reference is less than 0.02, or less than one standard
    error of guessing, above naive.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    new = data.new_validation
    with threadpool_limits(limits=1):  # small trees on a busy machine: waiting threads cost far more than they give
        predict = reference_model(data, [data.train], with_site=False)
        reference = main_score(data.target_kind, data.validation.y, predict(data.validation))
        predict_new = reference_model(data, [data.train, data.new_train], with_site=data.has_sites)
        reference_new = main_score(data.target_kind, new.y, predict_new(new)) if new.rows else math.nan
    return _reference(data, data.validation, reference), _reference(data, new, reference_new)


def naive_score(data: TableData, part: TablePart) -> float:
    """Return the main score of guessing without looking at the inputs."""
    if data.target_kind == "binary":
        return 0.5
    if data.target_kind == "regression":
        return 0.0
    majority = np.bincount(np.asarray(data.train.y, dtype=np.int64)).argmax()
    return float((part.y == majority).mean())


def guessing_noise(data: TableData, part: TablePart) -> float:
    """Return the standard error of guessing's main score on `part`: AUC after Mann and Whitney, accuracy binomial.

    Of R² it is 0: a constant guess scores 0 whatever the rows.
    """
    if data.target_kind == "regression":
        return 0.0
    if data.target_kind == "multiclass":
        naive = naive_score(data, part)
        return math.sqrt(naive * (1.0 - naive) / part.rows)
    positive = int(np.count_nonzero(part.y))
    negative = part.rows - positive
    return math.sqrt((part.rows + 1) / (12.0 * positive * negative)) if positive and negative else math.nan


def _reference(data: TableData, part: TablePart, score: float) -> Reference:
    if not part.rows or math.isnan(score):
        return Reference(math.nan, math.nan)
    return Reference(naive_score(data, part), score, guessing_noise(data, part))


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
