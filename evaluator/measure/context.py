"""What the measured quantities look at: one trained variant of one trial, and how a row is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluator.networks.protocol import AnyFitted, AnyVariant
from evaluator.records import TrialRequest
from evaluator.tasks.protocol import Floats, Part, PartT, TaskData
from scorecards.judgement import How
from scorecards.record import Measurement
from scorecards.vocabulary import METRIC_UNITS

REMARK_UNITS: Mapping[str, str] = {"train.ended_by_clock": "share", "finetune.ended_by_clock": "share"}
"""Rows about the measuring itself, which no scorecard may name: 1.0 where the clock ended a training, else no row."""
UNITS: Mapping[str, str] = {**REMARK_UNITS, **METRIC_UNITS}


@dataclass(frozen=True)
class MemoryUse:
    """Bytes: resident at the start of the training, and the highest increase over it."""

    start_bytes: int
    peak_increase_bytes: int


def measurement(
    request: TrialRequest,
    metric: str,
    value: float,
    *,
    setting: str = "",
    site: str = "",
    how: How = "measured",
) -> Measurement:
    """Return one row of the trial asked for; unit and phase follow from the metric (`UNITS`)."""
    return Measurement(
        poc=request.poc,
        trial=request.trial,
        variant=request.variant,
        seed=request.seed,
        site=site,
        setting=setting,
        metric=metric,
        value=float(value),
        unit=UNITS[metric],
        how=how,
        phase=metric.split(".", 1)[0],
    )


@dataclass(frozen=True)
class TrainingCost:
    """What was watched from outside while the variant trained. `joules` is None where no counter can be read."""

    memory: MemoryUse
    joules: float | None


@dataclass(frozen=True)
class TrialContext:
    """One trained variant. `folder` and `files`: what `save` wrote; `fine_tuned`: method → the fine-tuned copy."""

    request: TrialRequest
    data: TaskData
    variant: AnyVariant
    fitted: AnyFitted
    cost: TrainingCost
    folder: Path
    files: tuple[Path, ...]
    fine_tuned: Mapping[str, AnyFitted]

    def row(
        self, metric: str, value: float, *, setting: str = "", site: str = "", how: How = "measured"
    ) -> Measurement:
        """Return one row of this trial (see `measurement`)."""
        return measurement(self.request, metric, value, setting=setting, site=site, how=how)

    def scores(self, part: Part, prediction: Floats) -> dict[str, float]:
        """Return metric → value on `part`; a score that isn't defined there (AUC of one class) is left out."""
        found = self.data.scores(part, prediction)
        return {metric: value for metric, value in found.items() if not math.isnan(value)}

    def main_score(self, part: Part, prediction: Floats) -> float | None:
        """Return the task's main score on `part` (higher is better), None where it isn't defined."""
        return self.scores(part, prediction).get(self.main_metric)

    @property
    def main_metric(self) -> str:
        """Return the task's main metric, e.g. `quality.auc`."""
        return self.data.main_metric

    def load(self) -> AnyFitted:
        """Return the variant read from its saved files, as a site would read it."""
        return self.variant.load(self.folder, self.data)


def first_rows(part: PartT, count: int) -> PartT:
    """Return `count` rows of `part` in memory of their own, from the first on, over again where there are fewer."""
    return part.take(np.arange(count) % part.rows)


def known_target(target: float | None) -> float | None:
    """Return the target, None where there is none or the data couldn't tell one (NaN)."""
    return None if target is None or math.isnan(target) else target
