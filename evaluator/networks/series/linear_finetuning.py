"""Fine-tuning the linear forecaster: each site's weights are fitted anew, held near the old ones ever more loosely.

A step loosens the hold. As for networks, every site keeps its own best step by its validation rows, and doing nothing
is a candidate. Only where the loss falls at some site does a step count as an improvement.
"""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.protocol import EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.records import Limits
from evaluator.tasks.series.data import SeriesData, SeriesPart
from evaluator.tasks.series.lags import Matrix, absolute_fits, forecasts, lag_inputs, levels, targets
from evaluator.training_clock import Clock

METHOD = "all_weights"
HOLDS = tuple(10.0 * 0.5**step for step in range(14))
"""Penalty on leaving the old weights at each step, a share of the inputs' mean square."""
PATIENCE = 4
ROUNDS = 2
"""Rounds of reweighting a step takes."""


def refuse_other(method: str) -> None:
    """Raise ValueError for any other method than METHOD."""
    if method != METHOD:
        raise ValueError(f"the linear forecaster is fine-tuned by {METHOD!r} only, not {method!r}")


def refit_sites(
    weights: Matrix,
    data: SeriesData,
    train: SeriesPart,
    validation: SeriesPart,
    *,
    limits: Limits,
    target: float | None,
    looseness: float,
    report: ReportPoint | None,
) -> tuple[dict[int, NDArray[np.float32]], TrainingTrace]:
    """Return each site's weights and what fitting all of them cost; scores are of all sites' validation rows.

    The curve begins with step 0: the score as it is. looseness: divides the hold, as a learning rate's factor does.
    """
    clock = Clock()
    sites = [int(site) for site in np.unique(train.site)]
    own = [_Site(weights, train.take(train.site == site), validation.take(validation.site == site)) for site in sites]
    seen = forecasts(validation, lag_inputs(validation), weights)
    curve: list[TracePoint] = []
    reached: TracePoint | None = None
    step = waited = 0

    def score_validation() -> None:
        nonlocal reached
        for site, one in zip(sites, own, strict=True):
            seen[validation.site == site] = one.validation.in_unit(one.kept + one.level)
        curve.append(TracePoint(step, clock.seconds(), data.main_score(validation, seen)))
        if reached is None and target is not None and curve[-1].score >= target:
            reached = curve[-1]
        if report is not None:
            report(curve[-1])

    score_validation()
    while (ended_by := _ended_by(limits, step, waited, clock.seconds())) is None:
        improved = [one.step(HOLDS[step] / looseness) for one in own]
        step += 1
        waited = 0 if any(improved) else waited + 1
        score_validation()
    rows, width = train.rows, len(weights)
    trace = TrainingTrace(
        seconds=clock.seconds(),
        cpu_seconds=clock.cpu_seconds(),
        warmup_seconds=0.0,
        steps=step,
        seconds_to_target=math.inf if reached is None else reached.seconds,
        steps_to_target=math.inf if reached is None else float(reached.step),
        best_score=max((point.score for point in curve), default=math.nan),
        flops=2.0 * rows * width * width * ROUNDS * weights.shape[1] * step,
        flops_how="modelled",
        curve=tuple(curve),
        ended_by=ended_by,
    )
    return {site: one.best.astype(np.float32) for site, one in zip(sites, own, strict=True)}, trace


class _Site:
    """One site's rows, its best weights so far, and what they forecast for its validation rows."""

    def __init__(self, weights: Matrix, train: SeriesPart, validation: SeriesPart) -> None:
        self.start, self.validation = weights, validation
        self.inputs, self.wanted = lag_inputs(train), targets(train)
        self.seen, self.truth = lag_inputs(validation), targets(validation)
        self.level = levels(validation)
        self.best = weights
        self.kept = self.seen @ weights
        self.best_loss = self._loss(self.kept)

    def step(self, hold: float) -> bool:
        """Fit at a hold; return whether the validation loss fell. Without validation rows the latest is kept."""
        fits = absolute_fits(self.inputs, self.wanted, hold, self.start)
        weights = next(islice(fits, ROUNDS - 1, None))
        forecast = self.seen @ weights
        loss = self._loss(forecast)
        if loss >= self.best_loss:
            return False
        self.best, self.kept, self.best_loss = weights, forecast, loss
        return not math.isnan(loss)

    def _loss(self, forecast: Matrix) -> float:
        known = np.isfinite(self.truth)
        return float(np.abs(forecast - self.truth)[known].mean()) if known.any() else math.nan


def _ended_by(limits: Limits, step: int, waited: int, seconds: float) -> EndedBy | None:
    if step >= min(len(HOLDS), limits.finetune_max_steps):
        return "steps"
    if waited >= PATIENCE:
        return "patience"
    return "seconds" if seconds >= limits.finetune_max_seconds else None
