"""Text that can't serve gives one DataError (what, where, how to mend it) in both languages; mended text is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluator.__main__ import main
from evaluator.errors import InputError
from evaluator.intake.text import detect_text, read_texts
from evaluator.tasks import text
from evaluator.tasks.protocol import Asked
from tests.text_data import ask, make_speeches, poc_of, told, written

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


def test_a_line_of_300000_characters_is_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, "long words without any end " * 11_200)
    asked = ask(path)
    assert "One line has 302,400 characters" in told(asked.findings)
    data = text.prepare(poc_of(asked), tmp_path / "data")
    assert data.train.rows > 5_000
    assert any("302,400" in one.en for one in data.repairs)


def test_nuls_are_repaired_and_counted_in_the_record(tmp_path: Path) -> None:
    clean = make_speeches()
    asked = ask(written(tmp_path, clean.replace("apple", "ap\0ple").replace("boat", "boat\x07")))
    plain = ask(written(tmp_path, clean, "clean.txt"))
    data = text.prepare(poc_of(asked), tmp_path / "data")
    nuls, bells = clean.count("apple"), clean.count("boat")
    assert all(re.search(rf"\b{nuls}\b.*\b{bells}\b", one) for one in (told(asked.findings), data.repairs[0].en))
    same_sites = replace(plain.source, sha256=asked.source.sha256)
    expected = text.prepare(poc_of(plain, data=same_sites), tmp_path / "clean")
    assert data.facts.symbols == expected.facts.symbols
    np.testing.assert_array_equal(data.train.windows, expected.train.windows)


def test_two_encodings_are_each_read_in_their_own_and_told(tmp_path: Path) -> None:
    line = "軸受を交換しました。点検は午後に行います。\n" * 40
    (tmp_path / "a.txt").write_bytes(("あ" + line).encode("cp932"))
    (tmp_path / "b.txt").write_bytes(("い" + line).encode("utf-8"))
    found = read_texts(detect_text([tmp_path]))
    assert [file.text for file in found.files] == ["あ" + line, "い" + line]
    assert "CP932 1" in told(found.findings)
    assert "UTF-8 1" in told(found.findings)


def test_two_encodings_in_one_file_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    line = "軸受を交換しました。点検は午後に行います。\n"
    path.write_bytes((line * 40).encode("utf-8") + (line * 40).encode("cp932"))
    with pytest.raises(InputError) as caught:
        ask(path)
    assert_told(caught, "")
    assert "41" in caught.value.line("en")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\t\r\n  \n" * 500, "nothing but white space"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "PNG picture"),
        (b"PK\x03\x04" + b"\0" * 3_000, "ZIP archive"),
        (bytes(range(256)) * 50, "a binary file"),
        (b"\0" * 50_000, "a binary file"),
        (b"\x80\x04\x95" + b"x" * 2_000, "pickle"),
        (b"<!DOCTYPE html><p>" + b"word " * 3_000, "web page"),
        (b"too short", "too short: 9 characters"),
    ],
)
def test_what_is_no_text_or_too_little_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        ask(path)
    assert_told(caught, what)
    assert "text.txt" in str(caught.value.where)


def test_a_folder_without_text_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_bytes(b"text")
    for path, what in ((tmp_path, "no text file"), (tmp_path / "gone.txt", "no such file")):
        with pytest.raises(InputError) as caught:
            ask(path)
        assert_told(caught, what)


def test_a_text_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, make_speeches(50))
    with pytest.raises(InputError) as caught:
        detect_text([path], max_bytes=100)
    assert_told(caught, "limit")


def test_sites_that_are_not_there_and_columns_that_text_has_not(tmp_path: Path) -> None:
    path = written(tmp_path, make_speeches(writers=("ann",)))
    for asked, what in (
        (Asked(site="speaker", options={"length": 20}), "too few speakers"),
        (Asked(site="store"), "no column 'store'"),
        (Asked(target="y"), "no target"),
        (Asked(split="random"), "reading order"),
    ):
        with pytest.raises(InputError) as caught:
            text.question([path], asked)
        assert_told(caught, what)


def test_the_command_ends_with_status_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "too short")
    assert main(["new", str(path), "--task", "text", "-o", str(tmp_path / "poc.yaml"), "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
