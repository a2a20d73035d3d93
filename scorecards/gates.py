"""One criterion judged: rows → interval → one of five states. Missing is not pass; the worse end decides."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorecards.criteria import Compare, Criterion, Gate, Scale, Scorecard
from scorecards.evidence import SINGLE_SEED, candidate_value, more_seeds, paired_difference, paired_ratio
from scorecards.judgement import CriterionResult, Interval, Reason, State
from scorecards.record import TrialFailure
from scorecards.rows import Rows, SeedValues, weakest
from scorecards.vocabulary import MAIN_METRIC, MET_AS_IS, NEEDS_TUNING, TIME_CAPS

LARGEST_KNOWN_RATIO = 1000.0
"""An interval's end beyond this (for times also below its inverse) says nothing: it is given as open."""
_TIME_UNITS = frozenset({"s", "steps"})
_NEEDS_TARGET = frozenset(TIME_CAPS) | NEEDS_TUNING


@dataclass(frozen=True)
class Contest:
    """Who is held against the baseline, and on what evidence. `main_metric` stands in for `quality.main`."""

    rows: Rows
    variant: str
    baseline: str
    main_metric: str
    confidence: float
    failures: tuple[TrialFailure, ...]


def needed_metrics(scorecard: Scorecard, main_metric: str) -> set[str]:
    """Return every metric that judging reads."""
    metrics = {resolve(criterion.metric, main_metric) for criterion in scorecard.criteria} | {main_metric}
    as_is = {MET_AS_IS} if metrics & NEEDS_TUNING else set()
    caps = {TIME_CAPS[metric] for metric in metrics if metric in TIME_CAPS}
    return metrics | as_is | caps | {_time_spent(metric) for metric in metrics & _NEEDS_TARGET}


def resolve(metric: str, main_metric: str) -> str:
    """Return the metric's real name."""
    return main_metric if metric == MAIN_METRIC else metric


def judge_criterion(criterion: Criterion, contest: Contest) -> CriterionResult:
    """Return the state of one criterion for the contest's variant."""
    metric = resolve(criterion.metric, contest.main_metric)
    candidate = contest.rows.get(contest.variant, metric, criterion.candidate_setting)
    baseline = contest.rows.get(contest.baseline, metric, criterion.baseline_setting)
    sides = [(contest.variant, candidate)]
    if criterion.compare != "value":
        sides.append((contest.baseline, baseline))
    fault = _fault(sides, contest.failures, needs_positive=criterion.compare == "ratio")
    met_as_is = _met_as_is(metric, sides, contest.rows)
    if fault is None and len(_seeds(sides)) < 2 and met_as_is:
        fault = State.NOT_MEASURED, Reason("no_tuning_needed", {})
    if fault is not None:
        state, reason = fault
        if state is State.NOT_MEASURED and met_as_is:
            reason = Reason("no_tuning_needed", {})
        elif state is State.NOT_MEASURED and _had_no_target(criterion, metric, sides, contest.rows):
            reason = Reason("no_usable_target", {})
        return _without_interval(criterion, metric, candidate, baseline, state, reason)
    raw = _interval(criterion, metric, candidate, baseline, contest)
    interval = _scaled(raw, criterion.display_factor)
    state = gate_state(interval, criterion.gate)
    never = _never_reached(candidate, baseline) if criterion.compare != "value" else (_nevers(candidate), 0)
    told = _scaled(_told(raw, criterion.compare, candidate.unit, never[1]), criterion.display_factor)
    undecided = state is State.UNDECIDED
    ours, theirs = _typical(sides, criterion.compare)
    return CriterionResult(
        id=criterion.id,
        state=state,
        value=None if math.isnan(told.value) else told.value,
        low=told.low,
        high=told.high,
        threshold=criterion.gate.boundary,
        unit=criterion.unit,
        n=interval.n,
        how=weakest({values.how for _, values in sides}),
        points=points(told.value, criterion.scale),
        candidate_value=ours,
        baseline_value=baseline.median if theirs is None else theirs,
        metric=metric,
        metric_unit=candidate.unit,
        method=interval.method,
        never_reached=never,
        more_seeds=more_seeds(interval, criterion.gate.boundary, contest.confidence) if undecided else None,
        reason=_reason(told, criterion.compare, state, never),
        confidence=contest.confidence,
        met_as_is=len(met_as_is - _seeds(sides)),
    )


def gate_state(interval: Interval, gate: Gate) -> State:
    """Return pass when the worse end is within the gate, fail when even the better end is not, else undecided."""
    if gate.direction == "higher":
        passes, fails = interval.low >= gate.boundary, interval.high < gate.boundary
    else:
        passes, fails = interval.high <= gate.boundary, interval.low > gate.boundary
    if interval.n < 2 or passes == fails:
        return State.UNDECIDED
    return State.PASS if passes else State.FAIL


def points(value: float, scale: Scale) -> float | None:
    """Return 0 to 100 points on the criterion's fixed anchors; None for an unknown value."""
    if math.isnan(value):
        return None
    return min(100.0, max(0.0, (value - scale.zero) / (scale.full - scale.zero) * 100.0))


def _fault(
    sides: Sequence[tuple[str, SeedValues]], failures: Sequence[TrialFailure], *, needs_positive: bool
) -> tuple[State, Reason] | None:
    """Return why no interval can be formed: a failed trial, no rows, no common seed, an impossible value."""
    for variant, values in sides:
        failed = [
            failure
            for failure in failures
            if failure.variant == variant
            and failure.seed not in values.values
            and (failure.seed > 0 or not values.values)
        ]
        if failed:
            return State.ERROR, Reason("trial_failed", {"variant": variant, "count": float(len(failed))})
    for variant, values in sides:
        if not values.values:
            return State.NOT_MEASURED, Reason("no_rows", {"variant": variant})
    for variant, values in sides:
        impossible = [v for v in values.values.values() if math.isnan(v) or (needs_positive and v <= 0)]
        if impossible:
            return State.ERROR, Reason("invalid_value", {"variant": variant, "count": float(len(impossible))})
    if not _seeds(sides):
        return State.NOT_MEASURED, Reason("no_rows", {"variant": sides[-1][0]})
    return None


def _seeds(sides: Sequence[tuple[str, SeedValues]]) -> set[int]:
    """Return the seeds that all sides have."""
    return set.intersection(*(set(values.values) for _, values in sides))


def _interval(
    criterion: Criterion, metric: str, candidate: SeedValues, baseline: SeedValues, contest: Contest
) -> Interval:
    candidate_caps = _caps(metric, criterion.candidate_setting, contest.variant, contest.rows)
    if criterion.compare == "value":
        return candidate_value(candidate.values, contest.confidence, candidate_caps=candidate_caps)
    compare = paired_ratio if criterion.compare == "ratio" else paired_difference
    return compare(
        candidate.values,
        baseline.values,
        contest.confidence,
        candidate_caps=candidate_caps,
        baseline_caps=_caps(metric, criterion.baseline_setting, contest.baseline, contest.rows),
    )


def _caps(metric: str, setting: str, variant: str, rows: Rows) -> Mapping[int, float]:
    if metric not in TIME_CAPS:
        return {}
    spent = rows.get(variant, TIME_CAPS[metric], setting).values
    return {seed: value for seed, value in spent.items() if math.isfinite(value) and value > 0}


def _scaled(interval: Interval, factor: float) -> Interval:
    if factor == 1.0:
        return interval
    return Interval(interval.value * factor, interval.low * factor, interval.high * factor, interval.n, interval.method)


def _told(interval: Interval, compare: Compare, unit: str, baseline_nevers: int) -> Interval:
    """Return the interval as it is told: no value (NaN) where it would rest on a baseline that never got there, and
    ends of a ratio that say nothing left open. The state is judged on the interval itself.
    """
    value, low, high = interval.value, interval.low, interval.high
    if baseline_nevers and (not math.isfinite(value) or (compare == "ratio" and value == 0)):
        value = math.nan
    if compare == "ratio" and low < high:
        high = math.inf if high > LARGEST_KNOWN_RATIO else high
        low = 0.0 if unit in _TIME_UNITS and low < 1 / LARGEST_KNOWN_RATIO else low
    return Interval(value, low, high, interval.n, interval.method)


def _met_as_is(metric: str, sides: Sequence[tuple[str, SeedValues]], rows: Rows) -> set[int]:
    """Return the seeds with which an untouched model already met the target, so that there is nothing to compare."""
    if metric not in NEEDS_TUNING:
        return set()
    flags = (rows.get(variant, MET_AS_IS, "as_is").values for variant, _ in sides)
    return {seed for side in flags for seed, met in side.items() if met == 1.0}


def _time_spent(metric: str) -> str:
    """Return the metric of the whole time that was spent on the way to a target."""
    return f"{metric.partition('.')[0]}.seconds"


def _had_no_target(criterion: Criterion, metric: str, sides: Sequence[tuple[str, SeedValues]], rows: Rows) -> bool:
    """Tell whether both sides were run but had no target: nothing was told of the way to it, on either side.

    The protocol has none where the reference model does no better than guessing.
    """
    if metric not in _NEEDS_TARGET or any(values.values for _, values in sides):
        return False
    settings = (criterion.candidate_setting, criterion.baseline_setting)
    return all(
        rows.has(variant, _time_spent(metric), setting) and not rows.has(variant, MET_AS_IS, "as_is")
        for (variant, _), setting in zip(sides, settings, strict=False)
    )


def _typical(sides: Sequence[tuple[str, SeedValues]], compare: Compare) -> tuple[float, float | None]:
    """Return the candidate's and the baseline's value over the seeds that are compared, as the interval takes them.

    Means, so that their difference is the difference told; geometric means for a ratio; medians where a seed never
    reached the target. None for a baseline that isn't compared.
    """
    seeds = sorted(_seeds(sides))
    values = [[side.values[seed] for seed in seeds] for _, side in sides]
    finite = all(math.isfinite(value) for side in values for value in side)
    found = [_middle(side, compare) if finite else statistics.median(side) for side in values]
    return found[0], found[1] if len(found) > 1 else None


def _middle(values: Sequence[float], compare: Compare) -> float:
    return statistics.geometric_mean(values) if compare == "ratio" else statistics.fmean(values)


def _never_reached(candidate: SeedValues, baseline: SeedValues) -> tuple[int, int]:
    """Return how many of the seeds that both have never reached the target."""
    common = candidate.values.keys() & baseline.values.keys()
    ours, theirs = (sum(side.values[seed] == math.inf for seed in common) for side in (candidate, baseline))
    return ours, theirs


def _nevers(side: SeedValues) -> int:
    return sum(value == math.inf for value in side.values.values())


def _reason(interval: Interval, compare: Compare, state: State, never: tuple[int, int]) -> Reason | None:
    if any(never):
        figures: dict[str, str | float] = {
            "candidate": float(never[0]),
            "baseline": float(never[1]),
            "n": float(interval.n),
        }
        if math.isnan(interval.value):
            figures["unknown"] = compare
        return Reason("never_reached", figures)
    if interval.method == SINGLE_SEED:
        return Reason("single_seed", {})
    return Reason("interval_crosses", {}) if state is State.UNDECIDED else None


def _without_interval(
    criterion: Criterion, metric: str, candidate: SeedValues, baseline: SeedValues, state: State, reason: Reason
) -> CriterionResult:
    return CriterionResult(
        id=criterion.id,
        state=state,
        value=None,
        low=None,
        high=None,
        threshold=criterion.gate.boundary,
        unit=criterion.unit,
        n=len(candidate.values.keys() & baseline.values.keys()),
        how=weakest({candidate.how, baseline.how}),
        points=None,
        candidate_value=candidate.median,
        baseline_value=baseline.median,
        metric=metric,
        metric_unit=candidate.unit or baseline.unit,
        method="none",
        reason=reason,
    )
