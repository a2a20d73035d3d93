"""Opening the database behind a store, and saying in one line what is wrong with it.

SQLite runs in WAL mode with a busy timeout; writers begin with BEGIN IMMEDIATE, so that two of them queue up instead of
failing half-way. Any other SQLAlchemy URL (PostgreSQL) is taken as it is.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from evaluator.errors import DiskFullError, InputError, StoreBusyError, StoreClosedError, StoreError
from evaluator.store.schema import SCHEMA_VERSION, metadata, schema
from scorecards.local_text import LocalText

BUSY_SECONDS = 15.0
NO_SPACE = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows knows no quota
"""The operating system's numbers for a full disk and for a quota that is used up."""

_READING = "blueprint_reading"
# What SQLite and PostgreSQL themselves say; a table or folder that is merely called 'full' or 'busy' must not match.
_BUSY = ("database is locked", "database table is locked", "database schema is locked", "lock timeout", "deadlock")
_FULL = ("database or disk is full", "no space left on device")
LEAST_FREE_BYTES = 1 << 20
"""SQLite's working files beside a store need about so much; with less on the disk it only says 'disk I/O error'."""
_OTHER_PLACE = LocalText(
    ja="ディスクの空きと接続、フォルダーの有無と権限を確かめるか、別の保存先を --store で指定してください。",
    en="Check the disk's space and connection, that the folder exists and may be written, or name another store with "
    "--store.",
)


def connect(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Return an engine for `url`, its tables made where they are missing.

    Raises InputError when the URL can't be understood, StoreError when the store can't be read, is of a newer
    schema, DiskFullError, StoreBusyError when it stays locked for `busy_seconds`.
    """
    try:
        with store_errors(url):
            engine = _engine(url, busy_seconds)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unknown_url(error) from error
    where = str(engine.url)  # without the password
    with reading(engine) as connection:
        version = _schema_version(connection)
    if version is None or version < SCHEMA_VERSION:
        with writing(engine) as connection:
            metadata.create_all(connection)
            version = _write_schema_version(connection)
    if version != SCHEMA_VERSION:
        raise StoreError(
            LocalText(
                ja=f"保存先の形式 (版 {version}) は、この Blueprint (版 {SCHEMA_VERSION}) で読めません。",
                en=f"This Blueprint (version {SCHEMA_VERSION} stores) can't read a store of version {version}.",
            ),
            where=where,
            cure=LocalText(
                ja="同じ版の Blueprint を使うか、別の保存先を --store で指定してください。",
                en="Use the matching Blueprint, or name another store with --store.",
            ),
        )
    return engine


def _schema_version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.name):
        return None
    return connection.execute(select(schema.c.schema_version)).scalar()


def _write_schema_version(connection: Connection) -> int:
    """Note the present schema; up to now a newer one only added tables, which are made where they are missing."""
    if _schema_version(connection) != SCHEMA_VERSION:
        connection.execute(delete(schema))
        connection.execute(insert(schema).values(schema_version=SCHEMA_VERSION))
    return SCHEMA_VERSION


def _engine(url: str, busy_seconds: float) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own: `_begin_sqlite` does
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the store and writes nothing."""
    with store_errors(str(engine.url)), engine.connect() as plain:
        connection = plain.execution_options(**{_READING: True})
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose changes are committed together at the end, or not at all."""
    with store_errors(str(engine.url)), engine.begin() as connection:
        yield connection


@contextmanager
def store_errors(where: str) -> Iterator[None]:
    """Turn what the database or the disk says into a StoreError of one line; `where` names the store."""
    try:
        yield
    except DBAPIError as error:
        raise store_error(str(error.orig), where) from error
    except OSError as error:
        raise disk_error(error, where) from error


def _unknown_url(error: Exception) -> InputError:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = "psycopg[binary]" if error.name.startswith("psycopg") else error.name
        return InputError(
            LocalText(
                ja=f"このデータベースに必要なパッケージ {error.name} がインストールされていません。",
                en=f"The package {error.name}, which this database needs, is not installed.",
            ),
            cure=LocalText(
                ja=f'pip install "{package}" を実行するか、--store でフォルダーを指定してください。',
                en=f'Run pip install "{package}", or name a folder with --store.',
            ),
        )
    return InputError(
        LocalText(
            ja=f"保存先の URL を解釈できません ({error})。",
            en=f"The store's URL can't be understood ({error}).",
        ),
        cure=LocalText(
            ja="フォルダーのパス、または sqlite:///ファイル、postgresql+psycopg://… の形で指定してください。",
            en="Give a folder, or a URL like sqlite:///FILE or postgresql+psycopg://….",
        ),
    )


def store_error(message: str, where: str) -> StoreError:
    """Return the error that the database's own `message` stands for."""
    low = message.lower()
    if any(phrase in low for phrase in _BUSY):
        return StoreBusyError(
            LocalText(
                ja="保存先が別の処理に使われたままで、書き込めませんでした。",
                en="The store stayed locked by another process, so nothing could be written.",
            ),
            where=where,
            cure=LocalText(
                ja="ほかの処理が終わってから、もう一度実行してください。",
                en="Wait for the other process to end, then run this again.",
            ),
        )
    if any(phrase in low for phrase in _FULL):
        return _full(where)
    if "disk i/o error" in low:
        return _full(where) if _has_no_space(where) else _broken_disk(where)
    if "readonly" in low or "read-only" in low or "unable to open" in low:
        return _not_writable(where)
    if "not a database" in low or "malformed" in low:
        return StoreError(
            LocalText(
                ja="保存先のファイルは Blueprint のデータベースではないか、壊れています。",
                en="The store's file is not a Blueprint database, or it is damaged.",
            ),
            where=where,
            cure=LocalText(
                ja="別の保存先を --store で指定するか、バックアップから戻してください。",
                en="Name another store with --store, or restore it from a backup.",
            ),
        )
    short = " ".join(message.split())[:300]
    return StoreError(
        LocalText(ja=f"保存先でエラーが起きました ({short})。", en=f"The store reported an error ({short})."),
        where=where,
    )


def disk_error(error: OSError, where: str) -> StoreError:
    """Return the StoreError that an operating system's `error` stands for (full disk, no permission, …)."""
    if error.errno in NO_SPACE:
        return _full(where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _not_writable(where)
    return StoreError(
        LocalText(
            ja=f"ファイルを読み書きできませんでした ({error.strerror})。",
            en=f"A file couldn't be read or written ({error.strerror}).",
        ),
        where=str(error.filename or where),
        cure=_OTHER_PLACE,
    )


def _has_no_space(where: str) -> bool:
    """Tell whether the disk under an SQLite store has less room than its own working files need."""
    try:
        folder = Path(make_url(where).database or "").parent
        return shutil.disk_usage(folder).free < LEAST_FREE_BYTES
    except (ArgumentError, OSError):
        return False


def _broken_disk(where: str) -> StoreError:
    return StoreError(
        LocalText(
            ja="保存先のディスクを読み書きできませんでした (disk I/O error)。",
            en="The store's disk couldn't be read or written (disk I/O error).",
        ),
        where=where,
        cure=_OTHER_PLACE,
    )


def _full(where: str) -> DiskFullError:
    return DiskFullError(
        LocalText(
            ja="ディスクの空きがないため、保存先に書き込めませんでした。",
            en="The disk is full, so nothing could be written to the store.",
        ),
        where=where,
        cure=LocalText(
            ja="空きを作ってから、もう一度実行してください。終わった試行はやり直しません。",
            en="Free some space and run this again; trials that had ended are not repeated.",
        ),
    )


def _not_writable(where: str) -> StoreError:
    return StoreClosedError(
        LocalText(ja="保存先を開けないか、書き込めません。", en="The store can't be opened or written."),
        where=where,
        cure=LocalText(
            ja="フォルダーの有無と書き込み権限を確かめるか、別の保存先を --store で指定してください。",
            en="Check that the folder exists and may be written, or name another store with --store.",
        ),
    )
