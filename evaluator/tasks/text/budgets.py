"""What a budget buys for text: seeds, steps, and how much of a large text is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.records import Budget, Limits

BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=3,
        limits=Limits(300.0, 1_000, 1_000, 60.0, 6, max_steps=150),
        tuning_limits=Limits(150.0, 1_000, 1_000, 60.0, 6, max_steps=50),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=8,
        limits=Limits(900.0, 100, 50, 120.0, 60, max_steps=1_000),
        tuning_limits=Limits(300.0, 100, 50, 120.0, 60, max_steps=300),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=16,
        limits=Limits(7_200.0, 200, 50, 600.0, 200, max_steps=6_000),
        tuning_limits=Limits(1_800.0, 100, 50, 600.0, 200, max_steps=1_500),
    ),
}


@dataclass(frozen=True)
class Sizes:
    """How much of the text a budget uses at most; what is left out is told in the record.

    characters: of the whole text. validation, test, new_train, new_validation, new_test: rows of the part, all its
    sites together; new_train keeps each site's first rows, the others are thinned out evenly.
    """

    characters: int
    validation: int
    test: int
    new_train: int
    new_validation: int
    new_test: int


SIZES: Mapping[str, Sizes] = {
    "quick": Sizes(2_000_000, 160, 320, 48, 32, 160),
    "standard": Sizes(10_000_000, 2_000, 2_000, 500, 200, 1_000),
    "thorough": Sizes(50_000_000, 10_000, 10_000, 5_000, 1_000, 5_000),
}

SECONDS_A_STEP = 0.06
"""Of a step on 32 rows of 100 characters, one layer of 128 units, the mean over the variants; one core."""


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds a training takes: steps end it, whatever the number of rows."""
    return min(limits.max_seconds, 0.5 + SECONDS_A_STEP * limits.max_steps)
