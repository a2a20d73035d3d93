"""Pairs of sentences are told from tables by their content, and a refusal names the task that they are made for."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from evaluator.errors import DataError
from evaluator.intake.pairs_kind import reads_as_pairs
from evaluator.poc_new import new_poc
from evaluator.tasks import fitting_tasks, task_for
from tests.translation_data import as_lines, make_pairs

PAIRS = as_lines(make_pairs(300))
FRENCH = "".join(f"I see {number_word}.\tJe vois {number_word}.\n" for number_word in map("x".__mul__, range(1, 60)))


@pytest.mark.parametrize("ending", [".tsv", ".txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_columns_of_sentences_are_proposed_for_translation(tmp_path: Path, ending: str, encoding: str) -> None:
    path = tmp_path / f"pairs{ending}"
    path.write_bytes(PAIRS.encode(encoding))
    assert task_for([path]) == "translation"
    assert "table" in fitting_tasks([path])


def test_pairs_in_a_csv_are_proposed_and_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    rows = [line.split("\t")[:2] for line in PAIRS.splitlines()]
    path.write_text("日本語,英語\n" + "".join(f'"{source}","{target}"\n' for source, target in rows), encoding="utf-8")
    assert task_for([path]) == "translation"
    found = new_poc([path]).question
    assert found.source.separator == ","
    assert found.source.header
    assert found.rows == len({tuple(row) for row in rows})


def test_sentences_of_one_script_are_pairs_too(tmp_path: Path) -> None:
    path = tmp_path / "fra.txt"
    path.write_text(FRENCH, encoding="utf-8")
    assert reads_as_pairs([path])


@pytest.mark.parametrize(
    "content",
    [
        "店舗\t曜日\n" + "".join(f"店舗{number % 5}\t{'月火水'[number % 3]}曜日\n" for number in range(60)),
        "day\tsold\n" + "".join(f"2025-01-{number:02} 10:00\t{number * 3}\n" for number in range(1, 29)),
        "review\tlabel\n" + "".join(f"This is the review {'x' * number}.\tgood one\n" for number in range(60)),
        "review\tstars\n" + "".join(f"This is the review {'x' * number}.\t{number % 5}\n" for number in range(60)),
        "a\tb\tc\td\n" + "A sentence here.\tAnother one here.\tAnd a third one.\tAnd more of it.\n" * 30,
        "A novel without a single tab in it.\n" * 60,
        "",
    ],
)
def test_tables_and_prose_are_no_pairs(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data.tsv"
    path.write_text(content, encoding="utf-8")
    assert not reads_as_pairs([path])


def test_a_csv_without_pairs_is_not_offered_for_translation(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n" + "1,2\n" * 30, encoding="utf-8")
    assert fitting_tasks([path]) == ["table", "series"]


def test_a_table_task_that_refuses_pairs_names_translation(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        new_poc([path], task="table")
    assert "--task translation" in caught.value.line("en")
    assert "翻訳 (--task translation)" in caught.value.line("ja")


def test_an_archive_of_pairs_is_proposed_for_translation_and_one_of_traces_for_strokes(tmp_path: Path) -> None:
    pairs, traces = tmp_path / "pairs.zip", tmp_path / "traces.zip"
    with zipfile.ZipFile(pairs, "w") as archive:
        archive.writestr("_about.txt", "Where these come from.\n" * 20)
        archive.writestr("fra.txt", FRENCH)
    with zipfile.ZipFile(traces, "w") as archive:
        for number in range(5):
            points = "".join(f"{at}.0,{at * 2}.0,{at}\n" for at in range(30))
            archive.writestr(f"set/char/{number}_01.txt", f"START\n{points}BREAK\n")
            archive.writestr(f"__MACOSX/set/char/._{number}_01.txt", "x")
    assert task_for([pairs]) == "translation"
    assert task_for([traces]) == "stroke"
    assert "series" not in fitting_tasks([traces])[:1]
