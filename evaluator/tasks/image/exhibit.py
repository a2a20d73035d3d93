"""What a variant takes for what: the counts of true and predicted classes on the test images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluator.tasks.image.data import ImageData
from scorecards.record import Json

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted

MOST_CLASSES = 40
"""Beyond that a table of all pairs can't be read."""


def exhibit(data: ImageData, fitted: AnyFitted) -> Json:
    """Return the confusion on the test part; None where there are more than MOST_CLASSES classes."""
    classes = data.facts.classes
    if len(classes) > MOST_CLASSES:
        return None
    said = fitted.predict(data.test).argmax(axis=1)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (data.test.y, said), 1)
    rows: list[Json] = [[int(count) for count in row] for row in counts]
    return {"kind": "confusion", "classes": list(classes), "counts": rows}
