"""The text task: the characters so far in, the next character out. Torch-free.

Rows are windows of text, cut by site and position, each predicted character by character from its own beginning.
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.intake.text import TEXT_ENDINGS
from evaluator.records import OptionValue
from evaluator.tasks.prepared import reference_targets
from evaluator.tasks.text.budgets import BUDGETS, training_seconds
from evaluator.tasks.text.data import Architecture, TextData, TextFacts, TextPart, load
from evaluator.tasks.text.exhibit import exhibit
from evaluator.tasks.text.options import OPTIONS
from evaluator.tasks.text.prepare import prepare
from evaluator.tasks.text.question import question
from scorecards.local_text import LocalText

__all__ = [
    "BUDGETS",
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "TITLE",
    "Architecture",
    "TextData",
    "TextFacts",
    "TextPart",
    "exhibit",
    "load",
    "prepare",
    "question",
    "reference_targets",
    "training_seconds",
    "unfit_variants",
]

NAME = "text"
TITLE = LocalText(ja="文章", en="text")
ENDINGS = TEXT_ENDINGS
CANDIDATE = "hyper_dynamic"


def unfit_variants(options: Mapping[str, OptionValue]) -> tuple[str, ...]:
    """Return the variants that make no sense with these options: with one layer there is nothing to share."""
    return ("shared", "hyper") if int(options.get("layers", 1)) < 2 else ()
