"""From the user's files to prepared images: list, sample, decode, leave out copies, split, normalise."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.images import Listing, list_images, ordered, without_small_classes
from evaluator.intake.images_decode import decode
from evaluator.intake.images_files import open_images
from evaluator.intake.images_remarks import repairs
from evaluator.tasks.image.budgets import MOST_IMAGES
from evaluator.tasks.image.data import ImageData, ImageFacts, ImagePart, load, write
from evaluator.tasks.prepared import by_role, numbered_sites
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.records import PoC


def prepare(poc: PoC, folder: Path) -> ImageData:
    """Read the PoC's files, split, encode and write arrays and facts into `folder`, all or nothing.

    Raises DataError when the data can't be read or can't answer the question.
    """
    write(encode(poc), folder)
    return load(folder)


def encode(poc: PoC) -> ImageData:
    """Return the PoC's images, prepared (see `prepare`)."""
    listing = list_images(
        [Path(name) for name in poc.data.files],
        target=poc.target,
        site=poc.site,
        sites=str(poc.options["sites"]),
        header=poc.data.header if poc.target else None,
    )
    found = len(listing.names)
    notes = repairs(listing.left_out, listing.images_found)
    most = most_images(poc)
    listing = sample(listing, most, f"{poc.data.sha256}:{poc.split.seed}")
    size, colour = int(poc.options["size"]), cast(Literal["grey", "rgb"], str(poc.options["colour"]))
    looked_at = len(listing.names)
    x, listing, counts = read_images(listing, size, colour)
    if found > most:
        notes = (sampled_text(looked_at, found, poc.budget), *notes)
    notes = (*notes, *repairs(counts, looked_at))
    roles = _roles(listing, poc)
    return assemble(x, listing, roles, poc, notes)


def most_images(poc: PoC) -> int:
    """Return how many images are used at most: as the option says, or the budget."""
    return int(poc.options["images"]) or MOST_IMAGES[poc.budget]


def sampled_text(used: int, found: int, budget: str) -> LocalText:
    """Return the words for a sample that stands for all images."""
    return LocalText(
        ja=f"画像 {found:,} 枚から、クラスの割合を保って {used:,} 枚を無作為に抽出しました (予算 {budget})。",
        en=f"{used:,} of {found:,} images were drawn at random, each class with its share (budget {budget}).",
    )


def sample(listing: Listing, most: int, key: str) -> Listing:
    """Return at most about `most` images, each class with its share (5 at least), in order; the same for `key`."""
    if len(listing.names) <= most:
        return listing
    generator = _generator("sample", key)
    labels = np.array(listing.labels)
    chosen = []
    for label in listing.classes:
        rows = np.flatnonzero(labels == label)
        count = max(5, round(most * len(rows) / len(labels)))
        chosen += [int(row) for row in generator.permutation(rows)[:count]]
    return listing.take(sorted(chosen))


def read_images(
    listing: Listing, size: int, colour: Literal["grey", "rgb"]
) -> tuple[NDArray[np.uint8], Listing, Counter[str]]:
    """Return (images (n, channels, size, size), those of the listing that they are, counts of left out and mended)."""
    counts: Counter[str] = Counter()
    pixels, kept = [], []
    seen: set[bytes] = set()
    with open_images(listing.sources) as images:
        for index, name in enumerate(listing.names):
            content = images.read(name)
            image = decode(content, size, colour) if content is not None else "damaged"
            if isinstance(image, str):
                counts[image] += 1
                continue
            digest = hashlib.blake2b(image.pixels.tobytes(), digest_size=16).digest()
            if digest in seen:
                counts["copy"] += 1
                continue
            seen.add(digest)
            counts.update(image.mended)
            counts["resized"] += (image.width, image.height) != (size, size)
            pixels.append(image.pixels.transpose(2, 0, 1))
            kept.append(index)
    usable = replace(listing.take(kept), left_out=Counter())
    enough = without_small_classes(usable)
    counts.update(enough.left_out)
    classes = set(enough.labels)
    x = [image for image, label in zip(pixels, usable.labels, strict=True) if label in classes]
    return np.stack(x), enough, counts


def _roles(listing: Listing, poc: PoC) -> NDArray[np.int8]:
    import pandas as pd

    from evaluator.intake.split import assign_roles

    # Images lie sorted by class: the last fifth of the files would be other classes, not later data
    order = _generator("order", f"{poc.data.sha256}:{poc.split.seed}").permutation(len(listing.names))
    frame = pd.DataFrame({"class": listing.labels, "site": listing.sites}).iloc[order].reset_index(drop=True)
    roles = np.empty(len(order), dtype=np.int8)
    roles[order] = assign_roles(
        frame,
        target="class",
        target_kind="multiclass",
        site="site" if poc.site else "",
        plan=poc.split,
        data_hash=poc.data.sha256,
    )
    return roles


def _generator(purpose: str, key: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{purpose}:{key}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def assemble(
    x: NDArray[np.uint8],
    listing: Listing,
    roles: NDArray[np.int8],
    poc: PoC,
    notes: Sequence[LocalText],
) -> ImageData:
    """Return the parts; `roles` (images,) as in PART_NAMES' order. Mean and deviation are of the training images."""
    classes = listing.classes
    y = _codes(listing.labels, classes)
    names, known, site = numbered_sites(listing.sites if poc.site else None, roles, ordered)
    mean, deviation = _moments(x[roles == 0])
    facts = ImageFacts(
        classes=classes,
        size=x.shape[-1],
        channels=x.shape[1],
        mean=mean,
        deviation=deviation,
        sites=names,
        known_sites=known,
        network=str(poc.options["network"]),
        depth=int(poc.options["depth"]),
        width=int(poc.options["width"]),
        repairs=tuple(notes),
        data_hash=poc.data.sha256,
    )
    return ImageData(facts, *by_role(ImagePart(x, y, site), roles))


def _codes(values: Sequence[str], names: Sequence[str]) -> NDArray[np.int64]:
    index = {name: code for code, name in enumerate(names)}
    return np.array([index[value] for value in values], dtype=np.int64)


def _moments(x: NDArray[np.uint8]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation of each channel, from how often each of the 256 values occurs: no large copy."""
    values = np.arange(256)
    moments = []
    for channel in range(x.shape[1]):
        counts = np.bincount(x[:, channel].ravel(), minlength=256)
        mean = float((counts * values).sum() / counts.sum())
        variance = float((counts * (values - mean) ** 2).sum() / counts.sum())
        moments.append((mean, variance**0.5 or 1.0))
    means, deviations = zip(*moments, strict=True)
    return means, deviations
