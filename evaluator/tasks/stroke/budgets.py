"""What a budget buys for pen traces: seeds, steps, and how many drawings are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.records import Budget, Limits

BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=3,
        limits=Limits(300.0, 1_000, 1_000, 60.0, 15, max_steps=300),
        tuning_limits=Limits(150.0, 1_000, 1_000, 60.0, 15, max_steps=100),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=8,
        limits=Limits(900.0, 1_000, 50, 120.0, 60, max_steps=1_000),
        tuning_limits=Limits(300.0, 1_000, 50, 120.0, 60, max_steps=300),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=16,
        limits=Limits(7_200.0, 1_000, 50, 600.0, 200, max_steps=6_000),
        tuning_limits=Limits(1_800.0, 1_000, 50, 600.0, 200, max_steps=1_500),
    ),
}


@dataclass(frozen=True)
class Sizes:
    """How many drawings a budget uses at most; what is left out is told in the record.

    drawings: in all, before they are divided, evenly from every site. validation, test, new_train, new_validation,
    new_test: of the part, all its sites together.
    """

    drawings: int
    validation: int
    test: int
    new_train: int
    new_validation: int
    new_test: int


SIZES: Mapping[str, Sizes] = {
    "quick": Sizes(4_000, 200, 400, 120, 60, 300),
    "standard": Sizes(20_000, 1_000, 2_000, 600, 200, 1_500),
    "thorough": Sizes(100_000, 5_000, 10_000, 5_000, 1_000, 5_000),
}

SECONDS_A_STEP = 0.035
"""Of a step on 64 drawings of 15 points, one layer of 128 units, the mean over the variants; one core."""


USUAL_HIDDEN = 128
_SHARE_OF_PRODUCTS = 0.6
"""Of a step's time at that size: what grows with the square of the hidden size."""


def effort(layers: int, hidden: int) -> float:
    """Return how many times as long as with the usual network a step takes, about."""
    return layers * (1 - _SHARE_OF_PRODUCTS + _SHARE_OF_PRODUCTS * (hidden / USUAL_HIDDEN) ** 2)


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds a training takes: steps end it, whatever the number of rows."""
    return min(limits.max_seconds, 0.5 + SECONDS_A_STEP * limits.max_steps)
