"""Finding settings: the same number of trainings for every variant, judged on validation only; the cost is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import optuna

from evaluator.networks.protocol import AnyVariant, ReportPoint
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import TaskData
from evaluator.training_clock import Clock

RANDOM_TRIALS = 3
"""Trials after the defaults that are drawn at random before the sampler starts to learn from them."""


@dataclass(frozen=True)
class TuningTrace:
    """What a tuning cost: wall and CPU seconds of all its trainings; `best_score` on validation.

    scores: each training's best validation score in order, the defaults first; NaN where a training couldn't be scored.
    """

    seconds: float
    cpu_seconds: float
    trials: int
    best_score: float
    scores: tuple[float, ...]


def tune(
    variant: AnyVariant,
    data: TaskData,
    *,
    seed: int,
    limits: Limits,
    trials: int,
    report: ReportPoint | None = None,
) -> tuple[Mapping[str, SettingValue], TuningTrace]:
    """Return the best of `trials` settings and what finding them cost.

    The first ones are the variant's defaults, so tuning can't end below them; the others come from Optuna's TPE with a
    fixed seed. Every training has the same seed and limits. With no trials, the defaults come back untried.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    clock = Clock()
    settings: dict[str, SettingValue] = dict(variant.defaults(data))
    best_score, scores = -math.inf, []
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for number in range(trials):
        trial = study.ask() if number else None
        tried = dict(variant.defaults(data)) if trial is None else dict(variant.suggest(trial, data))
        trace = variant.train(data, tried, seed=seed, limits=limits, target=None, report=report).trace
        scores.append(trace.best_score)
        if trial is not None:
            told = trace.best_score if math.isfinite(trace.best_score) else None
            study.tell(trial, told, state=None if told is not None else optuna.trial.TrialState.FAIL)
        if trace.best_score > best_score:
            best_score, settings = trace.best_score, tried
    return settings, TuningTrace(clock.seconds(), clock.cpu_seconds(), trials, best_score, tuple(scores))
