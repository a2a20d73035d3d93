"""What every task can do: ask a question of the user's files, prepare their rows, score predictions. Torch-free.

A *row* is what is predicted at once: a table's row, an image, a window of text, a drawing, a pair of sentences, a
forecast from one moment on. A task is a package `evaluator.tasks.<name>` with the functions of `Task`; its data has six
parts (PART_NAMES) that every variant reads alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.findings import Finding
from evaluator.records import Budget, ColumnKind, DataSource, Limits, OptionValue, PoC, SplitPlan, TargetKind
from evaluator.tasks.targets import Reference
from scorecards.local_text import LocalText

PART_NAMES = ("train", "validation", "test", "new_train", "new_validation", "new_test")
"""In the order of the row roles 0 to 5; the `new` parts are the sites held out, or the later part of the data."""

RANDOM_SPLIT = SplitPlan("random", "", 0)

Floats = NDArray[np.float32] | NDArray[np.float64]
RowIndex = NDArray[np.int64] | NDArray[np.bool_] | slice

PartT = TypeVar("PartT", bound="Part")


class Part(Protocol):
    """Rows of one role."""

    @property
    def site(self) -> NDArray[np.int32]:
        """Return (rows,) int32: index into the data's `site_names`; -1 where there are no sites."""
        ...

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        ...

    def take(self: PartT, index: RowIndex) -> PartT:
        """Return the rows that `index` selects."""
        ...


class TaskData(Protocol):
    """Prepared data of a task: six parts of the task's own `Part` type."""

    @property
    def train(self) -> Any:
        """Return the rows to learn from."""
        ...

    @property
    def validation(self) -> Any:
        """Return the rows that end a training and choose its weights."""
        ...

    @property
    def test(self) -> Any:
        """Return the rows that are scored once."""
        ...

    @property
    def new_train(self) -> Any:
        """Return the rows to fine-tune on: of new sites, or of the later part of the data."""
        ...

    @property
    def new_validation(self) -> Any:
        """Return the rows that end a fine-tuning."""
        ...

    @property
    def new_test(self) -> Any:
        """Return the rows that score it."""
        ...

    @property
    def rows(self) -> int:
        """Return how many rows are used, all parts together."""
        ...

    @property
    def has_sites(self) -> bool:
        """Tell whether the rows belong to sites."""
        ...

    @property
    def site_names(self) -> tuple[str, ...]:
        """Return the sites' names in index order, those seen in training first."""
        ...

    @property
    def known_sites(self) -> int:
        """Return how many sites are seen in training."""
        ...

    @property
    def repairs(self) -> tuple[LocalText, ...]:
        """Return what was mended or left out while preparing, each with its count; kept in the record."""
        ...

    @property
    def main_metric(self) -> str:
        """Return the metric that decides, e.g. `quality.auc`: higher is better."""
        ...

    def scores(self, part: Any, prediction: Floats) -> dict[str, float]:
        """Return all `quality.*` metrics of `prediction` (first axis: rows of `part`); NaN where undefined."""
        ...

    def main_score(self, part: Any, prediction: Floats) -> float:
        """Return the main score alone: cheap enough to be taken many times during a training."""
        ...

    def facts_text(self) -> str:
        """Return as JSON what a site needs to prepare a new row."""
        ...


@dataclass(frozen=True)
class Option:
    """A setting of a task that a user may change. `choices` for a text, `low` and `high` (inclusive) for a number.

    The default's type is the option's: bool, int, float or str ('' where it is to be found out).
    """

    name: str
    title: LocalText
    help: LocalText
    default: OptionValue
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Asked:
    """What the user said; '' or None where it is to be found out. `split`: random, group or time."""

    target: str = ""
    site: str | None = None
    header: bool | None = None
    split: str = ""
    split_column: str = ""
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Question:
    """The question that a task would ask of the files. `reasons`: why, by 'target', 'site', 'split', or an option.

    rows: as in the task's data; features: how many inputs a row has; sites: how many were found. effort: how many times
    as long as usual for the task a training takes, by its options. `findings` include the repairs that preparing will
    make.
    """

    source: DataSource
    target: str
    target_kind: TargetKind
    rows: int
    features: int
    site: str = ""
    sites: int = 0
    columns: Mapping[str, ColumnKind] = field(default_factory=dict)
    split: SplitPlan = RANDOM_SPLIT
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    reasons: Mapping[str, LocalText] = field(default_factory=dict)
    effort: float = 1.0
    findings: tuple[Finding, ...] = ()


class Task(Protocol):
    """A task's package.

    It may also have `CANDIDATE`, the variant that is judged (else `hyper`); `BESIDE`, endings that it reads, but not
    alone; `claims(files) -> bool`: whether files whose endings an earlier task reads too are its own, by their content;
    `SCORE_HAS_PRICE`, False where a point of the main score is worth nothing by itself (else True);
    `BY_CONTENT`, endings of which it is offered only what it claims;
    `unfit_variants(options)`: the variants that make no sense with such options; and
    `exhibit(data, fitted) -> Json`: what a variant makes on data that it never saw, for people to look at.
    An exhibit is an object with a `kind`:

        text          {"kind", "real": str, "made": str}
        drawings      {"kind", "real": [drawing], "made": [drawing]}; a drawing is [[x…], [y…]] a stroke
        translations  {"kind", "rows": [{"source", "reference", "made"}]}
        forecasts     {"kind", "rows": [{"site", "times": [str], "history": [y], "truth": [y], "made": [y]}]}
        confusion     {"kind", "classes": [str], "counts": [[int]]}, rows true, columns predicted
    """

    NAME: str
    TITLE: LocalText
    ENDINGS: tuple[str, ...]
    """Endings of the files that it reads, lower case with the dot."""
    OPTIONS: tuple[Option, ...]
    BUDGETS: Mapping[str, Budget]
    """What each budget's name buys for this task."""

    def question(self, files: Sequence[Path], asked: Asked) -> Question:
        """Return the question for `files` (or one folder). Raises DataError when they can't be read or answered."""
        ...

    def prepare(self, poc: PoC, folder: Path) -> TaskData:
        """Read the PoC's files, split, encode and write arrays and facts into `folder`, all or nothing."""
        ...

    def load(self, folder: Path) -> TaskData:
        """Return what `prepare` wrote."""
        ...

    def references(self, data: Any) -> tuple[Reference, Reference]:
        """Return what reference models score for the training and for fine-tuning: the targets follow from it."""
        ...

    def training_seconds(self, work: float, limits: Limits) -> float:
        """Return about how many seconds one training takes; `work`: rows × features."""
        ...
