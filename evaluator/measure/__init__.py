"""What is measured: one file a quantity, each with `measure(context) -> list[Measurement]`, found here."""

from __future__ import annotations

from collections.abc import Callable

from evaluator.measure import energy, finetuning, generation, memory, prediction, quality, size, training
from evaluator.measure.context import TrialContext
from scorecards.record import Measurement

QUANTITIES: dict[str, Callable[[TrialContext], list[Measurement]]] = {
    "training": training.measure,
    "memory": memory.measure,
    "energy": energy.measure,
    "quality": quality.measure,
    "generation": generation.measure,
    "prediction": prediction.measure,
    "finetuning": finetuning.measure,
    "size": size.measure,
}


def measure_all(context: TrialContext) -> list[Measurement]:
    """Return the rows of every quantity, in the order of the registry."""
    return [row for measure in QUANTITIES.values() for row in measure(context)]
