"""The text task: the characters so far in, the next character out. Torch-free.

Rows are windows of text, cut by site and position, each predicted character by character from its own beginning.

The candidate, `hyper_dynamic`, normalises its layers (option `layer_norm`), and knows the sites where there are any.
Both would help an LSTM as well, so a lead over `dense`, which does neither, is not yet one of generating weights. Two
rivals are therefore trained beside it in every PoC, and the verdict names them where they do as well: `layer_norm_lstm`
is `dense` with layer normalisation alone, `dense_site` has the sites and, as the candidate, the normalisation:
everything but the generated weights. `small_dense` is an LSTM of as many parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluator.intake.text import TEXT_ENDINGS
from evaluator.intake.text_archives import ARCHIVE
from evaluator.intake.text_or_table import reads_as_text
from evaluator.records import OptionValue
from evaluator.tasks.text.budgets import BUDGETS, training_seconds
from evaluator.tasks.text.data import Architecture, TextData, TextFacts, TextPart, load
from evaluator.tasks.text.exhibit import exhibit
from evaluator.tasks.text.options import LAYERS_TO_SHARE, OPTIONS
from evaluator.tasks.text.prepare import prepare
from evaluator.tasks.text.question import question
from evaluator.tasks.text.targets import references
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
    "TextData",
    "TextFacts",
    "TextPart",
    "claims",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
    "unfit_variants",
]

NAME = "text"
TITLE = LocalText(ja="文章", en="text")
ENDINGS = (*TEXT_ENDINGS, ARCHIVE)
BY_CONTENT = (ARCHIVE,)
CANDIDATE = "hyper_dynamic"
SCORE_HAS_PRICE = False


def claims(files: Sequence[Path]) -> bool:
    """Tell whether .txt files, alone or in archives, are text, not tables, whose endings they share."""
    return reads_as_text(files)


def unfit_variants(options: Mapping[str, OptionValue]) -> tuple[str, ...]:
    """Return the variants that make no sense with these options: with one layer there is nothing to share."""
    return ("shared", "hyper") if int(options.get("layers", 1)) < LAYERS_TO_SHARE else ()
