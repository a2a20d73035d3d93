"""The first line of pairs: names of columns in many forms, and pairs that look a little like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.intake.pairs import ReadPairs, detect_pairs, read_pairs

JAPANESE = [
    ("犬が好きです。", "I like dogs."),
    ("雨が降っている。", "It is raining."),
    ("英語を学ぶ", "Learn English"),
] * 5
FRENCH = [("Go.", "Va !"), ("I won!", "J'ai gagné !"), ("Run away", "Fuyez")] * 5


def read(folder: Path, first: str, rows: list[tuple[str, str]]) -> ReadPairs:
    path = folder / "pairs.tsv"
    path.write_text("".join(f"{line}\n" for line in (first, *map("\t".join, rows))), encoding="utf-8")
    return read_pairs(detect_pairs([path]))


@pytest.mark.parametrize(
    "first",
    [
        "ja_text\ten_text",
        "Japanese sentence\tEnglish sentence",
        "日本語\t英語",
        "日本語の文\t英語の文",
        "原文\t訳文",
        "和文（原文）\t英文（訳文）",
        "JA\tEN",
        "sourceText\ttargetText",
        "text_1\ttext_2",
        "Text in Japanese\tThe English text",
        "col_a\tcol_b\tdepartment",
    ],
)
def test_names_are_no_pair_and_told(tmp_path: Path, first: str) -> None:
    found = read(tmp_path, first, JAPANESE)
    assert list(found.names) == first.split("\t")[:2]
    assert len(found.source) == 3
    (told,) = [one for one in found.findings if one.code == "pairs_header"]
    assert "names the columns" in told.text.en
    assert first.split("\t", maxsplit=1)[0] in told.text.ja


@pytest.mark.parametrize(
    "first", ["English\tFrench", "src\ttgt", "english_sentence\tfrench_sentence", "Anglais\tFrançais"]
)
def test_names_are_found_where_both_columns_are_in_one_script(tmp_path: Path, first: str) -> None:
    assert len(read(tmp_path, first, FRENCH).source) == 3


@pytest.mark.parametrize(
    ("first", "rows"),
    [
        ("英語の授業です。\tThis is an English lesson.", JAPANESE),
        ("英語の授業\tEnglish lesson", JAPANESE),
        ("英語\tEnglish", JAPANESE),
        ("こんにちは\tHi", JAPANESE),
        ("Hi.\tSalut !", FRENCH),
        ("English lesson\tCours", FRENCH),
        ("Stop\tArrête", FRENCH),
    ],
)
def test_a_pair_stays_a_pair(tmp_path: Path, first: str, rows: list[tuple[str, str]]) -> None:
    found = read(tmp_path, first, rows)
    assert found.names == ("c1", "c2")
    assert len(found.source) == 4


def test_a_first_line_in_doubt_is_told_to_be_a_pair(tmp_path: Path) -> None:
    told = [one.text.en for one in read(tmp_path, "英語の授業\tEnglish lesson", JAPANESE).findings]
    assert any("was read as a pair, not as the columns' names" in text for text in told)
    plain = read(tmp_path, "雪です。\tIt snows.", JAPANESE)
    assert not [one for one in plain.findings if one.code == "pairs_header"]
