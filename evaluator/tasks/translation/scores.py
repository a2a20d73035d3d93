"""Scores of predicted translations. A prediction is (rows, longest target, 1 or 2).

[..., 0] is the natural logarithm of the probability that was given to the token of the human's translation, all before
it being known; 0 at padding. [..., 1], where it is given, holds the token numbers of the variant's own translation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evaluator.tasks.protocol import Floats
from evaluator.tasks.translation.tokens import Tokens

if TYPE_CHECKING:
    from evaluator.tasks.translation.data import TranslationPart

MAIN_METRIC = "quality.log_likelihood"
BY_CHARACTER, BY_WORD = "char", "13a"
"""sacrebleu's tokenizers: for targets written without spaces (Japanese, Chinese, Thai …), and for all others."""


def scores(part: TranslationPart, prediction: Floats, target: Tokens, bleu_tokens: str) -> dict[str, float]:
    """Return log-likelihood and log-perplexity (nats a token), and BLEU and chrF (0 to 1) where there are translations.

    BLEU (Papineni et al. 2002) and chrF2 (Popović 2015) are sacrebleu's, over all rows at once, against one human
    translation as it was written. BLEU cuts words by `bleu_tokens`; chrF needs no words and ignores spaces.
    """
    likelihood = main_score(part, prediction)
    found = {MAIN_METRIC: likelihood, "quality.log_perplexity": -likelihood}
    if not part.rows or prediction.shape[-1] < 2:
        return found
    return found | compared(
        translations(prediction, target), [str(sentence) for sentence in part.sentences[:, 1]], bleu_tokens
    )


def main_score(part: TranslationPart, prediction: Floats) -> float:
    """Return the mean log-likelihood of a target token, nats (0 is certainty, lower is worse); NaN without rows."""
    tokens = int(part.counted.sum())
    return float(prediction[..., 0].sum(dtype="float64")) / tokens if tokens else math.nan


def translations(prediction: Floats, target: Tokens) -> list[str]:
    """Return each row's translation as text; the token numbers are the prediction's last plane."""
    return [target.text(row) for row in prediction[..., -1].astype("int64")]


def compared(made: list[str], human: list[str], bleu_tokens: str) -> dict[str, float]:
    """Return BLEU and chrF of translations beside the human's, 0 to 1."""
    from sacrebleu import corpus_bleu, corpus_chrf

    bleu = corpus_bleu(made, [human], tokenize=bleu_tokens, force=True)
    return {"quality.bleu": bleu.score / 100, "quality.chrf": corpus_chrf(made, [human]).score / 100}
