from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.errors import InputError, NotFoundError, ScorecardError
from evaluator.poc_file import parse_poc, poc_to_yaml, read_poc, write_poc
from evaluator.store.codec import poc_hash, poc_id
from scorecards.scorecard_file import load_template, to_yaml
from tests.small_poc import small_poc


@pytest.fixture
def text(tmp_path: Path) -> str:
    scorecard, assumptions = load_template("meeting")
    return poc_to_yaml(small_poc(id="", scorecard=scorecard, assumptions=assumptions), tmp_path)


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_poc_comes_back_as_it_was_written(tmp_path: Path) -> None:
    poc = small_poc(id="", title="=cmd() <script> 需要: 予測", site="file", variants=("dense", "hyper", "dense_site"))
    write_poc(poc, tmp_path / "poc.yaml")
    assert read_poc(tmp_path / "poc.yaml") == poc
    write_poc(replace(poc, id="mine"), tmp_path / "poc.yaml")
    assert read_poc(tmp_path / "poc.yaml").id == "mine"


def test_a_template_is_written_by_its_name_and_another_scorecard_in_full(text: str, tmp_path: Path) -> None:
    assert "scorecard: meeting\n" in text
    assert "criteria:" in poc_to_yaml(small_poc(), tmp_path)


def test_a_scorecard_may_stand_in_a_file_of_its_own(text: str, tmp_path: Path) -> None:
    scorecard, assumptions = load_template("meeting")
    (tmp_path / "ours.yaml").write_text(to_yaml(replace(scorecard, confidence=0.9), assumptions), encoding="utf-8")
    poc = parse_poc(changed(text, "scorecard: meeting", "scorecard: ours.yaml"), "poc.yaml", tmp_path)
    assert poc.scorecard.confidence == 0.9


def test_paths_start_at_the_file(text: str, tmp_path: Path) -> None:
    poc = parse_poc(changed(text, "nowhere/data.csv", "nowhere/../x.csv"), "poc.yaml", tmp_path)
    assert Path(poc.data.files[0]).is_absolute()
    assert Path(poc.data.files[0]).name == "x.csv"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("target: y", "target: Y2", "target: Y2", "no column 'Y2'"),
        ("budget: quick", "budget: quik", "budget: quik", "Did you mean 'quick'"),
        ("x: numeric", "x: numbers", "x: numbers", "Did you mean 'numeric'"),
        ("- hyper", "- dense_site", "- dense_site", "needs a site column"),
        ("- hyper", "- dense", "- dense", "listed twice"),
        ("scorecard: meeting", "scorecard: meating", "scorecard: meating", "Did you mean 'meeting'"),
        ("scorecard: meeting", "scorecard: none.yaml", "scorecard: none.yaml", "no scorecard file"),
        ("budget: quick", "bugdet: quick", "bugdet: quick", "Did you mean 'budget'"),
        ("title: 小さな PoC", "title: !!python/object:os.system x", "title: !!python/object:os.system x", "refused"),
        ("title: 小さな PoC", "title: &a x", "title: &a x", "refused"),
        ("by: random", "by: time", "column: ''", "needs split.column"),
        ("encoding: utf-8", "encoding: utf-9", "encoding: utf-9", "no encoding 'utf-9'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    text: str, tmp_path: Path, old: str, new: str, at: str, message: str
) -> None:
    wrong = changed(text, old, new)
    with pytest.raises(ScorecardError, match=message) as caught:
        parse_poc(wrong, "poc.yaml", tmp_path)
    file, line = caught.value.where.split(":")
    assert file == "poc.yaml"
    assert wrong.splitlines()[int(line) - 1].strip() == at


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        read_poc(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01\x80")
    with pytest.raises(InputError, match="UTF-8"):
        read_poc(tmp_path / "binary.yaml")


def test_the_id_follows_from_the_question_not_from_the_place() -> None:
    poc = small_poc(id="", title="Telco Churn!")
    moved = replace(poc, data=replace(poc.data, files=("/elsewhere/data.csv",)))
    assert poc_id(poc) == poc_id(moved)
    assert poc_id(poc).startswith("telco-churn-")
    assert poc_id(replace(poc, budget="thorough")) != poc_id(poc)
    assert poc_id(replace(poc, data=replace(poc.data, sha256="1" * 64))) != poc_id(poc)
    assert poc_hash(replace(poc, id="mine")) == poc_hash(poc)
    assert poc_id(small_poc(id="", title="需要予測")).startswith("poc-")
