"""`hyperneat` for small images: pixels and hidden neurons on grids, weights from an evolved CPPN.

It takes the place of the task's network (conv or wrn), of which it uses nothing. Sites are not seen. Steps are
generations (see evolution/training.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.network import probabilities
from evaluator.networks.evolution.substrate import Shape
from evaluator.networks.evolution.variant import HyperneatVariant, Layout
from evaluator.tasks.image import ImageData, ImageFacts, ImagePart
from evaluator.tasks.protocol import Floats
from scorecards.local_text import LocalText

HIDDEN_SIDE = 7
MOST_PIXELS = 32
MOST_CLASSES = 20


@dataclass(frozen=True)
class ImageEncoding:
    """Normalised pixels in the order row, column, channel; their places need no storing."""

    facts: ImageFacts
    order: tuple[int, ...] = ()

    @property
    def classes(self) -> int:
        """Return the number of classes."""
        return len(self.facts.classes)

    def inputs(self, part: ImagePart) -> NDArray[np.float32]:
        """Return (rows, size * size * channels) float32."""
        values = np.asarray(part.x).transpose(0, 2, 3, 1).astype(np.float32)
        values -= np.array(self.facts.mean, dtype=np.float32)
        values /= np.array(self.facts.deviation, dtype=np.float32)
        return values.reshape(len(values), self.facts.size**2 * self.facts.channels)

    def targets(self, part: ImagePart) -> NDArray[np.int64]:
        """Return class indices (rows,)."""
        return np.asarray(part.y)

    def answers(self, outputs: NDArray[np.float32]) -> Floats:
        """Return class probabilities (rows, classes)."""
        return probabilities(outputs)


def applies(data: ImageData) -> bool:
    """Tell whether the images are small enough, and the classes few enough, for evolution."""
    return data.facts.size <= MOST_PIXELS and len(data.facts.classes) <= MOST_CLASSES


def shape(data: ImageData) -> Shape:
    """Return the pixels' grid; colour channels are a third axis."""
    size, channels = data.facts.size, data.facts.channels
    return (size, size) if channels == 1 else (size, size, channels)


VARIANT = HyperneatVariant(
    Layout(
        applies=applies,
        learned=lambda data: ImageEncoding(data.facts),
        again=lambda data, order: ImageEncoding(data.facts),
        shape=shape,
        hidden=(HIDDEN_SIDE, HIDDEN_SIDE),
        why_not=LocalText(
            ja=f"hyperneat は、一辺 {MOST_PIXELS} 画素、クラス {MOST_CLASSES} 個までの画像に使えます。",
            en=f"hyperneat takes images of up to {MOST_PIXELS} pixels a side and {MOST_CLASSES} classes.",
        ),
    )
)
