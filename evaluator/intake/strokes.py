"""Pen traces, read as drawings: which files, in which form, and what had to be skipped. Torch-free.

Read are .json, .ndjson and .jsonl (strokes_json.py), .npz without pickle (strokes_arrays.py), text traces with START
and BREAK (strokes_points.py), and ZIP archives of these. In a folder or an archive each file tells who drew what by its
place: labels 'file', 'folder' (all folders), 'top_folder', and 'drawer', the number at the end of a trace's name.
"""

from __future__ import annotations

import codecs
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath

from evaluator.errors import DataError, NotFoundError
from evaluator.intake.archives import ArchiveLimits, open_archive, why_left_out
from evaluator.intake.encoding import hash_files
from evaluator.intake.files import check_size
from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.strokes_arrays import in_arrays
from evaluator.intake.strokes_forms import Drawing, Reason, Unusable
from evaluator.intake.strokes_json import in_document, in_lines
from evaluator.intake.strokes_points import is_trace, trace
from evaluator.intake.strokes_remarks import nothing_usable, read_findings
from evaluator.records import DataSource
from scorecards.local_text import LocalText

LINES, DOCUMENT, ARRAYS, TRACE, ARCHIVE = (".ndjson", ".jsonl"), ".json", ".npz", ".txt", ".zip"
STROKE_ENDINGS = (*LINES, DOCUMENT, ARRAYS, ARCHIVE, TRACE)
MAX_BYTES = 300_000_000
MOST_DRAWINGS = 200_000
MOST_LOOSE_FILES = 2_000
"""A PoC names every file that it rests on; of more traces than these a ZIP is to be made."""
ARCHIVE_LIMITS = ArchiveLimits(most_bytes=1_000_000_000, largest=300_000_000)
_DRAWER = re.compile(r"_(\d{1,6})$")
_HEAD = 16


@dataclass(frozen=True)
class ReadStrokes:
    """The drawings, and what was skipped: drawings by reason, broken lines, whole files (name: why)."""

    drawings: tuple[Drawing, ...]
    skipped: Counter[Reason]
    broken_lines: int
    left_out: dict[str, LocalText]
    beyond: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was skipped as findings, each with its count."""
        kept = len(self.drawings)
        return read_findings(kept, self.skipped, self.broken_lines, self.left_out, self.beyond)


@dataclass(frozen=True)
class _Entry:
    """A file's name below the root of what was given, and its bytes."""

    name: PurePosixPath
    raw: bytes


def detect_strokes(files: Sequence[Path], *, max_bytes: int = MAX_BYTES) -> DataSource:
    """Return the files of pen traces meant by `files` (files, or folders with all below them).

    Raises NotFoundError for what isn't there, DataError for what is empty, too large, or no pen trace by its ending.
    """
    paths = _expand(files)
    check_size(paths, max_bytes)
    return DataSource(tuple(map(str, paths)), "strokes", "utf-8", "", "", False, hash_files(paths))


def read_strokes(source: DataSource) -> ReadStrokes:
    """Return all drawings of `source`, MOST_DRAWINGS at most.

    Where there are several files, one that can't be opened safely or holds no drawings is left out and told. Raises
    DataError where that is the only file, or no drawing can be used.
    """
    paths = [Path(name) for name in source.files]
    reading = _Reading()
    root = Path(os.path.commonpath([path.parent for path in paths]))
    for path in paths:
        try:
            for entry_found in _found_in(path, PurePosixPath(path.relative_to(root).as_posix()), reading):
                reading.take(entry_found)
        except DataError as error:
            if len(paths) == 1:
                raise
            reading.left_out[path.name] = error.what
    if not reading.drawings:
        raise nothing_usable(paths[0].name, len(paths), reading.skipped, reading.broken_lines, reading.left_out)
    return ReadStrokes(tuple(reading.drawings), reading.skipped, reading.broken_lines, reading.left_out, reading.beyond)


class _Reading:
    """What was read so far."""

    def __init__(self) -> None:
        self.drawings: list[Drawing] = []
        self.skipped: Counter[Reason] = Counter()
        self.broken_lines = self.beyond = 0
        self.left_out: dict[str, LocalText] = {}

    def take(self, found: Drawing | Reason | None) -> None:
        if found is None:
            self.broken_lines += 1
        elif isinstance(found, str):
            self.skipped[found] += 1
        elif len(self.drawings) < MOST_DRAWINGS:
            self.drawings.append(found)
        else:
            self.beyond += 1


def _found_in(path: Path, name: PurePosixPath, reading: _Reading) -> Iterator[Drawing | Reason | None]:
    ending = path.suffix.lower()
    if ending == ARRAYS:
        yield from in_arrays(path, _labels(name))
    elif ending == ARCHIVE:
        yield from _in_archive(path, reading)
    else:
        yield from _in_entry(_Entry(name, path.read_bytes()))


def _in_archive(path: Path, reading: _Reading) -> Iterator[Drawing | Reason | None]:
    """Yield what an archive's members hold; those of other kinds are counted under the archive's name."""
    others = 0
    with open_archive(path, ARCHIVE_LIMITS) as archive:
        readable = [
            one for one in archive.members if PurePosixPath(one.name).suffix.lower() in (*LINES, DOCUMENT, TRACE)
        ]
        others = len(archive.members) - len(readable) + archive.left_out.get("nested_archive", 0)
        above = _common_folders([PurePosixPath(one.name) for one in readable])
        for member in readable:
            name = PurePosixPath(*PurePosixPath(member.name).parts[above:])
            try:
                yield from _in_entry(_Entry(name, archive.read(member)))
            except DataError as error:
                reading.left_out[f"{path.name}/{name}"] = error.what
    if others:
        reading.left_out[path.name] = LocalText(
            ja=f"描画データではないファイルが {others:,} 個あります。",
            en=f"It also holds {count_of(others, 'file')} of other kinds.",
        )


def _in_entry(entry: _Entry) -> Iterator[Drawing | Reason | None]:
    ending, labels = entry.name.suffix.lower(), _labels(entry.name)
    if ending == TRACE or is_trace(entry.raw[:_HEAD]):
        if not is_trace(entry.raw[:_HEAD]):
            raise _no_trace(entry.name.name)
        number = _DRAWER.search(entry.name.stem)
        try:
            yield trace(entry.raw, labels | ({"drawer": number[1]} if number else {}))
        except Unusable as unusable:
            yield unusable.reason
    elif ending == DOCUMENT:
        yield from in_document(_decoded(entry), entry.name.name, labels)
    else:
        yield from in_lines(_decoded(entry), labels)


def _labels(name: PurePosixPath) -> dict[str, str]:
    folders = name.parent.parts
    labels = {"file": name.stem}
    if folders:
        labels |= {"folder": "/".join(folders), "top_folder": folders[0]}
    return labels


def _decoded(entry: _Entry) -> str:
    """Return the text of JSON: UTF-8, UTF-16 with its mark, or CP932. Raises DataError where it is none of them."""
    wide = entry.raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp932"):
        try:
            return entry.raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(
        LocalText(ja="UTF-8 の JSON として読めません。", en="This can't be read as JSON in UTF-8."),
        where=entry.name.name,
        cure=LocalText(ja="UTF-8 で保存し直してください。", en="Save it again in UTF-8."),
    )


def _common_folders(names: Sequence[PurePosixPath]) -> int:
    """Return how many folders all names share at their beginning."""
    if not names:
        return 0
    shared = names[0].parent.parts
    for name in names[1:]:
        own = name.parent.parts
        same = takewhile(lambda pair: pair[0] == pair[1], zip(shared, own, strict=False))
        shared = tuple(folder for folder, _ in same)
    return len(shared)


def _expand(files: Sequence[Path]) -> tuple[Path, ...]:
    found: list[Path] = []
    for given in files:
        path = Path(given)
        if path.is_dir():
            inside = [one for one in sorted(path.rglob("*")) if _is_stroke_file(one, path)]
            if not inside:
                raise _no_files(path)
            found += inside
        elif not path.is_file():
            raise NotFoundError(
                LocalText(ja="ファイルが見つかりません。", en="There is no such file."),
                where=str(path),
                cure=LocalText(ja="パスの綴りをご確認ください。", en="Check the spelling of the path."),
            )
        elif path.suffix.lower() not in STROKE_ENDINGS:
            raise _no_files(path)
        else:
            found.append(path)
    if not found:
        raise _no_files(Path())
    if len(found) > MOST_LOOSE_FILES:
        raise _too_many_files(len(found))
    return tuple(dict.fromkeys(path.resolve() for path in found))


def _is_stroke_file(path: Path, folder: Path) -> bool:
    """Tell whether a file in a folder is one to read; texts that are no pen traces lie beside them as notes."""
    inside = path.relative_to(folder)
    if path.is_symlink() or not path.is_file() or why_left_out(inside.as_posix()) == "rubbish":
        return False
    if any(part.startswith(".") for part in inside.parts):
        return False
    if path.suffix.lower() == TRACE:
        with path.open("rb") as stream:
            return is_trace(stream.read(_HEAD))
    return path.suffix.lower() in STROKE_ENDINGS


def _no_trace(name: str) -> DataError:
    return DataError(
        LocalText(
            ja="ペンの軌跡のテキストではありません (先頭に START がありません)。",
            en="This text is no pen trace: it does not begin with START.",
        ),
        where=name,
        cure=LocalText(
            ja="1 行に「x,y,t」、先頭に START、各線の後に BREAK を書いてください。",
            en="Write START first, a point 'x,y,t' a line, and BREAK after each stroke.",
        ),
    )


def _no_files(path: Path) -> DataError:
    return DataError(
        LocalText(ja="ペンの軌跡のファイルがありません。", en="There is no file of pen traces."),
        where=path.name,
        cure=LocalText(
            ja=f"使える拡張子は {'、'.join(STROKE_ENDINGS)} です。",
            en=f"Files of pen traces end in {', '.join(STROKE_ENDINGS)}.",
        ),
    )


def _too_many_files(count: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"ファイルが {count:,} 個あります。フォルダーのままで扱えるのは {MOST_LOOSE_FILES:,} 個までです。",
            en=f"There are {count:,} files; a folder may hold {MOST_LOOSE_FILES:,} at most.",
        ),
        cure=LocalText(
            ja="フォルダーを 1 つの ZIP にまとめて指定してください。", en="Make one ZIP of the folder and give that."
        ),
    )
