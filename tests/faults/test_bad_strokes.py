"""Pen traces that can't serve: one DataError in both languages for a file, a count for a drawing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluator.__main__ import main
from evaluator.errors import InputError
from evaluator.intake.strokes import detect_strokes, read_strokes
from evaluator.tasks import stroke
from tests.stroke_data import ask, make_lines, poc_of, told, written

pytestmark = pytest.mark.faults

_JAPANESE = re.compile(r"[ぁ-ん]")


def assert_told(error: pytest.ExceptionInfo[InputError], what: str) -> None:
    """A good message: what it says, a cure, and proper Japanese beside the English."""
    found = error.value
    assert re.search(what, found.what.en), found.what.en
    assert found.cure is not None
    for words in (found.what, found.cure):
        assert _JAPANESE.search(words.ja), words.ja
        assert not _JAPANESE.search(words.en), words.en
    assert "\n" not in found.line("ja")


def refused(path: Path) -> pytest.ExceptionInfo[InputError]:
    with pytest.raises(InputError) as error:
        read_strokes(detect_strokes([path]))
    return error


GOOD = [[0, 1, 2], [0, 1, 0]]
BAD: dict[str, Any] = {
    "empty drawing": ([], "without points"),
    "empty strokes": ([[[], []]], "without points"),
    "one point": ([[[5], [5]]], "single point"),
    "one row": ([[5, 5, 1]], "single point"),
    "one place": ([[[5, 5, 5], [3, 3, 3]]], "all points in one place"),
    "NaN": ([GOOD, [[1, float("nan")], [1, 2]]], "NaN"),
    "infinity": ([[[1, float("inf")], [1, 2]]], "NaN"),
    "huge": ([[[1, 1e300], [1, 2]]], "NaN"),
    "ragged": ([[[1, 2, 3], [1, 2]]], "different lengths"),
    "ragged rows": ([[1, 2, 0], [1, 2]], "different lengths"),
    "words": ([[["a", "b"], [1, 2]]], "known form"),
    "numbers in words": ([[["1", "2"], ["1", "2"]]], "known form"),
    "null": ([[[1, None], [1, 2]]], "known form"),
    "flags": ([[[True, False], [1, 2]]], "known form"),
    "endless number": ([[[10**30, 1], [1, 2]]], "known form"),
    "one axis": ([[[1, 2, 3]]], "known form"),
    "an object": ({"x": [1, 2]}, "known form"),
    "a word": ("line", "known form"),
    "deeper": ([[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]], "known form"),
    "rows of four": ([[1, 2, 0, 0], [1, 2, 0, 1]], "known form"),
    "words in one stroke": ([["a"] * 9, [1] * 9], "known form"),
    "four lists": ([list(range(9))] * 4, "known form"),
    "a lift of two": ([[1, 2, 0], [1, 2, 2]], "known form"),
    "20,001 points": ([[list(range(20_001)), list(range(20_001))]], "more than 20,000 points[.)]"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_drawing_is_skipped_counted_and_alone_refused(name: str, tmp_path: Path) -> None:
    drawing, why = BAD[name]
    found = read_strokes(detect_strokes([written(tmp_path, [*make_lines(9), {"drawing": drawing}])]))
    assert len(found.drawings) == 9
    assert re.search(rf"^1 of 10 drawings skipped: 1 .*{why}", told(found.findings)), told(found.findings)
    assert _JAPANESE.search(found.findings[0].text.ja)
    assert_told(refused(written(tmp_path, [{"drawing": drawing}], "alone.ndjson")), f"no drawing .*{why}")


def test_what_was_skipped_is_in_the_record(tmp_path: Path) -> None:
    lines: list[Any] = make_lines(100)
    for place, name in enumerate(("one point", "NaN", "ragged", "ragged", "empty drawing")):
        lines.insert(7 * place, {"writer": "ann", "drawing": BAD[name][0]})
    lines.insert(50, '{"drawing": [[[1, 2')
    lines.insert(60, "no JSON at all")
    asked = ask(written(tmp_path, lines))
    data = stroke.prepare(poc_of(asked), tmp_path / "data")
    assert data.rows == 100
    said = " | ".join(one.en for one in data.repairs)
    assert "5 of 105 drawings skipped: 2 with lists of x and y of different lengths, 1 with a single point" in said
    assert "Skipped: 2 lines of no JSON." in said
    assert np.isfinite(np.asarray(data.train.offsets)).all()


def scribble() -> list[list[list[float]]]:
    """Return a stroke of 10,000 points anywhere."""
    return [np.random.default_rng(0).random((2, 10_000)).round(4).tolist()]


def test_a_scribble_is_skipped_for_what_it_is(tmp_path: Path) -> None:
    lines = [*make_lines(100), {"writer": "ann", "drawing": scribble()}]
    asked = ask(written(tmp_path, lines), options={"size": "same", "max_points": 80})
    assert not asked.findings
    data = stroke.prepare(poc_of(asked), tmp_path / "data")
    assert data.rows == 100
    said = " | ".join(one.en for one in data.repairs)
    assert "1 of 101 drawings skipped: can't be simplified to 80 points" in said
    assert "20,000" not in said


def test_nested_json_is_refused_or_skipped(tmp_path: Path) -> None:
    deep = "[" * 200_000 + "]" * 200_000
    (tmp_path / "deep.json").write_text(deep)
    assert_told(refused(tmp_path / "deep.json"), "nested too deeply")
    found = read_strokes(detect_strokes([written(tmp_path, [*make_lines(3), deep, "9" * 5_000])]))
    assert len(found.drawings) == 3
    assert "2 lines of no JSON" in told(found.findings)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"drawing": ', "no valid JSON"),
        ("<html></html>", "no valid JSON"),
        ("17", "no drawings in this JSON"),
        ('{"name": "x"}', "no drawings in this JSON"),
        ("[]", "no drawing that can be used"),
        ("[[], [], {}]", "no drawing that can be used"),
        ("\0\0\0\0", "no valid JSON"),
    ],
)
def test_a_document_without_drawings_is_refused(content: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    assert_told(refused(tmp_path / "a.json"), what)


def test_files_that_are_no_pen_traces_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.ndjson").write_bytes(b"")
    (tmp_path / "a.txt").write_text("just words")
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "b.ndjson").write_bytes(b'{"drawing": "\x81\xff\xfe"}')
    (tmp_path / "folder").mkdir()
    assert_told(refused(tmp_path / "empty.ndjson"), "empty")
    assert_told(refused(tmp_path / "a.txt"), "does not begin with START")
    assert_told(refused(tmp_path / "a.png"), "no file of pen traces")
    assert_told(refused(tmp_path / "b.ndjson"), "UTF-8")
    assert_told(refused(tmp_path / "folder"), "no file of pen traces")
    assert_told(refused(tmp_path / "nowhere.json"), "no such file")


def test_too_large_files_and_too_few_drawings_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, make_lines(59))
    with pytest.raises(InputError) as error:
        detect_strokes([path], max_bytes=1_000)
    assert_told(error, "limit")
    with pytest.raises(InputError) as error:
        ask(path)
    assert_told(error, "59, where at least 60")


def test_a_broken_trace_is_skipped(tmp_path: Path) -> None:
    good = "START\n0,0,0\n5,-5,9\nBREAK\n"
    for number, content in enumerate(
        (good, "START\n0;0;0\n5;-5;9\nBREAK\n", "START\nBREAK\n", "START\n1,nan,2\n2,2,2\n")
    ):
        (tmp_path / f"{number}.txt").write_text(content)
    found = read_strokes(detect_strokes([tmp_path]))
    assert len(found.drawings) == 1
    assert told(found.findings).startswith("3 of 4 drawings skipped")


def npz(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return path


def header(shape: str, kind: str = "<f8") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    padded = text + " " * (117 - len(text)) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode()


def test_npz_that_needs_pickle_is_refused_and_nothing_in_it_is_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    array = np.empty(2, dtype=object)
    array[:] = [Trap(), Trap()]
    np.savez(tmp_path / "a.npz", train=array)
    error = refused(tmp_path / "a.npz")
    assert_told(error, "pickle")
    assert error.value.cure is not None
    assert "NDJSON" in error.value.cure.en
    assert not (tmp_path / "sprung").exists()


def test_the_advice_on_pickle_prints_the_drawings_of_all_arrays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays = {}
    for name, count in (("valid", 2), ("test", 1), ("train", 3)):
        arrays[name] = np.empty(count, dtype=object)
        for place in range(count):
            arrays[name][place] = np.array([[0, 0, 0], [3, 1, 0], [place, 5, 1]], dtype=np.int16)
    np.savez(tmp_path / "cat.npz", **arrays)
    error = refused(tmp_path / "cat.npz")
    assert error.value.where.startswith("cat.npz/")
    assert error.value.cure is not None
    for words in (error.value.cure.ja, error.value.cure.en):
        advice = words[words.index("import json") :]
        exec(advice, {"file": tmp_path / "cat.npz"})  # the program's own words
        (tmp_path / "cat.ndjson").write_text(capsys.readouterr().out)
        assert len(read_strokes(detect_strokes([tmp_path / "cat.ndjson"])).drawings) == 6


def test_npz_bombs_and_lies_are_refused(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    np.save(bomb, np.zeros((3_000_000, 3)))
    assert_told(refused(npz(tmp_path / "bomb.npz", {"a.npy": bomb.getvalue()})), "refused for safety")
    liar = npz(tmp_path / "liar.npz", {"a.npy": header("(100000000000, 3)") + b"\0" * 48})
    assert_told(refused(liar), "damaged")
    for name, raw in {
        "cut": header("(4, 3)") + b"\0" * 40,
        "no_magic": b"hello",
        "negative": header("(-1, 3)") + b"\0" * 48,
        "odd_kind": header("(2, 3)", "|V0"),
    }.items():
        assert_told(refused(npz(tmp_path / f"{name}.npz", {"a.npy": raw})), "damaged|no stroke-3")
    assert_told(refused(npz(tmp_path / "none.npz", {"readme.md": b"x"})), "no stroke-3 array")
    (tmp_path / "text.npz").write_text("no archive")
    assert_told(refused(tmp_path / "text.npz"), "damaged")
    np.savez(tmp_path / "words.npz", names=np.array(["a", "b"]))
    assert_told(refused(tmp_path / "words.npz"), "no stroke-3 array")


def test_archives_that_lead_out_or_hold_nothing_are_refused(tmp_path: Path) -> None:
    line = json.dumps(make_lines(1)[0]).encode()
    assert_told(refused(npz(tmp_path / "out.zip", {"../a.ndjson": line})), "refused for safety")
    assert_told(refused(npz(tmp_path / "bomb.zip", {"a.ndjson": b" " * 20_000_000})), "refused for safety")
    assert_told(refused(npz(tmp_path / "other.zip", {"a.png": b"x"})), "no drawing that can be used")
    mixed = npz(tmp_path / "mixed.zip", {"a.ndjson": line, "b.json": b"{", "c.zip": b"x"})
    found = read_strokes(detect_strokes([mixed]))
    assert len(found.drawings) == 1
    assert "mixed.zip/b.json" in told(found.findings)


def test_the_command_line_says_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, [{"drawing": BAD["NaN"][0]}] * 3)
    code = main(["new", str(path), "--task", "stroke", "--lang", "en", "-o", str(tmp_path / "poc.yaml")])
    said = capsys.readouterr().err.strip()
    assert code == 2
    assert said.count("\n") == 0
    assert "3 with coordinates that are NaN" in said
    assert not (tmp_path / "poc.yaml").exists()
