"""Texts and pairs in ZIP archives: read as from a folder, safely, notes beside them passed over and told."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import pytest

from evaluator.errors import DataError
from evaluator.intake.pairs import detect_pairs, read_pairs
from evaluator.intake.text import detect_text, read_texts
from evaluator.tasks import fitting_tasks, task_for
from tests.text_data import make_speeches
from tests.translation_data import as_lines, make_pairs


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_texts_keep_their_folders_and_notes_are_told(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "books.zip",
        {"all/b/two.txt": "Second. ", "all/a/one.md": "First. ", "all/README.txt": "About.", "all/x.png": "no text"},
    )
    found = read_texts(detect_text([path]))
    assert [(one.name, one.folder, one.text) for one in found.files] == [
        ("one", "a", "First. "),
        ("two", "b", "Second. "),
    ]
    assert any("README.txt" in finding.text.en for finding in found.findings)
    assert detect_text([path]).files == (str(path),)


def test_names_that_a_disk_would_not_take_are_cut(tmp_path: Path) -> None:
    long = "長" * 200
    path = zipped(tmp_path / "a.zip", {f"{long}/{long}1.txt": "One.", f"{long}/{long}2.txt": "Two.", "b.txt": "Three."})
    assert sorted(one.text for one in read_texts(detect_text([path])).files) == ["One.", "Three.", "Two."]


def test_pairs_are_read_in_one_file_and_in_two(tmp_path: Path) -> None:
    pairs = make_pairs(50)
    one = zipped(tmp_path / "one.zip", {"_about.txt": "Notes.", "pairs.txt": as_lines(pairs)})
    two = zipped(
        tmp_path / "two.zip",
        {name: "".join(f"{pair[side]}\n" for pair in pairs) for side, name in enumerate(("train.ja", "train.en"))},
    )
    found = read_pairs(detect_pairs([one]))
    assert found.source[0] == pairs[0][0]
    assert any("_about.txt" in finding.text.en for finding in found.findings)
    turned = read_pairs(detect_pairs([two]))
    assert turned.names == ("train.en", "train.ja")
    assert turned.source == found.target


def test_an_archive_of_prose_is_proposed_as_text_and_one_of_images_not_offered_for_it(tmp_path: Path) -> None:
    prose = zipped(tmp_path / "prose.zip", {"a.txt": make_speeches(60), "LICENSE.txt": "Free."})
    images = zipped(tmp_path / "images.zip", {"a.png": "", "b.png": ""})
    assert task_for([prose]) == "text"
    assert not {"text", "translation"} & set(fitting_tasks([images]))


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"../out.txt": "x"}, "leads out of the archive"),
        ({"a.txt": "0" * 20_000_000}, "packed far too tightly"),
        ({"a.png": "x"}, "holds no text file"),
    ],
)
def test_an_archive_that_is_unsafe_or_without_text_is_refused_and_leaves_nothing(
    tmp_path: Path, members: dict[str, str], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = zipped(tmp_path / "bad.zip", members)
    for detect in (detect_text, detect_pairs):
        with pytest.raises(DataError, match=what):
            detect([path])
    assert not [*(tmp_path / "temporary").iterdir()]
    assert not (tmp_path / "out.txt").exists()


def test_a_size_beyond_the_limit_is_told_in_fitting_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "large.zip", {"a.txt": "x"})
    told = zipfile.ZipInfo("a.txt")
    told.file_size, told.compress_size = 1_073_741_824, 1_000_000_000
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _self: [told])
    with pytest.raises(DataError) as caught:
        detect_text([path])
    assert "1.07 GB" in caught.value.line("en")
    assert "e+" not in caught.value.line("ja")
