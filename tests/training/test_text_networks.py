"""Variants of the text task on tiny data: they learn, save, cache, fine-tune, write, and count what they store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from evaluator.tasks import text
from evaluator.tasks.text import TextData
from evaluator.tasks.text.targets import Trigram
from tests.text_data import QUICK, SMALL, make_speeches, prepared

pytestmark = pytest.mark.training
NAMES = VARIANTS["text"]
LAYERS, LENGTH = 2, 20
HIDDEN, HYPER, EMBEDDING, SITE = 16, 6, 3, 8
MATRICES = 2 * 4 * HIDDEN * HIDDEN  # of one layer: for inputs and for states
BIAS = 4 * HIDDEN
NORM = 2 * 4 * HIDDEN + 2 * HIDDEN


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a trial."""
    with fixed_threads(1):
        yield


@cache
def data_of(sites: bool = True) -> TextData:
    return prepared(Path(mkdtemp()), make_speeches(300), site=None if sites else "")


@cache
def fitted(name: str, sites: bool = True) -> AnyFitted:
    return variant(name, "text").train(data_of(sites), {}, seed=1, limits=QUICK, target=None)


def unigram(data: TextData) -> float:
    counted = Trigram(np.asarray(data.train.windows).astype(np.int64), len(data.facts.symbols))
    return counted.log_likelihoods(np.asarray(data.test.windows).astype(np.int64))[0]


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_more_than_how_frequent_characters_are(name: str) -> None:
    data = data_of()
    model = fitted(name)
    prediction = model.predict(data.test)
    assert prediction.shape == (data.test.rows, LENGTH, 2)
    assert data.main_score(data.test, prediction) > unigram(data) + 0.3
    assert set(np.unique(prediction[..., 1])) <= {0.0, 1.0}
    assert (prediction[..., 0] < 0).all()
    assert model.trace.flops > 0
    assert model.trace.flops_how == "modelled"
    assert variant(name, "text").name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_what_is_loaded_and_cached_is_uncached(name: str, tmp_path: Path) -> None:
    data = data_of()
    model = fitted(name)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} == {".safetensors", ".json"}
    assert sum(values.size for values in load_file(files[0]).values()) == model.parameters()
    loaded = variant(name, "text").load(tmp_path, data)
    expected = model.predict(data.test)
    np.testing.assert_allclose(loaded.predict(data.test), expected, rtol=1e-5, atol=1e-6)
    for cached in (True, False):
        np.testing.assert_allclose(model.predictor(cached=cached)(data.test), expected, rtol=1e-5, atol=1e-6)
    one = data.test.take(slice(3, 4))
    np.testing.assert_allclose(model.predict(one), expected[3:4], rtol=1e-4, atol=1e-5)
    assert model.generates() == (name == "hyper")


@pytest.mark.parametrize("name", NAMES)
def test_a_character_is_predicted_from_those_before_it_alone(name: str) -> None:
    data = data_of()
    part = data.test.take(slice(0, 4))
    changed = np.array(part.windows)
    changed[:, 12:] = 1
    other = type(part)(changed, part.site, part.start)
    model = fitted(name)
    np.testing.assert_allclose(model.predict(part)[:, :11], model.predict(other)[:, :11], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_fine_tuning_changes_only_what_it_says(name: str, sites: bool, tmp_path: Path) -> None:
    data = data_of(sites)
    if not variant(name, "text").applies(data):
        assert name == "dense_site"
        return
    model = fitted(name, sites)
    before = model.predict(data.new_test)
    expected = {
        "hyper": {"all_weights", "head_only", "generator", "embedding_only"},
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
        if method == "embedding_only" and sites:
            assert model.trainable_parameters(method) == SITE
        own = dict(next(iter(tuned.by_site.values())).named_parameters())
        for key, value in model.network.named_parameters():  # type: ignore[attr-defined]
            if key not in update:
                np.testing.assert_array_equal(own[key].detach().numpy(), value.detach().numpy())


def test_one_known_site_still_has_a_vector_that_a_new_one_can_tune() -> None:
    data = prepared(Path(mkdtemp()), make_speeches(300, writers=("ann", "bob")), {"layers": 1})
    for name in ("hyper_dynamic", "dense_site"):
        model = variant(name, "text").train(data, {}, seed=1, limits=replace(QUICK, max_steps=3), target=None)
        assert "embedding_only" in model.finetune_methods()
        assert model.trainable_parameters("embedding_only") == SITE


def test_parameters_are_counted_exactly() -> None:
    symbols, known = len(data_of().facts.symbols), 4
    ends = symbols * HIDDEN + (HIDDEN + 1) * symbols  # embeddings and head
    sites = SITE * (known + 1)
    tiles = 2 * LAYERS * 4 * HIDDEN // 16
    generator = tiles * 8 + (8 + 1) * HIDDEN * 8 + (8 + 1) * 16 + SITE * LAYERS * HIDDEN
    hyper_cell = 4 * HYPER * (HIDDEN + HIDDEN + SITE + HYPER) + 4 * HYPER + 2 * 4 * HYPER + 2 * HYPER
    made = 3 * 4 * EMBEDDING * HYPER + 2 * 4 * EMBEDDING + 3 * 4 * EMBEDDING * HIDDEN
    expected = {
        "dense": ends + LAYERS * (MATRICES + BIAS),
        "shared": ends + MATRICES + BIAS,
        "dense_site": ends + LAYERS * (MATRICES + BIAS + NORM) + SITE * 4 * HIDDEN + sites,
        "layer_norm_lstm": ends + LAYERS * (MATRICES + BIAS + NORM),
        "hyper": ends + generator + LAYERS * BIAS + sites,
        "hyper_dynamic": ends + LAYERS * (MATRICES + BIAS + NORM + hyper_cell + made) + sites,
    }
    for name, count in expected.items():
        assert fitted(name).parameters() == count, name
    small, hyper = fitted("small_dense").parameters(), fitted("hyper_dynamic").parameters()
    assert abs(small - hyper) < 0.05 * hyper


def test_layers_decide_whether_sharing_fits() -> None:
    one = prepared(Path(mkdtemp()), make_speeches(100), {"layers": 1})
    fitting = {name for name in NAMES if variant(name, "text").applies(one)}
    assert fitting == set(NAMES) - {"shared", "hyper"}


def test_generated_weights_start_at_the_scale_of_stored_ones() -> None:
    import torch

    from evaluator.networks.text import dense, hyper

    torch.manual_seed(0)
    made: Any = hyper.network(data_of(), {}).generate()
    stored: Any = dense.network(data_of(), {}).recurrent
    for name, weight in (("inputs", stored.weight_x[1]), ("states", stored.recurrences[1].weight_h)):
        assert made[name].shape == (LAYERS, *weight.shape)
        assert float(made[name].detach().std() / weight.detach().std()) == pytest.approx(1.0, abs=0.35)


def test_the_site_decides_what_is_predicted_and_a_plain_export_gives_the_same() -> None:
    data = data_of()
    part = data.test.take(slice(0, 40))
    moved = type(part)(part.windows, ((part.site + 1) % 4).astype(np.int32), part.start)
    for name in ("hyper", "hyper_dynamic", "dense_site"):
        assert not np.allclose(fitted(name).predict(part), fitted(name).predict(moved), rtol=1e-3), name
    np.testing.assert_array_equal(fitted("dense").predict(part), fitted("dense").predict(moved))
    model: Any = fitted("hyper")
    for whole, site in ((data.test, 2), (data.new_test, data.known_sites)):
        rows = whole.take(whole.site == site)
        plain = model.network.plain(data, site)
        assert not plain.generates
        found = plain.answer(plain.batch(rows)).detach().numpy()
        np.testing.assert_allclose(found, model.predict(rows), rtol=1e-5, atol=1e-5)


def test_step_flops_follow_the_formula() -> None:
    model: Any = fitted("dense")
    symbols, rows = len(data_of().facts.symbols), 32
    products = LENGTH * (LAYERS * MATRICES + HIDDEN * symbols)
    assert model.network.step_flops(rows) == pytest.approx(3 * 2 * rows * products)
    assert fitted("hyper_dynamic").network.step_flops(rows) > model.network.step_flops(rows)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_it_writes_step_by_step_what_it_would_predict(name: str) -> None:
    """A character written one at a time has the probability that the whole window gives it."""
    import torch

    data = data_of()
    model: Any = fitted(name)
    network = model.network.eval()
    batch = network.batch(data.test.take(slice(0, 3)))
    whole = network.logits(batch).detach()
    x, state, steps = network._inputs(batch.windows[:, :-1].t(), batch.site), None, []
    with torch.no_grad():
        for t in range(LENGTH):
            states, state = network.encode(x[t : t + 1], batch.site, None, state)
            steps.append(network.head(states[0]))
    torch.testing.assert_close(torch.cat(steps), whole, rtol=1e-3, atol=1e-4)
    written = model.draw(seed=3, count=60)
    assert len(written) == 60
    assert written == model.draw(seed=3, count=60) != model.draw(seed=4, count=60)
    assert set(written) <= set(data.facts.symbols[1:])


def test_an_exhibit_shows_written_text_beside_real_text() -> None:
    shown: Any = text.exhibit(data_of(), fitted("dense"))
    assert shown["kind"] == "text"
    assert len(shown["made"]) == 400
    assert shown["real"] == data_of().facts.text(data_of().test.stretch(400))
    assert shown["real"].startswith(data_of().facts.text(data_of().test.targets[0]))


def test_the_options_reach_the_network() -> None:
    asked = data_of().facts.architecture
    assert (asked.layers, asked.hidden, asked.layer_norm) == (SMALL["layers"], SMALL["hidden"], True)
    plain = prepared(Path(mkdtemp()), make_speeches(100), {"layer_norm": False, "recurrent_dropout": 0.2})
    network: Any = variant("hyper_dynamic", "text").make(plain, {})  # type: ignore[attr-defined]
    assert network.layers[0].norm is None
    for name, normalised in (("dense", False), ("dense_site", False), ("layer_norm_lstm", True)):
        rival: Any = variant(name, "text").make(plain, {})  # type: ignore[attr-defined]
        assert (rival.recurrent.recurrences[0].norm is not None) == normalised
    assert network.layers[0].recurrent_dropout == 0.2
