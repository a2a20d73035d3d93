"""Variants of the series task on tiny data: they learn, save, cache, fine-tune, and count what they store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import AnyFitted
from evaluator.networks.registry import VARIANTS, variant
from evaluator.networks.series import linear_finetuning
from evaluator.tasks import series
from evaluator.tasks.series import SeriesData
from tests.series_data import QUICK, make_frame, prepared

pytestmark = pytest.mark.training
NAMES = VARIANTS["series"]
HIDDEN, HORIZON, HISTORY = 32, 7, 28
CHANNELS, AHEAD = 2 + 1 + 5, 5  # value, missing flag, one covariate, the calendar of days
HEAD = (HIDDEN + HORIZON + HISTORY + CHANNELS + AHEAD + 1 + 1) * HORIZON
ENTER = (CHANNELS + 1) * HIDDEN
MATRICES = 2 * 4 * HIDDEN * HIDDEN  # of one layer: for inputs and for states
BIASES = 2 * 4 * HIDDEN


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a trial."""
    with fixed_threads(1):
        yield


@cache
def data_of(sites: bool = True) -> SeriesData:
    frame = make_frame() if sites else make_frame(stores=1, days=400).drop(columns="store")
    return prepared(Path(mkdtemp()), frame)


@cache
def fitted(name: str, sites: bool = True) -> AnyFitted:
    data = data_of(sites)
    return variant(name, "series").train(data, {}, seed=1, limits=QUICK, target=0.0)


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_more_than_the_naive_forecast(name: str) -> None:
    data = data_of()
    model = fitted(name)
    assert model.predict(data.test).shape == (data.test.rows, HORIZON)
    assert data.main_score(data.test, model.predict(data.test)) > 0.1
    assert 0 < model.trace.steps_to_target <= model.trace.steps
    assert model.trace.flops > 0
    assert variant(name, "series").name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_what_is_loaded_and_cached_is_uncached(name: str, tmp_path: Path) -> None:
    data = data_of()
    model = fitted(name)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} == {".safetensors", ".json"}
    assert sum(values.size for values in load_file(files[0]).values()) == model.parameters()
    loaded = variant(name, "series").load(tmp_path, data)
    expected = model.predict(data.test)
    np.testing.assert_allclose(loaded.predict(data.test), expected, rtol=1e-5)
    for cached in (True, False):
        np.testing.assert_allclose(model.predictor(cached=cached)(data.test), expected, rtol=1e-5)
    one = data.test.take(slice(3, 4))
    np.testing.assert_allclose(model.predict(one), expected[3:4], rtol=1e-4)
    assert model.generates() == (name == "hyper")


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_fine_tuning_changes_only_what_it_says(name: str, sites: bool, tmp_path: Path) -> None:
    data = data_of(sites)
    if not variant(name, "series").applies(data):
        assert name == "dense_site"
        return
    model = fitted(name, sites)
    before = model.predict(data.new_test)
    expected = {
        "linear": {"all_weights"},
        "hyper": {"all_weights", "head_only", "generator", "embedding_only"},
        "hyper_dynamic": {"all_weights", "head_only", "generator"},
        "dense_site": {"all_weights", "head_only", "embedding_only"},
    }.get(name, {"all_weights", "head_only"})
    assert set(model.finetune_methods()) == expected
    for method in model.finetune_methods():
        tuned = model.finetune(method, data.new_train, data.new_validation, seed=1, limits=QUICK, target=None)
        np.testing.assert_array_equal(model.predict(data.new_test), before)
        assert tuned.trace.best_score >= tuned.trace.curve[0].score
        update = load_file(tuned.save_update(method, tmp_path))
        assert sum(values.size for values in update.values()) == model.trainable_parameters(method)
        if name != "linear":
            _same_but(update, model, tuned)


def test_the_linear_forecasters_fine_tuning_tells_what_all_sites_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ticking:
        """Every look at the clock is a second later."""

        now = 0.0

        def seconds(self) -> float:
            self.now += 1.0
            return self.now

        cpu_seconds = seconds

    monkeypatch.setattr(linear_finetuning, "Clock", Ticking)
    data = data_of()
    trace = fitted("linear").finetune(
        "all_weights", data.train, data.validation, seed=1, limits=QUICK, target=None
    ).trace  # fmt: skip
    assert len(np.unique(data.train.site)) == 4
    assert trace.curve[0].seconds == 1.0
    assert trace.seconds > trace.steps


def _same_but(update: dict[str, Any], model: Any, tuned: Any) -> None:
    """Assert that a site's network differs from the common one in the update's parameters alone."""
    own = dict(next(iter(tuned.by_site.values())).named_parameters())
    for name, value in model.network.named_parameters():
        if name not in update:
            np.testing.assert_array_equal(own[name].detach().numpy(), value.detach().numpy())


def test_parameters_are_counted_exactly() -> None:
    known = 4
    generator = 32 * 8 + (8 + 1) * 256 + (8 + 1) * 16  # 32 tiles' embeddings, then two layers
    site_layers = 8 * 8 + 2 * 8 + 8 * HIDDEN + 8 * 4 * HIDDEN  # codes of sites and layers, scales, shifts
    expected = {
        "dense": ENTER + 2 * MATRICES + BIASES + HEAD,
        "shared": ENTER + MATRICES + BIASES + HEAD,
        "dense_site": ENTER + 8 * HIDDEN + 2 * MATRICES + BIASES + HEAD + 8 * (known + 1),
        "hyper": ENTER + BIASES + HEAD + 8 * (known + 1) + generator + site_layers,
        "linear": (HISTORY * 2 + 1 + 5 + 5 + HORIZON + 1 + 1) * HORIZON,
    }
    for name, count in expected.items():
        assert fitted(name).parameters() == count, name
    small, hyper = fitted("small_dense").parameters(), fitted("hyper").parameters()
    assert abs(small - hyper) < 0.08 * hyper


def test_generated_weights_start_at_the_scale_of_stored_ones() -> None:
    import torch

    from evaluator.networks.series import dense, hyper

    torch.manual_seed(0)
    stored, made = (module.network(data_of(), {}).generate() for module in (dense, hyper))
    for name in ("inputs", "states"):
        assert made[name].shape == stored[name].shape
        assert float(made[name].detach().std() / stored[name].detach().std()) == pytest.approx(1.0, abs=0.35)


def test_a_site_changes_the_generated_forecast_and_its_plain_export_gives_the_same() -> None:
    data = data_of()
    model: Any = fitted("hyper")
    part = data.test.take(slice(0, 40))
    moved = type(part)(part.store, part.track, (part.site + 1) % 4, part.origin)
    assert not np.allclose(model.predict(part), model.predict(moved), rtol=1e-4)
    for whole, site in ((data.test, 2), (data.new_test, data.known_sites)):
        rows = whole.take(whole.site == site)
        plain = model.network.plain(data, site)
        assert not plain.generates
        found = plain.answer(plain.batch(rows)).detach().numpy()
        np.testing.assert_allclose(found, model.predict(rows), rtol=1e-5, atol=1e-3)


def test_a_fused_scaled_layer_is_the_plain_equation() -> None:
    import torch

    model: Any = fitted("hyper")
    network = model.network
    batch = network.batch(data_of().test.take(slice(0, 5)))
    x = torch.randn(6, 5, HIDDEN)
    found = network.encode(x, batch.site, None)
    made = network.generate()
    table = made["table"][batch.site]
    for layer in range(2):
        h = c = torch.zeros(5, HIDDEN)
        out = []
        for step in x:
            scale, codes = table[:, layer].split([HIDDEN, 8], dim=1)
            own = made["inputs"][layer] * scale.unsqueeze(1)  # each row's site has weights of its own
            gates = (own @ step.unsqueeze(2)).squeeze(2) + codes @ made["shift"].t() + network.bias[layer]
            i, f, g, o = (gates + h @ made["states"][layer].t()).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            out.append(h)
        x = torch.stack(out)
    torch.testing.assert_close(found, x[-1], rtol=1e-4, atol=1e-5)


def test_step_flops_follow_the_formula() -> None:
    model: Any = fitted("dense")
    rows = 64
    products = HISTORY * (CHANNELS * HIDDEN + 2 * MATRICES) + (HEAD - HORIZON)
    assert model.network.step_flops(rows) == pytest.approx(3 * 2 * rows * products)
    assert fitted("hyper_dynamic").network.step_flops(rows) > model.network.step_flops(rows)  # type: ignore[attr-defined]


def test_an_exhibit_shows_forecasts_beside_the_truth() -> None:
    shown: Any = series.exhibit(data_of(), fitted("linear"))
    assert shown["kind"] == "forecasts"
    assert 2 <= len(shown["rows"]) <= 4
    for row in shown["rows"]:
        assert len(row["truth"]) == len(row["made"]) == len(row["naive"]) == HORIZON
        assert len(row["times"]) == len(row["history"]) + HORIZON
        assert row["site"] in data_of().site_names
