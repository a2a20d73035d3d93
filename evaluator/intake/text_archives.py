"""Texts in ZIP archives: unpacked into a folder that is removed afterwards, or looked at by their beginnings.

What isn't safe is refused before anything is unpacked (see archives.py). Notes beside the texts are passed over.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from evaluator.errors import DataError
from evaluator.intake.archives import Archive, ArchiveLimits, Member, open_archive
from evaluator.records import DataSource
from scorecards.local_text import LocalText

ARCHIVE = ".zip"
NOTES = re.compile(
    r"(readme|license|licence|source|changelog|notice|copying)([._-].*)?|_*about|_+(readme|license|licence)",
    re.IGNORECASE,
)
"""Names (without the ending) of files that lie beside data to describe it."""
LIMITS = ArchiveLimits(most_files=20_000, most_bytes=200_000_000, largest=200_000_000)
MOST_HEADS = 20
HEAD = 1 << 16
"""Bytes of a file's beginning that tell what it is."""
_LONGEST_NAME = 60
"""Characters of a name on the disk: a file system allows 255 bytes."""


@dataclass(frozen=True)
class Head:
    """A file's first bytes; `cut`: there are more."""

    name: str
    raw: bytes
    cut: bool


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive, by its ending."""
    return path.suffix.lower() == ARCHIVE


def archives_in(folder: Path) -> list[Path]:
    """Return the archives that lie in a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.is_file() and is_archive(path) and path.name[0] != ".")


def heads(files: Sequence[Path], endings: Sequence[str]) -> list[Head]:
    """Return the beginnings of `files` (no folders), and of the texts of these endings in archives; MOST_HEADS at most.

    Raises DataError where an archive can't be opened safely.
    """
    found: list[Head] = []
    for path in files[:MOST_HEADS]:
        if is_archive(path):
            status = path.stat()
            found += _heads_in(path, status.st_size, status.st_mtime_ns, tuple(endings))
        else:
            with path.open("rb") as stream:
                found.append(Head(path.name, stream.read(HEAD), bool(stream.read(1))))
    return found[:MOST_HEADS]


@lru_cache(maxsize=32)
def _heads_in(path: Path, _size: int, _changed: int, endings: tuple[str, ...]) -> tuple[Head, ...]:
    """Return the beginnings of an archive's texts, kept as long as the archive stays as it is: many tasks ask."""
    with open_archive(path, LIMITS) as archive:
        kept, _ = _texts(archive, endings)
        return tuple(_head(archive, member) for member in kept[:MOST_HEADS])


@contextmanager
def opened(source: DataSource, endings: Sequence[str]) -> Iterator[tuple[DataSource, tuple[str, ...]]]:
    """Yield `source` with its archives replaced by the texts of these endings in them, and the notes passed over.

    Where there are archives, the other files are copied beside what they hold, so that folders tell who wrote what.
    Raises DataError where an archive isn't safe or holds no such text.
    """
    given = [Path(name) for name in source.files]
    if not any(map(is_archive, given)):
        yield source, ()
        return
    with tempfile.TemporaryDirectory(prefix="blueprint-") as folder:
        texts: list[Path] = []
        notes: list[str] = []
        alone = len(given) == 1
        for number, path in enumerate(given):
            if is_archive(path):
                own = Path(folder) if alone else Path(folder, f"{path.stem[:_LONGEST_NAME]}-{number + 1}")
                texts += _unpack(path, own, endings, notes)
            else:
                texts.append(Path(shutil.copyfile(path, _free(Path(folder, path.name)))))
        yield replace(source, files=tuple(map(str, texts))), tuple(notes)


def _texts(archive: Archive, endings: Sequence[str]) -> tuple[list[Member], list[Member]]:
    """Return an archive's texts by name, and the notes beside them; where there are only notes, those."""
    texts = [one for one in archive.members if one.size and _is_visible(PurePosixPath(one.name), endings)]
    texts.sort(key=lambda one: one.name)
    kept = [one for one in texts if not NOTES.fullmatch(PurePosixPath(one.name).stem)]
    return (kept, [one for one in texts if one not in kept]) if kept else (texts, [])


def _is_visible(name: PurePosixPath, endings: Sequence[str]) -> bool:
    return name.suffix.lower() in endings and not any(part.startswith(".") for part in name.parts)


def _head(archive: Archive, member: Member) -> Head:
    raw = archive.head(member, HEAD)
    return Head(PurePosixPath(member.name).name, raw, member.size > len(raw))


def _unpack(path: Path, folder: Path, endings: Sequence[str], notes: list[str]) -> list[Path]:
    with open_archive(path, LIMITS) as archive:
        kept, passed = _texts(archive, endings)
        if not kept:
            raise _no_text(path, endings)
        notes += [PurePosixPath(member.name).name for member in passed]
        return [_written(archive.read(member), folder, PurePosixPath(member.name)) for member in kept]


def _written(raw: bytes, folder: Path, name: PurePosixPath) -> Path:
    """Write a member below `folder` under its own name; the archive's checks leave no name that leads out of it."""
    target = folder
    for part in name.parts[:-1]:
        target = target / part[:_LONGEST_NAME]
        if target.is_file():
            target = _free(target)
    target.mkdir(parents=True, exist_ok=True)
    target = _free(target / f"{name.stem[:_LONGEST_NAME]}{name.suffix}")
    target.write_bytes(raw)
    return target


def _free(path: Path) -> Path:
    """Return `path`, or its name with a number where that is taken."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def _no_text(path: Path, endings: Sequence[str]) -> DataError:
    return DataError(
        LocalText(
            ja="ZIP の中に読めるテキストファイルがありません。", en="The ZIP holds no text file that can be read."
        ),
        where=path.name,
        cure=LocalText(
            ja=f"次の拡張子のファイルを入れてください: {'、'.join(endings[:4])}",
            en=f"Put files into it that end in {', '.join(endings[:4])}.",
        ),
    )
