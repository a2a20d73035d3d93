"""What finding the settings cost; every variant has the same number of tuning trials."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evaluator.measure.context import measurement
from evaluator.records import TrialRequest
from scorecards.record import Measurement

if TYPE_CHECKING:
    from evaluator.tuning import TuningTrace


def measure_tuning(request: TrialRequest, trace: TuningTrace) -> list[Measurement]:
    """Return `tune.*`: seconds and CPU seconds of the whole tuning, its trials, and the best validation score.

    `tune.seconds` is wall time, and two variants tune at once on the same machine: it tells how long one waits, and
    grows with what runs beside it. What a tuning costs is `tune.cpu_seconds`, the process's own.
    """
    rows = [
        measurement(request, "tune.seconds", trace.seconds),
        measurement(request, "tune.cpu_seconds", trace.cpu_seconds),
        measurement(request, "tune.trials", trace.trials),
    ]
    if math.isfinite(trace.best_score):
        rows.append(measurement(request, "tune.best_score", trace.best_score))
    return rows
