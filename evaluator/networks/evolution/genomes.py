"""The only file that knows neat-python: its configuration, genomes and generations, with types.

neat-python draws from Python's global random numbers; callers hold `RandomState` around whatever draws.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import neat  # type: ignore[import-untyped]
from neat.reporting import ReporterSet  # type: ignore[import-untyped]

from evaluator.networks.evolution.activations import step_value
from evaluator.networks.evolution.cppn import Cppn, Node
from evaluator.networks.evolution.settings import EvolutionSettings, genome_parameters

SMALLEST_THRESHOLD = 0.3
THRESHOLD_STEP = 0.1


class RandomState:
    """A stream of Python's random numbers of our own, put in the global one's place while it is held."""

    def __init__(self, seed: int) -> None:
        self._state = random.Random(seed).getstate()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Draw from this stream inside; the global one goes on afterwards as if nothing had been drawn."""
        others = random.getstate()
        random.setstate(self._state)
        try:
            yield
        finally:
            self._state = random.getstate()
            random.setstate(others)


@dataclass
class NeatConfig:
    """What neat-python reads of its configuration, made in code: `neat.Config` insists on a file."""

    genome_config: Any
    pop_size: int
    genome_type: Any = neat.DefaultGenome
    species_set_config: Any = field(
        default_factory=lambda: neat.DefaultSpeciesSet.parse_config({"compatibility_threshold": "2.0"})
    )


def neat_config(settings: EvolutionSettings, inputs: int, outputs: int) -> NeatConfig:
    """Return neat-python's configuration for genomes with `inputs` and `outputs`."""
    return NeatConfig(_genome_config(genome_parameters(settings, inputs, outputs)), settings.population)


def _genome_config(parameters: dict[str, str]) -> Any:
    config = neat.DefaultGenome.parse_config(parameters)
    config.add_activation("step", step_value)
    return config


class Generations:
    """neat-python's population, taken a generation at a time: genomes out, fitnesses in."""

    def __init__(self, settings: EvolutionSettings, inputs: int, outputs: int, start: Cppn | None = None) -> None:
        self._settings = settings
        self._config = neat_config(settings, inputs, outputs)
        reporters = ReporterSet()
        self._reproduction = neat.DefaultReproduction(
            # Elites and the smallest size of 1 hold the sum of all species' minima below the population.
            neat.DefaultReproduction.parse_config(
                {"elitism": "1", "survival_threshold": str(settings.survivors), "min_species_size": "1"}
            ),
            reporters,
            neat.DefaultStagnation(
                neat.DefaultStagnation.parse_config(
                    {
                        "species_fitness_func": "max",
                        "max_stagnation": str(settings.stagnation),
                        # The best two stay however long they stand still, so a population can't die out.
                        "species_elitism": "2",
                    }
                ),
                reporters,
            ),
        )
        self._population = self._reproduction.create_new(
            neat.DefaultGenome, self._config.genome_config, settings.population
        )
        if start is not None:
            self._start_from(start)
        self._species = neat.DefaultSpeciesSet(self._config.species_set_config, reporters)
        self.generation = 0
        self._species.speciate(self._config, self._population, 0)

    def _start_from(self, start: Cppn) -> None:
        """Fill the first generation with `start` itself and mutated copies of it."""
        config = self._config.genome_config
        for index, key in enumerate(list(self._population)):
            genome = genome_of(start, config, key)
            if index:
                genome.mutate(config)
            self._population[key] = genome

    def cppns(self) -> list[Cppn]:
        """Return the expressed network of every genome, in the order in which `advance` wants the fitnesses."""
        inputs, outputs = self._config.genome_config.num_inputs, self._config.genome_config.num_outputs
        return [cppn_of(genome, inputs, outputs) for genome in self._population.values()]

    def advance(self, fitnesses: list[float]) -> None:
        """Breed the next generation."""
        for genome, fitness in zip(self._population.values(), fitnesses, strict=True):
            genome.fitness = fitness
        self._population = self._reproduction.reproduce(
            self._config, self._species, self._config.pop_size, self.generation
        )
        self._species.speciate(self._config, self._population, self.generation)
        self._move_threshold()
        self.generation += 1

    def species(self) -> int:
        """Return the number of species."""
        return len(self._species.species)

    def _move_threshold(self) -> None:
        difference = self.species() - self._settings.species
        step = THRESHOLD_STEP * ((difference > 0) - (difference < 0))
        config = self._config.species_set_config
        config.compatibility_threshold = max(SMALLEST_THRESHOLD, config.compatibility_threshold + step)


def cppn_of(genome: Any, inputs: int, outputs: int) -> Cppn:
    """Return the part of `genome` that the outputs depend on; what is disabled or leads nowhere is left out."""
    links: dict[int, list[tuple[int, float]]] = {}
    for (source, target), gene in genome.connections.items():
        if gene.enabled:
            links.setdefault(target, []).append((source, float(gene.weight)))
    nodes: dict[int, Node] = {}
    for output in range(outputs):
        _add_in_order(genome, output, links, nodes)
    return Cppn(inputs, outputs, tuple(nodes.values()))


def _add_in_order(genome: Any, key: int, links: dict[int, list[tuple[int, float]]], nodes: dict[int, Node]) -> None:
    """Add the node `key` to `nodes` after everything that it depends on."""
    own = tuple(links.get(key, ()))
    for source, _ in own:
        if source >= 0 and source not in nodes:
            _add_in_order(genome, source, links, nodes)
    gene = genome.nodes[key]
    nodes[key] = Node(key, gene.activation, float(gene.bias), float(gene.response), own)


def genome_of(cppn: Cppn, config: Any, key: int) -> Any:
    """Return a genome that expresses `cppn` exactly."""
    genome = neat.DefaultGenome(key)
    for node in cppn.nodes:
        gene = genome.create_node(config, node.key)
        gene.activation, gene.bias, gene.response = node.activation, node.bias, node.response
        genome.nodes[node.key] = gene
        for source, weight in node.links:
            innovation = config.innovation_tracker.get_innovation_number(source, node.key, "initial_connection")
            connection = genome.create_connection(config, source, node.key, innovation)
            connection.weight, connection.enabled = weight, True
            genome.connections[connection.key] = connection
    return genome
