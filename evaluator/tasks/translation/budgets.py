"""What a budget buys for translation: seeds, steps, and how many pairs are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.records import Budget, Limits

BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=3,
        limits=Limits(300.0, 1_000, 1_000, 60.0, 12, max_steps=800),
        tuning_limits=Limits(150.0, 1_000, 1_000, 60.0, 12, max_steps=200),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=8,
        limits=Limits(1_800.0, 100, 50, 120.0, 60, max_steps=2_000),
        tuning_limits=Limits(600.0, 100, 50, 120.0, 60, max_steps=400),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=16,
        limits=Limits(14_400.0, 200, 50, 600.0, 200, max_steps=20_000),
        tuning_limits=Limits(3_600.0, 100, 50, 600.0, 200, max_steps=3_000),
    ),
}


@dataclass(frozen=True)
class Sizes:
    """How many pairs a budget uses at most; what is left out is told in the record.

    pairs: in all, spread evenly over the file. The others: rows of the part, all its sites together.
    """

    pairs: int
    validation: int
    test: int
    new_train: int
    new_validation: int
    new_test: int


SIZES: Mapping[str, Sizes] = {
    "quick": Sizes(10_000, 200, 400, 128, 64, 200),
    "standard": Sizes(50_000, 1_000, 2_000, 500, 200, 1_000),
    "thorough": Sizes(250_000, 3_000, 3_000, 2_000, 500, 2_000),
}

USUAL_HIDDEN = 64
CHARACTERS_EFFORT = 1.6
"""Sentences have about three times as many characters as subwords, but a character is one of far fewer."""
SECONDS_A_STEP = 0.021
"""Of a step on pairs of about 12 subwords a side with the default options, the mean over the variants; one core."""


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds a training takes: steps end it, whatever the number of pairs."""
    return min(limits.max_seconds, 0.5 + SECONDS_A_STEP * limits.max_steps)


def effort(hidden: int, unit: str) -> float:
    """Return how many times as long as with the default options a step takes, measured between 64 and 256 units."""
    return float((hidden / USUAL_HIDDEN) ** 0.9) * (CHARACTERS_EFFORT if unit == "characters" else 1.0)
