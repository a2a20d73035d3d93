"""The lines of one file of sentences, cleaned so that no line is lost, moved or split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from evaluator.intake.encoding import encoding_of_file
from evaluator.intake.text import clean
from evaluator.records import DataSource


@dataclass(frozen=True)
class FileLines:
    """A file's lines without their ends, and how many characters of which kind were taken out (see `clean`)."""

    lines: tuple[str, ...]
    removed: Counter[str]


def file_lines(source: DataSource, place: int) -> FileLines:
    """Return the lines of the source's file at `place`.

    A lone carriage return ends a line only in files that know no other line end: elsewhere it would split a sentence
    and shift all that follow against the other file.
    """
    path = Path(source.files[place])
    raw = path.read_bytes().decode(encoding_of_file(source, path)).replace("\r\n", "\n")
    stray = raw.count("\r") if "\n" in raw else 0
    text, removed = clean(raw.replace("\r", " ") if stray else raw)
    removed["stray"] = stray
    lines = text.split("\n")
    return FileLines(tuple(lines[:-1] if not lines[-1] else lines), removed)
