"""The money line by line, in closed form. The workbook rebuilds these formulas with live cells.

Everything is the candidate against the baseline; a positive amount means that the candidate saves. With Δ = candidate −
baseline of a measured quantity (mean over the seeds that both have), for the whole company:

    adoption    year 0  − adoption_hours × engineer_price_per_hour
    training    year 0  − (Δtuning_seconds + Δtraining_seconds) / 3600 × production_scale × compute_price_per_hour
                yearly  − Δtraining_seconds / 3600 × production_scale × retrainings_per_year × compute_price_per_hour
    transfer    year 0  − Δinstall_bytes / 10⁹ × production_scale × sites × transfer_price_per_gb
                yearly  − (Δupdate_bytes × updates_per_year + Δinstall_bytes × retrainings_per_year) / 10⁹
                          × production_scale × sites × transfer_price_per_gb
    finetuning  yearly  − Δfinetuning_seconds / 3600 × production_scale × sites × finetunes_per_year
                          × site_compute_price_per_hour
    labour      yearly  (updates_per_year × (labour_minutes_per_update_baseline − …_candidate)
                          + finetunes_per_year × (labour_minutes_per_finetune_baseline − …_candidate))
                          / 60 × sites × engineer_price_per_hour
    quality     yearly  + Δquality × 100 × value_per_point where there is a site (sites ≥ 1), else 0

    NPV = Σ lines' year 0 + Σ over years 1…H of (Σ lines' yearly) / (1 + discount_rate)^year
    payback = the first moment at which this sum, taken up to it, is no longer negative (the discounted payback; a
              year's discounted amount counts evenly over its months)

A retraining ships the whole model to every site, for both. Prediction's computing is not in the sum: the scorecard has
no number of predictions; the overhead criterion speaks of it. `value_per_point` is the worth of one point for the whole
company, so it does not grow with the sites; but where no site runs the model nobody gains by a better score.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scorecards.criteria import Scorecard
from scorecards.judgement import How
from scorecards.rows import Rows, weakest

if TYPE_CHECKING:
    from scorecards.assumptions import Assumptions

Numbers: TypeAlias = NDArray[np.float64]

LINES: tuple[str, ...] = ("adoption", "training", "transfer", "finetuning", "labour", "quality")
POINTS = 100.0
SECONDS_PER_HOUR = 3600.0
BYTES_PER_GB = 1e9
MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True)
class MeasuredInput:
    """A measured quantity as the money needs it: means over the paired seeds, in `unit`.

    `standard_error`: of the mean paired difference, 0 where fewer than two seeds. `n` = 0: not measured, counts as no
    difference. `*_setting`: which rows were taken (e.g. the fine-tuning method).
    """

    id: str
    metric: str
    candidate_setting: str
    baseline_setting: str
    unit: str
    candidate: float
    baseline: float
    standard_error: float
    n: int
    how: How

    @property
    def difference(self) -> float:
        """Return candidate − baseline."""
        return self.candidate - self.baseline


def measured_inputs(measurements: pd.DataFrame, *, scorecard: Scorecard, main_metric: str) -> dict[str, MeasuredInput]:
    """Return training_seconds, tuning_seconds, install_bytes, update_bytes, finetuning_seconds and quality.

    How updates and fine-tunings are made (the settings) follows the scorecard's criteria on them; without such a
    criterion it is `embedding_only` against `all_weights`.
    """
    update = _settings(scorecard, ("size.update_bytes",))
    finetune = _settings(scorecard, ("finetune.seconds_to_target", "finetune.seconds", "finetune.score_after"))
    wanted = (
        ("training_seconds", "train.seconds", ("", "")),
        ("tuning_seconds", "tune.cpu_seconds", ("", "")),
        ("install_bytes", "size.install_bytes", ("", "")),
        ("update_bytes", "size.update_bytes", update),
        ("finetuning_seconds", "finetune.seconds", finetune),
        ("quality", main_metric, ("", "")),
    )
    rows = Rows.of(measurements, {metric for _, metric, _ in wanted})
    return {
        name: _measured_input(name, metric, settings, rows, scorecard.candidate, scorecard.baseline)
        for name, metric, settings in wanted
    }


def likely_numbers(inputs: Mapping[str, MeasuredInput], assumptions: Assumptions) -> dict[str, Numbers]:
    """Return every number of the formulas at its likely value (measured ones: the difference), arrays of shape (1,)."""
    numbers = {name: np.array([item.difference]) for name, item in inputs.items()}
    return numbers | {name: np.array([item.likely]) for name, item in assumptions.values.items()}


def cash_flow_lines(numbers: Mapping[str, Numbers]) -> dict[str, tuple[Numbers, Numbers]]:
    """Return line → (amount in year 0, amount in every later year) by the formulas at the top, not discounted.

    `numbers`: measured differences and assumptions by id, all of one shape (n,).
    """
    x = numbers
    nothing = np.zeros_like(x["sites"])
    hours_once = (x["tuning_seconds"] + x["training_seconds"]) / SECONDS_PER_HOUR * x["production_scale"]
    hours_yearly = x["training_seconds"] / SECONDS_PER_HOUR * x["production_scale"] * x["retrainings_per_year"]
    price_per_byte = x["transfer_price_per_gb"] / BYTES_PER_GB * x["production_scale"] * x["sites"]
    bytes_yearly = x["update_bytes"] * x["updates_per_year"] + x["install_bytes"] * x["retrainings_per_year"]
    site_finetunes = x["sites"] * x["finetunes_per_year"]
    site_hours = x["finetuning_seconds"] / SECONDS_PER_HOUR * x["production_scale"] * site_finetunes
    minutes_saved = x["updates_per_year"] * (
        x["labour_minutes_per_update_baseline"] - x["labour_minutes_per_update_candidate"]
    ) + x["finetunes_per_year"] * (
        x["labour_minutes_per_finetune_baseline"] - x["labour_minutes_per_finetune_candidate"]
    )
    return {
        "adoption": (-x["adoption_hours"] * x["engineer_price_per_hour"], nothing),
        "training": (-hours_once * x["compute_price_per_hour"], -hours_yearly * x["compute_price_per_hour"]),
        "transfer": (-x["install_bytes"] * price_per_byte, -bytes_yearly * price_per_byte),
        "finetuning": (nothing, -site_hours * x["site_compute_price_per_hour"]),
        "labour": (nothing, minutes_saved / MINUTES_PER_HOUR * x["sites"] * x["engineer_price_per_hour"]),
        "quality": (nothing, np.where(x["sites"] >= 1, x["quality"] * POINTS * x["value_per_point"], 0.0)),
    }


def net_present_value(numbers: Mapping[str, Numbers], years: int) -> Numbers:
    """Return the NPV over `years`, amounts of a year discounted at its end; shape as the numbers'."""
    lines = cash_flow_lines(numbers)
    first = np.sum([once for once, _ in lines.values()], axis=0)
    yearly = np.sum([later for _, later in lines.values()], axis=0)
    annuity = np.sum([(1.0 + numbers["discount_rate"]) ** -year for year in range(1, years + 1)], axis=0)
    return np.asarray(first + yearly * annuity, dtype=np.float64)


def cash_flows(numbers: Mapping[str, Numbers], years: int) -> dict[str, tuple[float, ...]]:
    """Return line → one amount a year, year 0 first, not discounted."""
    return {
        name: (float(once[0]) + 0.0, *(float(later[0]) + 0.0 for _ in range(years)))
        for name, (once, later) in cash_flow_lines(numbers).items()
    }


def _settings(scorecard: Scorecard, metrics: tuple[str, ...]) -> tuple[str, str]:
    for metric in metrics:
        for criterion in scorecard.criteria:
            if criterion.metric == metric and criterion.candidate_setting and criterion.baseline_setting:
                return criterion.candidate_setting, criterion.baseline_setting
    return "embedding_only", "all_weights"


def _measured_input(
    name: str, metric: str, settings: tuple[str, str], rows: Rows, candidate_name: str, baseline_name: str
) -> MeasuredInput:
    candidate = rows.get(candidate_name, metric, settings[0])
    baseline = rows.get(baseline_name, metric, settings[1])
    seeds = [
        seed
        for seed in sorted(candidate.values.keys() & baseline.values.keys())
        if math.isfinite(candidate.values[seed]) and math.isfinite(baseline.values[seed])
    ]
    ours, theirs = [candidate.values[seed] for seed in seeds], [baseline.values[seed] for seed in seeds]
    differences = [c - b for c, b in zip(ours, theirs, strict=True)]
    return MeasuredInput(
        id=name,
        metric=metric,
        candidate_setting=settings[0],
        baseline_setting=settings[1],
        unit=candidate.unit or baseline.unit,
        candidate=statistics.fmean(ours) if seeds else 0.0,
        baseline=statistics.fmean(theirs) if seeds else 0.0,
        standard_error=statistics.stdev(differences) / math.sqrt(len(seeds)) if len(seeds) > 1 else 0.0,
        n=len(seeds),
        how=weakest({candidate.how, baseline.how}),
    )
