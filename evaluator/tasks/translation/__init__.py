"""The translation task: a sentence in, its translation out, token by token. Torch-free.

Rows are pairs of sentences. A pair's prediction is scored by the probability of the human's translation; the final
scores also compare what the variant translates by itself with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluator.intake.pairs import PAIR_ENDINGS
from evaluator.intake.pairs_kind import reads_as_pairs
from evaluator.intake.text_archives import ARCHIVE
from evaluator.tasks.translation.budgets import BUDGETS, training_seconds
from evaluator.tasks.translation.data import Architecture, TranslationData, TranslationFacts, TranslationPart, load
from evaluator.tasks.translation.exhibit import exhibit
from evaluator.tasks.translation.options import OPTIONS
from evaluator.tasks.translation.prepare import prepare
from evaluator.tasks.translation.question import question
from evaluator.tasks.translation.targets import references
from scorecards.local_text import LocalText

__all__ = [
    "BUDGETS",
    "BY_CONTENT",
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "SCORE_HAS_PRICE",
    "TITLE",
    "Architecture",
    "TranslationData",
    "TranslationFacts",
    "TranslationPart",
    "claims",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
]

NAME = "translation"
TITLE = LocalText(ja="翻訳", en="translation")
ENDINGS = (*PAIR_ENDINGS, ".csv", ARCHIVE)
BY_CONTENT = (".csv", ARCHIVE)
CANDIDATE = "hyper_dynamic"


def claims(files: Sequence[Path]) -> bool:
    """Tell whether .tsv, .txt and .csv files, alone or in archives, hold sentences side by side, no table."""
    return reads_as_pairs(files)


SCORE_HAS_PRICE = False
