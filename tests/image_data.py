"""Small made-up images, as files and prepared without files: for tests of the image task."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evaluator.intake.images import Listing, list_images
from evaluator.intake.images_files import ImageSources
from evaluator.records import Limits, PoC, SplitPlan
from evaluator.tasks.image.data import ImageData
from evaluator.tasks.image.prepare import assemble

QUICK = Limits(max_seconds=300.0, max_epochs=8, patience_epochs=8, finetune_max_seconds=300.0, finetune_max_steps=6)
CLASSES = ("bar", "cross", "dot")


def picture(label: str, seed: int, side: int = 8) -> NDArray[np.uint8]:
    """Return a noisy (side, side) image of a class: a bar, a cross or a dot."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 60, (side, side))
    at = int(random.integers(2, side - 2))
    if label in ("bar", "cross"):
        image[:, at] += 150
    if label == "cross":
        image[side // 2, :] += 100
    if label == "dot":
        image[at - 1 : at + 1, 2:4] += 150
    return np.clip(image, 0, 255).astype(np.uint8)


def file_of(image: NDArray[np.uint8] | Image.Image, form: str = "PNG", **settings: object) -> bytes:
    """Return an image as a file's bytes."""
    out = io.BytesIO()
    picture_ = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture_.save(out, form, **settings)
    return out.getvalue()


def class_folders(per_class: int = 12, side: int = 8, top: str = "", seed: int = 0) -> dict[str, bytes]:
    """Return name → bytes of images in class folders, all different."""
    return {
        f"{top}{label}/{number:03d}.png": file_of(picture(label, seed + 1000 * index + number, side))
        for index, label in enumerate(CLASSES)
        for number in range(per_class)
    }


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` into a ZIP at `path` and return it."""
    with zipfile.ZipFile(path, "w") as stream:
        for name, content in files.items():
            stream.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # the same bytes at any time
    return path


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` below `folder` and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def make_poc(listing: Listing | None = None, **changed: object) -> PoC:
    """Return what preparing images reads of a PoC."""
    options = {"size": 8, "colour": "grey", "network": "conv", "depth": 10, "width": 1, "sites": "auto", "images": 0}
    options |= {name: value for name, value in changed.items() if name in options}
    source = listing.data_source() if listing is not None else SimpleNamespace(sha256="0" * 64, files=(), header=True)
    poc = SimpleNamespace(
        data=source,
        target=listing.label if listing is not None else "",
        target_kind="multiclass",
        site=listing.site if listing is not None else changed.get("site", ""),
        columns={},
        split=SplitPlan("random", "", 0),
        budget=changed.get("budget", "quick"),
        options=options,
    )
    return cast(PoC, poc)


def poc_for(path: Path, **changed: object) -> PoC:
    """Return the PoC on the images at `path`."""
    return make_poc(list_images([path]), **changed)


def make_data(*, sites: bool = False, per_class: int = 60, **changed: object) -> ImageData:
    """Return prepared images of three classes; with `sites` of four, the last one new, one with inverted images."""
    rows = [(label, number) for number in range(per_class) for label in CLASSES]
    images = [picture(label, 1000 * CLASSES.index(label) + number) for label, number in rows]
    site = [f"site{number % 4}" if sites else "" for _, number in rows]
    images = [255 - image if place in ("site1", "site3") else image for image, place in zip(images, site, strict=True)]
    x = np.stack(images)[:, None]
    channels = 3 if changed.get("colour") == "rgb" else 1
    x = np.repeat(x, channels, axis=1)
    random = np.random.default_rng(0)
    draw = random.random(len(rows))
    new = np.array([place == "site3" for place in site]) if sites else random.random(len(rows)) < 0.2
    roles = np.where(new, 3 + np.digitize(draw, [0.4, 0.6]), np.digitize(draw, [0.7, 0.85])).astype(np.int8)
    listing = Listing(
        ImageSources(None, (), (), Path()),
        tuple(f"{label}/{number}" for label, number in rows),
        tuple(label for label, _ in rows),
        tuple(site),
        "",
        "top_folder" if sites else "",
        Counter(),
    )
    return assemble(x, listing, roles, make_poc(site="top_folder" if sites else "", **changed), ())
