"""Text files, read as clean text: which files, in which encoding, and what had to be mended. Torch-free.

Read are .txt and .md, also in ZIP archives, in UTF-8, UTF-16, CP932, EUC-JP or Windows-1252, each file in its own
encoding. Line ends become `\n`; NULs and other control characters are taken out and counted. What is no text is
refused by its first bytes.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.errors import DataError, NotFoundError
from evaluator.intake.encoding import encoding_of_file, find_encoding, hash_files
from evaluator.intake.files import HEAD_BYTES, check_size, utf16_order
from evaluator.intake.findings import Finding
from evaluator.intake.text_aozora import looks_like_aozora, strip_aozora
from evaluator.intake.text_archives import NOTES, archives_in, opened
from evaluator.intake.text_foreign import foreign_kind
from evaluator.intake.text_remarks import (
    aozora_stripped,
    controls_removed,
    different_encodings,
    duplicates_left_out,
    garbled,
    long_lines,
    notes_left_out,
)
from evaluator.records import DataSource
from scorecards.local_text import LocalText

TEXT_ENDINGS = (".txt", ".md")
MAX_BYTES = 200_000_000
LONG_LINE = 100_000
MOST_NULS = 0.10
"""Share of NULs above which a file is taken for binary."""
MOST_CONTROLS = 0.02
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_SAVE_AS_TEXT = LocalText(
    ja="テキスト (.txt、UTF-8) として保存し直してください。", en="Save it as plain text (.txt, UTF-8) and try again."
)


@dataclass(frozen=True)
class TextFile:
    """One file's clean text. `folder`: the top folder it lies in, below what all files share ('' where there is none).

    name: the file's name without its ending.
    """

    name: str
    folder: str
    text: str


@dataclass(frozen=True)
class ReadTexts:
    """The files' texts and what was found and mended on the way."""

    files: tuple[TextFile, ...]
    findings: tuple[Finding, ...]

    @property
    def characters(self) -> int:
        """Return how many characters there are in all."""
        return sum(len(file.text) for file in self.files)


def detect_text(
    files: Sequence[Path], *, max_bytes: int = MAX_BYTES, endings: Sequence[str] = TEXT_ENDINGS
) -> DataSource:
    """Return the text files meant by `files` (files, or folders with all below them) and their encoding.

    The source names archives as they were given; `endings`: of the texts that are read in them.
    Raises NotFoundError for what isn't there, DataError for what is no text, is empty, too large or can't be decoded.
    """
    paths, _ = _expand(files)
    check_size(paths, max_bytes)
    given = DataSource(tuple(map(str, paths)), "text", "", "", "", False, hash_files(paths))
    with opened(given, endings) as (inner, _):
        texts = [Path(name) for name in inner.files]
        for path in texts:
            _check_is_text(path)
        return replace(given, encoding=find_encoding(texts))


def text_files(files: Sequence[Path]) -> list[Path]:
    """Return the files that `files` (files, or folders) mean, notes left out; what isn't there is left out as well."""
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            found += _texts_in(path)[0]
        elif path.is_file():
            found.append(path)
    return found


def notes_beside(files: Sequence[Path]) -> tuple[Finding, ...]:
    """Return a finding on the descriptive files (README and the like) that `detect_text` leaves out of folders."""
    _, notes = _expand(files)
    return (notes_left_out([path.name for path in notes]),) if notes else ()


def read_texts(source: DataSource, *, aozora: str = "auto") -> ReadTexts:
    """Return the clean text of every file of `source`.

    aozora: 'yes' strips Aozora Bunko's ruby, notes, header and footer from every file, 'no' from none, 'auto' from
    those that look like it. Files with the same text as one before are left out.
    Raises DataError where no text is left.
    """
    with opened(source, TEXT_ENDINGS) as (inner, notes):
        read = _read(inner, aozora)
    return replace(read, findings=(*read.findings, *([notes_left_out(notes)] if notes else ())))


def _read(source: DataSource, aozora: str) -> ReadTexts:
    paths = [Path(name) for name in source.files]
    root = _common_folder(paths)
    found: list[TextFile] = []
    seen: set[str] = set()
    removed: Counter[str] = Counter()
    stripped: Counter[str] = Counter()
    duplicates: list[str] = []
    longest = 0
    for path in paths:
        raw = path.read_bytes().decode(encoding_of_file(source, path))
        text, controls = clean(raw)
        removed += controls
        longest = max(longest, *map(len, text.split("\n")))
        if aozora == "yes" or (aozora == "auto" and looks_like_aozora(text)):
            text, counts = strip_aozora(text)
            stripped += counts
        if text in seen:
            duplicates.append(path.name)
            continue
        if text.strip():
            seen.add(text)
            found.append(TextFile(path.stem, _top_folder(path, root), text))
    if not found:
        raise _no_text(paths)
    findings = [
        *([different_encodings(_encodings(source, paths))] if len(_encodings(source, paths)) > 1 else []),
        *([controls_removed(removed["nul"], removed["control"])] if removed["nul"] + removed["control"] else []),
        *([garbled(removed["garbled"])] if removed["garbled"] else []),
        *([aozora_stripped(stripped)] if sum(stripped.values()) else []),
        *([long_lines(longest)] if longest >= LONG_LINE else []),
        *([duplicates_left_out(duplicates)] if duplicates else []),
    ]
    return ReadTexts(tuple(found), tuple(findings))


def clean(raw: str) -> tuple[str, Counter[str]]:
    """Return `raw` with line ends as `\\n` and without control characters, and how many of which were taken out.

    Counted are 'nul', 'control', and (left in place) 'garbled': U+FFFD, which an earlier conversion wrote.
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")
    counts = Counter(nul=text.count("\0"), garbled=text.count("\ufffd"))
    mended, controls = _CONTROLS.subn("", text)
    counts["control"] = controls - counts["nul"]
    return mended, counts


def _expand(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the text files meant, in order of name within each folder, and the notes beside them that are left out."""
    found: list[Path] = []
    notes: list[Path] = []
    for path in files:
        if path.is_dir():
            texts, beside = _texts_in(path)
            if not texts:
                raise _no_text_files(path)
            found += texts
            notes += beside
        elif path.is_file():
            found.append(path)
        else:
            raise NotFoundError(
                LocalText(ja="ファイルが見つかりません。", en="There is no such file."),
                where=str(path),
                cure=LocalText(ja="パスの綴りをご確認ください。", en="Check the spelling of the path."),
            )
    if not found:
        raise DataError(
            LocalText(ja="テキストファイルが指定されていません。", en="No text file was given."), cure=_SAVE_AS_TEXT
        )
    return list(dict.fromkeys(path.resolve() for path in found)), notes


def _texts_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the text files in a folder by name, and the notes beside them; where there are only notes, those."""
    texts = [one for one in sorted(folder.rglob("*")) if _is_visible_text(one, folder)]
    kept = [one for one in texts if not NOTES.fullmatch(one.stem)] or archives_in(folder)
    return (kept, [one for one in texts if one not in kept]) if kept else (texts, [])


def _is_visible_text(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
    return path.is_file() and not hidden and path.suffix.lower() in TEXT_ENDINGS


def _check_is_text(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = foreign_kind(head)
    if kind is None and utf16_order(head) is None:
        raw = path.read_bytes()
        nuls = raw.count(0)
        controls = sum(raw.count(byte) for byte in range(1, 32) if byte not in (9, 10, 12, 13, 26, 27))
        if nuls > MOST_NULS * len(raw) or controls > MOST_CONTROLS * len(raw):
            kind = LocalText(ja="バイナリファイル", en="a binary file")
    if kind is not None:
        raise DataError(
            LocalText(
                ja=f"このファイルはテキストではありません ({kind.ja}のようです)。",
                en=f"This file is no text: it looks like {kind.en}.",
            ),
            where=path.name,
            cure=_SAVE_AS_TEXT,
        )


def _encodings(source: DataSource, paths: Sequence[Path]) -> dict[str, list[str]]:
    """Return encoding → names of the files in it; ASCII counts as UTF-8, a byte order mark not at all."""
    found: dict[str, list[str]] = {}
    for path in paths:
        name = encoding_of_file(source, path).removesuffix("-sig")
        found.setdefault(name, []).append(path.name)
    return found


def _common_folder(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path.parent for path in paths]))


def _top_folder(path: Path, root: Path) -> str:
    parts = path.parent.relative_to(root).parts
    return parts[0] if parts else ""


def _no_text(paths: Sequence[Path]) -> DataError:
    more = f" (+{len(paths) - 1})" if len(paths) > 1 else ""
    return DataError(
        LocalText(ja="テキストの中身がありません (空白だけです)。", en="There is no text: nothing but white space."),
        where=f"{paths[0].name}{more}",
        cure=LocalText(ja="文章の入ったファイルを指定してください。", en="Give a file that holds text to learn from."),
    )


def _no_text_files(folder: Path) -> DataError:
    return DataError(
        LocalText(ja="フォルダーにテキストファイルがありません。", en="The folder holds no text file."),
        where=str(folder),
        cure=LocalText(
            ja=f"使える拡張子は {'、'.join(TEXT_ENDINGS)} です。", en=f"Text files end in {', '.join(TEXT_ENDINGS)}."
        ),
    )
