"""Fine-tuning to new sites (or to the later part of the data): time, outcome, and how much skill it asks for.

Skill: each method is run again over a fixed grid of learning rates, and the share that reaches the target is told.
A method that works at any of them can be left to people on site; one that works at a single one needs an expert.
All runs have the same limits and seed; those made for the grid alone end as soon as they reach the target, so that
measuring a method costs at most five fine-tunings and usually about two.

Scores and skill are of all new sites, fine-tuned together; times are of a site fine-tuned alone (see lone_site.py).

Where the untouched model meets the target already, there is no way to it whose time or skill could be measured:
`finetune.target_met_as_is` says so, and neither is told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from evaluator.measure.context import TrialContext, known_target
from evaluator.measure.lone_site import told_by_lone_site
from evaluator.networks.protocol import AnyFitted, TracePoint, TrainingTrace
from evaluator.records import TrialRequest
from evaluator.tasks.protocol import TaskData
from scorecards.record import Measurement

AS_IS = "as_is"
LEARNING_RATE_FACTORS: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class _Try:
    """One run of the grid: whether it reached the target, and whether the clock ended it before."""

    reached: bool
    by_clock: bool = False


class _TargetReached(Exception):  # noqa: N818 - it is no error
    """Ends a run of the grid at its target."""


def fine_tune(fitted: AnyFitted, data: TaskData, request: TrialRequest) -> dict[str, AnyFitted]:
    """Return method → the copy fine-tuned by it on the new part's training rows; empty where there is no new part.

    Its trace has the steps and scores of all sites, and the times of a site fine-tuned alone.
    """
    if not has_new_part(data):
        return {}
    return {method: _fine_tuned(fitted, data, request, method) for method in fitted.finetune_methods()}


def _fine_tuned(fitted: AnyFitted, data: TaskData, request: TrialRequest, method: str) -> AnyFitted:
    tune = partial(fitted.finetune, method, seed=request.seed, limits=request.limits)
    tuned = tune(data.new_train, data.new_validation, target=known_target(request.finetune_target))
    tuned.trace = told_by_lone_site(
        tuned.trace,
        data.new_train,
        data.new_validation,
        lambda train, validation: tune(train, validation, target=None).trace,
    )
    return tuned


def measure(context: TrialContext) -> list[Measurement]:
    """Return `finetune.*` of each method, and `as_is`: what doing nothing scores. Scores are of the new test rows.

    `finetune.target_met_as_is` is 1.0 where the model needs no fine-tuning to meet the target on the new validation
    rows, else 0.0; at 1.0 seconds_to_target, steps_to_target and success_share are left out.
    """
    if not has_new_part(context.data):
        return []
    before = context.main_score(context.data.new_test, context.fitted.predict(context.data.new_test))
    rows = _scores(context, AS_IS, before, before)
    target = known_target(context.request.finetune_target)
    if target is not None:
        met = _meets_as_is(context, target)
        rows.append(context.row("finetune.target_met_as_is", float(met), setting=AS_IS))
        target = None if met else target
    for method, fitted in context.fine_tuned.items():
        after = context.main_score(context.data.new_test, fitted.predict(context.data.new_test))
        rows += _cost(context, method, fitted) + _scores(context, method, before, after)
        rows += _way_to_target(context, method, fitted.trace, target)
    return rows


def has_new_part(data: TaskData) -> bool:
    """Tell whether there are rows to fine-tune on, to watch it by, and to score it with."""
    return all(part.rows > 0 for part in (data.new_train, data.new_validation, data.new_test))


def _meets_as_is(context: TrialContext, target: float) -> bool:
    """Tell whether the untouched model's main score on the new validation rows is at the target; undefined: no."""
    validation = context.data.new_validation
    score = context.main_score(validation, context.fitted.predict(validation))
    return score is not None and score >= target


def _cost(context: TrialContext, method: str, fitted: AnyFitted) -> list[Measurement]:
    trace = fitted.trace
    return [
        context.row("finetune.seconds", trace.seconds, setting=method),
        context.row("finetune.cpu_seconds", trace.cpu_seconds, setting=method),
        context.row("finetune.trainable_parameters", context.fitted.trainable_parameters(method), setting=method),
    ]


def _scores(context: TrialContext, method: str, before: float | None, after: float | None) -> list[Measurement]:
    values: Mapping[str, float | None] = {"finetune.score_before": before, "finetune.score_after": after}
    return [context.row(name, value, setting=method) for name, value in values.items() if value is not None]


def _way_to_target(context: TrialContext, method: str, trace: TrainingTrace, target: float | None) -> list[Measurement]:
    """Return time, steps and skill of reaching the target; `finetune.ended_by_clock` where the clock ended a run.

    target: None where there is none, or none that is still to be reached.
    """
    tries = [_Try(math.isfinite(trace.steps_to_target), trace.ended_by == "seconds")]
    rows = []
    if target is not None:
        tries += [_try(context, method, factor, target) for factor in LEARNING_RATE_FACTORS if factor != 1.0]
        share = sum(run.reached for run in tries) / len(tries)
        rows = [
            context.row("finetune.seconds_to_target", trace.seconds_to_target, setting=method),
            context.row("finetune.steps_to_target", trace.steps_to_target, setting=method),
            context.row("finetune.success_share", share, setting=method),
        ]
    if any(run.by_clock for run in tries):
        rows.append(context.row("finetune.ended_by_clock", 1.0, setting=method))
    return rows


def _try(context: TrialContext, method: str, factor: float, target: float) -> _Try:
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
        return _Try(reached=True)
    except FloatingPointError:  # at ten times the learning rate a loss may well become infinite: no success
        return _Try(reached=False)
    return _Try(math.isfinite(run.trace.steps_to_target), run.trace.ended_by == "seconds")
