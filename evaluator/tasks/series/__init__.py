"""The series task: what a quantity was so far in, its next values out. Torch-free.

Rows are forecasts: one site, one moment. Read, split by time and scored against the seasonal naive forecast.
"""

from __future__ import annotations

from evaluator.intake.files import TABLE_ENDINGS
from evaluator.intake.series_files import are_archives_of_tables as claims
from evaluator.tasks.series.budgets import BUDGETS, training_seconds
from evaluator.tasks.series.data import SeriesData, SeriesFacts, SeriesPart, SeriesStore, load
from evaluator.tasks.series.exhibit import exhibit
from evaluator.tasks.series.preparing import prepare
from evaluator.tasks.series.question import OPTIONS, question
from evaluator.tasks.series.targets import references
from scorecards.local_text import LocalText

__all__ = [
    "BUDGETS",
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "TITLE",
    "SeriesData",
    "SeriesFacts",
    "SeriesPart",
    "SeriesStore",
    "claims",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
]

NAME = "series"
TITLE = LocalText(ja="時系列", en="time series")
ENDINGS = (*TABLE_ENDINGS, ".zip")
CANDIDATE = "hyper"
