"""What a budget buys for a table, and how long a training takes."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.records import Budget, Limits

BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=4,
        # 4 seeds of 6 variants, one at a time, and 24 tuning trainings, two at once, have to fit into 170 seconds
        limits=Limits(4.0, 20, 6, 2.0, 30),
        tuning_limits=Limits(2.5, 15, 5, 2.0, 30),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=12,
        limits=Limits(30.0, 100, 16, 10.0, 200),
        tuning_limits=Limits(15.0, 60, 12, 10.0, 200),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=30,
        limits=Limits(120.0, 300, 24, 40.0, 600),
        tuning_limits=Limits(60.0, 150, 16, 40.0, 600),
    ),
}


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds a training takes; `work`: rows × columns, about 0.3 µs each and epoch."""
    return min(limits.max_seconds, 0.3 + 3e-7 * work * limits.max_epochs)
