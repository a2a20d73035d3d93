"""The clock of a site that is fine-tuned alone, as on its own machine.

All new sites are fine-tuned together for the scores: those steps are cheaper than a site's own (one call for all of
them), and by another factor for each variant, so their time says nothing of one site's. Hence a site of usual size is
fine-tuned once more, alone, under the same limits and seed, and its time is the one that is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from evaluator.networks.protocol import EndedBy, TracePoint, TrainingTrace

TuneSite = Callable[[Any, Any], TrainingTrace]
"""(training rows, validation rows) of one site → what fine-tuning it alone cost."""


def told_by_lone_site(together: TrainingTrace, train: Any, validation: Any, tune: TuneSite) -> TrainingTrace:
    """Return `together`, the trace of all sites' fine-tuning, with the times of one site alone.

    Steps and scores stay those of all sites. Time to a step is what the lone site took for as many steps, or its whole
    time where it ended before. With one new site (or none, where the later rows play one) the trace is its own.
    """
    if len(np.unique(train.site)) < 2:
        return together
    site = timed_site(train.site, validation.site)
    alone = tune(train.take(train.site == site), validation.take(validation.site == site))
    reached = math.isfinite(together.steps_to_target)
    ended_by: EndedBy = "seconds" if alone.ended_by == "seconds" else together.ended_by
    return replace(
        together,
        seconds=alone.seconds,
        cpu_seconds=alone.cpu_seconds,
        warmup_seconds=alone.warmup_seconds,
        seconds_to_target=_seconds_at(alone, together.steps_to_target) if reached else math.inf,
        flops=alone.flops,
        curve=tuple(TracePoint(point.step, _seconds_at(alone, point.step), point.score) for point in together.curve),
        ended_by=ended_by,
    )


def timed_site(train: Any, validation: Any) -> int:
    """Return the site to time: the middle one by its number of training rows.

    train, validation: (rows,) each row's site. Sites without validation rows are left out: they'd end by other rules.
    """
    sites, rows = np.unique(train, return_counts=True)
    watched = np.isin(sites, validation)
    sites, rows = (sites[watched], rows[watched]) if watched.any() else (sites, rows)
    return int(sites[np.argsort(rows, kind="stable")[len(sites) // 2]])


def _seconds_at(trace: TrainingTrace, step: float) -> float:
    return next((point.seconds for point in trace.curve if point.step >= step), trace.seconds)
