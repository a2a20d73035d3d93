"""The translation task: a sentence in, its translation out, token by token. Torch-free.

Rows are pairs of sentences. A pair's prediction is scored by the probability of the human's translation; the final
scores also compare what the variant translates by itself with it.
"""

from __future__ import annotations

from evaluator.intake.pairs import PAIR_ENDINGS
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
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "TITLE",
    "Architecture",
    "TranslationData",
    "TranslationFacts",
    "TranslationPart",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
]

NAME = "translation"
TITLE = LocalText(ja="翻訳", en="translation")
ENDINGS = PAIR_ENDINGS
CANDIDATE = "hyper_dynamic"
