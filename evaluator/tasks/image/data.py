"""Prepared images: arrays of each part, and what they mean."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.image.scores import MAIN_METRIC, accuracy, scores
from evaluator.tasks.protocol import PART_NAMES, Floats, RowIndex
from scorecards.local_text import LocalText

FACTS_FILE = "facts.json"
_ARRAYS = ("x", "y", "site")


@dataclass(frozen=True)
class ImagePart:
    """Images of one role.

    x: (rows, channels, size, size) uint8. y: (rows,) int64 class index. site: (rows,) int32 index into
    `ImageFacts.sites`, from `known_sites` on a new site; -1 where there are no sites.
    """

    x: NDArray[np.uint8]
    y: NDArray[np.int64]
    site: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Return the number of images."""
        return len(self.y)

    def take(self, index: RowIndex) -> ImagePart:
        """Return the images that `index` selects."""
        return ImagePart(self.x[index], self.y[index], self.site[index])


@dataclass(frozen=True)
class ImageFacts:
    """What the arrays mean; enough to prepare a new image at a site.

    mean, deviation: of the training images' values (0 to 255), one a channel. network, depth, width: the target
    network as the options name it. repairs: (Japanese, English) pairs of what was left out or mended.
    """

    classes: tuple[str, ...]
    size: int
    channels: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    sites: tuple[str, ...]
    known_sites: int
    network: str
    depth: int
    width: int
    repairs: tuple[tuple[str, str], ...]
    data_hash: str


@dataclass(frozen=True)
class ImageData:
    """Prepared images: the facts and the six parts."""

    facts: ImageFacts
    train: ImagePart
    validation: ImagePart
    test: ImagePart
    new_train: ImagePart
    new_validation: ImagePart
    new_test: ImagePart

    @property
    def rows(self) -> int:
        """Return how many images are used, all parts together."""
        return sum(self.part(name).rows for name in PART_NAMES)

    @property
    def has_sites(self) -> bool:
        """Tell whether the images belong to sites."""
        return bool(self.facts.sites)

    @property
    def site_names(self) -> tuple[str, ...]:
        """Return the sites' names in index order."""
        return self.facts.sites

    @property
    def known_sites(self) -> int:
        """Return how many sites are seen in training."""
        return self.facts.known_sites

    @property
    def repairs(self) -> tuple[LocalText, ...]:
        """Return what was left out or mended while preparing."""
        return tuple(LocalText(ja=ja, en=en) for ja, en in self.facts.repairs)

    @property
    def main_metric(self) -> str:
        """Return the main metric: accuracy."""
        return MAIN_METRIC

    def scores(self, part: ImagePart, prediction: Floats) -> dict[str, float]:
        """Return all scores of `prediction` (rows, classes)."""
        return scores(np.asarray(part.y), prediction)

    def main_score(self, part: ImagePart, prediction: Floats) -> float:
        """Return the accuracy alone."""
        return accuracy(np.asarray(part.y), prediction)

    def facts_text(self) -> str:
        """Return the facts as JSON text."""
        return json.dumps(asdict(self.facts), ensure_ascii=False, indent=1)

    def part(self, name: str) -> ImagePart:
        """Return the part called `name`, one of PART_NAMES."""
        if name not in PART_NAMES:
            raise ValueError(f"no part {name!r}; parts are {', '.join(PART_NAMES)}")
        value = getattr(self, name)
        assert isinstance(value, ImagePart)
        return value


def facts_from_json(text: dict[str, Any]) -> ImageFacts:
    """Return facts from their JSON form."""
    lists = ("classes", "mean", "deviation", "sites")
    return ImageFacts(
        **{
            **text,
            **{name: tuple(text[name]) for name in lists},
            "repairs": tuple((ja, en) for ja, en in text["repairs"]),
        }
    )


def write(data: ImageData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in PART_NAMES:
        part = data.part(name)
        for array in _ARRAYS:
            np.save(partial / f"{name}.{array}.npy", getattr(part, array), allow_pickle=False)
    (partial / FACTS_FILE).write_text(data.facts_text(), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def load(folder: Path) -> ImageData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    facts = facts_from_json(json.loads((folder / FACTS_FILE).read_text(encoding="utf-8")))
    parts = [
        ImagePart(*(np.load(folder / f"{name}.{array}.npy", mmap_mode="r", allow_pickle=False) for array in _ARRAYS))
        for name in PART_NAMES
    ]
    return ImageData(facts, *parts)
