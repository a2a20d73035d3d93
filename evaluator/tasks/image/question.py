"""The question that Blueprint would ask of images: classes, sites, size and colour, inferred or as the user said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np

from evaluator.errors import DataError, InputError
from evaluator.intake.findings import Finding
from evaluator.intake.images import TOP_FOLDER, Listing, list_images, ordered
from evaluator.intake.images_decode import decode
from evaluator.intake.images_files import open_images
from evaluator.intake.images_remarks import findings
from evaluator.records import OptionValue
from evaluator.tasks.image.budgets import MOST_IMAGES, effort
from evaluator.tasks.image.options import DEPTHS, SMALLEST_SIZE
from evaluator.tasks.protocol import Asked, Question
from scorecards.local_text import LocalText

MOST_LOOKED_AT = 300
"""Images that are decoded before anything is asked; preparing looks at all of them."""
ORDINARY_SIZES: Mapping[str, int] = {"grey": 28, "rgb": 32}
MOST_FAULTY = 0.5


@dataclass(frozen=True)
class Looked:
    """What some of the images are like: sides in pixels, whether all are grey, counts of faults and repairs."""

    sides: tuple[int, ...]
    grey: bool
    counts: Counter[str]
    images: int


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the images in `files` (ZIPs, a folder, or a CSV with either).

    `asked.target`: the CSV's column of classes; `asked.site`: its column of sites, 'top_folder', or '' for none.
    Raises DataError when they can't be read or answered.
    """
    _check_options(asked)
    listing = list_images(
        files, target=asked.target, site=asked.site, sites=str(asked.options["sites"]), header=asked.header
    )
    looked = look(listing)
    colour = str(asked.options["colour"])
    if colour == "auto":
        colour = "grey" if looked.grey else "rgb"
    size = int(asked.options["size"]) or fitting_size(looked.sides, colour)
    options = {**asked.options, "size": size, "colour": colour}
    sites = set(listing.sites) - {""}
    times = effort(str(options["network"]), int(options["depth"]), int(options["width"]))
    return Question(
        source=listing.data_source(),
        target=listing.label,
        target_kind="binary" if len(listing.classes) == 2 else "multiclass",
        site=listing.site,
        options=options,
        rows=len(listing.names),
        features=size * size * (1 if colour == "grey" else 3),
        sites=len(sites),
        reasons=_reasons(listing, looked, asked.options, options),
        effort=times,
        findings=(
            *_remarks(listing),
            *((_slow(times, options),) if times > 1 else ()),
            *findings(listing.left_out, listing.images_found),
            *findings(looked.counts, looked.images),
        ),
    )


def look(listing: Listing) -> Looked:
    """Decode up to MOST_LOOKED_AT images, spread over all of them. Raises DataError where most can't be read."""
    chosen = np.unique(np.linspace(0, len(listing.names) - 1, MOST_LOOKED_AT).astype(int))
    counts: Counter[str] = Counter()
    sides, greys, shapes = [], [], set()
    with open_images(listing.sources) as images:
        for index in chosen:
            content = images.read(listing.names[index])
            image = decode(content, 64, "rgb") if content is not None else "damaged"
            if isinstance(image, str):
                counts[image] += 1
                continue
            counts.update(image.mended)
            sides.append(max(image.width, image.height))
            greys.append(image.grey)
            shapes.add((image.width, image.height))
    if len(sides) < MOST_FAULTY * len(chosen):
        raise _mostly_faulty(len(chosen) - len(sides), len(chosen), listing.names[0])
    if len(shapes) > 1:
        counts["resized"] = len(sides)
    return Looked(tuple(sides), all(greys), counts, len(chosen))


def fitting_size(sides: Sequence[int], colour: str) -> int:
    """Return a side in pixels: 28 for grey images and 32 for colour, as MNIST and CIFAR-10 have made usual.

    Smaller where the images are: a multiple of 4, so that halving twice fits.
    """
    return min(ORDINARY_SIZES[colour], max(SMALLEST_SIZE, -(-int(median(sides)) // 4) * 4))


def _check_options(asked: Asked) -> None:
    size, depth = int(asked.options["size"]), int(asked.options["depth"])
    if 0 < size < SMALLEST_SIZE:
        raise _unfit("size", size, f"0, {SMALLEST_SIZE} … 64")
    if depth not in DEPTHS:
        raise _unfit("depth", depth, ", ".join(map(str, DEPTHS)))
    if asked.split not in ("", "random"):
        raise DataError(
            LocalText(
                ja=f"画像では「{asked.split}」の分割は使えません。", en=f"Images can't be split by {asked.split}."
            ),
            where="--split",
            cure=LocalText(
                ja="--split を外してください。まとまりごとに分けたい場合は、拠点として指定してください。",
                en="Leave --split out; what has to stay together can be named as sites.",
            ),
        )


def _unfit(name: str, value: int, allowed: str) -> InputError:
    return InputError(
        LocalText(
            ja=f"設定「{name}」の値「{value}」は使えません。", en=f"'{value}' is no value for the option '{name}'."
        ),
        where=f"options.{name}",
        cure=LocalText(ja=f"指定できる値: {allowed}", en=f"Possible values: {allowed}."),
    )


def _mostly_faulty(faulty: int, looked_at: int, example: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"画像 {looked_at:,} 枚を調べたところ、{faulty:,} 枚が読めません (壊れている、または空です)。",
            en=f"Of {looked_at:,} images looked at, {faulty:,} can't be read: they are damaged or empty.",
        ),
        where=example,
        cure=LocalText(
            ja="PNG・JPEG・BMP・GIF・TIFF・WebP で保存し直し、コピーが途中で切れていないかご確認ください。",
            en="Save them again as PNG, JPEG, BMP, GIF, TIFF or WebP, and check whether a copy was cut short.",
        ),
    )


def _reasons(
    listing: Listing, looked: Looked, asked: Mapping[str, OptionValue], options: Mapping[str, OptionValue]
) -> dict[str, LocalText]:
    classes = len(listing.classes)
    where = LocalText(ja="フォルダーの名前", en="folders' names")
    reasons = {
        "split": LocalText(
            ja="クラスの割合を保って無作為に分けます。拠点がなければ、無作為に選んだ 2 割を新しいデータとします。",
            en="At random, each class with its share; without sites a fifth of the images plays the new data.",
        )
    }
    if listing.label:
        where = LocalText(ja=f"列「{listing.label}」", en=f"the column '{listing.label}'")
        reasons["target"] = LocalText(ja=f"{classes:,} クラスあります。", en=f"It holds {classes:,} classes.")
    sites = len(set(listing.sites) - {""})
    if listing.site == TOP_FOLDER:
        reasons["site"] = LocalText(
            ja=f"一番上の {sites:,} 個のフォルダー ({_some(listing.sites)}) の中に同じ名前のフォルダー "
            f"({_some(listing.labels)}) があるため、前者を拠点、後者をクラスとみなしました。"
            "前者がクラスであれば、画像をその直下に置いてください。",
            en=f"The {sites:,} top folders ({_some(listing.sites)}) hold folders of the same names "
            f"({_some(listing.labels)}): they are taken for sites, those within for classes. Where the top ones are "
            "the classes, put the images right into them.",
        )
    elif listing.site:
        reasons["site"] = LocalText(ja=f"{sites:,} 拠点あります。", en=f"It holds {sites:,} sites.")
    low, high = min(looked.sides), max(looked.sides)
    sides = f"{low:,}" if low == high else f"{low:,}~{high:,}"
    if not asked["size"]:
        reasons["size"] = LocalText(
            ja=f"画像 (長辺 {sides} 画素) は {classes:,} クラス、クラスは{where.ja}によります。",
            en=f"The images' longer sides are {sides} pixels. {classes:,} classes, by {where.en}.",
        )
    if asked["colour"] == "auto":
        reasons["colour"] = (
            LocalText(ja="調べた画像に色がありません。", en="The images looked at have no colour.")
            if options["colour"] == "grey"
            else LocalText(ja="色のある画像があります。", en="Some of the images have colour.")
        )
    return reasons


def _remarks(listing: Listing) -> tuple[Finding, ...]:
    remarks = []
    found = len(listing.names)
    if found > MOST_IMAGES["quick"]:
        remarks.append(
            _remark(
                "images_sampled",
                f"画像が {found:,} 枚あります。予算により、クラスの割合を保って抽出した画像だけを使います "
                f"({_budgets(found)})。",
                f"There are {found:,} images. A budget uses a random sample of them, each class with its share "
                f"({_budgets(found)}).",
                "枚数を変えるには、設定 images を指定してください。",
                "To use another number, set the option images.",
            )
        )
    if listing.merged:
        folders = ", ".join(listing.merged)
        remarks.append(
            _remark(
                "images_merged",
                f"フォルダー {folders} はまとめて読み、学習用とテスト用に改めて分けます。",
                f"The folders {folders} are read as one; the images are divided into training and test anew.",
                "そのまま進めて問題ありません。",
                "You can go on as it is.",
            )
        )
    if listing.nested:
        remarks.append(
            _remark(
                "images_nested",
                f"クラスのフォルダーの中のフォルダーにある画像 {listing.nested:,} 枚も、そのクラスとして使います。",
                f"{listing.nested:,} images lie in folders within their class's folder; they count as of that class.",
                "拠点ごとに分かれている場合は、拠点/クラス/画像 の形にしてください。",
                "Where they are divided by site, arrange them as site/class/image.",
            )
        )
    return tuple(remarks)


def _slow(times: float, options: Mapping[str, OptionValue]) -> Finding:
    """Return how much longer than usual it takes, and how to shorten it."""
    size, depth = int(options["size"]), int(options["depth"])
    shorter = [f"--option size={size // 2}"] if size >= 2 * SMALLEST_SIZE else []
    shorter += [f"--option depth={DEPTHS[0]}"] if depth > DEPTHS[0] else []
    return _remark(
        "slow_network",
        f"ネットワーク wrn の学習には、標準の conv のおよそ {times:.0f} 倍の時間がかかります。",
        f"The network wrn takes about {times:.0f} times as long to train as the usual conv.",
        f"短くするには、{'、'.join([*shorter, '--option network=conv'])} のいずれかを指定してください。",
        f"To shorten it, give {' or '.join([*shorter, '--option network=conv'])}.",
    )


def _some(names: Sequence[str]) -> str:
    found = ordered(set(names) - {""})
    return ", ".join(found[:3]) + (" …" if len(found) > 3 else "")


def _budgets(found: int) -> str:
    return ", ".join(f"{name}: {min(most, found):,}" for name, most in MOST_IMAGES.items())


def _remark(code: str, ja: str, en: str, cure_ja: str, cure_en: str) -> Finding:
    severity: Literal["info", "warning"] = "info" if code == "images_merged" else "warning"
    return Finding(code, "", severity, LocalText(ja=ja, en=en), LocalText(ja=cure_ja, en=cure_en))
