"""Sentences that a variant never saw, the human's translation and its own beside it, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluator.tasks.translation.data import TranslationData
from evaluator.tasks.translation.scores import translations
from evaluator.tasks.translation.split import group_codes
from scorecards.record import Json

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted

SHOWN = 16
"""Sentences, spread evenly over the different sources of the test part."""


def exhibit(data: TranslationData, fitted: AnyFitted) -> Json:
    """Return some test sentences, none twice (nor written a little differently), with both translations."""
    _, first = np.unique(group_codes(data.test.sentences[:, 0].tolist()), return_index=True)
    count = min(SHOWN, len(first))
    part = data.test.take(first[np.arange(count) * len(first) // max(count, 1)])
    made = translations(fitted.predictor(cached=True)(part), data.facts.target)
    return {
        "kind": "translations",
        "rows": [
            {"source": str(source), "reference": str(reference), "made": one}
            for (source, reference), one in zip(part.sentences, made, strict=True)
        ],
    }
