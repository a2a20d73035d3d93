"""HyperNEAT: a CPPN that NEAT evolves gives the weights of a network laid out in space (no torch).

    substrate = image_substrate(8, 8, outputs=10)
    evolution = Evolution(substrate, seed=1)
    while evolution.generation < 100:
        candidates = evolution.ask()
        evolution.tell([class_fitness(forward(candidate.weights(), x), y) for candidate in candidates])
    best = evolution.best

Stanley, D'Ambrosio, Gauci, "A hypercube-based encoding for evolving large-scale neural networks", Artificial Life 2009.
"""

from __future__ import annotations

from evaluator.networks.evolution.cppn import Cppn, evaluate
from evaluator.networks.evolution.feedforward import class_fitness, forward, value_fitness
from evaluator.networks.evolution.files import load_network, save_network
from evaluator.networks.evolution.population import Best, Candidate, Evolution
from evaluator.networks.evolution.settings import EvolutionSettings
from evaluator.networks.evolution.substrate import LayerWeights, Substrate, image_substrate, table_substrate

__all__ = [
    "Best",
    "Candidate",
    "Cppn",
    "Evolution",
    "EvolutionSettings",
    "LayerWeights",
    "Substrate",
    "class_fitness",
    "evaluate",
    "forward",
    "image_substrate",
    "load_network",
    "save_network",
    "table_substrate",
    "value_fitness",
]
