"""Intervals as they are shown: a t interval of few seeds may reach beyond what a share or an accuracy can be.

The judgement and the stored record keep the interval as it was computed; only what a reader sees is cut.
"""

from __future__ import annotations

import math
from dataclasses import replace

from scorecards.evidence import VALUE
from scorecards.judgement import CriterionResult, Judgement
from scorecards.record import Record
from scorecards.vocabulary import AT_EQUAL_COST, MAIN_METRIC

FROM_NONE_TO_ALL: frozenset[str] = frozenset(
    {
        "quality.auc",
        "quality.accuracy",
        "quality.macro_f1",
        "quality.end_accuracy",
        "quality.bleu",
        "quality.chrf",
        "finetune.success_share",
        "finetune.target_met_as_is",
    }
)
"""Metrics that lie between 0 and 1 whatever is measured."""

SCORES_OF_MAIN: frozenset[str] = frozenset(
    {MAIN_METRIC, *AT_EQUAL_COST, "finetune.score_after", "finetune.score_before"}
)
"""Metrics that are the task's main score, measured at some moment."""

_WHOLE = {"pt": 100.0, "share": 1.0, "score": 1.0}


def possible_difference(metric: str, unit: str, low: float, high: float) -> tuple[float, float]:
    """Return the ends of a difference's interval as they are shown: of shares and accuracies within ±100 pt.

    Infinite ends (nothing is known) stay, and so do those of metrics without bounds.
    """
    if metric not in FROM_NONE_TO_ALL or unit not in _WHOLE:
        return low, high
    return _within(low, -_WHOLE[unit], _WHOLE[unit]), _within(high, -_WHOLE[unit], _WHOLE[unit])


def possible_interval(result: CriterionResult, main_metric: str = "") -> tuple[float | None, float | None]:
    """Return the ends of a criterion's interval as they are shown, in its unit.

    `main_metric`: the record's; without it the bounds of a score at equal cost or after fine-tuning are not known, and
    its ends stay.
    """
    if result.low is None or result.high is None:
        return result.low, result.high
    metric = main_metric if result.metric in SCORES_OF_MAIN and main_metric else result.metric
    low, high = possible_difference(metric, result.unit, result.low, result.high)
    if metric in FROM_NONE_TO_ALL and result.method == VALUE:
        low, high = (_within(end, 0.0, math.inf) for end in (low, high))
    return low, high


def _within(end: float, least: float, most: float) -> float:
    return end if math.isinf(end) else min(max(end, least), most)


def as_shown(record: Record) -> Record:
    """Return the record with every interval, the rivals' too, as it is shown. For display only: never store it."""
    return replace(record, judgement=judgement_as_shown(record.judgement, record.dataset.main_metric))


def judgement_as_shown(judgement: Judgement, main_metric: str) -> Judgement:
    """Return the judgement with every interval, the rivals' too, as it is shown."""

    def shown(result: CriterionResult) -> CriterionResult:
        low, high = possible_interval(result, main_metric)
        return result if (low, high) == (result.low, result.high) else replace(result, low=low, high=high)

    return replace(
        judgement,
        criteria=tuple(map(shown, judgement.criteria)),
        rivals={name: tuple(map(shown, results)) for name, results in judgement.rivals.items()},
    )
