"""Pairs of sentences, read from one file of columns or from two aligned files, also in a ZIP archive. Torch-free.

One file: source, tab, target (or the cells of a .csv), and further columns if there are any, with or without a header.
Two files: line n of the second translates line n of the first. Each file is read in its own encoding (UTF-8, UTF-16,
CP932, EUC-JP …); control characters are taken out; a pair that can't be learned from is left out. Every repair is
counted.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evaluator.intake.findings import Finding
from evaluator.intake.pairs_header import LANGUAGES, header_doubtful, header_taken, in_doubt, names_columns
from evaluator.intake.pairs_lines import FileLines, file_lines
from evaluator.intake.pairs_remarks import (
    all_alike,
    left_out,
    made_plain,
    no_pairs,
    one_column,
    several_targets,
    too_many_files,
    unequal_lines,
)
from evaluator.intake.text import MAX_BYTES, detect_text
from evaluator.intake.text_archives import NOTES, archives_in, opened
from evaluator.intake.text_remarks import notes_left_out
from evaluator.records import DataSource

PAIR_ENDINGS = (".tsv", ".txt", *(f".{language}" for language in LANGUAGES))
"""Aligned files often end in the code of their language."""
MEMBER_ENDINGS = (*PAIR_ENDINGS, ".csv")
"""Of files that are read in archives."""
TAB, COMMA = "\t", ","
MOST_SINGLE = 0.5
"""Share of lines without a tab beyond which a file holds no pairs; up to it they are left out."""
LONGEST_SIDE = 2_000
"""Characters of a sentence: what is longer is a damaged line or a whole document."""


@dataclass(frozen=True)
class ReadPairs:
    """Pairs in file order, and what was found and mended on the way.

    names: of the source's and the target's column, or of the two files. columns: further columns by name.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    names: tuple[str, str]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def detect_pairs(files: Sequence[Path], *, header: bool | None = None, max_bytes: int = MAX_BYTES) -> DataSource:
    """Return the files that hold the pairs: one of columns, or two aligned ones, the source's first.

    A folder stands for the one or two files in it, in order of name, and an archive for those that it holds.
    header: None to find out. Raises NotFoundError for what isn't there, DataError for what is no text, is empty, too
    large or can't be decoded.
    """
    found = [one for path in files for one in (_files_in(path) if path.is_dir() else [path])]
    source = replace(detect_text(found, max_bytes=max_bytes, endings=MEMBER_ENDINGS), format="pairs")
    with opened(source, MEMBER_ENDINGS) as (inner, _):
        if len(inner.files) > 2:
            raise too_many_files(
                [Path(name).name for name in inner.files], " + ".join(Path(file).name for file in files)
            )
        if len(inner.files) == 2:
            return source
        separator = _separator(inner)
        rows = _cells(file_lines(inner, 0).lines, separator)
        names = bool(rows) and names_columns(rows[0], rows[1:])
        return replace(source, separator=separator, header=names if header is None else header)


def read_pairs(source: DataSource) -> ReadPairs:
    """Return the pairs of `source`, those left out that can't be learned from: each kind counted in a finding.

    Left out: empty sides and missing columns, sides of more than LONGEST_SIDE characters, targets that repeat their
    source, pairs that came before. Raises DataError for unequal line counts, one column only, or no pair left.
    """
    with opened(source, MEMBER_ENDINGS) as (inner, notes):
        raw, removed = _columns(inner) if len(inner.files) == 1 else _aligned(inner)
    findings = (*raw.findings, *((notes_left_out(notes),) if notes else ()))
    reasons = [_unfit(row) for row in zip(raw.source, raw.target, strict=True)]
    kept, seen = [], set()
    counts = Counter(reason for reason in reasons if reason)
    for number, reason in enumerate(reasons):
        if reason:
            continue
        row = (raw.source[number], raw.target[number], *(column[number] for column in raw.columns.values()))
        if row in seen:
            counts["repeated"] += 1
            continue
        seen.add(row)
        kept.append(number)
    where = " + ".join(Path(name).name for name in source.files)
    if counts["copied"] and not kept:
        raise all_alike(where)
    if not kept:
        raise no_pairs(len(reasons), where)
    chosen = _taken(raw, kept)
    ambiguous = Counter(source for source, _ in {*zip(chosen.source, chosen.target, strict=True)})
    several = sum(times > 1 for times in ambiguous.values())
    findings = (
        *findings,
        *(made_plain(removed) if sum(removed.values()) else ()),
        *(left_out(counts, len(reasons), LONGEST_SIDE) if sum(counts.values()) else ()),
        *((several_targets(several),) if several else ()),
    )
    return replace(chosen, findings=findings)


def _columns(source: DataSource) -> tuple[ReadPairs, Counter[str]]:
    """Return the pairs of one file of columns; a missing cell is an empty one."""
    found = file_lines(source, 0)
    rows = _cells(found.lines, source.separator)
    told_first = _first_line(rows, header=source.header)
    first, rows = (rows[0], rows[1:]) if source.header and rows else ([], rows)
    told = [row for row in rows if any(cell.strip() for cell in row)]
    single = sum(len(row) < 2 for row in told)
    if single > MOST_SINGLE * len(told):
        raise one_column(Path(source.files[0]).name, single, len(told))
    width = max(2, Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 2)
    names = [first[at].strip() if at < len(first) and first[at].strip() else f"c{at + 1}" for at in range(width)]
    quoted = Counter[str]()
    cells = [[_unquoted(row[at], quoted) if at < len(row) else "" for at in range(width)] for row in rows]
    columns = [tuple(row[at].strip() for row in cells) for at in range(width)]
    further = dict(zip(names[2:], columns[2:], strict=True))
    return ReadPairs(columns[0], columns[1], (names[0], names[1]), further, told_first), found.removed + quoted


def _separator(source: DataSource) -> str:
    """Return what parts the columns of the only file: a tab, or in a .csv without tabs a comma."""
    is_csv = Path(source.files[0]).suffix.lower() == ".csv"
    return COMMA if is_csv and not any(TAB in line for line in file_lines(source, 0).lines) else TAB


def _cells(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Return each line's cells; those of a .csv may be quoted, and a line end within quotes becomes a space."""
    if separator != COMMA:
        return [line.split(TAB) for line in lines]
    whole = max(map(len, lines), default=0) * 2 + 1_000
    before = csv.field_size_limit(max(csv.field_size_limit(), whole))
    try:
        return [[" ".join(cell.splitlines()) for cell in row] for row in csv.reader(f"{line}\n" for line in lines)]
    finally:
        csv.field_size_limit(before)


def _first_line(rows: Sequence[Sequence[str]], *, header: bool) -> tuple[Finding, ...]:
    """Tell what the first line was taken for, where that may be a surprise."""
    if not rows:
        return ()
    if header:
        return (header_taken(rows[0]),)
    return (header_doubtful(rows[0]),) if in_doubt(rows[0]) else ()


def _aligned(source: DataSource) -> tuple[ReadPairs, Counter[str]]:
    """Return the pairs of two aligned files. What only one of them has at its end is no pair."""
    files = [file_lines(source, place) for place in range(2)]
    names = [Path(name).name for name in source.files]
    counts = [len(one.lines) for one in files]
    if counts[0] != counts[1]:
        files = [FileLines(_without_blank_end(one.lines), one.removed) for one in files]
    if len(files[0].lines) != len(files[1].lines):
        raise unequal_lines(names, counts)
    sides = [tuple(line.strip() for line in one.lines) for one in files]
    return ReadPairs(sides[0], sides[1], (names[0], names[1])), files[0].removed + files[1].removed


def _unfit(pair: tuple[str, str]) -> str:
    """Return why a pair can't be learned from, '' where it can."""
    source, target = pair
    if not source or not target:
        return "empty" if source or target else "blank"
    if max(len(source), len(target)) > LONGEST_SIDE:
        return "long"
    return "copied" if source == target else ""


def _unquoted(cell: str, counts: Counter[str]) -> str:
    """Return a cell without the quotes that a spreadsheet wrote around it: where they are doubled inside, as it does.

    A sentence that merely begins and ends with a quotation mark stays as it is.
    """
    inner = cell[1:-1]
    if len(cell) < 4 or not (cell[0] == cell[-1] == '"') or '""' not in inner or '"' in inner.replace('""', ""):
        return cell
    counts["quoted"] += 1
    return inner.replace('""', '"')


def _taken(pairs: ReadPairs, rows: Sequence[int]) -> ReadPairs:
    def chosen(column: Sequence[str]) -> tuple[str, ...]:
        return tuple(column[row] for row in rows)

    further = {name: chosen(column) for name, column in pairs.columns.items()}
    return ReadPairs(chosen(pairs.source), chosen(pairs.target), pairs.names, further)


def _without_blank_end(lines: Sequence[str]) -> tuple[str, ...]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)


def _files_in(folder: Path) -> list[Path]:
    """Return the files of pairs in a folder, without those that describe the others; else its archives."""
    visible = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    found = [path for path in visible if path.suffix.lower() in MEMBER_ENDINGS and not NOTES.fullmatch(path.stem)]
    return found or archives_in(folder)
