"""Which images there are, of which class and site, whether they lie in folders, in a ZIP or beside a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.encoding import hash_files
from evaluator.intake.images_files import ImageFiles, ImageSources, gather, open_images
from evaluator.intake.images_folders import by_folders, split_masks
from evaluator.intake.images_list import images_beside, matched, read_list
from evaluator.records import DataSource
from scorecards.local_text import LocalText

TOP_FOLDER = "top_folder"
"""The site of a PoC whose sites are folders."""
FEWEST_IN_CLASS = 5
FEWEST_IMAGES = 30
MOST_CLASSES = 1_000
IMAGES_LEFT_OUT = ("mask", "loose", "small_class", "missing")
"""Reasons why an image takes no part that show before it is read."""


@dataclass(frozen=True)
class Listing:
    """Images by name with class and site ('' without sites), in the order of their names or of the table's rows.

    label: the table's column of classes, '' where folders tell. site: the table's column of sites, TOP_FOLDER, or ''.
    left_out: images and files that take no part, by reason. merged: folders such as train and test looked past.
    """

    sources: ImageSources
    names: tuple[str, ...]
    labels: tuple[str, ...]
    sites: tuple[str, ...]
    label: str
    site: str
    left_out: Counter[str]
    merged: tuple[str, ...] = ()
    nested: int = 0
    header: bool = True

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes, numbers in the order of numbers."""
        return ordered(set(self.labels))

    @property
    def images_found(self) -> int:
        """Return how many images there were, those left out among them."""
        return len(self.names) + sum(self.left_out[reason] for reason in IMAGES_LEFT_OUT)

    def take(self, index: Sequence[int]) -> Listing:
        """Return the images at `index`."""
        names, labels, sites = ([values[i] for i in index] for values in (self.names, self.labels, self.sites))
        return replace(self, names=tuple(names), labels=tuple(labels), sites=tuple(sites))

    def data_source(self) -> DataSource:
        """Return the files that it rests on, and their hash."""
        files = self.sources.files
        return DataSource(
            tuple(str(path) for path in files), "images", "utf-8", ",", ".", self.header, hash_files(files)
        )


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Return names sorted: numbers by value, then the rest."""
    return tuple(sorted(names, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name)))


def list_images(
    files: Sequence[Path], *, target: str = "", site: str | None = None, sites: str = "auto", header: bool | None = None
) -> Listing:
    """Return the images that `files` hold: files that belong together, or one folder. No image is read yet.

    target: the table's column of classes, '' to find out. site: its column of sites, TOP_FOLDER, '' for none, None to
    find out; `sites` as in the task's option. Classes of fewer than FEWEST_IN_CLASS images are left out.
    Raises DataError where there are no images, no classes, or fewer than two of them.
    """
    sources = gather(files)
    if sources.table is not None and (sources.archives or sources.images or target or not _in_folders(sources)):
        listing = _from_table(sources, target, "" if sites == "none" else site, header)
    else:
        listing = _from_folders(sources, target, site, sites)
    return without_small_classes(listing)


def without_small_classes(listing: Listing) -> Listing:
    """Leave out classes that can't be divided into parts. Raises DataError where fewer than two classes remain."""
    where = _where(listing.sources)
    counts = Counter(listing.labels)
    if len(counts) > MOST_CLASSES:
        raise _too_many(len(counts), where)
    enough = {label for label, count in counts.items() if count >= FEWEST_IN_CLASS}
    kept = [index for index, label in enumerate(listing.labels) if label in enough]
    if len(enough) < 2 or len(kept) < FEWEST_IMAGES:
        raise _too_few(counts, len(listing.names), where)
    small = Counter({"small_class": len(listing.names) - len(kept)})
    return replace(listing.take(kept), left_out=listing.left_out + small)


def _in_folders(sources: ImageSources) -> bool:
    return bool(sources.images) and any(path.parent != sources.root for path in sources.images)


def _from_folders(sources: ImageSources, target: str, site: str | None, sites: str) -> Listing:
    where = _where(sources)
    for asked, option in ((target, "--target"), (site or "", "--site")):
        if asked not in ("", TOP_FOLDER) or (asked == TOP_FOLDER and option == "--target"):
            raise _no_list(asked, option, where)
    with open_images(sources) as images:
        if not images.names:
            raise _no_images(images, where)
        names, masks = split_masks(images.names)
    mode = "none" if site == "" else TOP_FOLDER if site == TOP_FOLDER else sites
    found = by_folders(names, mode, where)
    left_out = images.left_out + Counter({"mask": masks, "loose": found.loose})
    return Listing(
        sources, found.names, found.labels, found.sites, "", TOP_FOLDER if any(found.sites) else "", left_out,
        found.merged, found.nested,
    )  # fmt: skip


def _from_table(sources: ImageSources, target: str, site: str | None, header: bool | None) -> Listing:
    table = sources.table
    assert table is not None
    rows = read_list(table, label=target, site=site, header=header)
    if not sources.archives:
        sources = gather([table, *images_beside(table, rows.paths)])
    with open_images(sources) as images:
        meant = matched(rows.paths, images.names)
    left_out = images.left_out + rows.left_out
    left_out["missing"] += len(rows.paths) - len(meant)
    if len(meant) * 2 < len(rows.paths) or not meant:
        raise _mostly_missing(rows.paths, len(meant), table.name)
    kept = [(meant[path], i) for i, path in enumerate(rows.paths) if path in meant]
    return Listing(
        sources,
        tuple(name for name, _ in kept),
        tuple(rows.labels[i] for _, i in kept),
        tuple(rows.sites[i] for _, i in kept),
        rows.label,
        rows.site,
        left_out,
        header=rows.header,
    )


def _where(sources: ImageSources) -> str:
    files = sources.files
    if sources.table is None and sources.images:
        return sources.root.name
    return f"{files[0].name}{f' (+{len(files) - 1})' if len(files) > 1 else ''}" if files else ""


def _no_images(images: ImageFiles, where: str) -> DataError:
    nested = images.left_out["nested_archive"]
    inside_ja = f"アーカイブの中のアーカイブ ({nested} 個) は開きません。" if nested else ""
    inside_en = f" Archives within the archive ({nested}) are not opened." if nested else ""
    return DataError(
        LocalText(ja=f"画像がありません。{inside_ja}", en=f"There are no images.{inside_en}"),
        where=where,
        cure=LocalText(
            ja="PNG・JPEG・BMP・GIF・TIFF・WebP の画像を、クラスごとのフォルダーに入れて ZIP にしてください。",
            en="Put PNG, JPEG, BMP, GIF, TIFF or WebP images into a folder for each class, and pack them into a ZIP.",
        ),
    )


def _no_list(asked: str, option: str, where: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"列「{asked}」が指定されましたが、画像の一覧表 (CSV) がありません。",
            en=f"The column '{asked}' was named, but there is no list of the images (CSV).",
        ),
        where=where,
        cure=LocalText(
            ja=f"{option} を外すか、パスとクラスを書いた CSV を併せて指定してください。"
            f"フォルダーを拠点とするには --site {TOP_FOLDER} です。",
            en=f"Leave {option} out, or give a CSV of paths and labels as well; --site {TOP_FOLDER} takes folders as "
            "sites.",
        ),
    )


def _mostly_missing(paths: Sequence[str], found: int, where: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"一覧表にある {len(paths):,} 枚のうち、{found:,} 枚しか見つかりません "
            f"(例: {paths[0] if paths else '-'})。",
            en=f"Of the {len(paths):,} images listed only {found:,} were found (for instance: "
            f"{paths[0] if paths else '-'}).",
        ),
        where=where,
        cure=LocalText(
            ja="パスは一覧表のあるフォルダー、または一緒に指定した ZIP の中からたどります。",
            en="Paths start at the list's folder, or within the ZIP that is given along with it.",
        ),
    )


def _too_few(counts: Counter[str], images: int, where: str) -> DataError:
    fullest = max(counts.values(), default=0)
    return DataError(
        LocalText(
            ja=f"画像が {images:,} 枚、クラスが {len(counts):,} 種類あり、最も多いクラスでも {fullest:,} 枚です。"
            f"{FEWEST_IN_CLASS} 枚以上のクラスが 2 つ以上、合わせて {FEWEST_IMAGES} 枚以上の画像が必要です。",
            en=f"There are {images:,} images of {len(counts):,} classes, {fullest:,} of the fullest. Two classes with "
            f"{FEWEST_IN_CLASS} images or more are needed, and {FEWEST_IMAGES} images in all.",
        ),
        where=where,
        cure=LocalText(
            ja="画像を増やしてください。クラスのフォルダーが 1 段深い所にある場合は、その親を指定してください。",
            en="Add images; where the class folders lie one level deeper, give their parent.",
        ),
    )


def _too_many(classes: int, where: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"クラスが {classes:,} 種類あります (上限 {MOST_CLASSES:,})。",
            en=f"There are {classes:,} classes; the limit is {MOST_CLASSES:,}.",
        ),
        where=where,
        cure=LocalText(
            ja="フォルダー (または列) が本当にクラスを表しているかご確認ください。",
            en="Check whether the folders, or the column, really tell classes.",
        ),
    )
