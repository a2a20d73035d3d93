"""The training loop of `hyperneat`: a population is bred, measured and selected, generation after generation.

A step is a generation: every candidate's weights are generated, its head fitted and its fitness taken on training
rows; all of that is training and counts as its time. The fittest candidate of a generation is then scored on
validation, and the best of these is kept. Steps mean something else than in gradient descent, which takes a mini-batch
a step: seconds and FLOPs compare the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.head import Head, fit_head, fitness, head_flops
from evaluator.networks.evolution.network import Encoding, EvolvedNetwork, generating_flops, hidden_values
from evaluator.networks.evolution.population import Candidate, Evolution
from evaluator.networks.evolution.settings import EvolutionSettings
from evaluator.networks.evolution.substrate import Substrate
from evaluator.networks.protocol import EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.records import Limits
from evaluator.tasks.protocol import Part, TaskData
from evaluator.training_clock import Clock

GENERATIONS_AN_EPOCH = 2
STEPS_A_GENERATION = 4
MOST_ROWS = 1_000
"""Rows on which a generation is measured; of more, every generation gets others."""
WARMUP_ROWS = 200


@dataclass(frozen=True)
class Generations:
    """How long to evolve. `patience`: generations without a better validation score."""

    most: int
    patience: int
    max_seconds: float

    def ended_by(self, generation: int, waited: int, seconds: float) -> EndedBy | None:
        """Return what ends the evolution now, None while it goes on; the first generation is always bred."""
        if generation >= self.most:
            return "steps"
        if waited >= self.patience:
            return "patience"
        return "seconds" if generation and seconds >= self.max_seconds else None


def generations_of(limits: Limits) -> Generations:
    """Return the generations that `limits` buy: two an epoch, and one for four steps where steps are limited.

    A generation reads its rows once for each candidate, so no count of epochs could stand for the same work; these keep
    an evolution about as long as the training of the task's ordinary network.
    """
    most = max(1, GENERATIONS_AN_EPOCH * limits.max_epochs)
    patience = max(1, GENERATIONS_AN_EPOCH * limits.patience_epochs)
    if limits.max_steps:
        most = max(1, limits.max_steps // STEPS_A_GENERATION)
        patience = max(1, most * limits.patience_epochs // max(1, limits.max_epochs))
    return Generations(most, patience, limits.max_seconds)


@dataclass(frozen=True)
class Measured:
    """A candidate with its head, and its fitness on the rows that the head was fitted to."""

    network: EvolvedNetwork
    fitness: float


def evolve(
    lay_out: Callable[[], tuple[Encoding[Any], Substrate]],
    data: TaskData,
    settings: EvolutionSettings,
    generations: Generations,
    *,
    seed: int,
    target: float | None,
    report: ReportPoint | None,
) -> tuple[EvolvedNetwork, Encoding[Any], TrainingTrace]:
    """Return the best network by validation score, its encoding, and what evolving it cost.

    `lay_out` makes the encoding and the substrate from the training rows, which counts as training.
    """
    warmup_seconds = _warm_up(*lay_out(), data, seed)
    clock = Clock()
    encoding, substrate = lay_out()
    evolution = Evolution(substrate, seed, settings)
    rows = _Rows(encoding, data.train, seed)
    validation = encoding.inputs(data.validation)
    curve: list[TracePoint] = []
    reached: TracePoint | None = None
    kept: EvolvedNetwork | None = None
    best, waited, flops = -math.inf, 0, 0.0
    while (ended_by := generations.ended_by(evolution.generation, waited, clock.seconds())) is None:
        x, targets = rows.next()
        found = [measured(candidate, x, targets, encoding.classes) for candidate in evolution.ask()]
        fittest = max(found, key=lambda one: one.fitness).network
        score = data.main_score(data.validation, encoding.answers(fittest.outputs(validation)))
        flops += sum(_flops(one.network, len(x)) for one in found) + _flops(fittest, len(validation))
        evolution.tell([one.fitness for one in found])
        waited = 0 if score > best else waited + 1
        if kept is None or score > best:
            best, kept = (score if score > best else best), fittest
        curve.append(TracePoint(evolution.generation, clock.seconds(), score))
        if reached is None and target is not None and score >= target:
            reached = curve[-1]
        if report is not None:
            report(curve[-1])
    assert kept is not None
    trace = TrainingTrace(
        seconds=clock.seconds(),
        cpu_seconds=clock.cpu_seconds(),
        warmup_seconds=warmup_seconds,
        steps=evolution.generation,
        seconds_to_target=math.inf if reached is None else reached.seconds,
        steps_to_target=math.inf if reached is None else float(reached.step),
        best_score=best if math.isfinite(best) else math.nan,
        flops=flops,
        flops_how="modelled",
        curve=tuple(curve),
        ended_by=ended_by,
    )
    return kept, encoding, trace


def measured(candidate: Candidate, x: NDArray[np.float32], targets: NDArray[Any], classes: int) -> Measured:
    """Generate a candidate's weights, fit its head, and return it with its fitness (-inf where it gives no numbers)."""
    (layer,) = candidate.weights()
    features = hidden_values(x, layer)
    try:
        head = fit_head(features, targets, classes)
    except FloatingPointError:
        head = _silent(features.shape[1], max(classes, 1))
        return Measured(EvolvedNetwork(candidate.substrate, candidate.cppn, head), -math.inf)
    found = fitness(head.outputs(features), targets, classes)
    network = EvolvedNetwork(candidate.substrate, candidate.cppn, head)
    return Measured(network, found if math.isfinite(found) else -math.inf)


def _silent(features: int, outputs: int) -> Head:
    return Head(np.zeros((features, outputs), np.float32), np.zeros(outputs, np.float32))


class _Rows:
    """The rows of each generation: all of them, or a sample drawn anew where there are more than MOST_ROWS."""

    def __init__(self, encoding: Encoding[Any], part: Part, seed: int) -> None:
        self._encoding, self._part = encoding, part
        self._random = np.random.default_rng(seed)
        self._all = self._encoded(part) if part.rows <= MOST_ROWS else None

    def next(self) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Return inputs (rows, inputs) and targets (rows,)."""
        if self._all is not None:
            return self._all
        index = np.sort(self._random.choice(self._part.rows, MOST_ROWS, replace=False))
        return self._encoded(self._part.take(index))

    def _encoded(self, part: Part) -> tuple[NDArray[np.float32], NDArray[Any]]:
        return self._encoding.inputs(part), self._encoding.targets(part)


def _warm_up(encoding: Encoding[Any], substrate: Substrate, data: TaskData, seed: int) -> float:
    """Breed, measure and advance a tiny population of its own on a few rows; return the seconds."""
    clock = Clock()
    few = data.train.take(slice(0, WARMUP_ROWS))
    evolution = Evolution(substrate, seed, EvolutionSettings(population=4, species=1))
    x, targets = encoding.inputs(few), encoding.targets(few)
    evolution.tell([measured(candidate, x, targets, encoding.classes).fitness for candidate in evolution.ask()])
    return clock.seconds()


def _flops(network: EvolvedNetwork, rows: int) -> float:
    """Return modelled FLOPs of measuring a network on `rows` rows."""
    substrate = network.substrate
    features, outputs = network.head.weight.shape
    products = 2.0 * rows * substrate.generated_values
    return generating_flops(substrate, network.cppn) + products + head_flops(rows, features, outputs)
