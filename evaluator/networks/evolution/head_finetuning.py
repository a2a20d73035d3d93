"""Fine-tuning an evolved network: each site's head by gradient descent, from the head that it has.

As for the other variants every site stops at its own best validation loss, doing nothing is a candidate, and a step is
one update of the head on all of a site's rows.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.head import Head, fitness
from evaluator.networks.evolution.network import Encoding, hidden_values, probabilities
from evaluator.networks.evolution.substrate import LayerWeights
from evaluator.networks.protocol import EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.records import Limits
from evaluator.tasks.protocol import Part, TaskData
from evaluator.training_clock import Clock

METHOD = "head_only"
LEARNING_RATE = 0.03
FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.98
PATIENCE = 20


class SiteHead:
    """One site's head while it learns (Adam), the best one so far, and what that gives on the validation rows."""

    def __init__(
        self,
        start: Head,
        features: NDArray[np.float32],
        targets: NDArray[Any],
        seen: NDArray[np.float32],
        wanted: NDArray[Any],
        classes: int,
    ) -> None:
        self._features, self._targets, self._seen, self._wanted = _with_one(features), targets, _with_one(seen), wanted
        self._classes = classes
        self._values = np.concatenate([start.weight, start.bias[None]]).astype(np.float32)
        self._first, self._second, self._steps = np.zeros_like(self._values), np.zeros_like(self._values), 0
        self.best, self.outputs = start, start.outputs(seen)
        self._best_fitness = fitness(self.outputs, wanted, classes) if len(wanted) else -math.inf

    def step(self, rate: float) -> bool:
        """Take one step and tell whether validation is the best so far."""
        if not len(self._targets) or not len(self._wanted):
            return False
        self._steps += 1
        slope = self._slope()
        self._first = FIRST_MOMENT * self._first + (1 - FIRST_MOMENT) * slope
        self._second = SECOND_MOMENT * self._second + (1 - SECOND_MOMENT) * slope * slope
        mean = self._first / (1 - FIRST_MOMENT**self._steps)
        size = np.sqrt(self._second / (1 - SECOND_MOMENT**self._steps)) + 1e-8
        self._values = self._values - np.float32(rate) * mean / size
        outputs = self._seen @ self._values
        found = fitness(outputs, self._wanted, self._classes)
        if not found > self._best_fitness:
            return False
        self._best_fitness, self.outputs = found, outputs
        self.best = Head(self._values[:-1].copy(), self._values[-1].copy())
        return True

    def _slope(self) -> NDArray[np.float32]:
        """Return the gradient of the mean cross entropy, or of half the mean squared error."""
        outputs = self._features @ self._values
        if self._classes:
            error = probabilities(outputs)
            error[np.arange(len(error)), self._targets] -= 1.0
        else:
            error = outputs - self._targets[:, None].astype(np.float32)
        return np.asarray(self._features.T @ error / np.float32(len(error)), dtype=np.float32)


def finetune_heads(
    head: Head,
    layer: LayerWeights,
    encoding: Encoding[Any],
    data: TaskData,
    train: Part,
    validation: Part,
    *,
    limits: Limits,
    target: float | None,
    learning_rate_factor: float,
    report: ReportPoint | None,
) -> tuple[dict[int, Head], TrainingTrace]:
    """Return each site's head and what fine-tuning *one* site cost; scores are of all sites' validation rows.

    The curve begins with step 0: the score of the network as it is.
    """
    clock = Clock()
    sites = [int(site) for site in np.unique(train.site)]
    features, seen = (hidden_values(encoding.inputs(part), layer) for part in (train, validation))
    targets, wanted = encoding.targets(train), encoding.targets(validation)
    outputs = head.outputs(seen)
    learners = []
    for site in sites:
        own, watched = train.site == site, validation.site == site
        learners.append(SiteHead(head, features[own], targets[own], seen[watched], wanted[watched], encoding.classes))
    curve: list[TracePoint] = []
    reached: TracePoint | None = None
    steps = waited = 0

    def score_validation() -> None:
        nonlocal reached
        for site, learner in zip(sites, learners, strict=True):
            outputs[validation.site == site] = learner.outputs
        score = data.main_score(validation, encoding.answers(outputs))
        curve.append(TracePoint(steps, clock.seconds() / len(sites), score))
        if reached is None and target is not None and score >= target:
            reached = curve[-1]
        if report is not None:
            report(curve[-1])

    score_validation()
    while (ended_by := _ended_by(limits, steps, waited, clock.seconds())) is None:
        steps += 1
        improved = [learner.step(LEARNING_RATE * learning_rate_factor) for learner in learners]
        waited = 0 if any(improved) else waited + 1
        score_validation()
    trace = TrainingTrace(
        seconds=clock.seconds() / len(sites),
        cpu_seconds=clock.cpu_seconds() / len(sites),
        warmup_seconds=0.0,
        steps=steps,
        seconds_to_target=math.inf if reached is None else reached.seconds,
        steps_to_target=math.inf if reached is None else float(reached.step),
        best_score=max((point.score for point in curve), default=math.nan),
        flops=(4.0 * len(features) + 2.0 * len(seen)) * head.values() * steps / len(sites),
        flops_how="modelled",
        curve=tuple(curve),
        ended_by=ended_by,
    )
    return {site: learner.best for site, learner in zip(sites, learners, strict=True)}, trace


def _with_one(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `features` with a column of ones, for the bias."""
    return np.concatenate([features, np.ones((len(features), 1), np.float32)], axis=1)


def _ended_by(limits: Limits, steps: int, waited: int, seconds: float) -> EndedBy | None:
    if steps >= limits.finetune_max_steps:
        return "steps"
    if waited >= PATIENCE:
        return "patience"
    return "seconds" if steps and seconds >= limits.finetune_max_seconds else None
