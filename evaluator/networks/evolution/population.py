"""Evolution, driven generation by generation: `ask` for candidates, measure them, `tell` their fitnesses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.networks.evolution.cppn import Cppn
from evaluator.networks.evolution.genomes import Generations, RandomState
from evaluator.networks.evolution.settings import EvolutionSettings
from evaluator.networks.evolution.substrate import LayerWeights, Substrate

LEVELLED = 20.0
"""Per cent of a generation that is levelled at the bottom, see `_levelled`."""


@dataclass(frozen=True)
class Candidate:
    """One genome of a generation, expressed."""

    cppn: Cppn
    substrate: Substrate

    def weights(self) -> tuple[LayerWeights, ...]:
        """Generate the weights of all layers."""
        return self.substrate.generate_weights(self.cppn)


@dataclass(frozen=True)
class Best:
    """The fittest candidate so far, its fitness, and the generation that bred it."""

    candidate: Candidate
    fitness: float
    generation: int


class Evolution:
    """A population of CPPNs that NEAT evolves for one substrate.

    The same seed, settings and fitnesses give the same candidates. Python's global random numbers, which neat-python
    draws from, are left as they were (as long as no other thread draws meanwhile). With `start`, the first generation
    is that network and mutated copies of it: that is how a trained one is tuned further.
    """

    def __init__(
        self, substrate: Substrate, seed: int, settings: EvolutionSettings | None = None, *, start: Cppn | None = None
    ) -> None:
        if start is not None and (start.inputs, start.outputs) != (substrate.cppn_inputs, substrate.cppn_outputs):
            raise ValueError("the network to start from was evolved for another substrate")
        self.substrate = substrate
        self.settings = settings or EvolutionSettings()
        self.evaluations = 0
        self._best: Best | None = None
        self._random = RandomState(seed)
        with self._random.held():
            self._generations = Generations(self.settings, substrate.cppn_inputs, substrate.cppn_outputs, start)
        self._candidates: list[Candidate] | None = None

    @property
    def generation(self) -> int:
        """Return how many generations have been told."""
        return self._generations.generation

    @property
    def species(self) -> int:
        """Return how many species there are."""
        return self._generations.species()

    @property
    def best(self) -> Best:
        """Return the fittest candidate so far. Raises ValueError before the first `tell`."""
        if self._best is None:
            raise ValueError("no generation has been told yet")
        return self._best

    def ask(self) -> list[Candidate]:
        """Return this generation's candidates; the same ones until `tell`."""
        if self._candidates is None:
            self._candidates = [Candidate(cppn, self.substrate) for cppn in self._generations.cppns()]
        return self._candidates

    def tell(self, fitnesses: Sequence[float]) -> None:
        """Take the fitnesses of the candidates, in their order, and breed the next generation.

        Higher is fitter; what is not finite counts as the worst. Raises ValueError unless there is one for each.
        """
        candidates = self.ask()
        if len(fitnesses) != len(candidates):
            raise ValueError(f"{len(candidates)} candidates were asked for, {len(fitnesses)} fitnesses told")
        self._keep_best(candidates, fitnesses)
        self.evaluations += len(candidates)
        with self._random.held():
            self._generations.advance(_levelled(fitnesses))
        self._candidates = None

    def _keep_best(self, candidates: list[Candidate], fitnesses: Sequence[float]) -> None:
        for candidate, fitness in zip(candidates, fitnesses, strict=True):
            if math.isfinite(fitness) and (self._best is None or fitness > self._best.fitness):
                self._best = Best(candidate, float(fitness), self.generation)


def _levelled(fitnesses: Sequence[float]) -> list[float]:
    """Return the fitnesses with the worst fifth raised to one level.

    neat-python shares out offspring by a species' mean fitness above the population's worst: a few hopeless candidates
    (a log-likelihood of -50) would make all species look alike.
    """
    values = np.asarray(fitnesses, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return [0.0] * len(values)
    floor = float(np.percentile(finite, LEVELLED))
    return [max(float(value), floor) if math.isfinite(value) else floor for value in values]
