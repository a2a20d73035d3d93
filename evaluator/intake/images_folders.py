"""Classes and sites from the folders that images lie in: class/image, or site/class/image."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from evaluator.errors import DataError
from scorecards.local_text import LocalText

PART_NAMES = frozenset(
    ("train", "training", "test", "testing", "tst", "val", "valid", "validation", "eval", "dev", "holdout")
)
"""Folders that divide the data into parts; the project divides it anew, so that they are neither class nor site."""
SHARED_CLASSES = 0.75
"""Top folders are sites where a class occurs in at least this share of them on average."""

IMAGE_FOLDERS = frozenset(("images", "image", "imgs", "img", "photos", "originals", "jpegimages", "rgb", "raw"))
MASK_FOLDERS = frozenset(
    ("masks", "mask", "segmentation", "segmentations", "annotations", "annotation", "labels", "gt", "groundtruth")
)
"""A folder of masks repeats what lies in a folder of images beside it, or in the one that it lies in itself."""

_MASK = re.compile(r"^(?P<base>.+?)[ _\-.]+(masks?|seg|segmentation|annotation|gt|groundtruth)(?:[ _\-]?\d+)?$", re.I)


@dataclass(frozen=True)
class Folders:
    """Each image's class and site ('' without sites). `merged`: folders such as train and test that were looked past.

    nested: how many images lie deeper than their class; loose: how many lie in no folder and so have no class.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    sites: tuple[str, ...]
    merged: tuple[str, ...] = ()
    nested: int = 0
    loose: int = 0


def split_masks(names: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return the names without masks, and how many masks there were.

    A mask is `x_mask.png` beside an image called `x`, or `masks/x.png` where there is `images/x.png`, or `x.png` beside
    the folder of masks.
    """
    stems = {path.with_suffix("") for path in map(PurePosixPath, names)}
    kept = tuple(name for name in names if not any(one in stems for one in _masked(PurePosixPath(name))))
    return kept, len(names) - len(kept)


def _masked(path: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield what an image would be called, without its ending, if `path` were its mask."""
    if (found := _MASK.match(path.stem)) is not None:
        yield path.parent / found["base"]
    folders = path.parts[:-1]
    for place, folder in enumerate(folders):
        if folder.lower() in MASK_FOLDERS:
            before, after = folders[:place], (*folders[place + 1 :], path.stem)
            yield PurePosixPath(*before, *after)
            for name in IMAGE_FOLDERS:
                yield from (PurePosixPath(*before, written, *after) for written in (name, name.title(), name.upper()))


def by_folders(names: Sequence[str], sites: str, where: str) -> Folders:
    """Return classes and sites of the images called `names`; `sites`: auto, none or top_folder.

    Folders that all images share, and those that only divide into train and test, are looked past.
    Raises DataError where no folder tells a class.
    """
    folders = {name: list(PurePosixPath(name).parts[:-1]) for name in names}
    merged: list[str] = []
    while folders and all(len(parts) > 1 for parts in folders.values()):
        tops = {parts[0] for parts in folders.values()}
        divides = {top.lower() for top in tops} <= PART_NAMES
        if len(tops) > 1 and not divides:
            break
        merged += sorted(tops) if len(tops) > 1 else []
        folders = {name: parts[1:] for name, parts in folders.items()}
    classed = {name: parts for name, parts in folders.items() if parts}
    loose = len(folders) - len(classed)
    if loose >= len(classed):
        raise _no_classes(where)
    has_sites = _has_sites(list(classed.values()), sites, where)
    depth = _depth(list(classed.values()), has_sites)
    labels = {name: _label(parts, has_sites, depth) for name, parts in classed.items()}
    return Folders(
        names=tuple(classed),
        labels=tuple(labels.values()),
        sites=tuple(parts[0] if has_sites else "" for parts in classed.values()),
        merged=tuple(merged),
        nested=sum(len(parts) > 1 + has_sites for parts in classed.values()) if depth == 1 else 0,
        loose=loose,
    )


def _has_sites(folders: Sequence[Sequence[str]], sites: str, where: str) -> bool:
    """Tell whether the top folders are sites: as asked, or where most classes occur in most of them."""
    deep = all(len(parts) >= 2 for parts in folders)
    tops = {parts[0] for parts in folders}
    if sites == "top_folder":
        if not deep or len(tops) < 2:
            raise DataError(
                LocalText(
                    ja="一番上のフォルダーを拠点とみなせません (拠点/クラス/画像 の形になっていません)。",
                    en="The top folders can't be sites: the images don't lie as site/class/image.",
                ),
                where=where,
                cure=LocalText(
                    ja="2 つ以上の拠点のフォルダーに、クラスごとのフォルダーを入れてください。"
                    "拠点がなければ sites=none を指定してください。",
                    en="Make two or more site folders that hold class folders, or set sites=none.",
                ),
            )
        return True
    return sites == "auto" and deep and len(tops) >= 2 and _shared_classes(folders) >= SHARED_CLASSES


def _shared_classes(folders: Sequence[Sequence[str]]) -> float:
    """Return in what share of the top folders a class occurs, on average over the classes."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for parts in folders:
        places[parts[1]].add(parts[0])
    tops = len({parts[0] for parts in folders})
    return sum(len(found) for found in places.values()) / (len(places) * tops)


def _depth(folders: Sequence[Sequence[str]], has_sites: bool) -> int:
    """Return which folder names the class: 1 the first (below the site), 2 the second, 0 all of them together.

    The first, where images lie in it directly. The second, where the same ones occur in most of the first, which the
    user says are no sites.
    """
    if has_sites or any(len(parts) == 1 for parts in folders):
        return 1
    return 2 if _shared_classes(folders) >= SHARED_CLASSES and len({parts[0] for parts in folders}) > 1 else 0


def _label(parts: Sequence[str], has_sites: bool, depth: int) -> str:
    return "/".join(parts) if depth == 0 else parts[depth - 1 + has_sites]


def _no_classes(where: str) -> DataError:
    return DataError(
        LocalText(
            ja="画像がクラスごとのフォルダーに分かれていないため、何のクラスか分かりません。",
            en="The images don't lie in class folders, so that their classes can't be told.",
        ),
        where=where,
        cure=LocalText(
            ja="クラス名のフォルダーに画像を分けて入れるか、画像のパスとクラスを書いた CSV を併せて指定してください。",
            en="Put the images into a folder for each class, or give a CSV of paths and labels along with them.",
        ),
    )
