"""A disk that is full and a store that is locked or can't be written: one clear message, never a traceback."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from dashboard.faults import known_fault
from dashboard.server import SCRIPT
from evaluator.errors import DiskFullError, StoreBusyError, StoreClosedError, StoreError
from evaluator.store import Store, open_store
from tests.small_poc import small_poc

FULL = OSError(errno.ENOSPC, "No space left on device", "/store/x")
LOCKED = OperationalError("INSERT", {}, Exception("database is locked"))
READ_ONLY = OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))
MESSAGES = {
    "full": (FULL, "ディスクの空きがないため", "空きを作ってから", "The disk is full", "Free some space"),
    "locked": (LOCKED, "別の処理に使われたまま", "終わってから", "locked by another process", "Wait for the other"),
    "read-only": (READ_ONLY, "書き込めません", "書き込み権限", "can't be opened or written", "may be written"),
}


@pytest.mark.parametrize(
    ("error", "kind"), [(FULL, DiskFullError), (LOCKED, StoreBusyError), (READ_ONLY, StoreClosedError)]
)
def test_what_disk_and_database_say_has_a_cure(error: Exception, kind: type[StoreError]) -> None:
    said = known_fault(error)
    assert type(said) is kind
    assert said.cure is not None


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_disk() -> None:
    assert known_fault(ValueError("database is locked")) is None


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    opened = open_store(str(tmp_path))
    monkeypatch.setenv("BLUEPRINT_STORE", opened.url)
    return opened


def page(language: str) -> AppTest:
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    app.query_params["lang"] = language
    return app.run()


def writing_fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every transaction that writes end as it does where SQLite or the disk refuses."""

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr(Engine, "begin", refuse)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", MESSAGES)
def test_a_sample_that_can_not_be_queued_says_why(
    store: Store, monkeypatch: pytest.MonkeyPatch, kind: str, language: str
) -> None:
    error, *texts = MESSAGES[kind]
    app = page(language)
    writing_fails(monkeypatch, error)
    app.button(key="go-sample").click().run()
    assert not app.exception
    (alert,) = app.error
    what, cure = texts[:2] if language == "ja" else texts[2:]
    assert what in alert.value.replace("\\", "") and cure in alert.value.replace("\\", "")
    assert "Traceback" not in alert.value
    monkeypatch.undo()
    assert store.pocs() == []


def progress_page() -> None:
    from dashboard.screen import this_screen
    from dashboard.views import progress

    progress.show(this_screen())


def test_a_button_that_fails_says_why_once_and_leaves_the_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add_poc(small_poc(id="queued"))
    store.enqueue("queued")
    app = AppTest.from_function(progress_page, default_timeout=60)
    app.query_params["poc"] = "queued"
    app.run()
    writing_fails(monkeypatch, LOCKED)
    app.button(key="cancel_confirm").click().run()
    assert not app.exception
    (alert,) = app.error
    assert "別の処理に使われたまま" in alert.value
    assert app.title[0].value == small_poc(id="queued").title
    app.run()
    assert not app.error
