"""What travels between the evaluator's rooms: the PoC asked, the trials run, what they return. Frozen, torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.record import CurvePoint, Measurement

TargetKind = Literal["binary", "multiclass", "regression"]
ColumnKind = Literal["numeric", "categorical", "date", "identifier", "ignored"]
SplitBy = Literal["random", "group", "time"]
TrialPurpose = Literal["tune", "measure"]
SettingValue = int | float | str

FILE_AS_SITE = "file"


@dataclass(frozen=True)
class DataSource:
    """The user's files and how to read them; `files` are absolute paths, `sha256` is over their bytes in order."""

    files: tuple[str, ...]
    format: Literal["csv", "parquet", "xlsx"]
    encoding: str
    separator: str
    decimal: str
    header: bool
    sha256: str


@dataclass(frozen=True)
class SplitPlan:
    """How rows are divided. `column`: the group or time column."""

    by: SplitBy
    column: str
    seed: int


@dataclass(frozen=True)
class PoC:
    """One question, fixed before the first trial.

    `columns`: every column's kind; those of kind 'ignored' and 'identifier' are not inputs.
    """

    id: str
    title: str
    task: str
    data: DataSource
    target: str
    target_kind: TargetKind
    site: str
    columns: Mapping[str, ColumnKind]
    split: SplitPlan
    budget: str
    variants: tuple[str, ...]
    scorecard: Scorecard
    assumptions: Assumptions
    synthetic: bool = False


@dataclass(frozen=True)
class Limits:
    """The same for every variant: where a training ends at the latest."""

    max_seconds: float
    max_epochs: int
    patience_epochs: int
    finetune_max_seconds: float
    finetune_max_steps: int


@dataclass(frozen=True)
class TrialRequest:
    """All that a trial's process needs.

    `data`: the folder of prepared data (arrays, never pickle); `folder`: where it may write. `settings`: tuned
    hyperparameters ({} before tuning). `target`, `finetune_target`: main scores fixed before the first trial.
    """

    poc: str
    trial: str
    purpose: TrialPurpose
    task: str
    variant: str
    seed: int
    data: str
    folder: str
    limits: Limits
    threads: int = 1
    tuning_trials: int = 0
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
    target: float | None = None
    finetune_target: float | None = None


@dataclass(frozen=True)
class TrialResult:
    """What a trial returns; `settings` is the best setting found when its purpose was 'tune'."""

    trial: str
    measurements: tuple[Measurement, ...]
    curves: tuple[CurvePoint, ...]
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
