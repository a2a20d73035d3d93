"""Reading pairs of sentences: one file of columns or two aligned ones, in any encoding, every repair counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.errors import DataError
from evaluator.intake.pairs import LONGEST_SIDE, detect_pairs, read_pairs
from tests.translation_data import as_lines, told, written

PAIRS = [("犬が走る。", "A dog runs."), ("猫が寝る。", "A cat sleeps."), ("鳥が鳴く。", "A bird sings.")]


def read(*files: Path, header: bool | None = None):  # type: ignore[no-untyped-def]
    return read_pairs(detect_pairs(list(files), header=header))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
def test_one_file_of_columns_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    content = as_lines([(*pair, "東京") for pair in PAIRS] * 1).replace("\n", "\r\n").encode(encoding)
    found = read(written(tmp_path, content))
    assert list(zip(found.source, found.target, strict=True)) == PAIRS
    assert found.columns == {"c3": ("東京",) * 3}
    assert found.findings == ()


@pytest.mark.parametrize("encodings", [("utf-8", "utf-8"), ("cp932", "utf-8"), ("utf-16", "ascii")])
def test_two_aligned_files_are_read_each_in_its_own_encoding(tmp_path: Path, encodings: tuple[str, str]) -> None:
    files = [
        written(tmp_path, "\n".join(pair[side] for pair in PAIRS).encode(encodings[side]), f"train.{name}")
        for side, name in enumerate(("ja", "en"))
    ]
    found = read(*files)
    assert list(zip(found.source, found.target, strict=True)) == PAIRS
    assert found.names == ("train.ja", "train.en")
    swapped = read(*reversed(files))
    assert (swapped.source, swapped.target) == (found.target, found.source)
    assert [Path(one).name for one in detect_pairs([tmp_path]).files] == ["train.en", "train.ja"]


def test_a_header_is_found_by_its_words_or_as_said(tmp_path: Path) -> None:
    named = written(tmp_path, as_lines([("日本語", "英語", "部署"), *((*pair, "x") for pair in PAIRS)]))
    found = read(named)
    assert found.names == ("日本語", "英語")
    assert found.columns == {"部署": ("x",) * 3}
    assert len(read(named, header=False).source) == 4
    plain = written(tmp_path, as_lines(PAIRS), "plain.tsv")
    assert len(read(plain).source) == 3
    assert read(plain, header=True).names == PAIRS[0]


def test_what_cannot_be_learned_from_is_left_out_and_counted(tmp_path: Path) -> None:
    bad = [("", "Nothing."), ("無し", ""), ("x" * (LONGEST_SIDE + 1), "Long."), ("OK", "OK"), PAIRS[0], ("一列",)]
    found = read(written(tmp_path, as_lines([*PAIRS, *bad, ("", "")])))
    assert list(zip(found.source, found.target, strict=True)) == PAIRS
    text = told(found.findings)
    assert "7 of 10 pairs were left out" in text
    for counted in ("one side is empty: 3", "blank lines: 1", "characters: 1", "repeats the source: 1", "before: 1"):
        assert counted in text


def test_sources_with_several_targets_are_told(tmp_path: Path) -> None:
    found = read(written(tmp_path, as_lines([*PAIRS, (PAIRS[0][0], "The dog is running.")])))
    assert len(found.source) == 4
    assert "1 source has more than one target" in told(found.findings)


def test_control_characters_stray_returns_and_spreadsheet_quotes_are_taken_out(tmp_path: Path) -> None:
    lines = [
        "犬\0が走る。\tA dog\x07 runs.",
        "猫が\r寝る。\tA cat sleeps.",
        '"鳥が""鳴く""。"\t"A bird."',
        *["い\ti"] * 9,
    ]
    found = read(written(tmp_path, "\n".join(lines)))
    assert found.source[:3] == ("犬が走る。", "猫が 寝る。", '鳥が"鳴く"。')
    assert found.target[:3] == ("A dog runs.", "A cat sleeps.", '"A bird."')
    text = told(found.findings)
    for counted in ("1 NUL and 1 other", "1 carriage return inside", "around 1 cell."):
        assert counted in text


def test_unequal_line_counts_name_both(tmp_path: Path) -> None:
    one = written(tmp_path, "あ\nい\nう\n\n\n", "a.ja")
    two = written(tmp_path, "a\ni\nu\n", "a.en")
    assert len(read(one, two).source) == 3
    longer = written(tmp_path, "a\ni\nu\ne\n", "b.en")
    with pytest.raises(DataError) as caught:
        read(one, longer)
    assert "a.ja has 5 lines, b.en has 4" in caught.value.line("en")
