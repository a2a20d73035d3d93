"""Which encoding a text file is in, and the file's hash, found in one walk over its bytes."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.files import HEAD_BYTES, utf16_order
from evaluator.records import DataSource
from scorecards.local_text import LocalText

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
# Counting non-ASCII characters stops here: more of them would not change a decision.
_ENOUGH = 1000
# So many non-ASCII characters in a row are not read by chance.
_CHANCE = 30
# Tried in this order when a file is not UTF-8. CP932 is what Excel writes on Japanese Windows.
_LEGACY = ("cp932", "euc_jp", "cp1252")
# Bytes that no CP932 text holds (80, A0, FD–FF), yet Python's codec lets through.
_CP932_PRIVATE = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp932": "CP932 (Shift_JIS)",
    "euc_jp": "EUC-JP",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True)
class _Break:
    """Where decoding stopped: the byte's position, the line (1-based), and how many non-ASCII characters were read."""

    position: int
    line: int
    foreign: int


def hash_files(files: Sequence[Path]) -> str:
    """Return the SHA-256 (hex) over the bytes of all files in order, read in pieces."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def find_encoding(files: Sequence[Path]) -> str:
    """Return the encoding of the first file that isn't plain ASCII: utf-8, utf-8-sig, utf-16…, cp932, euc_jp, cp1252.

    Files of one table may differ in encoding (`encoding_of_file` tells each one's); utf-8-sig stands for both UTF-8s.
    Every byte is decoded, so that a fault in the middle is found here and not in a half-read table.
    Raises DataError naming the line where no encoding fits.
    """
    found = [_known_encoding(path) for path in files]
    named = [encoding for encoding in found if encoding != "ascii"]
    if set(named) == {"utf-8", "utf-8-sig"}:
        return "utf-8-sig"
    return named[0] if named else "utf-8"


def encoding_of_file(source: DataSource, path: Path) -> str:
    """Return the encoding to read `path` by: the source's own where it is the only file, else the file's.

    Raises DataError where it can't be read in any.
    """
    if len(source.files) == 1:
        return source.encoding
    found = _known_encoding(path)
    return source.encoding if found == "ascii" and not source.encoding.startswith("utf-16") else _plain(found)


def different_encodings(source: DataSource) -> dict[str, str]:
    """Return the name of each file's encoding by the file's name where they differ, else nothing."""
    if source.format != "csv" or len(source.files) == 1:
        return {}
    found = {Path(file).name: encoding_of_file(source, Path(file)) for file in source.files}
    alike = len({encoding.removesuffix("-sig") for encoding in found.values()}) == 1
    return {} if alike else {name: _NAMES.get(encoding, encoding) for name, encoding in found.items()}


def _plain(encoding: str) -> str:
    return "utf-8" if encoding == "ascii" else encoding


def _known_encoding(path: Path) -> str:
    """Return a file's encoding; what was found for a file is kept as long as the file stays as it is."""
    status = path.stat()
    return _found_encoding(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4_096)
def _found_encoding(path: Path, _size: int, _changed: int) -> str:
    return _encoding_of(path)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    wide = utf16_order(head)
    if wide is not None:
        fault = _decode_all(path, wide)
        if fault is not None:
            raise _fault(path, wide, fault)
        return wide
    utf8 = _decode_all(path, "utf-8")
    if utf8 is None:
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        return "ascii" if _is_ascii(path) else "utf-8"
    if head.startswith(codecs.BOM_UTF8):
        raise _fault(path, "utf-8", utf8)
    return _legacy_encoding(path, utf8)


def _legacy_encoding(path: Path, utf8: _Break) -> str:
    """Return the legacy encoding that reads the file sensibly; raise what is wrong with it where none does."""
    faults: dict[str, _Break] = {}
    readable: list[str] = []
    for encoding in _LEGACY:
        fault = _decode_all(path, encoding)
        if fault is None:
            readable.append(encoding)
        else:
            faults[encoding] = fault
    if readable:
        plausible = {encoding: _plausibility(path, encoding) for encoding in readable}
        best = max(readable, key=lambda encoding: plausible[encoding])
        # Other encodings pass for UTF-8 by chance for a few characters at most; a damaged UTF-8 file for many, and
        # what another encoding makes of it is gibberish.
        is_utf8 = utf8.foreign > 0 and (utf8.foreign >= _CHANCE or plausible[best] < 0.9)
        if not is_utf8 and (best != "cp1252" or not _reached_far(faults)):
            return best
    if utf8.foreign > 0:
        raise _fault(path, "utf-8", utf8)
    raise _fault(path, *max(faults.items(), key=lambda item: item[1].position, default=("utf-8", utf8)))


def _reached_far(faults: dict[str, _Break]) -> bool:
    """Tell whether a Japanese encoding read many characters before it broke: then the file is Japanese and damaged."""
    return any(fault.foreign >= _CHANCE for encoding, fault in faults.items() if encoding != "cp1252")


def _decode_all(path: Path, encoding: str) -> _Break | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position, line, foreign = 0, 1, 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                return _Break(
                    position=position - pending + error.start,
                    line=line + good.count("\n"),
                    foreign=foreign + _foreign(good),
                )
            if encoding == "cp932" and (private := _CP932_PRIVATE.search(text)):
                before = text[: private.start()]
                at = position - pending + len(before.encode(encoding))
                return _Break(at, line + before.count("\n"), foreign + _foreign(before))
            if not chunk:
                return None
            position += len(chunk)
            line += text.count("\n")
            if foreign < _ENOUGH:
                foreign += _foreign(text)


def _foreign(text: str) -> int:
    if text.isascii():
        return 0
    return sum(not character.isascii() and character != "\ufeff" for character in text[:_SAMPLE])


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if not chunk.isascii():
                return False
    return True


def _plausibility(path: Path, encoding: str) -> float:
    """Return the share of characters (0 to 1) that people would write; wrong encodings give rare or half-width ones."""
    with path.open("rb") as stream:
        text = stream.read(_SAMPLE).decode(encoding, "ignore")
    foreign = [character for character in text if not character.isascii()]
    if not foreign:
        return 0.5
    if encoding == "cp1252":
        good = sum(character.isalpha() or character in "€£°²³µ·–—‘’“”«»" for character in foreign)
        pairs = sum(
            left.isalpha() and not left.isascii() and right.isalpha() and not right.isascii()
            for left, right in pairwise(text)
        )
        return 0.9 * max(0.0, good - pairs) / len(foreign)
    good = sum(_is_common_japanese(character) for character in foreign)
    half_width = sum("\uff61" <= character <= "\uff9f" for character in foreign)
    return (good + 0.5 * half_width) / len(foreign)


def _is_common_japanese(character: str) -> bool:
    code = ord(character)
    return (
        0x3000 <= code <= 0x30FF  # punctuation, hiragana, katakana
        or 0x4E00 <= code <= 0x9FFF  # kanji
        or 0xFF01 <= code <= 0xFF5E  # full-width ASCII
        or character in "°℃±×÷→←↑↓○●◎△▲▽▼□■☆★※〒№℡㈱①②③④⑤⑥⑦⑧⑨⑩"
    )


def _fault(path: Path, encoding: str, fault: _Break) -> DataError:
    name = _NAMES[encoding]
    return DataError(
        LocalText(
            ja=f"{fault.line} 行目に {name} として読めない文字があります。",
            en=f"Line {fault.line} holds a character that can't be read as {name}.",
        ),
        where=f"{path.name}:{fault.line}",
        cure=LocalText(
            ja="この行の文字化けを直し、ファイル全体を UTF-8 で保存し直してください。",
            en="Mend the garbled text on that line and save the whole file as UTF-8.",
        ),
    )
