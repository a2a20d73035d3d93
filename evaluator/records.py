"""What travels between the evaluator's rooms: the PoC asked, the trials run, what they return. Frozen, torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.record import CurvePoint, Json, Measurement

TargetKind = Literal["binary", "multiclass", "regression", "text", "stroke", "translation", "series"]
"""What is predicted: a class of two or more, a number, or a sequence of the task's own kind."""
ColumnKind = Literal["numeric", "categorical", "date", "identifier", "ignored"]
SplitBy = Literal["random", "group", "time"]
TrialPurpose = Literal["tune", "measure"]
SettingValue = int | float | str
OptionValue = bool | int | float | str
DataFormat = Literal["csv", "parquet", "xlsx", "images", "text", "strokes", "pairs"]

FILE_AS_SITE = "file"


@dataclass(frozen=True)
class DataSource:
    """The user's files and how to read them; `files` are absolute paths, `sha256` is over their bytes in order."""

    files: tuple[str, ...]
    format: DataFormat
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

    `columns`: every column's kind; those of kind 'ignored' and 'identifier' are not inputs. Tasks without columns have
    none, and their `target` is ''. `options`: settings of the task (its OPTIONS).
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
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """The same for every variant: where a training ends at the latest. `max_steps`: 0 where epochs alone count."""

    max_seconds: float
    max_epochs: int
    patience_epochs: int
    finetune_max_seconds: float
    finetune_max_steps: int
    max_steps: int = 0


@dataclass(frozen=True)
class Budget:
    """How much evidence to buy. `looks`: numbers of seeds at which the evidence is judged, the last one ends the PoC.

    Steps are meant to end a training, seconds only one that hangs: what the clock ends depends on the load.
    `limits` hold for every measured training, `tuning_limits` for every training while tuning.
    """

    name: str
    looks: tuple[int, ...]
    tuning_trials: int
    limits: Limits
    tuning_limits: Limits


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
    """What a trial returns; `settings` is the best setting found when its purpose was 'tune'.

    `exhibit`: what the variant made, for people to look at (see scorecards.record.Record.exhibits); of one seed only.
    """

    trial: str
    measurements: tuple[Measurement, ...]
    curves: tuple[CurvePoint, ...]
    settings: Mapping[str, SettingValue] = field(default_factory=dict)
    exhibit: Json = None
