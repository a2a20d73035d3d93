"""What every variant promises (evaluator/networks/protocol.py), whatever it is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import optuna
import pytest
from safetensors.numpy import load_file

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import Fitted, TracePoint
from evaluator.networks.registry import VARIANTS, variant
from evaluator.records import TargetKind
from evaluator.tasks.table import TableData, score
from tests.table_data import QUICK, make_data

pytestmark = pytest.mark.training
GENERATING = ("hyper", "hyperneat")
KINDS: tuple[TargetKind, ...] = ("binary", "multiclass", "regression")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a trial; with more, tiny products wait for each other and sums differ in the last bit."""
    with fixed_threads(1):
        yield


@cache
def data_of(kind: TargetKind, sites: bool = True) -> TableData:
    return make_data(kind, sites=sites)


@cache
def fitted(name: str, kind: TargetKind, sites: bool = True) -> Fitted:
    data = data_of(kind, sites)
    return variant(name).train(data, {}, seed=1, limits=QUICK, target=0.1)


def method_of(name: str) -> str:
    """Return the fine-tuning method that changes most: of an evolved network only the head is tuned."""
    return "head_only" if name == "hyperneat" else "all_weights"


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_its_name_is_the_one_it_is_found_by(name: str) -> None:
    assert variant(name).name == name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VARIANTS["table"])
def test_predictions_have_the_shape_and_range_of_the_target(name: str, kind: TargetKind) -> None:
    data = data_of(kind)
    prediction = fitted(name, kind).predict(data.test)
    if kind == "regression":
        assert prediction.shape == (data.test.rows,)
        assert np.isfinite(prediction).all()
    else:
        assert prediction.shape == (data.test.rows, len(data.facts.classes))
        np.testing.assert_allclose(prediction.sum(axis=1), 1.0, atol=1e-5)
        assert (prediction >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VARIANTS["table"])
def test_it_learns(name: str, kind: TargetKind) -> None:
    data = data_of(kind)
    scores = score(kind, data.train.y, fitted(name, kind).predict(data.train))
    assert next(iter(scores.values())) > {"binary": 0.65, "multiclass": 0.45, "regression": 0.3}[kind]


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_one_row_and_no_row_can_be_predicted(name: str) -> None:
    data = data_of("binary")
    model = fitted(name, "binary")
    whole = model.predict(data.test)
    np.testing.assert_allclose(model.predict(data.test.take(slice(3, 4))), whole[3:4], atol=1e-5)
    assert model.predict(data.test.take(slice(0, 0))).shape == (0, 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VARIANTS["table"])
def test_what_is_saved_predicts_the_same_when_loaded(name: str, kind: TargetKind, tmp_path: Path) -> None:
    data = data_of(kind)
    model = fitted(name, kind)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} <= {".safetensors", ".json"}
    assert all(file.stat().st_size > 0 for file in files)
    loaded = variant(name).load(tmp_path, data)
    np.testing.assert_allclose(loaded.predict(data.test), model.predict(data.test), rtol=1e-5, atol=1e-6)
    assert loaded.parameters() == model.parameters()


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_the_saved_file_holds_the_stored_values_and_no_more(name: str, tmp_path: Path) -> None:
    model = fitted(name, "binary")
    model.save(tmp_path)
    stored = json.loads((tmp_path / "model.json").read_text())
    assert stored["variant"] == name
    if name == "hyperneat":  # all of it is JSON
        head = (*(value for row in stored["head"]["weight"] for value in row), *stored["head"]["bias"])
        nodes = sum(len(links) + 1 for *_, links in stored["network"]["cppn"]["nodes"])
        assert len(head) + nodes + len(stored["order"]) == model.parameters()
        return
    saved = load_file(tmp_path / "model.safetensors")
    if name != "boosted_trees":
        assert sum(values.size for values in saved.values()) == model.parameters()
    else:
        assert sum(saved[key].size for key in saved if key not in ("output", "nodes")) == model.parameters()


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_cached_and_uncached_predictions_are_equal(name: str) -> None:
    data = data_of("binary")
    model = fitted(name, "binary")
    kept, anew = (model.predictor(cached=cached)(data.test) for cached in (True, False))
    np.testing.assert_allclose(kept, anew, atol=1e-6)
    assert model.generates() == (name in GENERATING)


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_the_trace_tells_what_the_training_cost(name: str) -> None:
    trace = fitted(name, "binary").trace
    assert trace.seconds > 0
    assert trace.cpu_seconds > 0
    assert trace.steps == trace.curve[-1].step > 0
    assert trace.flops > 0
    assert trace.best_score == max(point.score for point in trace.curve)
    first = next(point for point in trace.curve if point.score >= 0.1)
    assert (trace.seconds_to_target, trace.steps_to_target) == (first.seconds, first.step)
    assert [point.seconds for point in trace.curve] == sorted(point.seconds for point in trace.curve)


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_a_target_that_is_never_reached_is_infinitely_far_and_points_are_reported(name: str) -> None:
    points: list[TracePoint] = []
    limits = replace(QUICK, max_epochs=2)
    trace = variant(name).train(data_of("binary"), {}, seed=1, limits=limits, target=1.1, report=points.append).trace
    assert trace.seconds_to_target == trace.steps_to_target == float("inf")
    assert tuple(points) == trace.curve


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_the_same_seed_gives_the_same_model(name: str) -> None:
    data = data_of("binary")
    limits = replace(QUICK, max_epochs=2)
    one, two, other = (
        variant(name).train(data, {}, seed=seed, limits=limits, target=None).predict(data.test) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    if name != "boosted_trees":  # whose trees don't depend on the seed on a table this small
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("name", VARIANTS["table"])
def test_fine_tuning_returns_a_copy_and_its_update_holds_what_changed(name: str, sites: bool, tmp_path: Path) -> None:
    data = data_of("binary", sites)
    if not variant(name).applies(data):
        assert name == "dense_site"
        return
    model = fitted(name, "binary", sites)
    before = model.predict(data.new_test)
    for method in model.finetune_methods():
        tuned = model.finetune(
            method, data.new_train, data.new_validation, seed=1, limits=QUICK, target=None, learning_rate_factor=1.0
        )
        np.testing.assert_array_equal(model.predict(data.new_test), before)
        assert 0 < tuned.trace.steps <= QUICK.finetune_max_steps
        file = tuned.save_update(method, tmp_path)
        assert file is not None
        update = load_file(file)
        held = sum(values.size for values in update.values())
        if name == "boosted_trees":
            assert held <= model.trainable_parameters(method) + QUICK.finetune_max_steps * 2 + 1
        else:
            assert held == model.trainable_parameters(method)


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_fine_tuning_is_scored_as_it_is_and_after_every_step(name: str) -> None:
    data = data_of("regression")
    model = fitted(name, "regression")
    trace = model.finetune(
        method_of(name), data.new_train, data.new_validation, seed=1, limits=QUICK, target=-1e9
    ).trace
    assert [point.step for point in trace.curve] == list(range(trace.steps + 1))
    as_is = next(iter(score("regression", data.new_validation.y, model.predict(data.new_validation)).values()))
    assert trace.curve[0].score == pytest.approx(as_is, abs=1e-6)
    assert trace.steps_to_target == 0


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_the_trace_tells_what_ended_it(name: str) -> None:
    data = data_of("binary")

    def ended_by(**limits: float) -> set[str]:
        changed = replace(QUICK, **limits)  # type: ignore[arg-type]
        model = variant(name).train(data, {}, seed=1, limits=changed, target=None)
        tuned = model.finetune(
            method_of(name), data.new_train, data.new_validation, seed=1, limits=changed, target=None
        )
        return {model.trace.ended_by, tuned.trace.ended_by}

    assert ended_by(max_seconds=0.001, finetune_max_seconds=0.0, finetune_max_steps=40) == {"seconds"}
    assert "seconds" not in ended_by(max_epochs=2, finetune_max_steps=2)


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_a_fine_tuned_model_can_be_saved_for_its_site(name: str, tmp_path: Path) -> None:
    data = data_of("binary")
    tuned = fitted(name, "binary").finetune(
        method_of(name), data.new_train, data.new_validation, seed=1, limits=QUICK, target=None
    )
    tuned.save(tmp_path)
    loaded = variant(name).load(tmp_path, data)
    np.testing.assert_allclose(loaded.predict(data.new_test), tuned.predict(data.new_test), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_fine_tuning_methods_are_those_that_apply(name: str) -> None:
    with_sites = fitted(name, "binary").finetune_methods()
    expected = {
        "hyper": ("all_weights", "head_only", "generator", "embedding_only"),
        "dense_site": ("all_weights", "head_only", "embedding_only"),
        "boosted_trees": ("all_weights",),
        "hyperneat": ("head_only",),
    }
    assert with_sites == expected.get(name, ("all_weights", "head_only"))


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_settings_are_suggested_within_what_training_takes(name: str) -> None:
    data = data_of("binary")
    trial = optuna.trial.FixedTrial(
        {
            "learning_rate": 0.02,
            "weight_decay": 0.01,
            "dropout": 0.1,
            "max_leaf_nodes": 8,
            "min_samples_leaf": 10,
            "l2_regularization": 0.1,
            "weight_range": 2.0,
            "weight_power": 0.3,
            "add_node": 0.2,
        }
    )
    settings = variant(name).suggest(trial, data)
    assert set(settings) == set(variant(name).defaults(data))
