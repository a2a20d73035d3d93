"""Tuning: the same number of trainings for every variant, defaults first, cost reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import TrainingTrace
from evaluator.networks.registry import variant
from evaluator.records import SettingValue
from evaluator.tasks.table import TableData
from evaluator.tuning import tune
from tests.table_data import QUICK, make_data

pytestmark = pytest.mark.training


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


class Counting:
    """A variant that scores a learning rate by how near it is to 0.02; it trains nothing."""

    name = "counting"

    def __init__(self, scores_nothing: bool = False) -> None:
        self.tried: list[Mapping[str, SettingValue]] = []
        self.scores_nothing = scores_nothing

    def defaults(self, data: TableData) -> Mapping[str, SettingValue]:
        return {"learning_rate": 0.001}

    def suggest(self, trial, data: TableData) -> Mapping[str, SettingValue]:  # type: ignore[no-untyped-def]
        return {"learning_rate": trial.suggest_float("learning_rate", 0.0, 0.1)}

    def train(self, data: TableData, settings: Mapping[str, SettingValue], **_: object) -> object:
        self.tried.append(settings)
        score = float("nan") if self.scores_nothing else -abs(float(settings["learning_rate"]) - 0.02)

        class Outcome:
            trace = TrainingTrace(1.0, 1.0, 0.0, 1, float("inf"), float("inf"), score, 1.0, "measured", ())

        return Outcome()


def test_defaults_are_tried_first_and_the_best_of_all_is_returned() -> None:
    counting = Counting()
    settings, trace = tune(counting, make_data(), seed=0, limits=QUICK, trials=12)  # type: ignore[arg-type]
    assert len(counting.tried) == trace.trials == len(trace.scores) == 12
    assert counting.tried[0] == {"learning_rate": 0.001}
    best = min(counting.tried, key=lambda tried: abs(float(tried["learning_rate"]) - 0.02))
    assert settings == best
    assert trace.best_score == max(trace.scores) > trace.scores[0]


def test_without_trials_the_defaults_come_back() -> None:
    counting = Counting()
    settings, trace = tune(counting, make_data(), seed=0, limits=QUICK, trials=0)  # type: ignore[arg-type]
    assert (settings, trace.trials, counting.tried) == ({"learning_rate": 0.001}, 0, [])


def test_trainings_that_cannot_be_scored_leave_the_defaults() -> None:
    settings, trace = tune(Counting(True), make_data(), seed=0, limits=QUICK, trials=3)  # type: ignore[arg-type]
    assert settings == {"learning_rate": 0.001}
    assert trace.trials == 3


def test_the_same_seed_tries_the_same_settings() -> None:
    one, two, other = Counting(), Counting(), Counting()
    for counting, seed in ((one, 0), (two, 0), (other, 1)):
        tune(counting, make_data(), seed=seed, limits=QUICK, trials=6)  # type: ignore[arg-type]
    assert one.tried == two.tried != other.tried


@pytest.mark.parametrize("name", ["hyper", "boosted_trees"])
def test_a_real_variant_is_tuned(name: str) -> None:
    data = make_data(rows=200)
    settings, trace = tune(variant(name), data, seed=0, limits=replace(QUICK, max_epochs=1), trials=2)
    assert set(settings) == set(variant(name).defaults(data))
    assert trace.best_score == max(trace.scores) > 0
    assert trace.seconds > 0 < trace.cpu_seconds
