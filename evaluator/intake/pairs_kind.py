"""Whether files whose endings tables share (.tsv, .txt, .csv, .zip) hold pairs of sentences, by a look into them.

Sentences stand side by side in two columns, or in the first two of three: hardly a number among them, most distinct.
Torch-free.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluator.errors import InputError
from evaluator.intake.files import utf16_order
from evaluator.intake.text_archives import ARCHIVE, NOTES, Head, archives_in, heads

ENDINGS = (".tsv", ".txt", ".csv")
LEAST_ROWS = 10
MOST_ROWS = 400
EVEN_SHARE = 0.8
"""Share of the lines that have two columns, or three; the others may be damaged."""
SENTENCE_SHARE = 0.6
DISTINCT_SHARE = 0.3
"""Of each of the two columns: one source may have several targets, but categories repeat far more often."""
_ENDS = tuple(".!?。！？…」")
_WORDS = 3
_LONG_WITHOUT_SPACES = 6
_LETTERS = 0.5


def reads_as_pairs(files: Sequence[Path]) -> bool:
    """Tell whether all `files` (files, folders, archives) hold pairs of sentences; one that can't be opened doesn't."""
    given = [one for path in files for one in (_held(path) if path.is_dir() else [path])]
    if not given or any(not path.is_file() or path.suffix.lower() not in (*ENDINGS, ARCHIVE) for path in given):
        return False
    try:
        looked = heads(given, ENDINGS)
    except InputError:  # what is wrong with an archive, reading it tells
        return False
    return bool(looked) and all(is_pairs(head) for head in looked)


def is_pairs(head: Head) -> bool:
    """Tell whether a file's beginning holds pairs of sentences."""
    rows = _rows(head)
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if width not in (2, 3) or count < max(LEAST_ROWS, EVEN_SHARE * len(rows)):
        return False
    told = [row for row in rows if len(row) == width][1:]  # the first one may be a header
    return all(_is_prose([row[at].strip() for row in told]) for at in range(2))


def _is_prose(cells: Sequence[str]) -> bool:
    enough = len(set(cells)) >= DISTINCT_SHARE * len(cells)
    return enough and sum(map(_is_sentence, cells)) >= SENTENCE_SHARE * len(cells)


def _is_sentence(cell: str) -> bool:
    """Tell whether a cell consists of words rather than of numbers, dates, codes or a single name."""
    text = "".join(cell.split())
    letters = sum(character.isalpha() for character in text)
    if letters < max(2.0, _LETTERS * len(text)):
        return False
    if any(_is_spaceless(character) for character in text):
        return len(text) >= _LONG_WITHOUT_SPACES or text.endswith(_ENDS)
    return len(cell.split()) >= _WORDS or text.endswith(_ENDS)


def _is_spaceless(character: str) -> bool:
    """Tell whether a character is Thai, kana, Chinese or Korean."""
    code = ord(character)
    return 0x0E00 <= code <= 0x0E7F or 0x3040 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3


def _rows(head: Head) -> list[list[str]]:
    """Return the cells of lines spread over a file's beginning, MOST_ROWS at most."""
    text = _decoded(head.raw)
    if Path(head.name).suffix.lower() == ".csv" and "\t" not in text:
        try:
            rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        except csv.Error:  # a field beyond the reader's limit: a quote that never ends
            return []
    else:
        rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    if head.cut and rows:
        del rows[-1]
    return rows[:: max(1, len(rows) // MOST_ROWS)][:MOST_ROWS]


def _decoded(raw: bytes) -> str:
    """Return the text in the first encoding that reads nearly all of it; a character that is cut off doesn't count."""
    wide = utf16_order(raw)
    encodings = (wide,) if wide else ("utf-8-sig", "cp932", "euc_jp", "cp1252")
    for encoding in encodings:
        for end in (len(raw), len(raw) - 1, len(raw) - 2, len(raw) - 3):
            try:
                return raw[: max(end, 0)].decode(encoding)
            except UnicodeDecodeError:
                continue
    return raw.decode("latin-1")


def _held(folder: Path) -> list[Path]:
    """Return the files of pairs in a folder, or its archives where there are none but notes."""
    visible = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    found = [path for path in visible if path.suffix.lower() in ENDINGS and not NOTES.fullmatch(path.stem)]
    return found or archives_in(folder)
