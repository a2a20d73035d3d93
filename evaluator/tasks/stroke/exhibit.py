"""What a variant draws by itself, beside real drawings that it never saw, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluator.tasks.stroke.data import StrokeData, StrokePart, strokes_of
from scorecards.record import Json

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted

SHOWN = 12
"""Drawings of each."""
SEED = 1


def shown_rows(data: StrokeData) -> StrokePart:
    """Return the test drawings that are shown, evenly spread; what is made is made at their sites."""
    count = min(SHOWN, data.test.rows)
    return data.test.take(np.arange(count) * data.test.rows // max(count, 1))


def exhibit(data: StrokeData, fitted: AnyFitted) -> Json:
    """Return a few real test drawings, and as many that the variant made, y downwards, in the units of the file."""
    drawing: Any = fitted
    real = shown_rows(data)
    return {
        "kind": "drawings",
        "real": [
            strokes_of(offsets, states, data.facts.scale)
            for offsets, states in zip(real.offsets, real.states, strict=True)
        ],
        "made": drawing.draw(seed=SEED, count=real.rows),
    }
