"""The scores that a training and a fine-tuning have to reach, fixed before the first trial by a linear reference."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np

from evaluator.tasks.series.data import SeriesData, SeriesPart
from evaluator.tasks.series.lags import absolute_fits, forecasts, lag_inputs, targets

SHARE_OF_THE_WAY = 0.9
"""The target lies this far on the way from the seasonal naive (skill 0) to the reference."""
PENALTY = 1e-2
ROUNDS = 3
"""Of reweighting: the first is plain ridge regression, the others come closer to the absolute error."""


def reference_targets(data: SeriesData) -> tuple[float, float]:
    """Return (training target, fine-tuning target) as skills.

    The reference is ridge regression on lags, reweighted for the absolute error that is scored. Fitted on `train` and
    scored on `validation`; for fine-tuning fitted on `train` and `new_train`, scored on `new_validation`. Never below
    the naive forecast's 0; NaN without rows.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return (
            _target(data, [data.train], data.validation),
            _target(data, [data.train, data.new_train], data.new_validation),
        )


def _target(data: SeriesData, learned: list[SeriesPart], scored: SeriesPart) -> float:
    if not scored.rows:
        return math.nan
    inputs = np.concatenate([lag_inputs(part) for part in learned])
    fits = absolute_fits(inputs, np.concatenate([targets(part) for part in learned]), PENALTY)
    weights = next(islice(fits, ROUNDS - 1, None))
    reference = data.main_score(scored, forecasts(scored, lag_inputs(scored), weights))
    return SHARE_OF_THE_WAY * max(reference, 0.0) if math.isfinite(reference) else math.nan
