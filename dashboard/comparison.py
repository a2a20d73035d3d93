"""The table of all metrics by variant: median over seeds, the best marked, and what can't be told from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scorecards.evidence import paired_difference
from scorecards.judgement import How
from scorecards.rows import Rows, SeedValues
from scorecards.vocabulary import HIGHER_IS_BETTER

NO_BEST = frozenset({"tune.trials", "train.start_memory_bytes", "train.steps", "train.warmup_seconds"})


@dataclass(frozen=True)
class Cell:
    """A variant's median over seeds; `best` marks the best, `tie` one that can't be told from the best."""

    value: float
    n: int
    best: bool
    tie: bool


@dataclass(frozen=True)
class Line:
    """One metric and setting; a variant that was not measured has no cell."""

    metric: str
    setting: str
    unit: str
    how: How
    cells: Mapping[str, Cell]


def compare(measurements: pd.DataFrame, variants: Sequence[str], confidence: float) -> tuple[Line, ...]:
    """Return a line a metric and setting, in the order of the measurements."""
    whole = measurements[measurements["site"] == ""]
    kinds = list(dict.fromkeys(zip(whole["metric"], whole["setting"], strict=True)))
    rows = Rows.of(measurements, {metric for metric, _ in kinds})
    lines = (_line(rows, metric, setting, variants, confidence) for metric, setting in sorted(kinds, key=_order))
    return tuple(line for line in lines if line.cells)


def phase_of(metric: str) -> str:
    """Return the phase that a metric belongs to, 'other' where it is none of the known ones."""
    phase = metric.partition(".")[0]
    return phase if phase in _PHASES else "other"


_PHASES = ("quality", "train", "tune", "generate", "predict", "finetune", "size")


def _order(kind: tuple[str, str]) -> tuple[int, str, str]:
    phase = phase_of(kind[0])
    return (_PHASES.index(phase) if phase in _PHASES else len(_PHASES), kind[0], kind[1])


def _line(rows: Rows, metric: str, setting: str, variants: Sequence[str], confidence: float) -> Line:
    found = {
        variant: values
        for variant in variants
        if (values := rows.table.get((variant, metric), {}).get(setting)) is not None and values.median is not None
    }
    best = _best(metric, found)
    tied = {variant for variant in found if best and variant != best and _tie(found[variant], found[best], confidence)}
    cells = {
        variant: Cell(float(values.median or 0.0), len(values.values), variant == best, variant in tied)
        for variant, values in found.items()
    }
    some = next(iter(found.values()), SeedValues({}))
    return Line(metric, setting, some.unit, some.how, cells)


def _best(metric: str, found: Mapping[str, SeedValues]) -> str | None:
    """Return the best variant; None where there is nothing to choose (one variant, or all alike)."""
    medians = {variant: values.median for variant, values in found.items() if values.median is not None}
    finite = {variant: value for variant, value in medians.items() if math.isfinite(value)}
    if metric in NO_BEST or len(medians) < 2 or not finite or len(set(medians.values())) == 1:
        return None
    choose = max if metric in HIGHER_IS_BETTER else min
    return choose(finite, key=lambda variant: finite[variant])


def _tie(values: SeedValues, best: SeedValues, confidence: float) -> bool:
    """Tell whether the paired interval of the difference to the best holds zero (one seed can't tell: no mark)."""
    shared = [seed for seed in values.values if seed in best.values]
    if any(not math.isfinite(values.values[seed]) or not math.isfinite(best.values[seed]) for seed in shared):
        return False
    if len(shared) < 2:
        return False
    interval = paired_difference(values.values, best.values, confidence)
    return interval.low <= 0.0 <= interval.high
