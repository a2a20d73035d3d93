"""Fine-tuning to new sites (or to the later part of the data): time, outcome, and how much skill it asks for.

Skill: each method is run again over a fixed grid of learning rates, and the share that reaches the target is told.
A method that works at any of them can be left to people on site; one that works at a single one needs an expert.
All runs have the same limits and seed; those made for the grid alone end as soon as they reach the target, so that
measuring a method costs at most five fine-tunings and usually about two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from evaluator.measure.context import TrialContext, known_target
from evaluator.networks.protocol import Fitted, TracePoint
from evaluator.records import TrialRequest
from scorecards.record import Measurement

if TYPE_CHECKING:
    from evaluator.tasks.table import TableData

AS_IS = "as_is"
LEARNING_RATE_FACTORS: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)


class _TargetReached(Exception):  # noqa: N818 - it is no error
    """Ends a run of the grid at its target."""


def fine_tune(fitted: Fitted, data: TableData, request: TrialRequest) -> dict[str, Fitted]:
    """Return method → the copy fine-tuned by it on the new part's training rows; empty where there is no new part."""
    if not has_new_part(data):
        return {}
    return {
        method: fitted.finetune(
            method,
            data.new_train,
            data.new_validation,
            seed=request.seed,
            limits=request.limits,
            target=known_target(request.finetune_target),
        )
        for method in fitted.finetune_methods()
    }


def measure(context: TrialContext) -> list[Measurement]:
    """Return `finetune.*` of each method, and `as_is`: what doing nothing scores. Scores are of the new test rows."""
    if not has_new_part(context.data):
        return []
    before = context.main_score(context.data.new_test, context.fitted.predict(context.data.new_test))
    rows = _scores(context, AS_IS, before, before)
    for method, fitted in context.fine_tuned.items():
        after = context.main_score(context.data.new_test, fitted.predict(context.data.new_test))
        rows += _cost(context, method, fitted) + _scores(context, method, before, after)
        rows += _skill(context, method, fitted)
    return rows


def has_new_part(data: TableData) -> bool:
    """Tell whether there are rows to fine-tune on, to watch it by, and to score it with."""
    return all(part.rows > 0 for part in (data.new_train, data.new_validation, data.new_test))


def _cost(context: TrialContext, method: str, fitted: Fitted) -> list[Measurement]:
    trace = fitted.trace
    rows = [
        context.row("finetune.seconds", trace.seconds, setting=method),
        context.row("finetune.cpu_seconds", trace.cpu_seconds, setting=method),
        context.row("finetune.trainable_parameters", context.fitted.trainable_parameters(method), setting=method),
    ]
    if known_target(context.request.finetune_target) is not None:
        rows += [
            context.row("finetune.seconds_to_target", trace.seconds_to_target, setting=method),
            context.row("finetune.steps_to_target", trace.steps_to_target, setting=method),
        ]
    return rows


def _scores(context: TrialContext, method: str, before: float | None, after: float | None) -> list[Measurement]:
    values: Mapping[str, float | None] = {"finetune.score_before": before, "finetune.score_after": after}
    return [context.row(name, value, setting=method) for name, value in values.items() if value is not None]


def _skill(context: TrialContext, method: str, fitted: Fitted) -> list[Measurement]:
    """Return the share of learning rates that reach the target; at factor 1 that run has been made already."""
    target = known_target(context.request.finetune_target)
    if target is None:
        return []
    reached = [
        math.isfinite(fitted.trace.steps_to_target)
        if factor == 1.0
        else _reaches_target(context, method, factor, target)
        for factor in LEARNING_RATE_FACTORS
    ]
    return [context.row("finetune.success_share", sum(reached) / len(reached), setting=method)]


def _reaches_target(context: TrialContext, method: str, factor: float, target: float) -> bool:
    """Fine-tune at `factor` times the learning rate until the target is reached or a limit ends it."""

    def stop_at_target(point: TracePoint) -> None:
        if point.score >= target:
            raise _TargetReached

    try:
        run = context.fitted.finetune(
            method,
            context.data.new_train,
            context.data.new_validation,
            seed=context.request.seed,
            limits=context.request.limits,
            target=target,
            learning_rate_factor=factor,
            report=stop_at_target,
        )
    except _TargetReached:
        return True
    except FloatingPointError:  # at ten times the learning rate a loss may well become infinite: no success
        return False
    return math.isfinite(run.trace.steps_to_target)
