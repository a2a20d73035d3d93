"""The stroke task: the pen's points so far in, the next point out. Torch-free.

Rows are drawings, each predicted point by point from its first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluator.intake.strokes import STROKE_ENDINGS
from evaluator.intake.strokes_kind import reads_as_strokes
from evaluator.tasks.stroke.budgets import BUDGETS, training_seconds
from evaluator.tasks.stroke.data import Architecture, StrokeData, StrokeFacts, StrokePart, load
from evaluator.tasks.stroke.exhibit import exhibit
from evaluator.tasks.stroke.options import OPTIONS
from evaluator.tasks.stroke.prepare import prepare
from evaluator.tasks.stroke.question import question
from evaluator.tasks.stroke.targets import references
from scorecards.local_text import LocalText

__all__ = [
    "BUDGETS",
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "SCORE_HAS_PRICE",
    "TITLE",
    "Architecture",
    "StrokeData",
    "StrokeFacts",
    "StrokePart",
    "claims",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
]

NAME = "stroke"
TITLE = LocalText(ja="手書き (ペンの軌跡)", en="handwriting (pen traces)")
ENDINGS = STROKE_ENDINGS
CANDIDATE = "hyper_dynamic"
SCORE_HAS_PRICE = False


def claims(files: Sequence[Path]) -> bool:
    """Tell whether .zip and .txt files are pen traces, not images, series or text, whose endings they share."""
    return reads_as_strokes(files)
