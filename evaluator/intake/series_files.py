"""The files of a time series: tables as they are, folders opened up, ZIP archives of tables unpacked with care."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from evaluator.errors import DataError
from evaluator.intake.encoding import hash_files
from evaluator.intake.files import DEFAULT_MAX_BYTES, TABLE_ENDINGS, check_size, expand
from evaluator.intake.findings import Finding
from evaluator.intake.images_decode import IMAGE_ENDINGS
from evaluator.intake.pairs_kind import is_pairs
from evaluator.intake.read import detect
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.strokes_points import is_trace
from evaluator.intake.text_archives import Head, heads
from evaluator.intake.text_or_table import is_table
from evaluator.records import DataSource
from scorecards.formats import format_value
from scorecards.local_text import LocalText

MOST_MEMBERS = 5_000
MOST_RATIO = 200
"""Tables shrink 5 to 50 times; what shrinks more than this and is larger than RATIO_FROM bytes is a ZIP bomb."""
RATIO_FROM = 20_000_000
_CHUNK = 1 << 20
_PLAIN = (".csv", ".tsv", ".data", ".txt", ".dat", ".tab")
"""Endings of tables in plain text."""


def detect_series(
    files: Sequence[Path], *, header: bool | None = None, max_bytes: int = DEFAULT_MAX_BYTES
) -> tuple[DataSource, tuple[Finding, ...]]:
    """Return how to read `files` (tables, ZIP archives of tables, or one folder), and what was passed over.

    The source names the files as given; the tables in an archive are found again by `opened`. `max_bytes`: limit for
    all files together, and for an archive's contents. Raises DataError and NotFoundError as `intake.read.detect`.
    """
    given = _given(files)
    check_size(given, max_bytes)
    with tempfile.TemporaryDirectory(prefix="blueprint-") as folder:
        tables, passed = _unpacked(given, Path(folder), max_bytes)
        inner = detect(tables, header=header, max_bytes=max_bytes)
    source = replace(inner, files=tuple(str(path) for path in given), sha256=hash_files(given))
    return source, (_passed_over(passed),) if passed else ()


def are_archives_of_tables(files: Sequence[Path]) -> bool:
    """Tell whether all `files` (folders opened up) are ZIP archives with more tables than images, by their names.

    Text (.txt and the like) counts as what its beginning looks like: not where it is prose, pairs, or pen traces.
    """
    given = [one for path in files for one in (sorted(path.glob("*.zip")) if path.is_dir() else [path])]
    return bool(given) and all(path.suffix.lower() == ".zip" and _holds_tables(path) for path in given)


def _holds_tables(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            endings = Counter(
                PurePosixPath(name).suffix.lower() for name in archive.namelist() if "__MACOSX" not in name
            )
    except (zipfile.BadZipFile, OSError, ValueError):  # what is wrong with it, reading it tells
        return False
    if sum(endings[one] for one in TABLE_ENDINGS) <= sum(endings[one] for one in IMAGE_ENDINGS):
        return False
    if any(endings[one] for one in TABLE_ENDINGS if one not in _PLAIN):
        return True
    try:
        looked = heads([path], _PLAIN)
    except DataError:
        return False
    return sum(map(_is_plain_table, looked)) > len(looked) / 2


def _is_plain_table(head: Head) -> bool:
    """Tell whether a text's beginning looks like a table; of a .csv that goes without saying unless it holds pairs."""
    if is_pairs(head) or is_trace(head.raw):
        return False
    return head.name.lower().endswith((".csv", ".tsv")) or is_table(head)


@contextmanager
def opened(source: DataSource) -> Iterator[DataSource]:
    """Yield `source` with its archives unpacked into a folder that is removed afterwards."""
    given = [Path(name) for name in source.files]
    with tempfile.TemporaryDirectory(prefix="blueprint-") as folder:
        tables, _ = _unpacked(given, Path(folder), DEFAULT_MAX_BYTES)
        yield replace(source, files=tuple(str(path) for path in tables))


def _given(files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files meant: a folder's tables, or its archives where it holds no table but notes."""
    found: list[Path] = []
    for path in files:
        archives = sorted(path.glob("*.zip")) if path.is_dir() else []
        tables = [one for one in path.iterdir() if one.suffix.lower() in (".csv", ".tsv")] if path.is_dir() else []
        found.extend(archives if archives and not tables else [path])
    return expand(found)


def _is_archive(path: Path) -> bool:
    """Tell whether `path` is a ZIP of tables, which a workbook or an .npz is not. Raises DataError."""
    with path.open("rb") as stream:
        if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name.startswith("xl/") or name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _broken(path) from error


def _unpacked(given: Sequence[Path], folder: Path, max_bytes: int) -> tuple[list[Path], list[str]]:
    """Return the tables, archives replaced by what they hold, and the names that were passed over in them."""
    tables: list[Path] = []
    passed: list[str] = []
    for number, path in enumerate(given):
        if not _is_archive(path):
            tables.append(path)
            continue
        held = _unpack(path, folder / str(number), max_bytes, passed)
        if not held:
            raise _no_table(path)
        tables.extend(held)
    return tables, passed


def _unpack(path: Path, folder: Path, max_bytes: int, passed: list[str]) -> list[Path]:
    tables = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            _check(path, members, max_bytes)
            for number, member in enumerate(sorted(members, key=lambda one: one.filename)):
                name = PurePosixPath(member.filename)
                hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in name.parts)
                if hidden or name.suffix.lower() not in TABLE_ENDINGS or not member.file_size:
                    if not hidden:
                        passed.append(name.name)
                    continue
                target = folder / str(number) / name.name
                target.parent.mkdir(parents=True)
                with archive.open(member) as packed, target.open("wb") as plain:
                    while chunk := packed.read(_CHUNK):
                        plain.write(chunk)
                tables.append(target)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise _broken(path) from error
    return tables


def _check(path: Path, members: Sequence[zipfile.ZipInfo], max_bytes: int) -> None:
    """Raise DataError for what an honest archive of tables never holds, before anything is unpacked."""
    for member in members:
        name = member.filename.replace("\\", "/")
        outside = name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/")
        if outside or stat.S_ISLNK(member.external_attr >> 16):
            raise _unsafe(path, member.filename)
        if member.flag_bits & 1:
            raise _locked(path)
        if member.file_size > RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise _bomb(path, member.file_size)
    total = sum(member.file_size for member in members)
    if total > max_bytes or len(members) > MOST_MEMBERS:
        raise _bomb(path, total)


def _passed_over(names: Sequence[str]) -> Finding:
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return Finding(
        "zip_passed_over",
        "",
        "info",
        LocalText(
            ja=f"ZIP 内の表ではないファイル {len(names):,} 個は使いません ({shown})。",
            en=f"{count_of(len(names), 'file')} in the ZIP passed over: no table ({shown}).",
        ),
        LocalText(ja="必要な表があれば CSV で保存してください。", en="Save them as CSV if they hold data."),
    )


_PACK_AGAIN = LocalText(
    ja="CSV ファイルだけを ZIP にまとめ直してください。", en="Pack the CSV files, and nothing else, into a new ZIP."
)


def _unsafe(path: Path, name: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"ZIP の中に、外を指す名前またはリンクがあります: 「{name[:60]}」",
            en=f"The ZIP holds a link or a name that leads out of it: “{name[:60]}”",
        ),
        where=path.name,
        cure=_PACK_AGAIN,
    )


def _locked(path: Path) -> DataError:
    return DataError(
        LocalText(ja="ZIP にパスワードがかかっています。", en="The ZIP is protected by a password."),
        where=path.name,
        cure=LocalText(ja="パスワードなしの ZIP にしてください。", en="Pack it without a password."),
    )


def _bomb(path: Path, size: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"ZIP を展開すると大きくなりすぎます ({format_value(size, 'B', 'ja')})。",
            en=f"Unpacked, the ZIP would be too large ({format_value(size, 'B', 'en')}).",
        ),
        where=path.name,
        cure=LocalText(
            ja="期間を短くするか、不要な列を除いてから ZIP にしてください。",
            en="Take a shorter time or fewer columns, and pack those.",
        ),
    )


def _broken(path: Path) -> DataError:
    return DataError(
        LocalText(ja="ZIP ファイルが壊れているようです。", en="The ZIP seems to be damaged."),
        where=path.name,
        cure=LocalText(ja="もう一度作成するか、取得し直してください。", en="Make or fetch it once more."),
    )


def _no_table(path: Path) -> DataError:
    return DataError(
        LocalText(ja="ZIP の中に表のファイルがありません。", en="The ZIP holds no table."),
        where=path.name,
        cure=_PACK_AGAIN,
    )
