"""What a budget buys for a time series, how many forecasts it looks at, and how long a training takes."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.records import Budget, Limits

BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=3,
        # 4 seeds of 7 variants, one at a time, and 21 tuning trainings, two at once, have to fit into 10 minutes
        limits=Limits(60.0, 1_000, 1_000, 10.0, 15, max_steps=300),
        tuning_limits=Limits(30.0, 1_000, 1_000, 10.0, 15, max_steps=150),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=8,
        limits=Limits(240.0, 60, 10, 30.0, 60, max_steps=2_000),
        tuning_limits=Limits(120.0, 30, 8, 30.0, 60, max_steps=800),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=16,
        limits=Limits(900.0, 120, 12, 120.0, 200, max_steps=8_000),
        tuning_limits=Limits(450.0, 60, 10, 120.0, 200, max_steps=3_000),
    ),
}

MOST_ROWS: Mapping[str, int] = {"quick": 20_000, "standard": 60_000, "thorough": 200_000}
"""Forecasts that a budget looks at, all parts together; where there are more, every n-th start is taken."""
SECONDS_A_STEP = 0.01
"""Of a small network on short data; one core."""
_MORE_SECONDS_A_STEP = 0.015
"""What a step takes in addition on much data: more inputs, and more forecasts to score between steps."""
_MUCH_WORK = 400_000
"""Forecasts × inputs from which on budgets look at no more."""


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds a training takes: steps end it; `work` (forecasts × inputs) makes them longer.

    Measured on two cores in whole PoCs: 4 minutes with 54,000, 7 minutes with 400,000 and more.
    """
    a_step = SECONDS_A_STEP + _MORE_SECONDS_A_STEP * min(1.0, work / _MUCH_WORK)
    return min(limits.max_seconds, 1.0 + a_step * limits.max_steps)
