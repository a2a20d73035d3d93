"""The frozen result of a PoC. Everything that is shown or exported is rendered from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from scorecards.judgement import How, Judgement
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from scorecards.assumptions import Assumptions
    from scorecards.criteria import Scorecard

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True)
class Measurement:
    """One measured, modelled or assumed value. `site` and `setting` are '' where the row speaks of the whole."""

    poc: str
    trial: str
    variant: str
    seed: int
    site: str
    setting: str
    metric: str
    value: float
    unit: str
    how: How
    phase: str


@dataclass(frozen=True)
class CurvePoint:
    """A point of a learning curve: validation `score` after `step` steps and `seconds` of training.

    `setting` is 'fit' for the training, otherwise the fine-tuning method.
    """

    trial: str
    variant: str
    seed: int
    setting: str
    step: int
    seconds: float
    score: float


MEASUREMENT_COLUMNS: tuple[str, ...] = tuple(Measurement.__dataclass_fields__)
CURVE_COLUMNS: tuple[str, ...] = tuple(CurvePoint.__dataclass_fields__)


@dataclass(frozen=True)
class DatasetFacts:
    """What the data was. `main_metric` is the task's main score, e.g. `quality.auc`: higher is better.

    `rows`: what is predicted at once (a table's row, an image, a window of text …). `repairs`: what was mended or left
    out while preparing, with counts.
    """

    name: str
    rows: int
    columns: int
    sites: int
    target: str
    target_kind: str
    site_column: str
    main_metric: str
    synthetic: bool
    repairs: tuple[LocalText, ...] = ()


@dataclass(frozen=True)
class TrialFailure:
    """A trial that ended in an error: it stays in the record."""

    trial: str
    variant: str
    seed: int
    message: str


@dataclass(frozen=True, eq=False)
class Record:
    """The frozen result: inputs' hashes, protocol, environment, measurements, verdict.

    `exhibits`: variant → what it made on data that it never saw, for people to look at: an object whose `kind` is
    'text', 'drawings', 'translations', 'forecasts' or 'confusion' (see evaluator/tasks/protocol.py).
    """

    id: str
    title: str
    task: str
    version: int
    created: str
    finished: str
    dataset: DatasetFacts
    variants: tuple[str, ...]
    scorecard: Scorecard
    assumptions: Assumptions
    measurements: pd.DataFrame
    curves: pd.DataFrame
    failures: tuple[TrialFailure, ...]
    protocol: Mapping[str, Json]
    environment: Mapping[str, Json]
    hashes: Mapping[str, str]
    judgement: Judgement
    exhibits: Mapping[str, Json] = field(default_factory=dict)
