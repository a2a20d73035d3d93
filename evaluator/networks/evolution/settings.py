"""The settings of an evolution, and what neat-python is told of them."""

from __future__ import annotations

from dataclasses import dataclass

FUNCTIONS = ("sin", "gauss", "tanh", "sigmoid", "identity", "relu", "abs", "step")


@dataclass(frozen=True)
class EvolutionSettings:
    """How NEAT searches. The defaults were chosen on scikit-learn's digits (docs/decisions/2026-11-24-cppn.md)."""

    population: int = 150
    functions: tuple[str, ...] = FUNCTIONS
    add_node: float = 0.1
    delete_node: float = 0.03
    add_connection: float = 0.15
    delete_connection: float = 0.05
    weight_rate: float = 0.04
    weight_power: float = 0.4
    function_rate: float = 0.01
    survivors: float = 0.2
    stagnation: int = 20
    species: int = 5
    """Wanted number of species: the threshold of compatibility moves towards it after every generation."""

    def __post_init__(self) -> None:
        if self.population < 2 or self.species < 1 or self.stagnation < 1:
            raise ValueError("an evolution needs a population of two or more, a species and a generation of patience")


def genome_parameters(settings: EvolutionSettings, inputs: int, outputs: int) -> dict[str, str]:
    """Return neat-python's parameters of a genome, as its configuration file would spell them."""
    functions = " ".join(settings.functions)
    return {
        "num_inputs": str(inputs),
        "num_outputs": str(outputs),
        "num_hidden": "0",
        "feed_forward": "true",
        "initial_connection": "full_direct",
        "compatibility_disjoint_coefficient": "1.0",
        "compatibility_weight_coefficient": "0.5",
        "node_add_prob": str(settings.add_node),
        "node_delete_prob": str(settings.delete_node),
        "conn_add_prob": str(settings.add_connection),
        "conn_delete_prob": str(settings.delete_connection),
        "single_structural_mutation": "false",
        "structural_mutation_surer": "default",
        **_number("weight", mean=0.0, deviation=1.0, limit=8.0, rate=settings.weight_rate, power=settings.weight_power),
        **_number(
            "bias", mean=0.0, deviation=0.5, limit=8.0, rate=settings.weight_rate / 2, power=settings.weight_power
        ),
        # The response would only scale a node's weights once more: it stays 1 and is not stored.
        **_number("response", mean=1.0, deviation=0.0, limit=1.0, rate=0.0, power=0.0),
        **_number("time_constant", mean=1.0, deviation=0.0, limit=1.0, rate=0.0, power=0.0),
        "enabled_default": "true",
        "enabled_mutate_rate": "0.02",
        "enabled_rate_to_true_add": "0.0",
        "enabled_rate_to_false_add": "0.0",
        "activation_default": "random",
        "activation_options": functions,
        "activation_mutate_rate": str(settings.function_rate),
        "aggregation_default": "sum",
        "aggregation_options": "sum",
        "aggregation_mutate_rate": "0.0",
    }


def _number(name: str, *, mean: float, deviation: float, limit: float, rate: float, power: float) -> dict[str, str]:
    return {
        f"{name}_init_type": "gaussian",
        f"{name}_init_mean": str(mean),
        f"{name}_init_stdev": str(deviation),
        f"{name}_max_value": str(limit),
        f"{name}_min_value": str(-limit),
        f"{name}_mutate_rate": str(rate),
        f"{name}_mutate_power": str(power),
        f"{name}_replace_rate": str(rate / 12),
    }
