"""Is a .txt file a text to read or a table? Told by a look at its first lines. Torch-free.

A table's lines fall into as many fields each, by one separator. Prose has commas too, but not as many in every line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluator.intake.dialect import SEPARATOR_NAMES
from evaluator.intake.files import utf16_order
from evaluator.intake.text import TEXT_ENDINGS, text_files

LOOKED_AT = 1 << 16
"""Bytes of a file's beginning that decide."""
MOST_FILES = 20
MOST_LINES = 200
LEAST_LINES = 3
"""A header and two rows: fewer alike lines may be chance."""
EVEN_SHARE = 0.8
"""Share of the lines that have equally many fields; the others may be notes, or damaged."""


def reads_as_text(files: Sequence[Path]) -> bool:
    """Tell whether most of the .txt and .md files meant by `files` (files, or folders) are text rather than tables.

    Notes beside them (README and the like) don't count. False where there is no such file.
    """
    found = [path for path in text_files(files) if path.suffix.lower() in TEXT_ENDINGS][:MOST_FILES]
    return sum(not looks_like_table(path) for path in found) > len(found) / 2


def looks_like_table(path: Path) -> bool:
    """Tell whether the file's first lines have a consistent separator: equally many fields, two or more."""
    lines = _first_lines(path)
    return any(_is_even(lines, separator) for separator in SEPARATOR_NAMES)


def _is_even(lines: Sequence[str], separator: str) -> bool:
    """Tell whether a separator cuts most lines into the same number of fields, quoted fields respected.

    A title above the table doesn't count: lines before the first one of that width are left out.
    """
    try:
        widths = [len(fields) for fields in csv.reader(lines, delimiter=separator)]
    except csv.Error:  # a field beyond the reader's limit: a quote that never ends
        return False
    several = Counter(width for width in widths if width > 1)
    if not several:
        return False
    width, count = several.most_common(1)[0]
    return count >= max(LEAST_LINES, EVEN_SHARE * len(widths[widths.index(width) :]))


def _first_lines(path: Path) -> list[str]:
    """Return the file's first lines that hold anything, the one that the look cuts off left out.

    Bytes are taken for characters: in UTF-8, CP932 and EUC-JP no part of a longer character looks like a separator.
    """
    with path.open("rb") as stream:
        head = stream.read(LOOKED_AT)
        cut = bool(stream.read(1))
    lines = io.StringIO(head.decode(utf16_order(head) or "latin-1", "ignore"), newline=None).readlines()
    if cut:
        del lines[-1]
    return [line for line in lines if line.strip()][:MOST_LINES]
