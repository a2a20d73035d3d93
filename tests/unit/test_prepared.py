"""What prepared data of every task has in common: it appears on disk whole or not at all, and says what it lacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluator.tasks.image.data import ImageFacts, ImagePart
from evaluator.tasks.prepared import (
    PreparedData,
    load_facts,
    load_parts,
    replaced_folder,
    save_parts,
)
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.targets import Reference, targets_of, told_unusable
from scorecards.local_text import LocalText

ARRAYS = ("x", "y", "site")
FACTS = ImageFacts(
    classes=("a", "b"),
    size=4,
    channels=1,
    mean=(0.0,),
    deviation=(1.0,),
    sites=("東京", "大阪", "New"),
    known_sites=2,
    network="conv",
    depth=0,
    width=0,
    repairs=(LocalText(ja="1 件を除外しました。", en="1 was left out."),),
    data_hash="x",
)


def prepared() -> PreparedData[ImageFacts, ImagePart]:
    """Return parts of 1, 2, … 6 images."""
    parts = []
    for rows in range(1, 7):
        site = np.arange(rows, dtype=np.int32) % 3
        parts.append(ImagePart(np.full((rows, 1, 4, 4), rows, dtype=np.uint8), np.arange(rows) % 2, site))
    return PreparedData(FACTS, *parts)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    data = prepared()
    with replaced_folder(tmp_path / "data") as folder:
        save_parts(data, folder, ARRAYS)
    for name, part in zip(PART_NAMES, load_parts(tmp_path / "data", ImagePart, ARRAYS), strict=True):
        for array in ARRAYS:
            np.testing.assert_array_equal(getattr(part, array), getattr(data.part(name), array))
    assert load_facts(tmp_path / "data")["sites"] == ["東京", "大阪", "New"]
    assert "東京" in data.facts_text()


def test_a_folder_that_fails_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    old = tmp_path / "data"
    old.mkdir()
    (old / "kept").write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="full"), replaced_folder(old) as folder:
        (folder / "new").write_text("half", encoding="utf-8")
        raise OSError("the disk is full")
    assert [file.name for file in old.iterdir()] == ["kept"]
    with replaced_folder(old) as folder:
        assert not list(folder.iterdir())
        (folder / "new").write_text("whole", encoding="utf-8")
    assert [file.name for file in old.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_reference_that_guesses_gives_no_target_and_is_told() -> None:
    references = Reference(0.5, 0.9), Reference(0.5, 0.5)
    training, finetuning = targets_of(references)
    assert training == pytest.approx(0.5 + 0.9 * 0.4)
    assert np.isnan(finetuning)
    told = told_unusable(*references)
    assert len(told) == 1
    assert "fine-tuning" in told[0].en


def test_parts_and_sites() -> None:
    data = prepared()
    assert data.repairs == FACTS.repairs
    assert data.rows == 21
    assert data.has_sites
    assert (data.known_sites, data.site_names) == (2, FACTS.sites)
    assert data.part("new_test") is data.new_test
    with pytest.raises(ValueError, match="parts are train"):
        data.part("old")
