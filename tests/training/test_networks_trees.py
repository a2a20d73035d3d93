"""The trees' own walk against scikit-learn's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import variant
from evaluator.networks.table.boosted_trees import TreesFitted
from evaluator.networks.table.trees import forest_from_hist, forest_of, unpacked, values_from_raw
from evaluator.records import TargetKind
from evaluator.tasks.table import TableData, score
from evaluator.tasks.table.targets import tree_inputs
from tests.table_data import QUICK, make_data

pytestmark = pytest.mark.training
KINDS: tuple[TargetKind, ...] = ("binary", "multiclass", "regression")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


def scikit_learns(data: TableData) -> HistGradientBoostingClassifier | HistGradientBoostingRegressor:
    regression = data.target_kind == "regression"
    model = (HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier)(max_iter=15)
    return model.fit(tree_inputs(data.train), data.train.y)


@pytest.mark.parametrize("kind", KINDS)
def test_the_walk_answers_like_scikit_learn_missing_values_included(kind: TargetKind) -> None:
    data = make_data(kind, rows=800)
    model = scikit_learns(data)
    forest = forest_from_hist(model, np.arange(data.facts.outputs), data.facts.outputs)
    inputs = tree_inputs(data.test)
    assert np.isnan(inputs).any()
    expected = model.predict(inputs) if kind == "regression" else model.predict_proba(inputs)
    np.testing.assert_allclose(values_from_raw(data.facts, forest.raw(inputs)), expected, rtol=1e-5, atol=1e-6)


def test_packing_leaves_the_padding_out_and_brings_it_back() -> None:
    data = make_data(rows=800)
    forest = forest_from_hist(scikit_learns(data), np.zeros(1, dtype=np.int64), 1)
    packed = forest.packed()
    assert len(packed["value"]) == forest.nodes.sum() < forest.value.size
    inputs = tree_inputs(data.test)
    np.testing.assert_array_equal(unpacked(packed).raw(inputs), forest.raw(inputs))


def test_a_site_that_got_no_trees_gets_no_update(tmp_path: Path) -> None:
    data = make_data(sites=True, rows=800)
    fitted = variant("boosted_trees").train(data, {}, seed=0, limits=QUICK, target=None)
    assert isinstance(fitted, TreesFitted)
    small = forest_from_hist(scikit_learns(data), np.zeros(1, dtype=np.int64), 1)
    nothing = forest_of([], [], np.zeros(1))
    taught = replace(fitted, added={4: nothing, 5: small, 6: small.plus(small)})
    first = taught.save_update("all_weights", tmp_path / "taught")
    assert sorted(file.stem[-1] for file in (tmp_path / "taught").iterdir()) == ["5", "6"]
    assert first is not None
    np.testing.assert_array_equal(load_file(first)["value"], small.packed()["value"])
    assert replace(fitted, added={4: nothing}).save_update("all_weights", tmp_path / "nothing") is None
    assert list((tmp_path / "nothing").iterdir()) == []


def test_two_forests_add_up() -> None:
    data = make_data(rows=800)
    one = forest_from_hist(scikit_learns(data), np.zeros(1, dtype=np.int64), 1)
    inputs = tree_inputs(data.test)
    np.testing.assert_allclose(one.plus(one).raw(inputs), 2 * one.raw(inputs), rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_boosting_on_a_new_sites_rows_fits_them_better(kind: TargetKind) -> None:
    data = make_data(kind, sites=True, rows=1500)
    fitted = variant("boosted_trees").train(data, {}, seed=0, limits=QUICK, target=None)
    tuned = fitted.finetune("all_weights", data.new_train, data.new_validation, seed=0, limits=QUICK, target=None)
    loss = {"regression": "quality.rmse"}.get(kind, "quality.log_loss")
    before, after = (score(kind, data.new_test.y, model.predict(data.new_test))[loss] for model in (fitted, tuned))
    assert after < before
    np.testing.assert_array_equal(tuned.predict(data.test), fitted.predict(data.test))  # known sites are left alone
