"""A store that is locked, full, damaged or not there: one clear line, and nothing half-written."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from evaluator.errors import DiskFullError, InputError, NotFoundError, StoreBusyError, StoreError
from evaluator.poc_file import write_poc
from evaluator.store import Store, open_store
from evaluator.store.connection import store_error
from evaluator.store.whole_file import write_whole
from scorecards.record import Measurement
from tests.small_poc import request, result, small_poc

pytestmark = pytest.mark.faults


@pytest.fixture
def locked(tmp_path: Path) -> Store:
    """A store that another process holds for writing."""
    open_store(str(tmp_path)).add_poc(small_poc())
    holder = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return _holding(open_store(str(tmp_path), busy_seconds=0.2), holder)


def _holding(store: Store, holder: sqlite3.Connection) -> Store:
    store.__dict__["holder"] = holder  # lives as long as the store
    return store


def test_a_locked_store_can_be_read_and_says_so_when_written(locked: Store) -> None:
    assert [row.id for row in locked.pocs()] == ["small"]
    with pytest.raises(StoreBusyError) as caught:
        locked.enqueue("small")
    assert "別の処理" in caught.value.line("ja")
    assert "\n" not in caught.value.line("en")


def test_a_full_disk_keeps_what_was_there_and_writes_nothing_half(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.add_poc(small_poc())
    first, second = request("small", seed=1), request("small", seed=2)
    store.start_trial(first)
    store.finish_trial("small", result(first))
    store.start_trial(second)
    before = store.measurements("small")

    @event.listens_for(store._engine, "begin")
    def no_more_pages(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    plain = result(second)
    many = tuple(
        Measurement(
            "small", second.trial, "dense", 2, f"site {number}", "", "quality.auc", 0.5, "score", "measured", "q"
        )
        for number in range(5_000)
    )
    with pytest.raises(StoreError, match="disk is full"):
        store.finish_trial("small", type(plain)(plain.trial, many, plain.curves))
    event.remove(store._engine, "begin", no_more_pages)
    store.close()
    again = open_store(str(tmp_path))
    assert again.measurements("small").equals(before)
    assert [row.state for row in again.trials("small")] == ["done", "running"]
    assert again.finish_trial("small", plain)


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"this is not a database, but long enough to look like one" * 40)
    with pytest.raises(StoreError, match="not a Blueprint database"):
        open_store(str(tmp_path))


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("UPDATE blueprint_schema SET schema_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        open_store(str(tmp_path))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    for place in (tmp_path / "file" / "below", tmp_path / "file"):
        with pytest.raises(InputError, match="must be a folder") as caught:
            open_store(str(place))
        assert caught.value.where == str(place)
        assert caught.value.cure is not None
    assert (tmp_path / "file").read_text(encoding="ascii") == "x"


def test_only_a_full_disk_is_called_full_and_the_user_can_mend_it() -> None:
    assert isinstance(store_error("database or disk is full", "x"), DiskFullError)
    for message in ("no such column: fullness", "table busy_full has no column named locked"):
        told = store_error(message, "x")
        assert not isinstance(told, InputError)
        assert message in told.line("en")
    assert issubclass(DiskFullError, InputError)
    assert issubclass(StoreBusyError, InputError)


def test_a_database_whose_driver_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"package psycopg.* is not installed") as caught:
        open_store("postgresql+psycopg://someone@localhost/none")
    assert "pip install" in caught.value.line("ja")


@pytest.mark.parametrize("url", ["sqlite:/missing-slashes://", "nosuchdatabase://host/x", "://"])
def test_a_url_that_means_nothing_is_the_users_fault(url: str) -> None:
    with pytest.raises(InputError, match="URL can't be understood"):
        open_store(url)


def test_a_report_or_poc_file_on_a_full_disk_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.write_text("old", encoding="ascii")

    def full(path: Path, *_: object, **__: object) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Path, "write_text", full)
    writers: tuple[Callable[[], None], ...] = (
        lambda: write_whole(target, b"new"),
        lambda: write_poc(small_poc(), target),
    )
    for write in writers:
        with pytest.raises(DiskFullError, match="disk is full") as caught:
            write()
        assert caught.value.where == str(target)
        assert "kept" not in caught.value.line("en")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert target.read_text(encoding="ascii") == "old"


def test_an_io_error_on_a_full_disk_is_told_as_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = f"sqlite:///{tmp_path / 'store.sqlite'}"
    elsewhere = store_error("disk I/O error", where)
    assert not isinstance(elsewhere, DiskFullError)
    assert elsewhere.cure is not None
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 100, 0))  # type: ignore[attr-defined]
    full = store_error("disk I/O error", where)
    assert isinstance(full, DiskFullError)
    assert isinstance(full, InputError)


def test_a_store_that_may_not_be_written_is_the_users_to_mend() -> None:
    assert isinstance(store_error("attempt to write a readonly database", "x"), InputError)
    assert store_error("attempt to write a readonly database", "x").cure is not None


def test_showing_from_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store here"):
        open_store(str(tmp_path / "typo"), make=False)
    assert not list(tmp_path.iterdir())
    open_store(str(tmp_path / "real")).close()
    open_store(str(tmp_path / "real"), make=False).close()
