"""A whole trial with the real variants on a small table with sites."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluator.errors import TrialError
from evaluator.intake.read import detect
from evaluator.networks.registry import VARIANTS, variant
from evaluator.records import Limits, TrialRequest, TrialResult
from evaluator.tasks.table import TableData, load, prepare
from evaluator.trial import run_trial
from scorecards.record import CurvePoint
from tests.small_poc import small_poc

pytestmark = pytest.mark.training

# Steps end these trainings and set their learning rate, not time, so that the outcome doesn't hang on the machine.
LIMITS = Limits(max_seconds=1e9, max_epochs=4, patience_epochs=4, finetune_max_seconds=1e9, finetune_max_steps=6)
COLUMNS = {"temperature": "numeric", "load": "numeric", "kind": "categorical", "store": "categorical", "y": "numeric"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of prepared data: 600 rows, 6 stores, a binary target with an effect of the store."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(3)
    store = rng.integers(6, size=600)
    frame = pd.DataFrame(
        {
            "temperature": rng.normal(20, 5, 600).round(2),
            "load": rng.normal(0, 1, 600).round(3),
            "kind": rng.choice(["弁当", "飲料", "菓子"], 600),
            "store": [f"店舗{number}" for number in store],
        }
    )
    logit = 2 * frame["load"] + (frame["kind"] == "弁当") + (store - 2.5) / 2
    frame["y"] = (rng.random(600) < 1 / (1 + np.exp(-logit))).astype(int)
    frame.to_csv(folder / "table.csv", index=False)
    poc = small_poc(data=detect([folder / "table.csv"]), target="y", site="store", columns=COLUMNS)
    prepare(poc, folder / "prepared")
    return folder / "prepared"


@pytest.fixture(scope="module")
def data(prepared: Path) -> TableData:
    return load(prepared)


def request(prepared: Path, folder: Path, name: str = "dense", **changes: object) -> TrialRequest:
    plain = TrialRequest(
        poc="poc",
        trial=f"{name}-1",
        purpose="measure",
        task="table",
        variant=name,
        seed=1,
        data=str(prepared),
        folder=str(folder),
        limits=LIMITS,
        target=0.6,
        finetune_target=0.6,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Measured:
    """A variant's trial with the plain request, and the folder it wrote into."""

    result: TrialResult
    folder: Path


@pytest.fixture(scope="module")
def measured(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Measured]:
    """Return variant's name → its trial, each run once."""

    @cache
    def trial(name: str) -> Measured:
        folder = tmp_path_factory.mktemp(name)
        return Measured(run_trial(request(prepared, folder, name)), folder)

    return trial


def value(result: TrialResult, metric: str, setting: str = "") -> float:
    (row,) = [row for row in result.measurements if (row.metric, row.setting, row.site) == (metric, setting, "")]
    return row.value


@pytest.mark.parametrize("name", VARIANTS["table"])
def test_every_variant_comes_out_measured(name: str, measured: Callable[[str], Measured], data: TableData) -> None:
    result = measured(name).result
    keys = [(row.metric, row.setting, row.site) for row in result.measurements]
    assert len(set(keys)) == len(keys)
    assert not [row for row in result.measurements if math.isnan(row.value)]
    assert {"train", "quality", "predict", "finetune", "size"} <= {row.phase for row in result.measurements}
    assert 0.6 < value(result, "quality.auc") <= 1
    assert {row.site for row in result.measurements} - {""} <= set(data.site_names[: data.facts.known_sites])
    assert value(result, "finetune.score_before", "as_is") == value(result, "finetune.score_after", "as_is")

    generates = name in ("hyper", "hyperneat")
    assert any(row.phase == "generate" for row in result.measurements) == generates
    assert ("predict.p50_seconds", "uncached", "") in keys or not generates

    files = [file for file in (measured(name).folder / "model").iterdir() if file.is_file()]
    assert value(result, "size.install_bytes") == sum(file.stat().st_size for file in files)
    assert {file.suffix for file in files} <= {".safetensors", ".npz", ".json"}
    assert {point.setting for point in result.curves} >= {"fit"}


def test_a_site_embedding_is_the_smallest_update(measured: Callable[[str], Measured]) -> None:
    result = measured("hyper").result
    embedding, whole = (value(result, "size.update_bytes", name) for name in ("embedding_only", "all_weights"))
    assert embedding < whole / 10
    changed = [value(result, "finetune.trainable_parameters", name) for name in ("embedding_only", "all_weights")]
    assert changed[0] < changed[1] <= value(result, "size.parameters")
    settings = {point.setting for point in result.curves}
    assert settings == {"fit", "all_weights", "head_only", "generator", "embedding_only"}


def test_the_same_seed_gives_the_same_outcome_and_another_seed_another(
    measured: Callable[[str], Measured], prepared: Path, tmp_path: Path
) -> None:
    first, again = measured("dense").result, run_trial(request(prepared, tmp_path / "again"))
    other = run_trial(request(prepared, tmp_path / "other", seed=2))
    for metric in ("quality.auc", "quality.log_loss", "train.steps", "size.parameters"):
        assert value(first, metric) == value(again, metric)
    assert value(first, "quality.log_loss") != value(other, "quality.log_loss")


def test_the_curve_is_told_as_it_grows_with_the_threads_asked_for(prepared: Path, tmp_path: Path) -> None:
    import torch

    before = torch.get_num_threads()
    told: list[CurvePoint] = []
    threads: set[int] = set()

    def listen(point: CurvePoint) -> None:
        told.append(point)
        threads.add(torch.get_num_threads())

    result = run_trial(request(prepared, tmp_path, threads=1), listen)
    assert threads == {1}
    assert torch.get_num_threads() == before
    assert told == [point for point in result.curves if point.setting == "fit"]
    assert [point.step for point in told] == sorted(point.step for point in told)


def test_a_target_out_of_reach_stays_infinite(prepared: Path, tmp_path: Path) -> None:
    result = run_trial(request(prepared, tmp_path, target=1.01, finetune_target=1.01))
    assert value(result, "train.seconds_to_target") == math.inf
    assert value(result, "finetune.seconds_to_target", "head_only") == math.inf
    assert value(result, "finetune.success_share", "head_only") == 0


def test_settings_that_were_tuned_are_used(
    measured: Callable[[str], Measured], prepared: Path, data: TableData, tmp_path: Path
) -> None:
    tuned = {**variant("dense").defaults(data), "learning_rate": 1e-6}
    slow = run_trial(request(prepared, tmp_path / "slow", settings=tuned))
    assert value(slow, "quality.log_loss") > value(measured("dense").result, "quality.log_loss")


@pytest.mark.parametrize("name", ["dense", "boosted_trees"])
def test_tuning_returns_settings_and_its_cost_and_nothing_else(name: str, prepared: Path, tmp_path: Path) -> None:
    asked = request(prepared, tmp_path, name, purpose="tune", seed=0, tuning_trials=2)
    result = run_trial(asked)
    assert result.settings
    assert {row.metric for row in result.measurements} == {
        "tune.seconds",
        "tune.cpu_seconds",
        "tune.trials",
        "tune.best_score",
    }
    assert value(result, "tune.trials") == 2
    assert 0.5 < value(result, "tune.best_score") <= 1


def test_a_loss_that_explodes_is_told_in_both_languages(prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(TrialError) as caught:
        run_trial(request(prepared, tmp_path, settings={"learning_rate": 1e30}))
    assert "NaN" in caught.value.line("en")
    assert "学習率" in caught.value.line("ja")


def test_missing_data_and_an_unknown_variant_are_told(prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=r"facts\.json"):
        run_trial(request(tmp_path / "nowhere", tmp_path))
    with pytest.raises(TrialError, match="no variant 'denes'"):
        run_trial(request(prepared, tmp_path, "denes"))
