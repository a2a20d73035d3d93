"""HyperNEAT: the CPPN as arrays, substrates, the evolution and its file."""

from __future__ import annotations

import itertools
import json
import math
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import neat
import numpy as np
import pytest
from scipy.special import log_softmax

from benchmarks.cppn import INPUTS, grown_genome, hard_cppn, needed_hidden
from evaluator.networks.evolution import (
    Candidate,
    Cppn,
    Evolution,
    EvolutionSettings,
    LayerWeights,
    Substrate,
    class_fitness,
    evaluate,
    forward,
    image_substrate,
    load_network,
    save_network,
    table_substrate,
    value_fitness,
)
from evaluator.networks.evolution import cppn as cppn_module
from evaluator.networks.evolution.activations import ACTIVATIONS, step_value
from evaluator.networks.evolution.cppn import Node, evaluate_points
from evaluator.networks.evolution.genomes import cppn_of
from evaluator.networks.evolution.settings import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
SMALL = EvolutionSettings(population=20, species=3)
Grid = np.ndarray[Any, np.dtype[np.float64]]


def points(count: int, seed: int) -> Grid:
    return np.random.default_rng(seed).uniform(-1, 1, (count, 2))


def by_neat(network: Any, source: Grid, target: Grid, output: int) -> Grid:
    return np.array([[network.activate([*s, *t, 0.5, 1.0])[output] for t in target] for s in source])


# --- the CPPN as arrays ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [0, 1, 4, 10, 25])
@pytest.mark.parametrize("seed", range(4))
def test_all_pairs_are_what_neat_pythons_network_gives_pair_by_pair(hidden: int, seed: int) -> None:
    genome, config = grown_genome(hidden, seed, outputs=2)
    network = neat.nn.FeedForwardNetwork.create(genome, config)
    cppn = cppn_of(genome, INPUTS, 2)
    for source, target in ((points(6, 1), points(9, 2)), (points(9, 3), points(4, 4))):
        for output in (0, 1):
            wanted = by_neat(network, source, target, output)
            np.testing.assert_allclose(
                evaluate(cppn, output, source, target, (0.5, 1.0), dtype=np.float64), wanted, atol=1e-9
            )


def test_float32_stays_close_to_float64() -> None:
    cppn = hard_cppn(10)
    source, target = points(40, 1), points(60, 2)
    single = evaluate(cppn, 0, source, target, (0.0, 0.0))
    assert single.dtype == np.float32
    assert np.abs(single - evaluate(cppn, 0, source, target, (0.0, 0.0), dtype=np.float64)).max() < 2e-2
    assert single.std() > 0.1


@pytest.mark.parametrize("block", [1, 7, 64])
def test_the_size_of_the_blocks_changes_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cppn = hard_cppn(6)
    source, target = points(13, 1), points(29, 2)
    whole = evaluate(cppn, 0, source, target, (0.0, 0.0), dtype=np.float64)
    monkeypatch.setattr(cppn_module, "BLOCK", block)
    np.testing.assert_allclose(evaluate(cppn, 0, source, target, (0.0, 0.0), dtype=np.float64), whole, atol=1e-12)
    assert evaluate(cppn, 0, target, source, (0.0, 0.0)).shape == (29, 13)


def test_points_alone_are_what_neat_python_gives() -> None:
    genome, config = grown_genome(6, 3, outputs=3)
    network = neat.nn.FeedForwardNetwork.create(genome, config)
    rows = np.random.default_rng(0).normal(size=(11, INPUTS))
    given = evaluate_points(cppn_of(genome, INPUTS, 3), [2, 0], rows, dtype=np.float64)
    wanted = np.array([network.activate(list(row)) for row in rows])[:, [2, 0]]
    np.testing.assert_allclose(given, wanted, atol=1e-9)


def neats_function(name: str) -> Callable[[float], float]:
    return step_value if name == "step" else neat.activations.ActivationFunctionSet().get(name)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_are_neat_pythons(name: str) -> None:
    z = np.concatenate([np.linspace(-15, 15, 601), [-1e3, 1e3]])
    given = z.copy()
    ACTIVATIONS[name](given)
    np.testing.assert_allclose(given, [neats_function(name)(value) for value in z], atol=1e-12)


def test_every_function_that_evolution_may_choose_exists() -> None:
    assert set(FUNCTIONS) <= set(ACTIVATIONS)


def test_a_node_without_sources_gives_a_constant() -> None:
    cppn = Cppn(4, 1, (Node(1, "identity", 0.5, 1.0, ()), Node(0, "identity", 0.0, 1.0, ((1, 3.0),))))
    np.testing.assert_array_equal(evaluate(cppn, 0, points(2, 0), points(3, 0)), np.full((2, 3), 1.5))


def test_the_wrong_number_of_coordinates_is_refused() -> None:
    with pytest.raises(ValueError, match="6 inputs"):
        evaluate(hard_cppn(2), 0, points(2, 0), points(3, 0))


def test_stored_values_are_weights_biases_and_responses_that_are_not_1() -> None:
    nodes = (Node(1, "sin", 0.5, 1.0, ((-1, 1.0), (-2, 1.0))), Node(0, "tanh", 0.0, 2.0, ((1, 3.0),)))
    assert Cppn(2, 1, nodes).stored_values() == (2 + 1) + (1 + 1 + 1)
    assert Cppn(2, 1, nodes).hidden() == 1


def test_what_leads_nowhere_is_not_stored() -> None:
    genome, _ = grown_genome(3, 1)
    cppn = cppn_of(genome, INPUTS, 1)
    assert needed_hidden(cppn) == cppn.hidden()
    assert cppn.stored_values() <= sum(gene.enabled for gene in genome.connections.values()) + len(genome.nodes)


# --- substrates -----------------------------------------------------------------------------------------------------


def linear(inputs: int, outputs: int, weights: Sequence[float], bias: float = 0.0) -> Cppn:
    links = tuple((-index - 1, weight) for index, weight in enumerate(weights) if weight)
    return Cppn(inputs, outputs, tuple(Node(key, "identity", bias, 1.0, links) for key in range(outputs)))


def test_coordinates_run_from_minus_1_to_1_row_by_row() -> None:
    substrate = image_substrate(2, 3, outputs=2, hidden=(1,))
    assert substrate.coordinates[0].tolist() == [[-1, -1], [-1, 0], [-1, 1], [1, -1], [1, 0], [1, 1]]
    assert substrate.coordinates[1].tolist() == [[0, 0]]
    assert image_substrate(2, 2, 3, channels=3).coordinates[0].shape == (12, 3)


def test_weights_below_the_threshold_are_no_connections_and_the_rest_grows_from_0() -> None:
    substrate = Substrate(((5,), (1,)), threshold=0.2, weight_range=2.0, normalised=False)
    (layer,) = substrate.generate_weights(linear(2, 1, [0.6, 0.0]))
    # The outputs at -1, -0.5, 0, 0.5, 1 are -0.6, -0.3, 0, 0.3, 0.6.
    wanted = np.array([-0.4, -0.1, 0.0, 0.1, 0.4]) / 0.8 * 2.0 / math.sqrt(5)
    np.testing.assert_allclose(layer.weight[:, 0], wanted, atol=1e-6)
    (cut,) = substrate.generate_weights(linear(2, 1, [5.0, 0.0]))
    assert np.abs(cut.weight).max() == pytest.approx(2.0 / math.sqrt(5))


def test_normalised_weights_have_one_length_and_a_silent_neuron_stays_silent() -> None:
    (layer,) = Substrate(((6,), (2,)), weight_range=3.0).generate_weights(
        Cppn(2, 2, (Node(0, "identity", 0.0, 1.0, ((-1, 0.9),)), Node(1, "identity", 0.1, 1.0, ())))
    )
    np.testing.assert_allclose(np.linalg.norm(layer.weight, axis=0), [3.0, 0.0], rtol=1e-6)
    assert layer.bias.tolist() == [0.0, 0.0]


def test_the_bias_has_an_input_of_its_own() -> None:
    substrate = Substrate(((4,), (3,), (2,)), threshold=0.0, weight_range=1.0)
    layers = substrate.generate_weights(linear(substrate.cppn_inputs, substrate.cppn_outputs, [0, 0, 0, 0.5]))
    assert [layer.bias.tolist() for layer in layers] == [[0.5] * 3, [0.5] * 2]
    assert not any(layer.weight.any() for layer in layers)


def test_layers_differ_by_their_place() -> None:
    substrate = Substrate(((4,), (3,), (2,)), normalised=False, separate_outputs=False)
    first, second = substrate.generate_weights(linear(substrate.cppn_inputs, 1, [0, 0, 1.0, 0]))
    assert first.weight.max() < 0 < second.weight.min()


@pytest.mark.parametrize("separate", [True, False])
@pytest.mark.parametrize("layers", [((4, 4), (3,)), ((4, 4), (2, 3), (3,)), ((5,), (4,), (2, 2), (3,))])
def test_shapes_and_counts_agree(layers: tuple[tuple[int, ...], ...], separate: bool) -> None:
    substrate = Substrate(layers, separate_outputs=separate)
    weights = Evolution(substrate, 1, SMALL).ask()[0].weights()
    sizes = [math.prod(shape) for shape in layers]
    assert [layer.weight.shape for layer in weights] == list(itertools.pairwise(sizes))
    assert sum(layer.weight.size + layer.bias.size for layer in weights) == substrate.generated_values
    assert all(layer.weight.dtype == layer.bias.dtype == np.float32 for layer in weights)


@pytest.mark.parametrize("layers", [((3,),), ((3,), ()), ((3,), (0,))])
def test_impossible_substrates_are_refused(layers: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ValueError, match="two layers or more"):
        Substrate(layers)


# --- evolution ------------------------------------------------------------------------------------------------------


def length(candidate: Candidate) -> float:
    """Something to maximise that needs no data: how much the weights vary from source to source."""
    return float(np.abs(np.diff(candidate.weights()[-1].weight[:, 0])).sum())


def evolved(seed: int, generations: int = 6, disturb: bool = False) -> Evolution:
    evolution = Evolution(table_substrate(12, 2), seed, SMALL)
    for _ in range(generations):
        evolution.tell([length(candidate) for candidate in evolution.ask()])
        if disturb:
            random.random()
    return evolution


def test_a_seed_gives_the_same_evolution_whatever_others_draw() -> None:
    random.seed(1)
    first = evolved(3)
    random.seed(2)
    second = evolved(3, disturb=True)
    assert [candidate.cppn for candidate in first.ask()] == [candidate.cppn for candidate in second.ask()]
    assert first.best == second.best
    assert [candidate.cppn for candidate in first.ask()] != [candidate.cppn for candidate in evolved(4).ask()]


def test_the_global_random_numbers_are_left_alone() -> None:
    random.seed(5)
    wanted = [random.random() for _ in range(3)]
    random.seed(5)
    evolved(1, generations=2)
    assert [random.random() for _ in range(3)] == wanted


def test_evolution_learns_a_task_and_keeps_its_best() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 16)).astype(np.float32)
    y = (x[:, :8].sum(axis=1) > x[:, 8:].sum(axis=1)).astype(int)
    evolution = Evolution(table_substrate(16, 2), 1, EvolutionSettings(population=40, species=4))
    bests = []
    for _ in range(15):
        evolution.tell([class_fitness(forward(candidate.weights(), x), y) for candidate in evolution.ask()])
        bests.append(evolution.best.fitness)
    accuracy = np.mean(forward(evolution.best.candidate.weights(), x).argmax(axis=1) == y)
    assert accuracy > 0.9
    assert bests == sorted(bests)
    assert evolution.best.generation > 0
    assert evolution.evaluations == 15 * 40


def test_the_population_outlives_standing_still() -> None:
    evolution = Evolution(table_substrate(3, 1), 1, EvolutionSettings(population=12, species=2, stagnation=2))
    for _ in range(12):
        assert len(evolution.ask()) == 12
        evolution.tell([-1.0] * 12)


def test_what_is_not_finite_is_the_worst() -> None:
    evolution = Evolution(table_substrate(3, 1), 1, SMALL)
    asked = evolution.ask()
    evolution.tell([math.nan, math.inf, -math.inf, *range(17)])
    assert (evolution.best.candidate, evolution.best.fitness) == (asked[-1], 16.0)
    best = evolution.best
    evolution.tell([math.nan] * 20)
    assert evolution.best is best


def test_asking_and_telling_out_of_turn() -> None:
    evolution = Evolution(table_substrate(3, 1), 1, SMALL)
    with pytest.raises(ValueError, match="no generation"):
        _ = evolution.best
    assert evolution.ask() is evolution.ask()
    with pytest.raises(ValueError, match="20 candidates"):
        evolution.tell([0.0])


def test_an_evolution_starts_from_a_trained_network() -> None:
    substrate = table_substrate(12, 2)
    best = evolved(1).best.candidate
    asked = Evolution(substrate, 2, SMALL, start=best.cppn).ask()
    for own, copied in zip(best.weights(), asked[0].weights(), strict=True):
        np.testing.assert_array_equal(own.weight, copied.weight)
    assert len({candidate.cppn for candidate in asked}) > 5
    with pytest.raises(ValueError, match="another substrate"):
        Evolution(table_substrate(12, 3), 2, SMALL, start=best.cppn)


def test_settings_that_cannot_evolve_are_refused() -> None:
    with pytest.raises(ValueError, match="population"):
        EvolutionSettings(population=1)


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [(), (2, 3)])
def test_the_file_gives_exactly_equal_weights(hidden: tuple[int, ...], tmp_path: Path) -> None:
    substrate = image_substrate(4, 5, outputs=3, hidden=hidden)
    evolution = Evolution(substrate, 1, SMALL)
    for _ in range(5):
        evolution.tell([length(candidate) for candidate in evolution.ask()])
    best = evolution.best.candidate
    path = tmp_path / "network.json"
    assert save_network(path, substrate, best.cppn) == path.stat().st_size
    read_substrate, read_cppn = load_network(path)
    assert (read_substrate, read_cppn) == (substrate, best.cppn)
    for own, read in zip(best.weights(), read_substrate.generate_weights(read_cppn), strict=True):
        np.testing.assert_array_equal(own.weight, read.weight)
        np.testing.assert_array_equal(own.bias, read.bias)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda stored: stored.update(format=2), "format"),
        (lambda stored: stored.pop("cppn"), "incomplete"),
        (lambda stored: stored["cppn"]["nodes"][0].__setitem__(1, "evil"), "activation"),
        (lambda stored: stored["cppn"]["nodes"][0].pop(), "incomplete"),
        (lambda stored: stored["cppn"]["nodes"][0][4].append([99, 1.0]), "before one of its sources"),
        (lambda stored: stored["cppn"]["nodes"].clear(), "output is missing"),
    ],
)
def test_a_damaged_file_is_refused(change: Callable[[Any], object], says: str, tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    substrate = table_substrate(3, 2)
    save_network(path, substrate, Evolution(substrate, 1, SMALL).ask()[0].cppn)
    stored = json.loads(path.read_text(encoding="utf-8"))
    change(stored)
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        load_network(path)


# --- running the network --------------------------------------------------------------------------------------------


def layer(weight: Sequence[Sequence[float]], bias: Sequence[float]) -> LayerWeights:
    return LayerWeights(np.array(weight, np.float32), np.array(bias, np.float32))


def test_forward_by_hand() -> None:
    layers = (layer([[1.0, -1.0]], [0.0, 0.5]), layer([[2.0], [3.0]], [-1.0]))
    x = np.array([[0.25], [2.0]])
    wanted = 2 * np.tanh(x[:, 0]) + 3 * np.tanh(0.5 - x[:, 0]) - 1
    np.testing.assert_allclose(forward(layers, x)[:, 0], wanted, rtol=1e-6)
    np.testing.assert_allclose(forward(layers, x, hidden="relu")[:, 0], [0.5 + 0.75 - 1, 4.0 - 1])


def test_the_fitness_of_classes_is_the_mean_log_likelihood() -> None:
    logits = np.random.default_rng(0).normal(size=(9, 4)) * 50
    y = np.arange(9) % 4
    assert class_fitness(logits, y) == pytest.approx(np.mean(log_softmax(logits, axis=1)[np.arange(9), y]))
    assert class_fitness(np.array([[0.0], [2.0]]), np.array([0, 1])) == pytest.approx(
        np.mean([math.log(0.5), -math.log1p(math.exp(-2.0))])
    )


def test_the_fitness_of_values_is_the_negative_squared_error() -> None:
    assert value_fitness(np.array([[1.0], [3.0]]), np.array([0.0, 1.0])) == -2.5


def test_the_room_needs_no_torch() -> None:
    code = "import evaluator.networks.evolution, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
