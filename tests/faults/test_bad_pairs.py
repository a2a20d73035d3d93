"""Pairs of sentences as people really send them: each gets one clear message, or a repair that is told and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.__main__ import main
from evaluator.errors import InputError
from evaluator.intake.pairs import detect_pairs
from evaluator.tasks import translation
from evaluator.tasks.protocol import Asked
from tests.translation_data import as_lines, ask, make_pairs, poc_of, told, written

pytestmark = pytest.mark.faults


def assert_told(caught: pytest.ExceptionInfo[InputError], what: str) -> None:
    """One line in each language: what, and how to mend it."""
    error = caught.value
    assert what in error.line("en")
    assert error.cure is not None
    for language in ("ja", "en"):
        line = error.line(language)  # type: ignore[arg-type]
        assert line.strip()
        assert "\n" not in line
    assert error.line("ja") != error.line("en")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\n\n \n" * 200, "none holds both"),
        ("一列だけの文。\n".encode() * 300, "300 of 300 lines have one column only"),
        ("日本語,英語\n犬,dog\n".encode() * 100, "one column only"),
        (b"\tdog\n" * 300, "none holds both"),
        ("同じ\t同じ\n".encode() * 300, "the same as its source"),
        ("犬\tdog\n".encode() * 300, "too few pairs: 1 "),
        (b"PK\x03\x04" + b"\0" * 3_000, "ZIP archive"),
        (b"\0" * 50_000, "a binary file"),
        (b"\x80\x04\x95" + b"x" * 2_000, "pickle"),
        (as_lines(make_pairs(50)).encode(), "too few pairs"),
    ],
)
def test_what_holds_no_pairs_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, content))
    assert_told(caught, what)
    assert "pairs.tsv" in str(caught.value.where)


def test_unequal_line_counts_are_told_with_both(tmp_path: Path) -> None:
    pairs = make_pairs(300)
    one = written(tmp_path, "".join(f"{source}\n" for source, _, _ in pairs), "train.ja")
    two = written(tmp_path, "".join(f"{target}\n" for _, target, _ in pairs[:-1]), "train.en")
    with pytest.raises(InputError) as caught:
        ask(one, two)
    assert_told(caught, "train.ja has 300 lines, train.en has 299")


def test_the_same_file_twice_one_file_alone_and_three_files_are_refused(tmp_path: Path) -> None:
    text = "".join(f"{source}\n" for source, _, _ in make_pairs(300))
    files = [written(tmp_path, text, f"{name}.txt") for name in "abc"]
    for given, what in (
        (files[:1], "one column only"),
        ([files[0], files[0]], "one column only"),
        (files[:2], "the same as its source"),
        (files, "3 files"),
        ([tmp_path], "3 files"),
        ([tmp_path / "gone.tsv"], "no such file"),
    ):
        with pytest.raises(InputError) as caught:
            ask(*given)
        assert_told(caught, what)


def test_a_folder_without_pairs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.png").write_bytes(b"a\tb")
    with pytest.raises(InputError) as caught:
        ask(tmp_path)
    assert_told(caught, "No text file")


def test_broken_encoding_in_the_middle_names_the_line(tmp_path: Path) -> None:
    lines = [line.encode() for line in as_lines(make_pairs(300)).splitlines(keepends=True)]
    lines[150] = lines[150][:4] + b"\xff\xfe\x80" + lines[150][4:]
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, b"".join(lines)))
    assert_told(caught, "")
    assert "151" in caught.value.line("en")


def test_two_encodings_in_one_file_name_the_line(tmp_path: Path) -> None:
    pairs = as_lines(make_pairs(300)).splitlines(keepends=True)
    content = "".join(pairs[:200]).encode() + "".join(pairs[200:]).encode("cp932")
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, content))
    assert "201" in caught.value.line("en")


def test_nuls_long_lines_empty_sides_and_copies_are_mended_and_kept_in_the_record(tmp_path: Path) -> None:
    lines = as_lines(make_pairs(400)).splitlines(keepends=True)
    lines[3] = lines[3].replace("は", "は\0")
    extra = ["x" * 300_000 + "\tlong\n", "空\t\n", "\tempty\n", "OK\tOK\n", lines[3], "一列\n"]
    asked = ask(written(tmp_path, "".join([*lines, *extra])))
    text = told(asked.findings)
    for counted in ("2 NULs", "is empty: 3", "2,000 characters: 1", "repeats the source: 1", "came before: 2"):
        assert counted in text
    data = translation.prepare(poc_of(asked), tmp_path / "data")
    kept = " ".join(repair.en for repair in data.repairs)
    for finding in asked.findings:
        assert finding.text.en in kept
    assert data.facts.source_longest < 100


def test_duplicates_never_sit_in_train_and_test(tmp_path: Path) -> None:
    pairs = make_pairs(300)
    again = [(source, f"{target} again", site) for source, target, site in pairs[:60]]
    asked = ask(written(tmp_path, as_lines([*pairs, *again, *pairs])), site="")
    assert "of 660 pairs were left out (the pair came before: 30" in told(asked.findings)
    assert "sources have more than one target" in told(asked.findings)
    data = translation.prepare(poc_of(asked), tmp_path / "data")
    seen = {row.tobytes() for row in data.train.source}
    for part in (data.validation, data.test, data.new_train, data.new_validation, data.new_test):
        assert not seen & {row.tobytes() for row in part.source}


def test_one_source_alone_cannot_be_divided(tmp_path: Path) -> None:
    lines = "".join(f"同じ原文\ttarget number {number}\n" for number in range(300))
    asked = ask(written(tmp_path, lines), options={"length": 60})
    with pytest.raises(InputError) as caught:
        translation.prepare(poc_of(asked), tmp_path / "data")
    assert_told(caught, "share their source")


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        detect_pairs([written(tmp_path, as_lines(make_pairs(50)))], max_bytes=100)
    assert_told(caught, "limit")


def test_sites_that_are_not_there_and_columns_that_pairs_have_not(tmp_path: Path) -> None:
    path = written(tmp_path, as_lines(make_pairs(), header=True))
    single = written(tmp_path, as_lines([(*pair[:2], "only") for pair in make_pairs()]), "single.tsv")
    for file, asked, what in (
        (path, Asked(site="store"), "no column 'store'"),
        (single, Asked(site="c3"), "Of 1 sites"),
        (path, Asked(target="target"), "no target column"),
        (path, Asked(split="time"), "split at random"),
    ):
        with pytest.raises(InputError) as caught:
            translation.question([file], asked)
        assert_told(caught, what)


def test_the_command_ends_with_status_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "one column\n" * 300)
    assert main(["new", str(path), "--task", "translation", "-o", str(tmp_path / "poc.yaml"), "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
