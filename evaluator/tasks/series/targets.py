"""The scores that a training and a fine-tuning have to reach, fixed before the first trial by a linear reference."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from evaluator.tasks.series.lags import absolute_fits, forecasts, lag_inputs, targets
from evaluator.tasks.targets import Reference

if TYPE_CHECKING:
    from evaluator.tasks.series.data import SeriesData, SeriesPart

PENALTY = 1e-2
ROUNDS = 3
"""Of reweighting: the first is plain ridge regression, the others come closer to the absolute error."""


def references(data: SeriesData) -> tuple[Reference, Reference]:
    """Return the references of the training and the fine-tuning, as skills; the seasonal naive's is 0.

    The reference is ridge regression on lags, reweighted for the absolute error that is scored. Fitted on `train` and
    scored on `validation`; for fine-tuning fitted on `train` and `new_train`, scored on `new_validation`. NaN without
    rows.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return (
            _reference(data, [data.train], data.validation),
            _reference(data, [data.train, data.new_train], data.new_validation),
        )


def _reference(data: SeriesData, learned: list[SeriesPart], scored: SeriesPart) -> Reference:
    if not scored.rows:
        return Reference(math.nan, math.nan)
    inputs = np.concatenate([lag_inputs(part) for part in learned])
    fits = absolute_fits(inputs, np.concatenate([targets(part) for part in learned]), PENALTY)
    weights = next(islice(fits, ROUNDS - 1, None))
    return Reference(0.0, data.main_score(scored, forecasts(scored, lag_inputs(scored), weights)))
