"""Columns of a table as arrays: numbers standardised, categories indexed, dates as numbers; fitted on training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from evaluator.records import TargetKind

MAX_CATEGORIES = 254
"""More than any real code list; the rest share index 0. Also what histogram-based trees can hold."""
BINS = 16
"""Quantile bins a number is cut into for its piecewise-linear embedding (Gorishniy et al. 2022)."""
MISSING_NAME = "（欠損 / missing）"

DatePart = Literal["", "days", "weekday", "day_of_year", "hour"]


@dataclass(frozen=True)
class NumericColumn:
    """A number as input. `edges`: ascending bin edges in standardised units; `part`: of a date, or ''."""

    name: str
    mean: float
    deviation: float
    edges: tuple[float, ...]
    part: DatePart = ""


@dataclass(frozen=True)
class CategoricalColumn:
    """A category as input: `categories` are indices 1..n, 0 stands for unknown or rare ones."""

    name: str
    categories: tuple[str, ...]


def numeric_series(series: pd.Series, kind: str) -> list[tuple[str, DatePart, NDArray[np.float64]]]:
    """Return a column as (name, part of date, float64 values); a date gives several."""
    import pandas as pd

    name = str(series.name)
    if kind != "date":
        values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        values = np.where(np.isfinite(values), values, np.nan)
        return [(name, "", values)]
    stamps = pd.to_datetime(series, errors="coerce")
    parts: dict[DatePart, pd.Series] = {
        "days": (stamps - pd.Timestamp(0)) / pd.Timedelta(days=1),
        "weekday": stamps.dt.day_of_week,
        "day_of_year": stamps.dt.day_of_year,
        "hour": stamps.dt.hour,
    }
    return [(name, part, values.to_numpy(dtype=np.float64, na_value=np.nan)) for part, values in parts.items()]


def varies(series: tuple[str, DatePart, NDArray[np.float64]], train: NDArray[np.bool_]) -> bool:
    """Tell whether the training rows hold at least two different numbers."""
    present = series[2][train]
    present = present[np.isfinite(present)]
    return present.size > 0 and bool(np.ptp(present) > 0)


def distinct(series: pd.Series, train: NDArray[np.bool_]) -> int:
    """Return how many different values, missing being one, the training rows hold."""
    return int(series[train].nunique(dropna=False))


def fit_numeric(series: tuple[str, DatePart, NDArray[np.float64]], train: NDArray[np.bool_]) -> NumericColumn:
    """Return mean, deviation and quantile edges of the training rows."""
    name, part, values = series
    present = values[train]
    present = present[np.isfinite(present)]
    if present.size == 0:
        return NumericColumn(name, 0.0, 1.0, (0.0, 1.0), part)
    mean = float(present.mean())
    deviation = float(present.std())
    if not deviation > 0:
        deviation = 1.0
    standard = ((present - mean) / deviation).astype(np.float32)
    edges = np.unique(np.quantile(standard, np.linspace(0, 1, BINS + 1)).astype(np.float32))
    if edges.size < 2:
        edges = np.array([edges[0] - 0.5, edges[0] + 0.5], dtype=np.float32)
    return NumericColumn(name, mean, deviation, tuple(float(edge) for edge in edges), part)


def encode_numeric(
    series: Sequence[tuple[str, DatePart, NDArray[np.float64]]], columns: Sequence[NumericColumn], rows: int
) -> NDArray[np.float32]:
    """Return (rows, p) float32, NaN where missing."""
    encoded = np.empty((rows, len(series)), dtype=np.float32)
    for index, ((_, _, values), column) in enumerate(zip(series, columns, strict=True)):
        encoded[:, index] = (values - column.mean) / column.deviation
    return encoded


def category_text(series: pd.Series) -> pd.Series:
    """Return a column's values as text; whole numbers without '.0', missing as MISSING_NAME."""
    import pandas as pd

    names = {value: _category_name(value) for value in series.dropna().unique()}
    text = series.map(names).astype(object)
    return pd.Series(text.where(series.notna(), MISSING_NAME), index=series.index, name=series.name)


def _category_name(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def fit_categorical(series: pd.Series, train: NDArray[np.bool_]) -> CategoricalColumn:
    """Return the training rows' categories, most frequent first (ties by name), at most MAX_CATEGORIES."""
    counts = category_text(series)[train].value_counts()
    ordered = sorted(((str(name), int(count)) for name, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return CategoricalColumn(str(series.name), tuple(name for name, _ in ordered[:MAX_CATEGORIES]))


def encode_categorical(
    series: Sequence[pd.Series], columns: Sequence[CategoricalColumn], rows: int
) -> NDArray[np.int32]:
    """Return (rows, q) int32, 0 where unknown or rare."""
    encoded = np.zeros((rows, len(series)), dtype=np.int32)
    for index, (values, column) in enumerate(zip(series, columns, strict=True)):
        codes = {name: code for code, name in enumerate(column.categories, start=1)}
        encoded[:, index] = category_text(values).map(codes).fillna(0).to_numpy(dtype=np.int32)
    return encoded


def encode_target(
    series: pd.Series, kind: TargetKind, train: NDArray[np.bool_]
) -> tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...], float, float]:
    """Return (y, classes, mean, deviation); classes sorted, numbers as numbers, so that 'No' < 'Yes' and 2 < 10."""
    import pandas as pd

    if kind == "regression":
        values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64)
        return values, (), float(values[train].mean()), float(values[train].std()) or 1.0
    distinct = sorted(series.unique(), key=lambda value: (isinstance(value, str), value))
    classes = tuple(_category_name(value) for value in distinct)
    index = {value: position for position, value in enumerate(distinct)}
    return series.map(index).to_numpy(dtype=np.int64), classes, 0.0, 1.0


def site_names(series: pd.Series | None, roles: NDArray[np.int8]) -> tuple[tuple[str, ...], int, NDArray[np.int32]]:
    """Return (names, known, site index a row); the `known` sites first, new ones after, each sorted."""
    import pandas as pd

    if series is None:
        return (), 0, np.zeros(0, dtype=np.int32)
    text = category_text(series)
    known = sorted(set(text[roles < 3]))
    new = sorted(set(text[roles >= 3]) - set(known))
    names = [*known, *new]
    codes = pd.Categorical(text, categories=names).codes.astype(np.int32)
    return tuple(str(name) for name in names), len(known), codes
