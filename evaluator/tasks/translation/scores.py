"""Scores of predicted translations. A prediction is (rows, longest target, 1 or 2).

[..., 0] is the natural logarithm of the probability that was given to the token of the human's translation, all before
it being known; 0 at padding. [..., 1], where it is given, holds the token numbers of the variant's own translation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from numpy import integer
from numpy.typing import NDArray

from evaluator.tasks.protocol import Floats
from evaluator.tasks.translation.tokens import Tokens

if TYPE_CHECKING:
    from evaluator.tasks.translation.data import TranslationPart

MAIN_METRIC = "quality.log_likelihood"
BY_CHARACTER, BY_WORD = "char", "13a"
"""sacrebleu's tokenizers: for targets written without spaces (Japanese, Chinese, Thai …), and for all others."""


def scores(part: TranslationPart, prediction: Floats, target: Tokens, bleu_tokens: str) -> dict[str, float]:
    """Return log-likelihood and log-perplexity (nats a token), and BLEU and chrF (0 to 1) where there are translations.

    BLEU (Papineni et al. 2002) and chrF2 (Popović 2015) are sacrebleu's, over the whole part at once, against the human
    translations as they were written: a source (at one site) counts once, with all its translations in the part.
    BLEU cuts words by `bleu_tokens`; chrF needs no words and ignores spaces.
    """
    likelihood = main_score(part, prediction)
    found = {MAIN_METRIC: likelihood, "quality.log_perplexity": -likelihood}
    if not part.rows or prediction.shape[-1] < 2:
        return found
    asked = questions(part.sentences[:, 0].tolist(), part.site)
    made = translations(prediction[[own[0] for own in asked]], target)
    human = [list(dict.fromkeys(str(part.sentences[row, 1]) for row in own)) for own in asked]
    return found | compared(made, human, bleu_tokens)


def main_score(part: TranslationPart, prediction: Floats) -> float:
    """Return the mean log-likelihood of a target token, nats (0 is certainty, lower is worse); NaN without rows."""
    tokens = int(part.counted.sum())
    return float(prediction[..., 0].sum(dtype="float64")) / tokens if tokens else math.nan


def questions(sources: Sequence[str], sites: NDArray[integer]) -> list[list[int]]:
    """Return the rows of every different source at every site, in order of their first ones.

    A variant that knows sites may translate a source differently at each, so that this is one question a site.
    """
    rows: dict[tuple[str, int], list[int]] = {}
    for row, asked in enumerate(zip(sources, sites.tolist(), strict=True)):
        rows.setdefault(asked, []).append(row)
    return list(rows.values())


def translations(prediction: Floats, target: Tokens) -> list[str]:
    """Return each row's translation as text; the token numbers are the prediction's last plane."""
    return [target.text(row) for row in prediction[..., -1].astype("int64")]


def compared(made: list[str], human: Sequence[Sequence[str]], bleu_tokens: str) -> dict[str, float]:
    """Return BLEU and chrF of translations, 0 to 1, each beside all the human's of the same sentence (at least one)."""
    from sacrebleu import corpus_bleu, corpus_chrf

    references = [list(one) for one in zip_longest(*human)]  # None where a sentence has fewer: sacrebleu leaves it out
    bleu = corpus_bleu(made, references, tokenize=bleu_tokens, force=True)
    return {"quality.bleu": bleu.score / 100, "quality.chrf": corpus_chrf(made, references).score / 100}
