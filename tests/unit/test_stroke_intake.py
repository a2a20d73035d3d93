"""Pen traces are read in every form that is told, the same drawing out of each."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from evaluator.errors import DataError
from evaluator.intake.strokes import ReadStrokes, detect_strokes, read_strokes
from evaluator.intake.strokes_forms import Drawing, drawing_of
from evaluator.tasks import task_for
from tests.stroke_data import told, written

STROKES = [[[0, 10, 10], [0, 0, 5]], [[20, 30], [7, 8]]]
TIMED = [[[0, 10, 10], [0, 0, 5], [0, 40, 55]], [[20, 30], [7, 8], [90, 99]]]
ROWS = [[0, 0, 0], [10, 0, 0], [0, 5, 1], [10, 2, 0], [10, 1, 1]]
FIVE = [[0, 0, 1, 0, 0], [10, 0, 1, 0, 0], [0, 5, 0, 1, 0], [10, 2, 1, 0, 0], [10, 1, 0, 1, 0], [0, 0, 0, 0, 1]]
POINTS = [[0, 0], [10, 0], [10, 5], [20, 7], [30, 8]]
LIFTS = [False, False, True, False, True]
TRACE = "START\n0,0,0\n10,0,9\n10,-5,12\nBREAK\n20,-7,30\n30,-8,44\nBREAK\n"


def read(*files: Path) -> ReadStrokes:
    return read_strokes(detect_strokes(list(files)))


def assert_is_the_drawing(found: Drawing) -> None:
    np.testing.assert_allclose(found.points, POINTS)
    assert found.lifts.tolist() == LIFTS


@pytest.mark.parametrize("value", [STROKES, TIMED, ROWS, FIVE, [*FIVE, [0, 0, 0, 0, 1]]])
def test_every_form_gives_the_same_drawing(value: list[object]) -> None:
    assert_is_the_drawing(drawing_of(value, {}))


@pytest.mark.parametrize(
    "document",
    [
        [STROKES, ROWS],
        [{"drawing": STROKES}, {"strokes": ROWS}],
        {"train": [ROWS], "test": [STROKES]},
        {"drawing": STROKES},
    ],
)
def test_every_document_gives_its_drawings(document: object, tmp_path: Path) -> None:
    path = tmp_path / "pen.json"
    path.write_text(json.dumps(document))
    found = read(path).drawings
    assert len(found) == (1 if isinstance(document, dict) and "drawing" in document else 2)
    for one in found:
        assert_is_the_drawing(one)


@pytest.mark.parametrize("form", ["list", "groups", "lines"])
def test_drawings_of_one_stroke_each_are_read_without_a_list_around_it(form: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    drawings = [random.integers(2, 90, (3, length)).tolist() for length in (12, 7, 30, 6, 3, 5, 2)]
    drawings[1] = drawings[1][:2]
    if form == "lines":
        path, drawings = written(tmp_path, [{"drawing": one} for one in drawings[:4]]), drawings[:4]
    else:
        path = tmp_path / "pen.json"
        path.write_text(json.dumps(drawings if form == "list" else {"train": drawings}))
    found = read(path)
    assert not found.findings
    for one, (across, down, *_) in zip(found.drawings, drawings, strict=True):
        np.testing.assert_allclose(one.points, np.transpose([across, down]))
        assert one.lifts.tolist() == [False] * (len(across) - 1) + [True]


def test_rows_stay_rows_beside_a_few_single_strokes(tmp_path: Path) -> None:
    path = tmp_path / "pen.json"
    path.write_text(json.dumps([ROWS, ROWS[:3], [[1, 2, 3, 4, 5, 6, 7]] * 2, ROWS]))
    short = read(path).drawings[1]
    np.testing.assert_allclose(short.points, POINTS[:3])


def test_ndjson_keeps_short_fields_as_labels_and_is_read_under_the_name_json_too(tmp_path: Path) -> None:
    line = {"word": "猫", "key_id": 7, "recognized": True, "note": "x" * 200, "drawing": TIMED}
    for name in ("a.ndjson", "b.jsonl", "c.json"):
        (one, two) = read(written(tmp_path, [line, "", line], name)).drawings
        assert_is_the_drawing(one)
        assert two.labels == {"file": name[0], "word": "猫", "key_id": "7"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_other_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(json.dumps({"writer": "森", "drawing": STROKES}, ensure_ascii=False).encode(encoding))
    assert read(path).drawings[0].labels["writer"] == "森"


def test_traces_in_folders_tell_folder_and_drawer_and_notes_beside_them_are_passed_over(tmp_path: Path) -> None:
    for alphabet in ("Greek", "Latin"):
        for drawer in ("01", "02"):
            written(tmp_path, TRACE.split("\n"), f"{alphabet}/c1/0001_{drawer}.txt")
    (tmp_path / "README.txt").write_text("what this is")
    found = read(tmp_path)
    assert len(found.drawings) == 4
    assert found.drawings[0].labels == {
        "file": "0001_01",
        "folder": "Greek/c1",
        "top_folder": "Greek",
        "drawer": "01",
    }
    for one in found.drawings:
        assert_is_the_drawing(one)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for one in sorted(tmp_path.rglob("*.txt")):
            archive.write(one, f"outer/{one.relative_to(tmp_path)}")
        archive.writestr("outer/picture.png", b"x")
    packed = read(tmp_path / "all.zip")
    assert [one.labels for one in packed.drawings] == [one.labels for one in found.drawings]
    assert "2 files" in told(packed.findings) or "README.txt" in told(packed.findings)


def test_npz_is_read_one_array_a_drawing_padded_or_joined(tmp_path: Path) -> None:
    rows, five = np.array(ROWS, dtype=np.int16), np.array([FIVE, FIVE], dtype=np.float32)
    np.savez(tmp_path / "single.npz", kana_0001=rows, kana_0002=rows.astype(np.float64))
    np.savez(tmp_path / "padded.npz", five)
    np.savez(tmp_path / "joined.npz", strokes=np.concatenate([rows, rows]), lengths=[5, 5], writer=["ann", "bob"])
    np.savez(tmp_path / "block.npz", strokes=np.stack([rows, rows]), lengths=[5, 5])
    for name in ("single", "padded", "joined", "block"):
        found = read(tmp_path / f"{name}.npz").drawings
        assert len(found) == 2, name
        for one in found:
            assert_is_the_drawing(one)
    assert [one.labels["writer"] for one in read(tmp_path / "joined.npz").drawings] == ["ann", "bob"]
    assert read(tmp_path / "single.npz").drawings[0].labels["group"] == "kana"


def test_a_regular_array_is_read_without_lengths_and_zeros_at_its_end_are_padding(tmp_path: Path) -> None:
    np.savez(tmp_path / "regular.npz", np.array([ROWS, ROWS, ROWS], dtype=np.int16))
    np.savez(tmp_path / "padded.npz", np.array([[*ROWS, [0, 0, 0], [0, 0, 0]], [*ROWS[:3], *[[0, 0, 0]] * 4]]))
    regular, padded = (read(tmp_path / f"{name}.npz").drawings for name in ("regular", "padded"))
    assert len(regular) == 3
    for one in (*regular, padded[0]):
        assert_is_the_drawing(one)
    np.testing.assert_allclose(padded[1].points, POINTS[:3])
    np.savez(tmp_path / "empty.npz", np.array([ROWS, [[0, 0, 0]] * 5]))
    assert "1 of 2 drawings skipped: 1 without points" in told(read(tmp_path / "empty.npz").findings)


def test_lengths_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "joined.npz", strokes=np.zeros((10, 3)), lengths=[5, 6])
    with pytest.raises(DataError, match="lengths"):
        read(tmp_path / "joined.npz")


def test_a_file_that_can_not_be_opened_is_left_out_beside_others_and_told(tmp_path: Path) -> None:
    written(tmp_path, [{"drawing": STROKES}])
    objects = np.empty(1, dtype=object)
    objects[0] = np.array(ROWS)
    np.savez(tmp_path / "objects.npz", train=objects)
    found = read(tmp_path)
    assert len(found.drawings) == 1
    assert "objects.npz" in told(found.findings)
    assert "pickle" in told(found.findings)


def test_archives_and_texts_that_hold_traces_are_proposed_as_strokes(tmp_path: Path) -> None:
    trace = written(tmp_path, TRACE.split("\n"), "0001_01.txt")
    assert task_for([trace]) == "stroke"
    assert task_for([written(tmp_path, ["just", "some words"], "a.txt")]) != "stroke"
    for name, members, first in (
        ("traces.zip", {"a/0001_01.txt": TRACE, "a/0001_02.txt": TRACE, "readme.txt": "x"}, "stroke"),
        ("json.zip", {"a.ndjson": "{}"}, "stroke"),
        ("images.zip", {"a/1.png": "x", "a/2.png": "x", "labels.json": "{}"}, "image"),
        ("outside.zip", {"../a.ndjson": "{}"}, "image"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        assert task_for([tmp_path / name]) == first, name
