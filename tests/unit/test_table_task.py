from __future__ import annotations

import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn import metrics

from evaluator.errors import DataError, NotFoundError
from evaluator.intake import remarks
from evaluator.networks.registry import VARIANTS, variant
from evaluator.plan import estimate_seconds
from evaluator.poc_progress import values_a_row
from evaluator.records import TargetKind
from evaluator.tasks import TASK_NAMES, task
from evaluator.tasks.prepared import replaced_folder, save_parts
from evaluator.tasks.protocol import Asked, Question, TaskData
from evaluator.tasks.table import PART_NAMES, encode, load, main_metric, references, score
from evaluator.tasks.table.targets import guessing_noise, naive_score
from evaluator.tasks.targets import Reference, targets_of, told_unusable
from tests.table_data import QUICK, make_data, make_frame, make_poc, make_roles


def test_statistics_come_from_training_rows_alone() -> None:
    frame = make_frame()
    roles = make_roles(frame, "")
    facts = encode(frame, roles, make_poc(), "").facts
    changed = frame.copy()
    changed.loc[roles != 0, ["size", "age"]] *= 1000
    changed.loc[roles != 0, "colour"] = "unheard of"
    assert encode(changed, roles, make_poc(), "").facts == facts


def test_training_numbers_are_standardised_and_missing_stays_missing() -> None:
    frame = make_frame()
    roles = make_roles(frame, "")
    data = encode(frame, roles, make_poc(), "")
    assert np.nanmean(data.train.x_num[:, 0]) == pytest.approx(0, abs=1e-5)
    assert np.nanstd(data.train.x_num[:, 0]) == pytest.approx(1, abs=1e-5)
    assert np.isnan(data.test.x_num[:, 1]).sum() == frame["age"][roles == 2].isna().sum() > 0


def test_unknown_categories_are_index_zero() -> None:
    frame = make_frame()
    roles = make_roles(frame, "")
    frame.loc[roles == 2, "colour"] = "never seen"
    data = encode(frame, roles, make_poc(), "")
    assert (data.test.x_cat == 0).all()
    assert (data.train.x_cat > 0).all()


def test_inputs_are_the_columns_that_can_tell_something() -> None:
    facts = make_data(sites=True).facts
    assert [(column.name, column.part) for column in facts.numeric] == [
        ("size", ""),
        ("age", ""),
        ("day", "days"),
        ("day", "weekday"),
        ("day", "day_of_year"),
    ]
    assert [column.name for column in facts.categorical] == ["colour"]  # not the target, not the site


def test_a_table_without_a_varying_input_is_refused() -> None:
    frame = make_frame().assign(size=1.0, age=2.0, colour="red", day=pd.Timestamp("2024-01-01"))
    with pytest.raises(DataError) as error:
        encode(frame, make_roles(frame, ""), make_poc(), "")
    assert "列" in error.value.line("ja")


def test_a_missing_category_is_a_category_of_its_own() -> None:
    frame = make_frame()
    frame.loc[::3, "colour"] = None
    data = encode(frame, make_roles(frame, ""), make_poc(), "")
    assert len(data.facts.categorical[0].categories) == 4
    assert (data.test.x_cat > 0).all()


def test_whole_numbers_are_the_same_category_with_and_without_missing_ones() -> None:
    frame = make_frame()
    frame["colour"] = np.arange(len(frame)) % 3
    whole = encode(frame, make_roles(frame, ""), make_poc(), "").facts.categorical[0].categories
    frame["colour"] = frame["colour"].astype(float)
    assert encode(frame, make_roles(frame, ""), make_poc(), "").facts.categorical[0].categories == whole
    assert set(whole) == {"0", "1", "2"}


def test_edges_rise_and_hold_the_training_rows() -> None:
    data = make_data()
    for index, column in enumerate(data.facts.numeric):
        assert (np.diff(column.edges) > 0).all()
        values = data.train.x_num[:, index]
        assert column.edges[0] == pytest.approx(np.nanmin(values))
        assert column.edges[-1] == pytest.approx(np.nanmax(values))


def test_sites_are_numbered_known_ones_first() -> None:
    data = make_data(sites=True)
    assert data.facts.sites == ("店0", "店1", "店2", "店3", "店4")
    assert data.facts.known_sites == 4
    assert set(data.train.site) == {0, 1, 2, 3}
    assert set(data.new_test.site) == {4}
    assert set(make_data().train.site) == {-1}


def test_classes_are_in_order_and_numbers_sort_as_numbers() -> None:
    assert make_data("binary").facts.classes == ("No", "Yes")
    frame = make_frame(kind="multiclass")
    frame["answer"] = frame["answer"].map({0: 2, 1: 10, 2: 1, 3: 10})
    assert encode(frame, make_roles(frame, ""), make_poc("multiclass"), "").facts.classes == ("1", "2", "10")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    data = make_data("multiclass", sites=True)
    with replaced_folder(tmp_path / "table") as folder:
        save_parts(data, folder, ("x_num", "x_cat", "y", "site"))
    again = load(tmp_path / "table")
    assert again.facts == data.facts
    for name in PART_NAMES:
        for array in ("x_num", "x_cat", "y", "site"):
            np.testing.assert_array_equal(getattr(again.part(name), array), getattr(data.part(name), array))
    assert not list(tmp_path.glob("*.partial"))


def test_scores_agree_with_scikit_learn() -> None:
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 300)
    chance = np.round(random.random(300), 1)  # ties
    found = score("binary", y, np.stack([1 - chance, chance], axis=1))
    assert found["quality.auc"] == pytest.approx(metrics.roc_auc_score(y, chance))
    y = random.integers(0, 4, 300)
    guess = random.dirichlet(np.ones(4), 300)
    found = score("multiclass", y, guess)
    assert found["quality.accuracy"] == pytest.approx(metrics.accuracy_score(y, guess.argmax(1)))
    assert found["quality.macro_f1"] == pytest.approx(metrics.f1_score(y, guess.argmax(1), average="macro"))
    assert found["quality.log_loss"] == pytest.approx(metrics.log_loss(y, guess))
    values, prediction = random.normal(size=300), random.normal(size=300)
    found = score("regression", values, prediction)
    assert found["quality.r2"] == pytest.approx(metrics.r2_score(values, prediction))
    assert found["quality.rmse"] == pytest.approx(metrics.root_mean_squared_error(values, prediction))
    assert found["quality.mae"] == pytest.approx(metrics.mean_absolute_error(values, prediction))


def test_a_score_that_rows_cannot_give_is_nan() -> None:
    one_class = score("binary", np.ones(5, dtype=np.int64), np.full((5, 2), 0.5))
    assert np.isnan(one_class["quality.auc"])
    assert np.isnan(score("regression", np.ones(5), np.arange(5.0))["quality.r2"])
    assert np.isnan(score("multiclass", np.zeros(0, dtype=np.int64), np.zeros((0, 3)))["quality.accuracy"])


@pytest.mark.training
def test_validation_that_cannot_be_scored_keeps_the_latest_weights() -> None:
    data = make_data()
    validation = data.validation.take(np.asarray(data.validation.y == 1))
    unscored = replace(data, validation=validation)
    trace = variant("boosted_trees").train(unscored, {}, seed=0, limits=QUICK, target=0.5).trace
    assert np.isnan(trace.best_score)
    assert trace.steps_to_target == float("inf")


def test_targets_lie_nine_tenths_of_the_way_to_the_reference() -> None:
    from evaluator.tasks.table.targets import reference_model

    data = make_data(rows=2000)
    target, finetune_target = targets_of(references(data))
    predict = reference_model(data, [data.train], with_site=False)
    auc = metrics.roc_auc_score(data.validation.y, predict(data.validation)[:, 1])
    assert target == pytest.approx(0.5 + 0.9 * (auc - 0.5))
    assert 0.5 < finetune_target < 1.0


def test_a_reference_that_only_guesses_gives_no_target_and_says_so() -> None:
    frame = make_frame(rows=2000)
    roles = make_roles(frame, "")
    lost = frame.assign(answer=np.random.default_rng(0).permutation(frame["answer"]))
    data = encode(lost, roles, make_poc(), "")
    assert all(math.isnan(target) for target in targets_of(references(data)))
    training, finetuning = told_unusable(*references(data))
    assert "no usable target for the training: the reference model does no better than guessing" in re.sub(
        r" \([^)]*\)", "", training.en
    )
    assert "no usable target for fine-tuning" in finetuning.en
    assert "目標スコアはありません" in training.ja
    assert encode(frame, roles, make_poc(), "").repairs == ()


@pytest.mark.parametrize(
    ("reference", "usable"),
    [
        (Reference(0.25, 0.225), False),
        (Reference(0.5, 0.519), False),
        (Reference(0.5, 0.53), True),
        (Reference(0.5, 0.53, noise=0.04), False),
        (Reference(0.5, 0.55, noise=0.04), True),
        (Reference(0.5, math.nan), False),
    ],
)
def test_a_usable_reference_is_clearly_above_the_guess(reference: Reference, usable: bool) -> None:
    assert math.isfinite(reference.target) == usable
    assert not usable or reference.naive < reference.target < reference.score


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_the_noise_of_guessing_is_how_much_guesses_differ(kind: TargetKind) -> None:
    data = make_data(kind)
    random, rows = np.random.default_rng(0), data.validation.rows
    y = np.asarray(data.validation.y)
    if kind == "binary":
        found = [metrics.roc_auc_score(y, random.random(rows)) for _ in range(400)]
    else:
        share = naive_score(data, data.validation)
        found = [float((random.random(rows) < share).mean()) for _ in range(400)]
    assert guessing_noise(data, data.validation) == pytest.approx(float(np.std(found)), rel=0.15)


def asked_of(folder: Path, name: str, text: str) -> object:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return task("table").question([path], Asked(target="y"))


@pytest.mark.parametrize("value", ["x", "none", "なし"])
def test_a_target_of_one_word_is_constant_and_not_empty(tmp_path: Path, value: str) -> None:
    rows = "".join(f"{row},{row % 7},{value}\n" for row in range(80))
    with pytest.raises(DataError, match=f"has only one value: {value}"):
        asked_of(tmp_path, "t.csv", f"a,b,y\n{rows}")


def test_words_that_mean_unknown_among_numbers_are_answers_in_a_column_of_words(tmp_path: Path) -> None:
    rows = "".join(f"{row},{'x' if row % 9 == 0 else row % 7},{'none' if row % 2 else 'x'}\n" for row in range(80))
    found = asked_of(tmp_path, "t.csv", f"a,b,y\n{rows}")
    assert isinstance(found, Question)
    assert (found.target_kind, found.columns["b"]) == ("binary", "numeric")


def test_text_that_is_called_parquet_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no Parquet file") as error:
        asked_of(tmp_path, "t.parquet", "a,b,y\n1,2,3\n")
    assert "Parquet ファイルではなく" in error.value.line("ja")


def test_advice_names_only_controls_that_exist() -> None:
    words = yaml.safe_load((Path(__file__).parents[2] / "dashboard/words/ja.yaml").read_text(encoding="utf-8"))
    for finding in (remarks.identifier("a"), remarks.duplicate_column("a", "b")):
        assert f"「{words['new']['ignored']}」" in finding.cure.ja
        assert words_en("ignored") in finding.cure.en
        assert "column settings" not in finding.cure.en


def words_en(key: str) -> str:
    words = yaml.safe_load((Path(__file__).parents[2] / "dashboard/words/en.yaml").read_text(encoding="utf-8"))
    return str(words["new"][key]).lower()


def test_the_time_left_follows_from_the_values_of_a_row() -> None:
    data = make_data(sites=True)
    assert values_a_row(data) == len(data.facts.numeric) + len(data.facts.categorical) + 2  # the target and the site
    pixels = data_of_images()
    assert values_a_row(pixels) == 28 * 28 + 1


def data_of_images() -> TaskData:
    def take(_: slice) -> SimpleNamespace:
        return SimpleNamespace(x=np.zeros((1, 1, 28, 28)), y=np.zeros(1))

    return cast(TaskData, SimpleNamespace(train=SimpleNamespace(take=take)))


@pytest.mark.parametrize(
    ("name", "rows", "features", "variants", "real"),
    [("image", 70_000, 784, 6, 342), ("series", 20_000, 300, 7, 420)],
)
def test_the_estimate_holds_the_minutes_that_real_runs_took(
    name: str, rows: int, features: int, variants: int, real: int
) -> None:
    """Fashion-MNIST and Beijing's twelve stations, quick, on two cores."""
    low, high = estimate_seconds(rows, features, variants, "quick", name)
    assert low < real < high
    assert high < 3 * real


def test_main_metrics() -> None:
    assert main_metric("binary") == "quality.auc"
    assert main_metric("multiclass") == "quality.accuracy"
    assert main_metric("regression") == "quality.r2"


def test_names_that_do_not_exist_are_refused_with_those_that_do() -> None:
    with pytest.raises(NotFoundError, match="hyper"):
        variant("hypr")
    with pytest.raises(NotFoundError, match="table"):
        task("tabel")


def test_reading_names_and_tasks_never_imports_torch() -> None:
    code = (
        "import sys, evaluator.tasks, evaluator.tasks.table, evaluator.networks.registry, evaluator.networks.protocol;"
        "evaluator.networks.registry.variant('boosted_trees'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert {"dense", "hyper", "boosted_trees"} <= set(VARIANTS["table"])
    assert "table" in TASK_NAMES
