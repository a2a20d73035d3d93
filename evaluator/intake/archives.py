"""ZIP archives from strangers, read without ever writing a file: all is checked before a single byte is unpacked.

Refused whole: bombs (too many files, too large, packed too tightly, entries that share bytes), names that lead out of
the archive, links, encryption. Left out and counted: archives within the archive, which are never opened.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from evaluator.errors import DataError, NotFoundError
from scorecards.formats import format_value
from scorecards.local_text import LocalText

ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lzh", ".cab", ".jar")
RUBBISH_FOLDERS = ("__MACOSX",)
RUBBISH_NAMES = ("thumbs.db", "desktop.ini", ".ds_store")

LeftOut = Literal["nested_archive", "rubbish", "twice"]

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_DRIVE = re.compile(r"^[A-Za-z]:")
_LOCAL_HEADER_BYTES = 30


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may hold: `most_bytes` unpacked, `largest` a single file, `tightest`: unpacked over packed.

    Deflate reaches about 1,030 on zeros; photographs and text stay below 100.
    """

    most_files: int = 200_000
    most_bytes: int = 4_000_000_000
    largest: int = 500_000_000
    tightest: float = 150.0


LIMITS = ArchiveLimits()


@dataclass(frozen=True)
class Member:
    """A file in an archive: its name with '/' between folders (never leading out), and its unpacked size in bytes."""

    name: str
    size: int
    position: int


class Archive:
    """An archive that passed the checks, open for reading. `left_out`: how many files of which kind are no members."""

    def __init__(self, path: Path, zip_file: zipfile.ZipFile, limits: ArchiveLimits) -> None:
        self._path, self._zip = path, zip_file
        infos = zip_file.infolist()
        _check_amount(path, infos, limits)
        counts: Counter[LeftOut] = Counter()
        members: dict[str, Member] = {}
        for position, info in enumerate(infos):
            name = _member_name(info)
            _check_member(path, info, name)
            if info.is_dir():
                continue
            reason: LeftOut | None = "twice" if name in members else why_left_out(name)
            if reason is None:
                members[name] = Member(name, info.file_size, position)
            else:
                counts[reason] += 1
        self._infos = infos
        self.members: tuple[Member, ...] = tuple(members.values())
        self.left_out: dict[LeftOut, int] = dict(counts)

    def read(self, member: Member) -> bytes:
        """Return a member's bytes, never more than it declared. Raises DataError where they are damaged."""
        found = self._unpacked(member, member.size + 1)
        if len(found) != member.size:
            raise _damaged(f"{self._path.name}/{member.name}")
        return found

    def head(self, member: Member, length: int) -> bytes:
        """Return a member's first `length` bytes, the others not unpacked. Raises DataError where they are damaged."""
        return self._unpacked(member, min(length, member.size))

    def _unpacked(self, member: Member, length: int) -> bytes:
        try:
            with self._zip.open(self._infos[member.position]) as stream:
                return stream.read(length)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise _damaged(f"{self._path.name}/{member.name}") from error


@contextmanager
def open_archive(path: Path, limits: ArchiveLimits = LIMITS) -> Iterator[Archive]:
    """Open the ZIP at `path` for reading. Raises DataError where it is damaged or not safe, NotFoundError if absent."""
    try:
        if path.stat().st_size == 0:
            raise _empty(path.name)
        zip_file = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise NotFoundError(
            LocalText(ja="ファイルが見つかりません。", en="There is no such file."),
            where=str(path),
            cure=LocalText(ja="パスの綴りをご確認ください。", en="Check the spelling of the path."),
        ) from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path.name) from error
    with zip_file:
        yield Archive(path, zip_file, limits)


def why_left_out(name: str) -> LeftOut | None:
    """Return why a file of this name is no member: an archive within, or what an operating system leaves behind."""
    parts = PurePosixPath(name).parts
    last = parts[-1].lower() if parts else ""
    if set(parts[:-1]) & set(RUBBISH_FOLDERS) or last in RUBBISH_NAMES or last.startswith("._"):
        return "rubbish"
    return "nested_archive" if last.endswith(ARCHIVE_ENDINGS) else None


def _member_name(info: zipfile.ZipInfo) -> str:
    """Return the name with '/' and composed letters; Windows writes Japanese names in CP932 without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG and not name.isascii():
        raw = name.encode("cp437", "ignore")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _check_amount(path: Path, infos: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    """Refuse what would fill memory or disk, judging by the directory alone."""
    if len(infos) > limits.most_files:
        raise _unsafe(
            path.name,
            f"ファイルが {len(infos):,} 個あり、上限の {limits.most_files:,} 個を超えています。",
            f"It holds {len(infos):,} files; the limit is {limits.most_files:,}.",
        )
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.most_bytes:
        raise _unsafe(
            path.name,
            f"展開すると {_size(unpacked)} になり、上限の {_size(limits.most_bytes)} を超えています。",
            f"Unpacked it takes {_size(unpacked)}; the limit is {_size(limits.most_bytes)}.",
        )
    for info in infos:
        if info.file_size > limits.largest:
            raise _unsafe(
                f"{path.name}/{_shown(info)}",
                f"1 個で {_size(info.file_size)} のファイルがあります (上限 {_size(limits.largest)})。",
                f"One file takes {_size(info.file_size)}; the limit is {_size(limits.largest)}.",
            )
        if info.file_size > 1_000_000 and info.file_size > limits.tightest * max(info.compress_size, 1):
            raise _bomb(f"{path.name}/{_shown(info)}")
    packed = sum(info.compress_size for info in infos)
    if unpacked > 10_000_000 and (unpacked > limits.tightest * max(packed, 1) or packed > path.stat().st_size):
        raise _bomb(path.name)
    _check_overlap(path, infos)


def _check_overlap(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share packed bytes: a small file that unpacks to a huge one without a tight entry."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise _bomb(f"{path.name}/{_shown(info)}")
        end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size


def _check_member(path: Path, info: zipfile.ZipInfo, name: str) -> None:
    where = f"{path.name}/{_shown(info)}"
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts or any(ord(letter) < 32 for letter in name):
        raise _unsafe(
            where,
            "アーカイブの外を指す名前のファイルがあります (「..」や絶対パスなど)。",
            "A file's name leads out of the archive ('..', an absolute path or the like).",
        )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _unsafe(
            where,
            "リンクなど、通常のファイルではないものが入っています。",
            "It holds a link or something else that is no plain file.",
        )
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise DataError(
            LocalText(ja="ZIP がパスワードで保護されています。", en="The ZIP is protected by a password."),
            where=where,
            cure=LocalText(ja="パスワードなしで圧縮し直してください。", en="Make the ZIP again without a password."),
        )


def _shown(info: zipfile.ZipInfo) -> str:
    """Return a name for a message: one line of 80 characters at most."""
    name = "".join(letter if letter.isprintable() else "?" for letter in _member_name(info))
    return name if len(name) <= 80 else f"{name[:79]}…"


def _size(count: int) -> str:
    """Return a number of bytes for people, e.g. '1.07 GB'; the same in every language."""
    return format_value(count, "B", "en")


def _unsafe(where: str, ja: str, en: str) -> DataError:
    return DataError(
        LocalText(ja=f"安全のため、この ZIP は読み込みません。{ja}", en=f"This ZIP is refused for safety. {en}"),
        where=where,
        cure=LocalText(
            ja="必要なファイルだけをフォルダーに入れ、ZIP を作り直してください。",
            en="Put only the files that are needed into a folder and make the ZIP again.",
        ),
    )


def _bomb(where: str) -> DataError:
    return _unsafe(
        where,
        "圧縮率が異常に高く、展開すると膨大になるファイル (ZIP 爆弾) のおそれがあります。",
        "It is packed far too tightly and would unpack to something huge (a ZIP bomb).",
    )


def _empty(where: str) -> DataError:
    return DataError(
        LocalText(ja="ファイルが空です (0 バイト)。", en="The file is empty (0 bytes)."),
        where=where,
        cure=LocalText(
            ja="コピーが途中で止まっていないかご確認のうえ、ZIP を作り直してください。",
            en="Check whether the copy was cut short, and make the ZIP again.",
        ),
    )


def _damaged(where: str) -> DataError:
    return DataError(
        LocalText(ja="ZIP が壊れているため読めません。", en="The ZIP is damaged and can't be read."),
        where=where,
        cure=LocalText(
            ja="コピーが途中で切れていないかご確認のうえ、ZIP を作り直してください。",
            en="Check whether the copy was cut short, and make the ZIP again.",
        ),
    )
