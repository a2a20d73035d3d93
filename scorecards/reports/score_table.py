"""All scores of the test data, a line a variant: what the main score alone doesn't tell."""

from __future__ import annotations

import statistics

from scorecards.formats import MISSING, format_value
from scorecards.local_text import Language
from scorecards.phrases.names import metric_name, variant_name
from scorecards.record import Record
from scorecards.reports.words import word
from scorecards.rows import Rows
from scorecards.vocabulary import AT_EQUAL_COST, MAIN_METRIC, METRIC_UNITS


def score_table(record: Record, language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heads and lines: each variant's means over the seeds, the main score first, the candidate's line first.

    Scores at equal cost are of the validation data, and so not here.
    """
    main = record.dataset.main_metric
    wanted = (main, *_others(main))
    rows = Rows.of(record.measurements, wanted)
    metrics = [name for name in wanted if any(rows.get(variant, name, "").values for variant in record.variants)]
    first = (record.scorecard.candidate, record.scorecard.baseline)
    order = [name for name in dict.fromkeys((*first, *record.variants)) if name in record.variants]
    lines = tuple((variant_name(name, language), *(_mean(rows, name, m, language) for m in metrics)) for name in order)
    return (word("variant", language), *(metric_name(name, language) for name in metrics)), lines


def _others(main: str) -> tuple[str, ...]:
    apart = (MAIN_METRIC, main, *AT_EQUAL_COST)
    return tuple(name for name in METRIC_UNITS if name.startswith("quality.") and name not in apart)


def _mean(rows: Rows, variant: str, metric: str, language: Language) -> str:
    found = rows.get(variant, metric, "")
    if not found.values:
        return MISSING
    return format_value(statistics.fmean(found.values.values()), found.unit, language)
