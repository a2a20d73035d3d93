"""Where images lie: in a folder, in ZIP archives, or beside a table that lists them. Nothing is unpacked to disk."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from evaluator.errors import DataError, NotFoundError
from evaluator.intake.archives import Archive, Member, open_archive, why_left_out
from evaluator.intake.images_decode import IMAGE_ENDINGS, MAX_PIXELS
from scorecards.local_text import LocalText

TABLE_ENDINGS = (".csv", ".tsv")
MOST_LOOSE_FILES = 2_000
"""A PoC names every file that it rests on; of more images than these a ZIP is to be made."""
MOST_NAME_CHARACTERS = 150_000
LARGEST_FILE = 4 * MAX_PIXELS
"""Bytes: no image within the limit of pixels needs more."""


@dataclass(frozen=True)
class ImageSources:
    """The files that images come from. `table`: the list of paths and labels; `images`: single files on disk.

    root: the folder that the images' names start from. left_out: files passed over while looking, by reason.
    """

    table: Path | None
    archives: tuple[Path, ...]
    images: tuple[Path, ...]
    root: Path
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all of them: the table, the archives, the images."""
        return (*((self.table,) if self.table else ()), *self.archives, *self.images)


def gather(files: Sequence[Path]) -> ImageSources:
    """Return what `files` (files, or one folder) hold of images; links within a folder are not followed.

    Raises NotFoundError when something is not there, DataError when there are more lists or files than can be meant.
    """
    left_out: Counter[str] = Counter()
    found: list[Path] = []
    for given in files:
        path = Path(given)
        if path.is_dir():
            found.extend(_walk(path.resolve(), left_out))
        elif path.is_file():
            found.append(path.resolve())
        else:
            raise NotFoundError(
                LocalText(ja="ファイルが見つかりません。", en="There is no such file."),
                where=str(path),
                cure=LocalText(ja="パスの綴りをご確認ください。", en="Check the spelling of the path."),
            )
    found = list(dict.fromkeys(found))
    images = tuple(path for path in found if path.suffix.lower() in IMAGE_ENDINGS)
    archives = tuple(path for path in found if path.suffix.lower() == ".zip")
    tables = [path for path in found if path.suffix.lower() in TABLE_ENDINGS]
    left_out["other_file"] += len(found) - len(images) - len(archives) - len(tables)
    if images and archives:  # the archives are a second copy, or something else
        left_out["nested_archive"] += len(archives)
        archives = ()
    if len(tables) > 1:
        raise DataError(
            LocalText(
                ja=f"一覧表 (CSV) が {len(tables)} 個あり、どれを使うか決められません。",
                en=f"There are {len(tables)} lists (CSV), and which one is meant can't be told.",
            ),
            where=", ".join(path.name for path in tables[:5]),
            cure=LocalText(ja="一覧表を 1 つだけ指定してください。", en="Give one list only."),
        )
    _check_loose(images)
    table = tables[0] if tables else None
    return ImageSources(table, archives, images, _root(table, images), left_out)


def _walk(folder: Path, left_out: Counter[str]) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        left_out["link"] += len(links)
        for name in sorted(names):
            path = Path(place) / name
            reason = why_left_out(path.relative_to(folder).as_posix())
            if name.startswith(".") or reason == "rubbish":
                left_out["rubbish"] += 1
            elif path.is_symlink():
                left_out["link"] += 1
            elif reason == "nested_archive" and path.suffix.lower() != ".zip":
                left_out["nested_archive"] += 1
            else:
                found.append(path)
    return found


def _root(table: Path | None, images: Sequence[Path]) -> Path:
    if table is not None:
        return table.parent
    return Path(os.path.commonpath([path.parent for path in images])) if images else Path()


def _check_loose(images: Sequence[Path]) -> None:
    if len(images) <= MOST_LOOSE_FILES and sum(len(str(path)) for path in images) <= MOST_NAME_CHARACTERS:
        return
    raise DataError(
        LocalText(
            ja=f"画像ファイルが {len(images):,} 個あります。フォルダーのままで扱えるのは {MOST_LOOSE_FILES:,} 個 "
            "(パスの文字数にもよります) までです。",
            en=f"There are {len(images):,} image files; a folder may hold {MOST_LOOSE_FILES:,} at most, fewer where "
            "their paths are long.",
        ),
        where=images[0].parent.name,
        cure=LocalText(
            ja="フォルダーを 1 つの ZIP にまとめて指定してください。", en="Pack the folder into one ZIP and give that."
        ),
    )


class ImageFiles:
    """The images of some sources by name ('/' between folders), read one at a time. `left_out`: by reason."""

    def __init__(self, sources: ImageSources, archives: Sequence[tuple[Path, Archive]]) -> None:
        self.left_out = Counter(sources.left_out)
        self._members: dict[str, tuple[Archive, Member]] = {}
        self._paths: dict[str, Path] = {}
        self.lists: list[str] = []
        for path, archive in archives:
            self.left_out.update(archive.left_out)
            prefix = f"{path.stem}/" if len(archives) > 1 else ""
            for member in archive.members:
                ending = PurePosixPath(member.name).suffix.lower()
                if ending in IMAGE_ENDINGS:
                    self._members[prefix + member.name] = (archive, member)
                else:
                    self.left_out["other_file"] += 1
                    self.lists += [member.name] if ending in TABLE_ENDINGS else []
        for path in sources.images:
            name = path.relative_to(sources.root).as_posix() if path.is_relative_to(sources.root) else path.name
            self._paths[unicodedata.normalize("NFC", name)] = path

    @property
    def names(self) -> tuple[str, ...]:
        """Return all images' names, sorted."""
        return tuple(sorted([*self._members, *self._paths]))

    def read(self, name: str) -> bytes | None:
        """Return an image's bytes, None where they can't be read or are too many for an image."""
        try:
            if name in self._members:
                archive, member = self._members[name]
                return archive.read(member) if member.size <= LARGEST_FILE else None
            path = self._paths[name]
            return path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
        except (DataError, OSError):
            return None

    def path(self, name: str) -> Path | None:
        """Return the file that an image lies in by itself, None for one in an archive."""
        return self._paths.get(name)


@contextmanager
def open_images(sources: ImageSources) -> Iterator[ImageFiles]:
    """Open the images of `sources` for reading. Raises DataError where an archive is damaged or not safe."""
    with ExitStack() as stack:
        archives = [(path, stack.enter_context(open_archive(path))) for path in sources.archives]
        yield ImageFiles(sources, archives)
