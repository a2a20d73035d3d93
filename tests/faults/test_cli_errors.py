"""Bad input on the command line: exit status 2, one line that says what, where and how to mend it, nothing written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluator.__main__ import main
from evaluator.errors import StoreError
from evaluator.poc_file import write_poc
from evaluator.store import open_store
from scorecards.local_text import LocalText
from tests.small_table import poc_on_table, small_table

pytestmark = pytest.mark.faults


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLUEPRINT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("BLUEPRINT_LANG", "en")
    small_table(tmp_path)
    write_poc(poc_on_table(tmp_path), tmp_path / "poc.yaml")
    (tmp_path / "other.yaml").write_text("mine\n", encoding="ascii")
    (tmp_path / "bomb.yaml").write_text("a: &a [x, x]\nb: [*a, *a, *a]\n", encoding="ascii")
    (tmp_path / "empty.csv").write_text("", encoding="ascii")
    return tmp_path


def line_of(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that was printed on stderr."""
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert "Traceback" not in line
    return line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "The command isn't complete"),
        (["make"], "invalid choice: 'make'"),
        (["run"], "poc.yaml"),
        (["run", "none.yaml"], "none.yaml: There is no such file"),
        (["run", "bomb.yaml"], "bomb.yaml:1"),
        (["run", "nobody"], "no PoC called 'nobody'"),
        (["show", "nobody"], "no PoC called 'nobody'"),
        (["report", "nobody", "--format", "docx"], "invalid choice: 'docx'"),
        (["report", "nobody", "--format", "pdf"], "no PoC called 'nobody'"),
        (["new", "none.csv"], "none.csv"),
        (["new", "empty.csv"], "empty.csv"),
        (["new", "table.csv", "--target", "Y"], "Did you mean"),
        (["new", "table.csv", "--task", "tables"], "no task 'tables'"),
        (["new", "table.csv", "--budget", "fast"], "no budget 'fast'"),
        (["new", "table.csv", "--scorecard", "ours"], "no scorecard 'ours'"),
        (["new", "table.csv", "--target", "y", "-o", "other.yaml"], "other.yaml: There is such a file"),
        (["show", "x", "--store", "nosuch://x"], "URL can't be understood"),
        (["show", "x", "--lang", "fr"], "invalid choice: 'fr'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    assert main(arguments) == 2
    assert message in line_of(capsys)
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before


def test_the_same_line_in_japanese(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nobody", "--lang", "ja"]) == 2
    assert line_of(capsys).startswith("「nobody」という PoC は保存先にありません。")


def test_data_that_changed_is_refused_and_the_poc_says_why(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (place / "table.csv").open("a", encoding="ascii") as file:
        file.write("1,2,3,yes\n")
    assert main(["run", "poc.yaml"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("table.csv: The data has changed since the PoC was made.")
    [row] = open_store().pocs()
    progress = open_store().progress(row.id)
    assert progress.state == "failed"
    assert progress.message is not None
    assert "データが、PoC を作ったときから変わっています" in progress.message.ja


def test_data_that_is_gone_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "table.csv").unlink()
    assert main(["run", "poc.yaml"]) == 2
    assert "The data file is missing." in capsys.readouterr().err.splitlines()[-1]


def test_anything_else_is_status_1(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object = None) -> None:
        raise StoreError(LocalText(ja="満杯", en="full"))

    monkeypatch.setattr("evaluator.store.open_store", full)
    assert main(["show", "x"]) == 1
    assert line_of(capsys) == "full"

    def broken(_: object = None) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("evaluator.store.open_store", broken)
    assert main(["show", "x"]) == 1
    assert line_of(capsys).startswith("An unexpected error (ValueError: two lines).")


def test_the_exit_status_reaches_the_shell(place: Path) -> None:
    command = [sys.executable, "-m", "evaluator", "run", str(place / "none.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
