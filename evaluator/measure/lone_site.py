"""The clock of a site that is fine-tuned alone, as on its own machine.

All new sites are fine-tuned together for the scores: those steps are cheaper than a site's own (one call for all of
them), and by another factor for each variant, so their time says nothing of one site's. Hence a few sites are
fine-tuned once more, one after another, under the same limits and seed, and theirs is the time that is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from statistics import mean
from typing import Any

import numpy as np

from evaluator.networks.protocol import EndedBy, TracePoint, TrainingTrace

TIMED_SITES = 2
"""Most sites that are timed alone: one with fewer and one with more rows than usual. More cost the quick budget."""

TuneSite = Callable[[Any, Any], TrainingTrace]
"""(training rows, validation rows) of one site → what fine-tuning it alone cost."""


def told_by_lone_sites(together: TrainingTrace, train: Any, validation: Any, tune: TuneSite) -> TrainingTrace:
    """Return `together`, the trace of all sites' fine-tuning, with times of a site alone: the mean over a few sites.

    Steps and scores stay those of all sites. Time to a step is what a lone site took for as many steps, or its whole
    time where it ended before. With one new site (or none, where the later rows play one) the trace is its own.
    """
    if len(np.unique(train.site)) < 2:
        return together
    alone = [
        tune(train.take(train.site == site), validation.take(validation.site == site))
        for site in timed_sites(train.site, validation.site)
    ]

    def seconds_at(step: float) -> float:
        return mean(_seconds_at(trace, step) for trace in alone)

    reached = math.isfinite(together.steps_to_target)
    return replace(
        together,
        seconds=mean(trace.seconds for trace in alone),
        cpu_seconds=mean(trace.cpu_seconds for trace in alone),
        warmup_seconds=mean(trace.warmup_seconds for trace in alone),
        seconds_to_target=seconds_at(together.steps_to_target) if reached else math.inf,
        flops=mean(trace.flops for trace in alone),
        curve=tuple(TracePoint(point.step, seconds_at(point.step), point.score) for point in together.curve),
        ended_by=_ended_by(together, alone),
    )


def timed_sites(train: Any, validation: Any) -> tuple[int, ...]:
    """Return the sites to time: of the half with fewer rows and of the half with more the middle one.

    train, validation: (rows,) each row's site. Sites without validation rows are left out: they'd end by other rules.
    """
    sites, rows = np.unique(train, return_counts=True)
    watched = np.isin(sites, validation)
    sites, rows = (sites[watched], rows[watched]) if watched.any() else (sites, rows)
    by_rows = sites[np.argsort(rows, kind="stable")]
    shares = np.array_split(by_rows, TIMED_SITES)
    return tuple(int(share[len(share) // 2]) for share in shares if len(share))


def _seconds_at(trace: TrainingTrace, step: float) -> float:
    return next((point.seconds for point in trace.curve if point.step >= step), trace.seconds)


def _ended_by(together: TrainingTrace, alone: list[TrainingTrace]) -> EndedBy:
    by_clock = any(trace.ended_by == "seconds" for trace in alone)
    return "seconds" if by_clock else together.ended_by
