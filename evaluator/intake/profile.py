"""What a table holds, column by column, and what a careful engineer would remark on before training on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.intake import remarks, remarks_reading
from evaluator.intake.cells import fold
from evaluator.intake.findings import Finding
from evaluator.intake.names import is_code_name, is_identifier_name
from evaluator.intake.read import NOTES, SITE_FILE
from evaluator.intake.sentinels import suspected_missing
from evaluator.records import ColumnKind, DataSource

EXAMPLES = 4
# Text with at least this share of distinct values tells rows apart, it does not group them.
IDENTIFIER_SHARE = 0.95
MOSTLY_UNIQUE_SHARE = 0.5
MANY_CATEGORIES = 100
MANY_MISSING = 0.5
FREE_TEXT_LENGTH = 40
# Whole-number codes ('department 3') with at most this many values are categories where their name says so.
CODE_LEVELS = 30

_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}
_ODD_WEIGHT = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, rounded to odd: spreads neighbouring values
_MISSING_HASH = np.uint64(0)
_TEXT_PIECE = 50_000

Value = float | str | None


@dataclass(frozen=True)
class ColumnProfile:
    """One column. `minimum`, `median`, `maximum`: numbers, ISO dates as text, or None for text.

    `missing_share`: 0 to 1. `warnings`: the table's findings on this column.
    """

    name: str
    kind: ColumnKind
    missing_share: float
    distinct: int
    examples: tuple[str, ...]
    minimum: Value
    median: Value
    maximum: Value
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TableProfile:
    """The whole table. `duplicates`: rows that repeat an earlier one; `files`: how many files it came in."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    duplicates: int
    findings: tuple[Finding, ...]
    files: int
    memory_bytes: int

    def column(self, name: str) -> ColumnProfile:
        """Return the profile of column `name`. Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def profile(frame: pd.DataFrame, source: DataSource) -> TableProfile:
    """Return the profile of a table that `read_table` made of `source`. Looks at every cell; keeps no copy."""
    notes = cast(Mapping[str, object], frame.attrs.get(NOTES, {}))
    findings = remarks_reading.reading_findings(notes)
    row_hash = np.zeros(len(frame), dtype=np.uint64)
    columns: list[ColumnProfile] = []
    twins: dict[int, str] = {}
    for index, name in enumerate(frame.columns):
        series = frame[name]
        column, remarked = _profile_column(str(name), series)
        if name != SITE_FILE:
            hashed = _hash_column(series)
            # Each column enters with an odd weight of its own, so that exchanged values give another sum.
            row_hash += hashed * np.uint64(2 * index + _ODD_WEIGHT)
            twin = twins.setdefault(_fingerprint(hashed), str(name))
            if twin != name and column.kind != "ignored" and _equal(frame[twin], series):
                column = replace(column, kind="ignored")
                remarked = [remarks.duplicate_column(str(name), twin)]
        columns.append(column)
        findings.extend(remarked)
    duplicates = int(len(row_hash) - len(pd.unique(row_hash)))
    findings.extend(remarks.table_findings(len(frame), duplicates))
    return TableProfile(
        rows=len(frame),
        columns=tuple(_with_warnings(column, findings) for column in columns),
        duplicates=duplicates,
        findings=tuple(sorted(findings, key=lambda finding: _SEVERITY_ORDER[finding.severity])),
        files=len(source.files),
        memory_bytes=int(frame.memory_usage(index=False, deep=False).sum()),
    )


def _with_warnings(column: ColumnProfile, findings: Sequence[Finding]) -> ColumnProfile:
    return replace(column, warnings=tuple(finding for finding in findings if finding.column == column.name))


def _profile_column(name: str, series: pd.Series) -> tuple[ColumnProfile, list[Finding]]:
    missing = float(series.isna().mean()) if len(series) else 0.0
    distinct = int(series.nunique())
    minimum, median, maximum = _range(series)
    kind, findings = _kind(name, series, distinct, missing)
    examples = tuple(_shown(value) for value in series.dropna().head(1000).drop_duplicates().head(EXAMPLES))
    return ColumnProfile(name, kind, missing, distinct, examples, minimum, median, maximum), findings


def _kind(name: str, series: pd.Series, distinct: int, missing: float) -> tuple[ColumnKind, list[Finding]]:
    filled = round(len(series) * (1 - missing))
    if distinct == 0:
        return "ignored", [remarks.empty_column(name)]
    if name == SITE_FILE:
        return "identifier", []
    if distinct == 1:
        return "ignored", [remarks.constant_column(name, _shown(series.dropna().iloc[0]), missing)]
    findings = [remarks.many_missing(name, missing)] if missing > MANY_MISSING else []
    if pd.api.types.is_datetime64_any_dtype(series):
        return "date", findings
    if pd.api.types.is_numeric_dtype(series):
        return _numeric_kind(name, series, distinct, filled, findings)
    return _text_kind(name, series, distinct, filled, findings)


def _numeric_kind(
    name: str, series: pd.Series, distinct: int, filled: int, findings: list[Finding]
) -> tuple[ColumnKind, list[Finding]]:
    whole = pd.api.types.is_integer_dtype(series)
    if whole and distinct == filled and filled >= 20:
        running = int(series.max()) - int(series.min()) + 1 == filled
        if running or is_identifier_name(name):
            return "identifier", [*findings, remarks.identifier(name)]
    if is_code_name(name) and distinct <= CODE_LEVELS and bool((series.dropna() % 1 == 0).all()):
        return "categorical", [*findings, remarks.number_as_category(name, distinct)]
    suspect = suspected_missing(series.to_numpy(dtype=np.float64, na_value=np.nan))
    if suspect is not None:
        findings = [*findings, remarks.suspected_missing(name, *suspect)]
    return "numeric", findings


def _text_kind(
    name: str, series: pd.Series, distinct: int, filled: int, findings: list[Finding]
) -> tuple[ColumnKind, list[Finding]]:
    share = distinct / max(1, filled)
    if distinct > 20 and share > MOSTLY_UNIQUE_SHARE:
        length = float(series.dropna().head(1000).astype("str").str.len().mean())
        if length > FREE_TEXT_LENGTH:
            return "ignored", [*findings, remarks.free_text(name)]
        if share >= IDENTIFIER_SHARE:
            return "identifier", [*findings, remarks.identifier(name)]
        return "identifier", [*findings, remarks.mostly_unique(name, distinct, filled)]
    if distinct > MANY_CATEGORIES:
        findings = [*findings, remarks.many_categories(name, distinct)]
    alike = _alike(series)
    if alike:
        findings = [*findings, remarks.similar_categories(name, alike)]
    return "categorical", findings


def _alike(series: pd.Series) -> tuple[str, ...]:
    """Return spellings of one category that differ only in case, width or blanks."""
    spellings: dict[str, str] = {}
    levels = series.cat.categories if isinstance(series.dtype, pd.CategoricalDtype) else series.dropna().unique()
    if len(levels) > 5_000:
        return ()
    for level in levels:
        key = "".join(fold(str(level)).split())
        if key in spellings:
            return (spellings[key], str(level))
        spellings[key] = str(level)
    return ()


def _range(series: pd.Series) -> tuple[Value, Value, Value]:
    filled = series.dropna()
    if filled.empty:
        return None, None, None
    if pd.api.types.is_datetime64_any_dtype(series):
        return _shown(filled.min()), _shown(filled.median()), _shown(filled.max())
    if pd.api.types.is_numeric_dtype(series):
        values = filled.to_numpy(dtype=np.float64)
        return float(values.min()), float(np.median(values)), float(values.max())
    return None, None, None


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    return str(value)


def _hash_column(series: pd.Series) -> NDArray[np.uint64]:
    """Return a hash per cell (rows,): equal cells have equal hashes, in other columns too."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        levels = pd.util.hash_array(np.asarray(series.cat.categories.astype("str"), dtype=object))
        return np.append(levels, _MISSING_HASH)[series.cat.codes.to_numpy()]
    if pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series):
        return np.asarray(pd.util.hash_array(series.to_numpy()))
    # Text becomes Python objects to be hashed: in pieces, since a million of them would outweigh the table.
    pieces = [series.iloc[start : start + _TEXT_PIECE] for start in range(0, len(series), _TEXT_PIECE)]
    return np.concatenate([np.empty(0, np.uint64), *map(_hash_text, pieces)])


def _hash_text(piece: pd.Series) -> NDArray[np.uint64]:
    hashed = np.asarray(pd.util.hash_array(piece.fillna("").to_numpy(dtype=object)))
    return np.where(piece.isna().to_numpy(), _MISSING_HASH, hashed)


def _fingerprint(hashed: NDArray[np.uint64]) -> int:
    weights = np.arange(1, len(hashed) + 1, dtype=np.uint64) * np.uint64(_ODD_WEIGHT)
    weights *= hashed
    return int(weights.sum())


def _equal(left: pd.Series, right: pd.Series) -> bool:
    return bool(np.array_equal(_hash_column(left), _hash_column(right)))
