"""Prepared images: arrays of each part, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.image.scores import MAIN_METRIC, accuracy, scores
from evaluator.tasks.prepared import (
    PreparedData,
    facts_from_json,
    load_facts,
    load_parts,
    replaced_folder,
    save_parts,
)
from evaluator.tasks.protocol import Floats, RowIndex
from scorecards.local_text import LocalText

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
    network as the options name it. repairs: what was left out or mended.
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
    repairs: tuple[LocalText, ...]
    data_hash: str


@dataclass(frozen=True, eq=False)
class ImageData(PreparedData[ImageFacts, ImagePart]):
    """Prepared images."""

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


def write(data: ImageData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    with replaced_folder(folder) as partial:
        save_parts(data, partial, _ARRAYS)


def load(folder: Path) -> ImageData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    return ImageData(facts_from_json(load_facts(folder), ImageFacts), *load_parts(folder, ImagePart, _ARRAYS))
