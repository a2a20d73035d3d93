"""The table task: a row of numbers and categories in, a class or a value out. Torch-free.

`prepare` turns the user's files into arrays that every variant reads; all statistics (means, bins, categories) come
from the training rows alone, so nothing of validation, test or new rows leaks into the inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.files import TABLE_ENDINGS
from evaluator.records import TargetKind
from evaluator.tasks.prepared import (
    PreparedData,
    load_facts,
    load_parts,
    replaced_folder,
    save_parts,
    texts_from_json,
)
from evaluator.tasks.protocol import PART_NAMES, Floats, Option
from evaluator.tasks.table.budgets import BUDGETS, training_seconds
from evaluator.tasks.table.columns import (
    CategoricalColumn,
    NumericColumn,
    distinct,
    encode_categorical,
    encode_numeric,
    encode_target,
    fit_categorical,
    fit_numeric,
    numeric_series,
    site_names,
    varies,
)
from evaluator.tasks.table.question import question
from evaluator.tasks.table.scores import MAIN_METRICS, main_metric, main_score, score
from evaluator.tasks.table.targets import references
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    import pandas as pd

    from evaluator.records import PoC

__all__ = [
    "BUDGETS",
    "ENDINGS",
    "MAIN_METRICS",
    "NAME",
    "OPTIONS",
    "PART_NAMES",
    "TITLE",
    "CategoricalColumn",
    "NumericColumn",
    "TableData",
    "TableFacts",
    "TablePart",
    "load",
    "main_metric",
    "prepare",
    "question",
    "references",
    "score",
    "training_seconds",
]

NAME = "table"
TITLE = LocalText(ja="表", en="table")
ENDINGS = TABLE_ENDINGS
OPTIONS: tuple[Option, ...] = ()
_ARRAYS = ("x_num", "x_cat", "y", "site")


@dataclass(frozen=True)
class TablePart:
    """Rows of one role.

    x_num: (rows, p) float32, standardised with the training rows' mean and deviation, NaN where missing.
    x_cat: (rows, q) int32, 0 = unknown or rare. y: (rows,) int64 class index, or float64 in the target's own unit.
    site: (rows,) int32 index into `TableFacts.sites`, from `known_sites` on a new site; -1 where there are no sites.
    """

    x_num: NDArray[np.float32]
    x_cat: NDArray[np.int32]
    y: NDArray[np.int64] | NDArray[np.float64]
    site: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.y)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> TablePart:
        """Return the rows that `index` selects."""
        return TablePart(self.x_num[index], self.x_cat[index], self.y[index], self.site[index])


@dataclass(frozen=True)
class TableFacts:
    """What the arrays mean; enough to encode a new row at a site.

    sites: names of all sites, the first `known_sites` of them seen in training. classes: names in index order, empty
    for regression. target_mean, target_deviation: of the training rows (0 and 1 for classes).
    """

    target: str
    target_kind: TargetKind
    classes: tuple[str, ...]
    target_mean: float
    target_deviation: float
    numeric: tuple[NumericColumn, ...]
    categorical: tuple[CategoricalColumn, ...]
    sites: tuple[str, ...]
    known_sites: int
    data_hash: str
    repairs: tuple[LocalText, ...] = ()
    """Nothing: what is mended in a table, its intake says before."""

    @property
    def outputs(self) -> int:
        """Return how many numbers the target network's head gives: one, or one a class from three classes on."""
        return len(self.classes) if self.target_kind == "multiclass" else 1


@dataclass(frozen=True, eq=False)
class TableData(PreparedData[TableFacts, TablePart]):
    """A prepared table."""

    @property
    def target_kind(self) -> TargetKind:
        """Return binary, multiclass or regression."""
        return self.facts.target_kind

    @property
    def main_metric(self) -> str:
        """Return the main metric of the target's kind."""
        return main_metric(self.target_kind)

    def scores(self, part: TablePart, prediction: Floats) -> dict[str, float]:
        """Return all scores of `prediction`, NaN where undefined (see scores.py)."""
        return score(self.target_kind, part.y, prediction)

    def main_score(self, part: TablePart, prediction: Floats) -> float:
        """Return the main score alone."""
        return main_score(self.target_kind, part.y, prediction)


def prepare(poc: PoC, folder: Path) -> TableData:
    """Read the PoC's files, split, encode, and write arrays (.npy) and facts (JSON) into `folder`; all or nothing.

    Raises DataError when the data can't be read or can't answer the question.
    """
    from evaluator.intake.read import read_table, site_column
    from evaluator.intake.split import assign_roles

    frame = read_table(poc.data, site=poc.site)
    frame = frame[frame[poc.target].notna()].reset_index(drop=True)
    roles = assign_roles(
        frame,
        target=poc.target,
        target_kind=poc.target_kind,
        site=poc.site,
        plan=poc.split,
        data_hash=poc.data.sha256,
    )
    data = encode(frame, roles, poc, site_column(frame, poc.site) if poc.site else "")
    with replaced_folder(folder) as partial:
        save_parts(data, partial, _ARRAYS)
    return load(folder)


def encode(frame: pd.DataFrame, roles: NDArray[np.int8], poc: PoC, site: str) -> TableData:
    """Return the encoded table; `roles` (rows,) int8 as in PART_NAMES' order.

    Columns that don't vary in the training rows tell nothing and are left out. Raises DataError when none is left.
    """
    train = roles == 0
    not_inputs = {poc.target, site, poc.split.column if poc.split.by == "group" else ""}
    inputs = {name: kind for name, kind in poc.columns.items() if name in frame.columns and name not in not_inputs}

    numbers = [
        series
        for name, kind in inputs.items()
        if kind in ("numeric", "date")
        for series in numeric_series(frame[name], kind)
        if varies(series, train)
    ]
    numeric = tuple(fit_numeric(series, train) for series in numbers)
    x_num = encode_numeric(numbers, numeric, len(frame))

    categories = [
        frame[name] for name, kind in inputs.items() if kind == "categorical" and distinct(frame[name], train) > 1
    ]
    categorical = tuple(fit_categorical(series, train) for series in categories)
    x_cat = encode_categorical(categories, categorical, len(frame))

    if not numeric and not categorical:
        raise DataError(
            LocalText(
                ja="予測に使える列がありません。入力になる列はすべて値が一定か、対象外に指定されています。",
                en="No column is left to predict from: every input is constant, or was set aside.",
            ),
            where=poc.target,
            cure=LocalText(
                ja="値が変化する列を 1 つ以上、入力として指定してください。",
                en="Let at least one column whose values vary be an input.",
            ),
        )

    y, classes, mean, deviation = encode_target(frame[poc.target], poc.target_kind, train)
    names, known, codes = site_names(frame[site] if site else None, roles)
    facts = TableFacts(
        target=poc.target,
        target_kind=poc.target_kind,
        classes=classes,
        target_mean=mean,
        target_deviation=deviation,
        numeric=numeric,
        categorical=categorical,
        sites=names,
        known_sites=known,
        data_hash=poc.data.sha256,
    )
    site_index = codes if names else np.full(len(frame), -1, dtype=np.int32)
    whole = TablePart(x_num, x_cat, y, site_index)
    return TableData(facts, *(whole.take(roles == role) for role in range(len(PART_NAMES))))


def load(folder: Path) -> TableData:
    """Return what `prepare` wrote; arrays are mapped, not read, until touched."""
    return TableData(facts_from_json(load_facts(folder)), *load_parts(folder, TablePart, _ARRAYS))


def facts_from_json(text: dict[str, Any]) -> TableFacts:
    """Return facts from their JSON form (`dataclasses.asdict`)."""
    return TableFacts(
        **{
            **text,
            "numeric": tuple(NumericColumn(**{**item, "edges": tuple(item["edges"])}) for item in text["numeric"]),
            "categorical": tuple(
                CategoricalColumn(item["name"], tuple(item["categories"])) for item in text["categorical"]
            ),
            "classes": tuple(text["classes"]),
            "sites": tuple(text["sites"]),
            "repairs": texts_from_json(text.get("repairs", ())),
        }
    )
