"""What a variant writes by itself, beside real text that it never saw, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluator.tasks.text.data import TextData
from scorecards.record import Json

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted

SHOWN = 400
"""Characters of each."""
SEED = 1


def exhibit(data: TextData, fitted: AnyFitted) -> Json:
    """Return the beginning of the test part, and as many characters that the variant wrote.

    Real text is shown as far as it has no gap: rows of the test part may be left out. The variant writes at the site
    where the real text comes from.
    """
    drawing: Any = fitted
    real = data.facts.text(data.test.stretch(SHOWN))
    return {"kind": "text", "real": real, "made": drawing.draw(seed=SEED, count=SHOWN)}
