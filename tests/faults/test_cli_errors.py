"""Bad input on the command line: exit status 2, one line that says what, where and how to mend it, nothing written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluator.__main__ import main
from evaluator.errors import DiskFullError, StoreBusyError, StoreError
from evaluator.poc_file import write_poc
from evaluator.store import open_store
from scorecards.local_text import LocalText
from tests.small_table import poc_on_table, small_table

pytestmark = pytest.mark.faults


SECRET = "a line of the user's data that is much longer than forty characters"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLUEPRINT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("BLUEPRINT_LANG", "en")
    open_store().close()
    small_table(tmp_path)
    write_poc(poc_on_table(tmp_path), tmp_path / "poc.yaml")
    (tmp_path / "other.yaml").write_text("mine\n", encoding="ascii")
    (tmp_path / "bomb.yaml").write_text("a: &a [x, x]\nb: [*a, *a, *a]\n", encoding="ascii")
    (tmp_path / "notes.yaml").write_text(f"{SECRET}\n", encoding="ascii")
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
        (["show", "x", "--store", "typo"], "typo: There is no store here"),
        (["show", "x", "--store", "other.yaml"], "other.yaml: The store must be a folder"),
        (["run", "table.csv"], "table.csv: This is no PoC file (YAML). To make one from data: python -m evaluator new"),
        (["run", "notes.yaml"], "notes.yaml:1: This is no PoC file"),
        (["new", "table.csv", "-o", "."], ".: This is a folder."),
        (["new", "table.csv", "-o", "nowhere/poc.yaml"], "nowhere/poc.yaml: The folder to write to does not exist."),
        (["new", "table.csv", "-o", "/dev/full", "--force"], "/dev/full: This is no plain file"),
        (["new", "table.csv", "--split", "sideways"], "invalid choice: 'sideways'"),
        (["new", "table.csv", "--split", "time"], "table.csv: A split by time needs a column."),
        (["new", "table.csv", "--split-column", "a"], "A random split does not use the column 'a'."),
        (["show", "x", "--lang", "fr"], "invalid choice: 'fr'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    assert main(arguments) == 2
    line = line_of(capsys)
    assert message in line
    assert SECRET not in line
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before


def test_the_same_line_in_japanese(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nobody", "--lang", "ja"]) == 2
    assert line_of(capsys).startswith("「nobody」という PoC は保存先にありません。")


@pytest.mark.parametrize(
    ("arguments", "japanese"),
    [
        (["run"], "poc.yaml の指定が必要です"),
        (["show", "x", "--colour"], "--colour という指定はありません"),
        (["report", "x", "--format", "docx"], "--format に 'docx' は使えません。使えるもの: "),
        (["report", "x", "--format"], "--format に値が必要です"),
    ],
)
def test_a_wrong_argument_is_told_in_japanese(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: Sequence[str],
    japanese: str,
) -> None:
    monkeypatch.setenv("BLUEPRINT_LANG", "ja")
    assert main(arguments) == 2
    assert japanese in line_of(capsys)


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


@pytest.mark.parametrize("kind", [StoreBusyError, DiskFullError])
def test_a_busy_store_and_a_full_disk_are_status_2(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: type[StoreError]
) -> None:
    def fails(_: object = None, **__: object) -> None:
        raise kind(LocalText(ja="後で", en="later"))

    monkeypatch.setattr("evaluator.store.open_store", fails)
    assert main(["show", "x"]) == 2
    assert line_of(capsys) == "later"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_to_a_full_disk_is_one_line_and_status_2(place: Path) -> None:
    store = open_store()
    store.add_poc(poc_on_table(place, id="mine"))
    store.close()
    command = [sys.executable, "-m", "evaluator", "show", "mine", "--store", str(place / "store"), "--lang", "en"]
    with Path("/dev/full").open("w", encoding="ascii") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "The disk is full, so the output is not complete. Free some space and run this again."
    ]


def test_anything_else_is_status_1(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object = None, **__: object) -> None:
        raise StoreError(LocalText(ja="満杯", en="full"))

    monkeypatch.setattr("evaluator.store.open_store", full)
    assert main(["show", "x"]) == 1
    assert line_of(capsys) == "full"

    def broken(_: object = None, **__: object) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("evaluator.store.open_store", broken)
    assert main(["show", "x"]) == 1
    assert line_of(capsys).startswith("An unexpected error (ValueError: two lines).")


def test_the_exit_status_reaches_the_shell(place: Path) -> None:
    command = [sys.executable, "-m", "evaluator", "run", str(place / "none.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
