"""What a budget buys for images, and how long a training takes. Times are for one core of an ordinary machine."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.records import Budget, Limits

BATCH = 64
"""Images a training step, for every variant."""

MOST_IMAGES: Mapping[str, int] = {"quick": 5_000, "standard": 12_000, "thorough": 70_000}
"""More images than these are not read: a sample of them stands for all, each class with its share."""

BUDGETS: Mapping[str, Budget] = {
    # The two-layer network at 28 pixels takes 25 ms a step: 6 seconds a training. Measuring and fine-tuning, with sites
    # over a grid of learning rates, take as long again: four seeds of seven variants have to end in ten minutes
    "quick": Budget(
        "quick",
        looks=(4,),
        tuning_trials=4,
        limits=Limits(120.0, 8, 8, 10.0, 10, max_steps=240),
        tuning_limits=Limits(60.0, 3, 3, 10.0, 10, max_steps=80),
    ),
    "standard": Budget(
        "standard",
        looks=(3, 5, 8),
        tuning_trials=8,
        limits=Limits(1_200.0, 20, 5, 120.0, 60, max_steps=2_000),
        tuning_limits=Limits(600.0, 8, 4, 120.0, 60, max_steps=600),
    ),
    "thorough": Budget(
        "thorough",
        looks=(5, 8, 12, 20),
        tuning_trials=20,
        limits=Limits(7_200.0, 60, 8, 600.0, 200, max_steps=20_000),
        tuning_limits=Limits(3_600.0, 20, 6, 600.0, 200, max_steps=4_000),
    ),
}


def effort(network: str, depth: int, width: int) -> float:
    """Return how many times as long a step of the network takes as one of the two-layer network; measured on 28 pixels.

    A wide residual network of 10, 16, 28 layers: 4, 7, 15 times; of twice the width: 3.5 times as long again.
    """
    return 1.0 if network == "conv" else 7.0 * (depth / 16) ** 1.2 * width**1.8


_SECONDS_A_VALUE = 5e-7
"""A training step's time for each value of an image (pixel and channel), for the two-layer network."""
_ORDINARY_VALUES = 28 * 28


def training_seconds(work: float, limits: Limits) -> float:
    """Return about how many seconds one training takes; `work`: images × values an image, of which 70 % are learned."""
    whole = 0.6 * work * limits.max_epochs
    most = limits.max_steps * BATCH * _ORDINARY_VALUES if limits.max_steps else whole
    return min(limits.max_seconds, 0.5 + _SECONDS_A_VALUE * min(whole, most))
