"""What generating the weights takes, for the variants that generate them."""

from __future__ import annotations

from evaluator.measure.context import TrialContext
from evaluator.measure.timing import time_calls
from scorecards.record import Measurement


def measure(context: TrialContext) -> list[Measurement]:
    """Return `generate.seconds`: the median time to generate all weights once, after a warm-up."""
    if not context.fitted.generates():
        return []
    return [context.row("generate.seconds", time_calls(context.fitted.generate_weights).median)]
