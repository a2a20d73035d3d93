"""`hyperneat` on tables and small images: evolves, counts, saves as JSON, generates, fine-tunes its head."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from evaluator.errors import TrialError
from evaluator.measure.threads import fixed_threads
from evaluator.networks.evolution.fitted import HyperneatFitted, read_network
from evaluator.networks.evolution.head import SHRINKAGE, Head, fit_head, fitness
from evaluator.networks.evolution.training import MOST_ROWS, Generations, generations_of
from evaluator.networks.protocol import TracePoint
from evaluator.networks.registry import variant
from evaluator.networks.table import hyperneat as table_hyperneat
from evaluator.records import Limits
from evaluator.tasks.image.data import ImageData
from evaluator.tasks.image.targets import naive_score
from evaluator.tasks.table import BUDGETS, TableData
from tests import image_data, table_data

pytestmark = pytest.mark.training
ROOT = Path(__file__).resolve().parents[2]
FEW = replace(table_data.QUICK, max_epochs=3)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


@cache
def images(sites: bool = False) -> ImageData:
    return image_data.make_data(sites=sites)


@cache
def table(kind: str = "binary", sites: bool = False) -> TableData:
    return table_data.make_data(kind, sites=sites)  # type: ignore[arg-type]


@cache
def fitted(sites: bool = False) -> HyperneatFitted:
    found = variant("hyperneat", "image").train(images(sites), {}, seed=1, limits=image_data.QUICK, target=0.6)
    assert isinstance(found, HyperneatFitted)
    return found


# --- the head -------------------------------------------------------------------------------------------------------


def test_the_head_of_values_is_shrunk_least_squares_where_the_features_tell_all() -> None:
    features = np.random.default_rng(0).normal(size=(5_000, 3)).astype(np.float32)
    values = features @ np.array([1.0, -2.0, 0.5]) + 3.0
    head = fit_head(features, values, 0)
    np.testing.assert_allclose(head.weight[:, 0] * (1 + SHRINKAGE), [1.0, -2.0, 0.5], atol=0.02)
    assert head.bias[0] == pytest.approx(3.0, abs=0.05)
    assert fitness(head.outputs(features), values, 0) > -0.02


def test_the_head_of_classes_is_that_of_gaussians_of_one_covariance() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 20_000)
    features = (rng.normal(size=(20_000, 2)) + np.array([[0.0, 0.0], [2.0, 0.0]])[y]).astype(np.float32)
    logits = fit_head(features, y, 2).outputs(np.array([[0.0, 0.0], [1.0, 5.0], [2.0, -5.0]], np.float32))
    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], [-2.0, 0.0, 2.0], atol=0.25)


def test_silent_and_equal_neurons_and_missing_classes_do_no_harm() -> None:
    y = np.array([0, 2, 0, 2, 0, 2])
    one = np.where(y == 0, -1.0, 1.0).astype(np.float32)
    head = fit_head(np.stack([np.zeros_like(one), one, one], axis=1), y, 3)
    assert np.isfinite(head.weight).all()
    assert head.outputs(np.array([[0, -1, -1], [0, 1, 1]], np.float32)).argmax(axis=1).tolist() == [0, 2]
    with pytest.raises(FloatingPointError):
        fit_head(np.full((6, 2), np.nan, np.float32), y, 3)


# --- limits ---------------------------------------------------------------------------------------------------------


def test_generations_follow_from_epochs_and_from_steps_where_these_are_limited() -> None:
    assert generations_of(Limits(4.0, 20, 6, 2.0, 30)) == Generations(40, 12, 4.0)
    assert generations_of(Limits(120.0, 8, 8, 10.0, 10, max_steps=240)) == Generations(60, 60, 120.0)
    assert generations_of(Limits(1.0, 1, 1, 1.0, 1, max_steps=1)).most == 1
    for name in ("quick", "standard"):
        assert generations_of(BUDGETS[name].limits).most > generations_of(BUDGETS[name].tuning_limits).most


def test_what_ends_an_evolution() -> None:
    plan = Generations(10, 3, 2.0)
    assert plan.ended_by(0, 0, 99.0) is None
    assert plan.ended_by(1, 0, 99.0) == "seconds"
    assert plan.ended_by(5, 3, 0.0) == "patience"
    assert plan.ended_by(10, 3, 99.0) == "steps"


# --- training -------------------------------------------------------------------------------------------------------


def test_images_are_learned_and_evolution_is_what_improves_them() -> None:
    data, model = images(), fitted()
    assert data.main_score(data.test, model.predict(data.test)) > naive_score(data, data.test) + 0.3
    trace = model.trace
    assert trace.best_score == max(point.score for point in trace.curve) > trace.curve[0].score
    assert [point.step for point in trace.curve] == list(range(1, trace.steps + 1))
    first = next(point for point in trace.curve if point.score >= 0.6)
    assert (trace.steps_to_target, trace.seconds_to_target) == (first.step, first.seconds)
    assert trace.cpu_seconds > 0
    assert (trace.flops > 0, trace.flops_how) == (True, "modelled")
    assert model.parameters() < 600


def test_work_grows_with_the_generations_and_the_target_out_of_reach_stays_infinite() -> None:
    points: list[TracePoint] = []
    short, longer = (
        variant("hyperneat").train(
            table(), {}, seed=1, limits=replace(FEW, max_epochs=epochs), target=1.1, report=points.append
        )
        for epochs in (1, 3)
    )
    assert (short.trace.steps, longer.trace.steps) == (2, 6)
    assert longer.trace.flops > 2 * short.trace.flops
    assert tuple(points) == short.trace.curve + longer.trace.curve
    assert longer.trace.seconds_to_target == longer.trace.steps_to_target == math.inf
    assert longer.trace.curve[:2] != short.trace.curve  # seconds differ ...
    assert [point.score for point in longer.trace.curve[:2]] == [point.score for point in short.trace.curve]


def test_many_rows_are_sampled_anew_and_all_target_kinds_are_learned() -> None:
    data = table_data.make_data("regression", rows=3_000)
    assert data.train.rows > MOST_ROWS
    model = variant("hyperneat").train(data, {}, seed=1, limits=table_data.QUICK, target=None)
    assert data.main_score(data.test, model.predict(data.test)) > 0.25
    again = variant("hyperneat").train(data, {}, seed=1, limits=table_data.QUICK, target=None)
    np.testing.assert_array_equal(model.predict(data.test), again.predict(data.test))


def test_another_process_with_another_hash_seed_evolves_the_same() -> None:
    code = (
        "from tests.table_data import make_data, QUICK; from evaluator.networks.registry import variant;"
        "from dataclasses import replace; data = make_data();"
        "model = variant('hyperneat').train(data, {}, seed=3, limits=replace(QUICK, max_epochs=4), target=None);"
        "print([float(value) for value in model.predict(data.test)[:5, 1]], model.parameters())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_it_does_not_apply_to_large_images_and_many_classes() -> None:
    data = images()
    own = variant("hyperneat", "image")
    assert own.applies(data)
    assert not own.applies(replace(data, facts=replace(data.facts, classes=tuple("abcdefghijklmnopqrstu"))))
    large = replace(data, facts=replace(data.facts, size=33))
    assert not own.applies(large)
    with pytest.raises(TrialError, match="32 pixels") as caught:
        own.train(large, {}, seed=1, limits=FEW, target=None)
    assert "variants" in caught.value.line("ja")


# --- encodings ------------------------------------------------------------------------------------------------------


def test_a_tables_inputs_are_sorted_by_how_they_go_with_the_target() -> None:
    data = table("binary")
    encoding = table_hyperneat.learned(data)
    x = encoding.inputs(data.train)
    assert np.isfinite(x).all()
    assert np.isnan(data.train.x_num).any()
    goes_with = x.T @ (data.train.y - data.train.y.mean())
    assert goes_with.tolist() in (sorted(goes_with), sorted(goes_with, reverse=True))
    categories = table_hyperneat.all_inputs(data.facts, data.train)[:, len(data.facts.numeric) :]
    assert set(categories.sum(axis=1)) <= {float(count) for count in range(len(data.facts.categorical) + 1)}


def test_colour_images_lie_row_by_row_with_their_channels_last() -> None:
    data = image_data.make_data(per_class=10, colour="rgb")
    x = variant("hyperneat", "image").layout.learned(data).inputs(data.train)  # type: ignore[attr-defined]
    part, facts = data.train, data.facts
    pixel = (part.x[2, 1, 3, 4] - facts.mean[1]) / facts.deviation[1]
    assert x[2].reshape(facts.size, facts.size, 3)[3, 4, 1] == pytest.approx(pixel, rel=1e-5)


# --- what is stored, and what it gives ------------------------------------------------------------------------------


@pytest.mark.parametrize("sites", [False, True])
def test_what_is_loaded_is_exactly_what_was_saved(sites: bool, tmp_path: Path) -> None:
    model, data = fitted(sites), images(sites)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} == {".json"}
    loaded = variant("hyperneat", "image").load(tmp_path, data)
    np.testing.assert_array_equal(loaded.predict(data.test), model.predict(data.test))
    assert loaded.parameters() == model.parameters()
    stored = json.loads(files[0].read_text(encoding="utf-8"))
    del stored["head"]
    files[0].write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match="incomplete"):
        read_network(tmp_path)


def test_uncached_predictions_generate_at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    model, data = fitted(), images()
    made: list[int] = []
    substrate = type(model.network.substrate)
    generate = substrate.generate_weights
    monkeypatch.setattr(substrate, "generate_weights", lambda *given: made.append(1) or generate(*given))
    kept, anew = model.predictor(cached=True), model.predictor(cached=False)
    made.clear()
    first = [kept(data.test) for _ in range(3)]
    assert not made
    np.testing.assert_array_equal(anew(data.test), first[0])
    anew(data.test)
    assert len(made) == 2
    model.generate_weights()
    assert len(made) == 3
    assert model.generates()


def test_every_site_gets_a_head_of_its_own_and_the_network_stays(tmp_path: Path) -> None:
    data = table("regression", sites=True)
    model = variant("hyperneat").train(data, {}, seed=1, limits=FEW, target=None)
    before = model.predict(data.new_test)
    limits = replace(table_data.QUICK, finetune_max_steps=60)
    tuned = model.finetune("head_only", data.new_train, data.new_validation, seed=1, limits=limits, target=-1e9)
    np.testing.assert_array_equal(model.predict(data.new_test), before)
    assert tuned.trace.curve[-1].score > tuned.trace.curve[0].score + 0.1  # the new shop has its own offset
    assert data.main_score(data.new_test, tuned.predict(data.new_test)) > data.main_score(data.new_test, before)
    np.testing.assert_array_equal(tuned.predict(data.test), model.predict(data.test))
    assert isinstance(tuned, HyperneatFitted)
    assert list(tuned.by_site) == sorted(set(data.new_train.site.tolist()))
    update = load_file(tuned.save_update("head_only", tmp_path))
    assert sum(values.size for values in update.values()) == model.trainable_parameters("head_only")
    with pytest.raises(ValueError, match="all_weights"):
        model.finetune("all_weights", data.new_train, data.new_validation, seed=1, limits=limits, target=None)


def test_a_site_that_gets_only_worse_keeps_its_head() -> None:
    model, data = fitted(), images()
    wild = model.finetune(
        "head_only",
        data.new_train,
        data.new_validation,
        seed=1,
        limits=image_data.QUICK,
        target=None,
        learning_rate_factor=1e4,
    )
    assert wild.trace.curve[0].score <= wild.trace.best_score
    assert all(isinstance(head, Head) and np.isfinite(head.weight).all() for head in wild.by_site.values())
    np.testing.assert_array_equal(next(iter(wild.by_site.values())).weight, model.network.head.weight)


def test_the_variant_needs_no_torch() -> None:
    code = (
        "import sys; from evaluator.networks.registry import variant;"
        "variant('hyperneat'); variant('hyperneat', 'image'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
