"""How fast a CPPN gives weights: `python -m benchmarks.cppn` on one core, 784 x 256 = 200,704 weights at a time.

Genomes grow by neat-python's own mutations until the weights depend on that many hidden nodes; the last row is a hard
one: every hidden node mixes source and target and sees all earlier ones. neat-python's own network, pair by pair, is
timed on a part of the pairs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import neat
import numpy as np

from evaluator.networks.evolution.cppn import Cppn, Node, evaluate
from evaluator.networks.evolution.genomes import NeatConfig, RandomState, cppn_of, neat_config
from evaluator.networks.evolution.settings import FUNCTIONS, EvolutionSettings
from evaluator.networks.evolution.substrate import Substrate

INPUTS, OUTPUTS = 6, 1
SUBSTRATE = Substrate(((28, 28), (16, 16), (10,)), separate_outputs=False)
CONSTANTS = (-1.0, 0.0)
ROUNDS, SEEDS, PAIRS_OF_NEAT = 11, 7, 2_000
GOAL = 20e6
GROWTH = EvolutionSettings(add_node=0.6, add_connection=0.9, delete_node=0.05, delete_connection=0.05)


def grown_genome(hidden: int, seed: int, outputs: int = OUTPUTS) -> tuple[Any, NeatConfig]:
    """Return a genome whose first output depends on at least `hidden` hidden nodes, and neat-python's configuration."""
    stream = RandomState(seed)
    with stream.held():
        config = neat_config(GROWTH, INPUTS, outputs)
        config.genome_config.innovation_tracker = neat.InnovationTracker()
        genome = neat.DefaultGenome(1)
        genome.configure_new(config.genome_config)
        while needed_hidden(cppn_of(genome, INPUTS, outputs)) < hidden:
            genome.mutate(config.genome_config)
    return genome, config


def needed_hidden(cppn: Cppn) -> int:
    return sum(node.key >= cppn.outputs for node in cppn.needed_for(0))


def hard_cppn(hidden: int) -> Cppn:
    """Return a CPPN of `hidden` nodes that all mix both sides, each linked to every earlier one."""
    rng = np.random.default_rng(0)
    sides = [-1, -3]
    keys = [*range(1, hidden + 1), 0]
    nodes = []
    for index, key in enumerate(keys):
        sources = sides + keys[:index]
        links = tuple((source, float(rng.normal())) for source in sources)
        nodes.append(Node(key, FUNCTIONS[index % 4], 0.1, 1.0, links))
    return Cppn(INPUTS, OUTPUTS, tuple(nodes))


def median_seconds(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


def weights_a_second(cppn: Cppn) -> float:
    source, target = SUBSTRATE.coordinates[:2]
    return len(source) * len(target) / median_seconds(lambda: evaluate(cppn, 0, source, target, CONSTANTS))


def neat_weights_a_second(genome: Any, config: NeatConfig) -> float:
    network = neat.nn.FeedForwardNetwork.create(genome, config)
    source, target = SUBSTRATE.coordinates[:2]
    pairs = [(*source[i % len(source)], *target[i % len(target)], *CONSTANTS) for i in range(PAIRS_OF_NEAT)]
    return PAIRS_OF_NEAT / median_seconds(lambda: [network.activate(pair) for pair in pairs])


def main() -> None:
    print(
        f"million weights a second, one core; medians of {ROUNDS} rounds, over {SEEDS} genomes (goal: {GOAL / 1e6:.0f})"
    )
    print(f"{'hidden nodes':<28}{'median':>9}{'slowest':>9}{'ms for 200,704':>16}{'neat-python':>13}{'times':>8}")
    for hidden in (0, 2, 5, 10, 20, 40):
        grown = [grown_genome(hidden, seed) for seed in range(SEEDS)]
        ours = [weights_a_second(cppn_of(genome, INPUTS, OUTPUTS)) for genome, _ in grown]
        theirs = statistics.median(neat_weights_a_second(genome, config) for genome, config in grown)
        median = statistics.median(ours)
        print(
            f"{hidden:<28}{median / 1e6:>9.0f}{min(ours) / 1e6:>9.0f}{200_704 / median * 1e3:>16.2f}"
            f"{theirs / 1e6:>13.3f}{median / theirs:>8.0f}"
        )
    hard = weights_a_second(hard_cppn(10))
    print(f"{'10, all mixing, 75 links':<28}{hard / 1e6:>9.0f}{hard / 1e6:>9.0f}{200_704 / hard * 1e3:>16.2f}")


if __name__ == "__main__":
    main()
