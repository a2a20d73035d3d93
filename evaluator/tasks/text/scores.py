"""Scores of predicted characters. A prediction is (rows, length, 2): log-likelihood, and whether the guess was right.

[..., 0] is the natural logarithm of the probability that was given to the character that came; [..., 1] is 1.0 where
the most probable character was the one that came, else 0.0.
"""

from __future__ import annotations

import math

from evaluator.tasks.protocol import Floats

MAIN_METRIC = "quality.log_likelihood"


def scores(prediction: Floats) -> dict[str, float]:
    """Return log-likelihood (nats a character), bits per character, and accuracy of the next character; NaN if none.

    An unknown character counts as its symbol: bits compare between variants, and between texts of one vocabulary.
    """
    likelihood = main_score(prediction)
    accuracy = float(prediction[..., 1].mean(dtype="float64")) if len(prediction) else math.nan
    return {
        MAIN_METRIC: likelihood,
        "quality.bits_per_character": -likelihood / math.log(2.0),
        "quality.accuracy": accuracy,
    }


def main_score(prediction: Floats) -> float:
    """Return the mean log-likelihood of a character, nats (0 is certainty, lower is worse); NaN without rows."""
    return float(prediction[..., 0].mean(dtype="float64")) if len(prediction) else math.nan
