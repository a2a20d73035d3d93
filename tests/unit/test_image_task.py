from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sklearn import metrics

from evaluator.intake.images import list_images
from evaluator.networks.registry import VARIANTS
from evaluator.tasks import image as image_task
from evaluator.tasks import task, task_for
from evaluator.tasks.image.budgets import BUDGETS, MOST_IMAGES, training_seconds
from evaluator.tasks.image.data import load, write
from evaluator.tasks.image.prepare import encode, sample
from evaluator.tasks.image.question import fitting_size
from evaluator.tasks.image.scores import macro_auc
from evaluator.tasks.image.targets import naive_score, references, small_copies
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import PART_NAMES, Asked
from evaluator.tasks.targets import targets_of
from sample_data.digit_images import make as digits
from tests.image_data import CLASSES, class_folders, make_data, poc_for, write_zip


def test_a_zip_is_proposed_for_images(tmp_path: Path) -> None:
    assert task_for([write_zip(tmp_path / "a.zip", class_folders())]) == "image"
    assert task("image") is image_task
    table = tmp_path / "list.csv"
    table.write_text("path,label\n")
    assert task_for([table, tmp_path / "a.zip"]) == "image"
    assert task_for([table]) == "table"


def test_the_question_of_a_zip_is_filled_in(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders(top="north/") | class_folders(per_class=13, top="south/"))
    asked = image_task.question([path], Asked(options=checked(image_task, {})))
    assert (asked.rows, asked.sites, asked.site) == (75, 2, "top_folder")
    assert asked.options["size"] == 8
    assert asked.options["colour"] == "grey"
    assert asked.features == 64
    assert asked.target_kind == "multiclass"
    assert asked.source.format == "images"
    assert {"size", "colour", "site", "split"} <= set(asked.reasons)


def test_a_network_that_takes_longer_is_told_with_the_way_to_shorten_it(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders(side=28))
    asked = [
        image_task.question([path], Asked(options=checked(image_task, {"network": network, "depth": depth})))
        for network, depth in (("conv", 16), ("wrn", 10), ("wrn", 16))
    ]
    efforts = [one.effort for one in asked]
    assert efforts == sorted(efforts)
    assert efforts[0] == 1.0 < efforts[1] < efforts[2]
    cures = [[found.cure.en for found in one.findings if found.code == "slow_network"] for one in asked]
    assert not cures[0]
    assert "depth=10" in cures[2][0] and "depth=10" not in cures[1][0]
    assert all("size=14" in cure for (cure,) in cures[1:])


def test_sizes_fit_the_data() -> None:
    assert [fitting_size([side], "rgb") for side in (4, 8, 9, 27, 28, 29, 105, 4000)] == [8, 8, 12, 28, 28, 32, 32, 32]
    assert fitting_size([105, 28, 105], "grey") == 28


def test_preparing_divides_and_normalises_by_training_images_alone(tmp_path: Path) -> None:
    data = encode(poc_for(write_zip(tmp_path / "a.zip", class_folders(per_class=40))))
    assert data.rows == 120
    rows = [data.part(name).rows for name in PART_NAMES]
    assert sum(rows[3:]) == 24
    assert rows == pytest.approx([67, 14, 14, 10, 5, 10], abs=1)
    assert data.facts.mean[0] == pytest.approx(data.train.x.mean())
    assert data.facts.deviation[0] == pytest.approx(data.train.x.std())
    assert data.facts.classes == CLASSES
    assert set(data.train.site) == {-1}


def test_preparing_again_gives_the_same_and_reads_back(tmp_path: Path) -> None:
    poc = poc_for(write_zip(tmp_path / "a.zip", class_folders(per_class=40)))
    data = image_task.prepare(poc, tmp_path / "prepared")
    again = encode(poc)
    assert data.facts == again.facts
    for name in PART_NAMES:
        for array in ("x", "y", "site"):
            np.testing.assert_array_equal(getattr(data.part(name), array), getattr(again.part(name), array))


def test_a_half_written_folder_is_no_prepared_one(tmp_path: Path) -> None:
    (tmp_path / "prepared.partial").mkdir()
    (tmp_path / "prepared.partial" / "old").write_text("x")
    data = make_data(sites=True)
    write(data, tmp_path / "prepared")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["prepared"]
    assert load(tmp_path / "prepared").facts == data.facts


def test_some_sites_are_new_and_numbered_last(tmp_path: Path) -> None:
    tops = [class_folders(top=f"{top}/", seed=10_000 * number) for number, top in enumerate("abcdef")]
    data = encode(poc_for(write_zip(tmp_path / "a.zip", {name: one for top in tops for name, one in top.items()})))
    assert data.rows == 6 * 36
    assert data.known_sites == 5
    assert set(data.train.site) == set(data.test.site) == set(range(5))
    assert set(data.new_train.site) == {5}
    assert sorted(data.site_names) == list("abcdef")


def test_new_sites_take_no_part_in_training() -> None:
    data = make_data(sites=True)
    assert data.known_sites == 3
    assert set(data.train.site) == {0, 1, 2}
    assert set(data.new_test.site) == {3}
    assert data.site_names[3] == "site3"


def test_a_sample_keeps_every_class_and_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders(per_class=40))
    listing = list_images([path])
    fewer = sample(listing, 60, "key")
    assert fewer == sample(listing, 60, "key")
    assert fewer.names != sample(listing, 60, "other").names
    assert [fewer.labels.count(label) for label in CLASSES] == [20, 20, 20]
    data = encode(poc_for(path, images=60))
    assert data.rows == 60
    assert data.repairs[0].en.startswith("60 of 120 images were drawn at random")


def test_scores_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    y = random.integers(0, 3, 200)
    chance = random.random((200, 3)) + np.eye(3)[y]
    chance /= chance.sum(axis=1, keepdims=True)
    data = make_data()
    found = data.scores(data.train.take(slice(0, 0)), chance[:0])
    assert all(np.isnan(value) for value in found.values())
    assert macro_auc(y, chance) == pytest.approx(metrics.roc_auc_score(y, chance, multi_class="ovr", average="macro"))
    assert np.isnan(macro_auc(np.zeros(5, dtype=np.int64), chance[:5]))


def test_targets_lie_between_guessing_and_certainty() -> None:
    data = make_data(per_class=100)
    train, finetune = targets_of(references(data))
    assert naive_score(data, data.validation) < train < 1
    assert naive_score(data, data.new_validation) < finetune < 1
    assert small_copies(np.full((2, 3, 28, 28), 255, dtype=np.uint8)).shape == (2, 3 * 14 * 14)


def test_larger_budgets_buy_more() -> None:
    assert list(BUDGETS) == list(MOST_IMAGES) == ["quick", "standard", "thorough"]
    steps = [budget.limits.max_steps for budget in BUDGETS.values()]
    assert steps == sorted(steps)
    work = 3_000 * 784.0
    assert training_seconds(work, BUDGETS["quick"].limits) < training_seconds(work, BUDGETS["standard"].limits)


def test_the_sample_is_made_by_its_script() -> None:
    assert digits.FILE.read_bytes() == digits.archive()
    listing = list_images([digits.FILE])
    assert listing.classes == tuple("0123456789")
    assert len(listing.names) == 1797


def test_the_tasks_rooms_load_no_torch() -> None:
    code = "import evaluator.tasks.image, evaluator.intake.images, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_variants_are_listed() -> None:
    assert {"dense", "shared", "hyper", "small_dense", "dense_site"} <= set(VARIANTS["image"])


def test_the_confusion_counts_every_test_image_once() -> None:
    data = make_data()
    classes = len(data.facts.classes)
    always = np.zeros((data.test.rows, classes), dtype=np.float32)
    always[:, 1] = 1.0
    shown = image_task.exhibit(data, cast("Any", SimpleNamespace(predict=lambda _: always)))
    assert isinstance(shown, dict)
    counts = np.array(shown["counts"])
    assert counts.sum() == counts[:, 1].sum() == data.test.rows
    assert counts.sum(axis=1).tolist() == np.bincount(data.test.y, minlength=classes).tolist()
