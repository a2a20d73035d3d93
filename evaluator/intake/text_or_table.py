"""Is a .txt file, alone or in an archive, a text to read or a table? Told by a look at its first lines. Torch-free.

A table's lines fall into as many fields each, by one separator. Prose has commas too, but not as many in every line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.dialect import SEPARATOR_NAMES
from evaluator.intake.files import utf16_order
from evaluator.intake.text import TEXT_ENDINGS, text_files
from evaluator.intake.text_archives import ARCHIVE, MOST_HEADS, Head, heads

MOST_LINES = 200
LEAST_LINES = 3
"""A header and two rows: fewer alike lines may be chance."""
EVEN_SHARE = 0.8
"""Share of the lines that have equally many fields; the others may be notes, or damaged."""


def reads_as_text(files: Sequence[Path]) -> bool:
    """Tell whether most of the .txt and .md files meant by `files` (files, folders, archives) are text, no tables.

    Notes beside them (README and the like) don't count. False where there is no such file.
    """
    found = [path for path in text_files(files) if path.suffix.lower() in (*TEXT_ENDINGS, ARCHIVE)][:MOST_HEADS]
    try:
        looked = heads(found, TEXT_ENDINGS)
    except DataError:  # what is wrong with an archive, reading it tells
        return False
    return sum(not is_table(head) for head in looked) > len(looked) / 2


def looks_like_table(path: Path) -> bool:
    """Tell whether the file's first lines have a consistent separator: equally many fields, two or more."""
    return any(is_table(head) for head in heads([path], ()))


def is_table(head: Head) -> bool:
    """Tell it of a file's beginning."""
    lines = _first_lines(head)
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


def _first_lines(head: Head) -> list[str]:
    """Return the first lines that hold anything, the one that the look cuts off left out.

    Bytes are taken for characters: in UTF-8, CP932 and EUC-JP no part of a longer character looks like a separator.
    """
    text = head.raw.decode(utf16_order(head.raw) or "latin-1", "ignore")
    lines = io.StringIO(text, newline=None).readlines()
    if head.cut and lines:
        del lines[-1]
    return [line for line in lines if line.strip()][:MOST_LINES]
