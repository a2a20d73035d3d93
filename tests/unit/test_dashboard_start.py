"""Starting the dashboard: wrong options in one line of the user's language, and what is done before the first visit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let neither language nor locale be set: the user is taken to read Japanese."""
    for name in ("BLUEPRINT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("port", ["99999", "65536", "0", "-1", "8501.5", "abc", "٣", ""])
@pytest.mark.parametrize(
    ("locale", "said"), [("C.UTF-8", "ポート番号として使えません"), ("en_GB.UTF-8", "is not the number of a port")]
)
def test_a_port_that_there_can_not_be_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str, locale: str, said: str
) -> None:
    monkeypatch.setenv("LANG", locale)
    assert main(["--port", port]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("--port: ") and said in line and "65535" in line and port in line


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LANG": "C.UTF-8"}, "という指定はありません"),
        ({"LANG": "en_US.UTF-8"}, "unrecognized arguments"),
        ({"LANG": "en_US.UTF-8", "BLUEPRINT_LANG": "ja"}, "という指定はありません"),
        ({"LANG": "ja_JP.UTF-8", "BLUEPRINT_LANG": "en"}, "unrecognized arguments"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_US.UTF-8"}, "unrecognized arguments"),
    ],
)
def test_start_up_messages_follow_the_language_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["--prot", "8502"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("python -m dashboard: ") and said in line


STARTED = """
import asyncio, gc, sys
from dashboard import server

async def start():
    async with server._lifespan(None):
        print(gc.get_freeze_count(), "torch" in sys.modules, "dashboard.frame" in sys.modules)

before = gc.get_freeze_count()
asyncio.run(start())
print(before)
"""


def test_the_pages_are_loaded_and_frozen_before_the_first_visit(tmp_path: Path) -> None:
    """What the pages import stays out of the collections after each rerun; torch is none of it."""
    environment = {**os.environ, "BLUEPRINT_STORE": str(tmp_path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", STARTED]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.split()
    frozen, torch, pages, before = told
    assert (torch, pages) == ("False", "True")
    assert int(frozen) > int(before) + 100_000
