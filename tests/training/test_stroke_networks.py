"""Variants of the stroke task on tiny data: they learn, save, fine-tune, draw, and count what they store.

The mixture density is held to the formulas of Graves 2013, written out here once more as a slow float64 loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import AnyFitted
from evaluator.networks.registry import VARIANTS, variant
from evaluator.networks.stroke.mixture_density import NextPoint, outputs
from evaluator.networks.stroke.stroke_network import expected_longest
from evaluator.tasks import stroke
from evaluator.tasks.stroke import StrokeData
from evaluator.tasks.stroke.data import strokes_of
from tests.stroke_data import QUICK, make_lines, prepared

pytestmark = pytest.mark.training
NAMES = VARIANTS["stroke"]
HIDDEN, HYPER, EMBEDDING, MIXTURES, SITE, POINT, GATES = 16, 6, 3, 3, 8, 5, 4


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a trial."""
    with fixed_threads(1):
        yield


@cache
def data_of(sites: bool = True) -> StrokeData:
    return prepared(Path(mkdtemp()), make_lines(300), site=None if sites else "")


@cache
def fitted(name: str, sites: bool = True) -> AnyFitted:
    return variant(name, "stroke").train(data_of(sites), {}, seed=1, limits=QUICK, target=None)


# The density.


def plain_log_likelihood(raw: Sequence[float], offset: Sequence[float], state: int) -> float:
    """Graves 2013, eq. 18-25, for one point, with floors and clamps as the module documents them."""
    mixtures = (len(raw) - 3) // 6
    weights, means = raw[:mixtures], raw[mixtures : 3 * mixtures]
    deviations, correlations = raw[3 * mixtures : 5 * mixtures], raw[5 * mixtures : 6 * mixtures]
    total = sum(math.exp(weight) for weight in weights)
    density = 0.0
    for m in range(mixtures):
        s1, s2 = (0.05 + math.exp(min(deviations[2 * m + axis], 8.0)) for axis in (0, 1))
        z1, z2 = (offset[0] - means[2 * m]) / s1, (offset[1] - means[2 * m + 1]) / s2
        rho = 0.99 * math.tanh(correlations[m])
        z = z1**2 + z2**2 - 2 * rho * z1 * z2
        norm = 2 * math.pi * s1 * s2 * math.sqrt(1 - rho**2)
        density += math.exp(weights[m]) / total * math.exp(-z / (2 * (1 - rho**2))) / norm
    states = raw[6 * mixtures :]
    chance = math.exp(states[state]) / sum(math.exp(one) for one in states)
    return math.log(density) + math.log(chance)


def some_points(count: int = 6) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(3)
    raw = torch.randn(count, outputs(MIXTURES), generator=random, dtype=torch.float64)
    offset = torch.randn(count, 2, generator=random, dtype=torch.float64)
    return raw, offset, torch.randint(0, 3, (count,), generator=random)


def test_the_density_is_the_papers() -> None:
    raw, offset, state = some_points()
    found = NextPoint.of(raw).log_likelihood(offset, state)
    expected = [
        plain_log_likelihood(*point) for point in zip(raw.tolist(), offset.tolist(), state.tolist(), strict=True)
    ]
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


def test_its_gradients_are_the_papers() -> None:
    raw, offset, state = some_points(3)
    raw.requires_grad_()
    offset.requires_grad_()
    NextPoint.of(raw).log_likelihood(offset, state).sum().backward()
    step = 1e-6
    for point in range(len(raw)):
        for values, found in ((raw, raw.grad), (offset, offset.grad)):
            for place in range(values.shape[1]):
                sides = []
                for sign in (1, -1):
                    moved = [raw[point].tolist(), offset[point].tolist()]
                    moved[0 if values is raw else 1][place] += sign * step
                    sides.append(plain_log_likelihood(moved[0], moved[1], int(state[point])))
                assert found is not None
                assert float(found[point, place]) == pytest.approx((sides[0] - sides[1]) / (2 * step), abs=1e-6)


def test_the_density_integrates_to_one() -> None:
    raw, _, _ = some_points(1)
    grid = torch.linspace(-12, 12, 601, dtype=torch.float64)
    places = torch.cartesian_prod(grid, grid)
    density = NextPoint.of(raw.expand(1, -1)).log_density(places.unsqueeze(1).flatten(0, 1)).exp()
    assert float(density.sum() * (grid[1] - grid[0]) ** 2) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("size", [50.0, 300.0, 1e4])
def test_extreme_outputs_give_finite_likelihoods_and_gradients(size: float) -> None:
    raw = size * some_points(200)[0].float()
    raw.requires_grad_()
    offset = torch.zeros(200, 2)
    offset[:100] = 1e4
    found = NextPoint.of(raw).log_likelihood(offset, torch.zeros(200, dtype=torch.int64))
    assert torch.isfinite(found).all()
    found.mean().backward()
    assert raw.grad is not None
    assert torch.isfinite(raw.grad).all()


def test_samples_follow_the_mixture() -> None:
    raw = torch.zeros(1, outputs(2), dtype=torch.float64)
    raw[0, :2] = torch.tensor([math.log(0.25), math.log(0.75)])
    raw[0, 2:6] = torch.tensor([-9.0, 0.0, 2.0, 1.0])
    raw[0, 10:12] = torch.tensor([0.0, 1.0])
    raw[0, 12:] = torch.tensor([0.0, math.log(2.0), math.log(5.0)])
    generator = torch.Generator().manual_seed(0)
    offset, state = NextPoint.of(raw.expand(40_000, -1)).sample(1.0, generator)
    right = offset[:, 0] > -3.5
    assert float(right.double().mean()) == pytest.approx(0.75, abs=0.02)
    covariance = np.cov(offset[right].numpy().T)
    assert covariance[0, 1] / covariance[1, 1] == pytest.approx(0.99 * math.tanh(1.0), abs=0.05)
    shares = np.bincount(state.numpy(), minlength=3) / len(state)
    np.testing.assert_allclose(shares, [1 / 8, 2 / 8, 5 / 8], atol=0.02)
    cool, states = NextPoint.of(raw.expand(40_000, -1)).sample(0.25, generator)
    assert float((cool[:, 0] > -3.5).double().mean()) > 0.97
    assert float(cool[cool[:, 0] > -3.5][:, 1].std()) == pytest.approx(0.5 * 1.05, abs=0.03)
    np.testing.assert_allclose(np.bincount(states.numpy(), minlength=3) / 40_000, [1 / 8, 2 / 8, 5 / 8], atol=0.02)


# The variants.


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_more_than_one_gaussian(name: str) -> None:
    data = data_of()
    model = fitted(name)
    prediction = model.predict(data.test)
    assert prediction.shape == (data.test.rows, data.facts.length, 2)
    assert np.isfinite(prediction).all()
    assert not prediction[~data.test.there].any()
    assert set(np.unique(prediction[..., 1])) <= {0.0, 1.0}
    assert data.main_score(data.test, prediction) > stroke.references(data)[0].naive + 0.5
    assert model.trace.flops > 0
    assert model.trace.flops_how == "modelled"
    assert variant(name, "stroke").name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_what_is_loaded_and_rows_stand_alone(name: str, tmp_path: Path) -> None:
    data = data_of()
    model = fitted(name)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} == {".safetensors", ".json"}
    assert sum(values.size for values in load_file(files[0]).values()) == model.parameters()
    loaded = variant(name, "stroke").load(tmp_path, data)
    expected = model.predict(data.test)
    np.testing.assert_allclose(loaded.predict(data.test), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(model.predictor(cached=False)(data.test), expected, rtol=1e-5, atol=1e-5)
    shortest = int(data.test.there.sum(1).argmin())
    one = data.test.take(slice(shortest, shortest + 1))
    np.testing.assert_allclose(model.predict(one)[0], expected[shortest], rtol=1e-4, atol=1e-4)
    assert not model.generates()


@pytest.mark.parametrize("name", NAMES)
def test_a_point_is_predicted_from_those_before_it_alone(name: str) -> None:
    data = data_of()
    part = data.test.take(np.flatnonzero(data.test.there.sum(1) >= 5)[:4])
    changed = np.array(part.offsets)
    changed[:, 4:] += 1.0
    other = type(part)(changed, part.states, part.site)
    before, after = fitted(name).predict(part), fitted(name).predict(other)
    np.testing.assert_allclose(before[:, :3], after[:, :3], rtol=1e-4, atol=1e-5)
    assert not np.allclose(before[:, 3, 0], after[:, 3, 0])


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_fine_tuning_changes_only_what_it_says(name: str, sites: bool, tmp_path: Path) -> None:
    data = data_of(sites)
    if not variant(name, "stroke").applies(data):
        assert name == "dense_site"
        return
    model = fitted(name, sites)
    before = model.predict(data.new_test)
    expected = {
        "hyper_dynamic": {"all_weights", "head_only", "generator"} | ({"embedding_only"} if sites else set()),
        "dense_site": {"all_weights", "head_only", "embedding_only"},
    }.get(name, {"all_weights", "head_only"})
    assert set(model.finetune_methods()) == expected
    for method in model.finetune_methods():
        tuned: Any = model.finetune(method, data.new_train, data.new_validation, seed=1, limits=QUICK, target=None)
        np.testing.assert_array_equal(model.predict(data.new_test), before)
        assert tuned.trace.best_score >= tuned.trace.curve[0].score
        update = load_file(tuned.save_update(method, tmp_path))
        assert sum(values.size for values in update.values()) == model.trainable_parameters(method)
        if method == "embedding_only":
            assert model.trainable_parameters(method) == SITE
        own = dict(next(iter(tuned.by_site.values())).named_parameters())
        for key, value in model.network.named_parameters():  # type: ignore[attr-defined]
            if key not in update:
                np.testing.assert_array_equal(own[key].detach().numpy(), value.detach().numpy())


def test_parameters_are_counted_exactly() -> None:
    head = (HIDDEN + 1) * (6 * MIXTURES + 3)
    recurrent = GATES * HIDDEN * (POINT + HIDDEN + 1)
    sites = SITE * (4 + 1)
    hyper_cell = GATES * HYPER * (HIDDEN + POINT + SITE + HYPER + 1)
    made = 3 * GATES * EMBEDDING * HYPER + 2 * GATES * EMBEDDING + 3 * GATES * EMBEDDING * HIDDEN
    expected = {
        "dense": head + recurrent,
        "dense_site": head + recurrent + SITE * GATES * HIDDEN + sites,
        "hyper_dynamic": head + recurrent + hyper_cell + made + sites,
    }
    for name, count in expected.items():
        assert fitted(name).parameters() == count, name
    small, hyper = fitted("small_dense").parameters(), fitted("hyper_dynamic").parameters()
    assert abs(small - hyper) < 0.05 * hyper


def test_the_options_reach_the_networks() -> None:
    asked = {"layers": 2, "layer_norm": True, "recurrent_dropout": 0.2, "mixtures": 5}
    data = prepared(Path(mkdtemp()), make_lines(100), asked)
    for name in NAMES:
        network: Any = variant(name, "stroke").make(data, {})  # type: ignore[attr-defined]
        assert network.head.out_features == 33
        assert network.loss(network.batch(data.train.take(slice(0, 4)))).isfinite()
        if name == "hyper_dynamic":
            assert [layer.inputs for layer in network.layers] == [POINT, HIDDEN]
            assert network.layers[1].norm is not None
            assert network.layers[0].recurrent_dropout == 0.2
        else:
            assert network.recurrent.layers == 2
            assert network.recurrent.recurrences[1].norm is not None
    from evaluator.networks.stroke import dense, small_dense

    counted = sum(parameter.numel() for parameter in dense.network(data, {}).parameters())
    assert small_dense.dense_parameters(data, HIDDEN) == counted


@pytest.mark.parametrize("layers", [1, 2])
def test_step_flops_are_those_that_torch_counts(layers: int) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    data = prepared(Path(mkdtemp()), make_lines(100), {"layers": layers})
    network: Any = variant("dense", "stroke").make(data, {})  # type: ignore[attr-defined]
    counts = np.sort(data.train.there.sum(1))
    assert expected_longest(np.array([2, 4]), 2) == pytest.approx(0.25 * 2 + 0.75 * 4)
    longest = round(expected_longest(counts, 64))
    assert counts.mean() < longest <= counts.max()
    assert expected_longest(np.array([3, 3, 3]), 8) == 3.0
    alike = data.train.take(np.full(16, int(data.train.there.sum(1).argmax())))
    network._counts = np.full(16, int(alike.there[0].sum()))
    network.recurrent.path = "plain"  # its products are torch's own, which the counter sees
    with FlopCounterMode(display=False) as counter:
        network.loss(network.batch(alike))
    assert counter.get_total_flops() > 1_000
    assert network.step_flops(16) == pytest.approx(3 * counter.get_total_flops(), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_it_draws_step_by_step_what_it_would_predict(name: str) -> None:
    """A point drawn one at a time has the distribution that the whole drawing gives it."""
    data = data_of()
    model: Any = fitted(name)
    network = model.network.eval()
    batch = network.batch(data.test.take(slice(0, 3)))
    x, carried, steps = network.inputs(batch.offsets[:, :-1], batch.states[:, :-1], batch.site), None, []
    with torch.no_grad():
        whole, _ = network.encode(x, batch.site)
        for t in range(len(x)):
            states, carried = network.encode(x[t : t + 1], batch.site, carried)
            steps.append(states[0])
    torch.testing.assert_close(torch.stack(steps), whole, rtol=1e-3, atol=1e-4)


def test_an_exhibit_shows_drawings_beside_real_ones() -> None:
    data = data_of()
    shown: Any = stroke.exhibit(data, fitted("hyper_dynamic"))
    assert shown["kind"] == "drawings"
    assert len(shown["real"]) == len(shown["made"]) == 12
    for drawing in (*shown["real"], *shown["made"]):
        points = 0
        for across, down in drawing:
            assert len(across) == len(down) > 0
            points += len(across)
        assert 2 <= points <= data.facts.length + 1
        assert np.isfinite([value for stroke_ in drawing for axis in stroke_ for value in axis]).all()
    model: Any = fitted("hyper_dynamic")
    assert model.draw(seed=1, count=12) == shown["made"] != model.draw(seed=2, count=12)


def usual(drawings: Sequence[Any]) -> tuple[float, float]:
    """Return the mean points of a drawing, and the mean length of a stroke."""
    points = np.mean([sum(len(across) for across, _ in one) for one in drawings])
    lengths = [np.hypot(np.diff(across), np.diff(down)).sum() for one in drawings for across, down in one]
    return float(points), float(np.mean(lengths))


@pytest.mark.parametrize("name", NAMES)
def test_drawings_become_as_long_as_real_ones_by_training(name: str) -> None:
    """A trained network's are within these factors of the test part's, an untrained one's are outside."""
    data = data_of()
    torch.manual_seed(0)
    untrained: Any = variant(name, "stroke").make(data, {}).eval()  # type: ignore[attr-defined]
    trained: Any = variant(name, "stroke").train(data, {}, seed=1, limits=replace(QUICK, max_steps=150), target=None)
    test = data.test
    real = usual([strokes_of(*one, data.facts.scale) for one in zip(test.offsets, test.states, strict=True)])
    after, before = usual(trained.draw(seed=1, count=200)), usual(untrained.draw(data, seed=1, count=200))
    for found, first, true, factor in zip(after, before, real, (1.2, 1.4), strict=True):
        assert 1 / factor < found / true < factor
        assert not 1 / factor < first / true < factor


def test_dense_reaches_the_target() -> None:
    data = data_of()
    longer = replace(QUICK, max_steps=300)
    target = stroke.references(data)[0].target
    model = variant("dense", "stroke").train(data, {}, seed=1, limits=longer, target=target)
    assert math.isfinite(model.trace.steps_to_target)
    assert 5 < model.trace.steps_to_target < 300
