"""A .txt file is proposed as text or as a table by a look at its first lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.intake.text_or_table import looks_like_table, reads_as_text
from evaluator.tasks import fitting_tasks, task_for
from sample_data.reports_text import make as reports
from tests.text_data import make_speeches, written

NOVEL = (
    "　親譲りの無鉄砲で、子供の時から損ばかりしている。小学校に居る時分、学校の二階から飛び降りて、腰を抜かした。\n"
    "「なぜそんなむやみをした」と聞く人があるかも知れぬ。別段深い理由でもない。\n"
    "新築の二階から首を出していたら,同級生の一人が,いくら威張っても,そこから飛び降りる事は出来まいと囃した。\n"
    "この次は抜かさずに飛んで見せます,と答えた。\n\n"
) * 20
VERSE = "Before we proceed, hear me speak,\nSpeak, speak.\nFirst, you know Marcius;\nWe know\tit; we know it.\n" * 20
TABLE = "店舗\t曜日\t需要\n" + "".join(f"{number}\t月\t{number * 3},5\n" for number in range(40))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16"])
def test_japanese_prose_is_text_and_a_table_is_a_table_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    for name, content, first in (("novel.txt", NOVEL, "text"), ("table.txt", TABLE, "table")):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        assert task_for([path]) == first
        assert {"text", "table"} <= set(fitting_tasks([path]))


@pytest.mark.parametrize(
    "content",
    [
        VERSE,
        NOVEL.replace("\n", ""),
        '"Well," he said.\n"No, no.\n"Stay,\nThen, for once, he left, and came back.\n' * 30,
        make_speeches(60),
        reports.log(),
        "a,b\n1,2\n",
    ],
)
def test_prose_of_any_shape_is_text(tmp_path: Path, content: str) -> None:
    assert not looks_like_table(written(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n" + "1,2\n" * 5,
        "売上の一覧\n\n2025 年 4 月\n\na;b;c\n" + "1,5;2;x\n" * 5,
        "a,b\n" + '"one, and\nmore",2\n' * 9,
        "a|b\n" + "1|2\n" * 20_000,
    ],
)
def test_a_table_of_any_separator_is_a_table(tmp_path: Path, content: str) -> None:
    assert looks_like_table(written(tmp_path, content))


def test_a_folder_is_what_most_of_its_files_are_the_notes_aside(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path, TABLE, f"data/{number}.txt")
        written(tmp_path, NOVEL, f"books/{number}.txt")
    written(tmp_path, NOVEL, "data/README.txt")
    written(tmp_path, TABLE, "books/list.txt")
    assert task_for([tmp_path / "data"]) == "table"
    assert task_for([tmp_path / "books"]) == "text"
    assert not reads_as_text([tmp_path / "gone.txt"])
    assert task_for([tmp_path / "gone.txt"]) == "table"
