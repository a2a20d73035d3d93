"""What the training cost: time, steps, operations, and the way to the target."""

from __future__ import annotations

from evaluator.measure.context import TrialContext, known_target
from scorecards.record import Measurement


def measure(context: TrialContext) -> list[Measurement]:
    """Return `train.*` of the training's own clock; a target that was never reached stays in the count as infinite.

    Without a target in the request nothing is said of the way to it. `train.ended_by_clock` is there, as 1.0, only
    where the time limit ended the training: such figures depend on the machine's load.
    """
    trace = context.fitted.trace
    rows = [
        context.row("train.seconds", trace.seconds),
        context.row("train.cpu_seconds", trace.cpu_seconds),
        context.row("train.warmup_seconds", trace.warmup_seconds),
        context.row("train.steps", trace.steps),
        context.row("train.flops", trace.flops, how=trace.flops_how),
    ]
    if known_target(context.request.target) is not None:
        rows += [
            context.row("train.seconds_to_target", trace.seconds_to_target),
            context.row("train.steps_to_target", trace.steps_to_target),
        ]
    if trace.ended_by == "seconds":
        rows.append(context.row("train.ended_by_clock", 1.0))
    return rows
