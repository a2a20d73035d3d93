"""Whether files whose endings other tasks share (.zip, .txt) hold pen traces, by a look into them. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from evaluator.errors import InputError
from evaluator.intake.archives import open_archive
from evaluator.intake.strokes import ARCHIVE, ARCHIVE_LIMITS, DOCUMENT, LINES, TRACE
from evaluator.intake.strokes_points import is_trace

_LOOKED_AT = 20
_HEAD = 16
_LARGEST = 1_000_000


def reads_as_strokes(files: Sequence[Path]) -> bool:
    """Tell whether all `files` (no folders) are pen traces in text, or archives that hold mostly such or JSON."""
    return bool(files) and all(_is_one(Path(file)) for file in files)


def _is_one(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending == TRACE and path.is_file():
        with path.open("rb") as stream:
            return is_trace(stream.read(_HEAD))
    return ending == ARCHIVE and path.is_file() and _holds_strokes(path)


def _holds_strokes(path: Path) -> bool:
    """Tell whether more than half of an archive's first members are such; one that isn't safe is none."""
    try:
        with open_archive(path, ARCHIVE_LIMITS) as archive:
            looked = archive.members[:_LOOKED_AT]
            found = 0
            for member in looked:
                ending = PurePosixPath(member.name).suffix.lower()
                is_text = ending == TRACE and member.size < _LARGEST
                found += ending in (*LINES, DOCUMENT) or (is_text and is_trace(archive.read(member)[:_HEAD]))
            return 2 * found > len(looked)
    except InputError:
        return False
