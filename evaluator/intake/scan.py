"""The first walk over a table: what each column holds, decided by every cell and not by the first few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluator.intake.batches import Batch
from evaluator.intake.cells import (
    AMBIGUOUS,
    COMPACT,
    DATE_PATTERNS,
    DatePattern,
    dates_of,
    looks_like_code,
    missing_mask,
    numbers_of,
    plain_numbers,
)

Holds = Literal["integer", "number", "date", "text", "empty", "typed"]

# A column of numbers may hold a few cells of other text (remarks, 'over range'): they become missing and are reported.
MAX_ODD_SHARE = 0.02
MAX_ODD_SPELLINGS = 20
# So many cells are looked at before whole arrays are tried as dates.
_GLANCE = 8


@dataclass(frozen=True)
class Reading:
    """How to read one column. `pattern`: of dates; `odd`: texts among numbers that become missing, with counts."""

    holds: Holds
    plain: bool = True
    pattern: str = ""
    ambiguous_dates: bool = False
    coded: bool = False
    infinite: int = 0
    odd: tuple[tuple[str, int], ...] = ()


@dataclass
class _NumberScan:
    """Whether a column is numeric so far."""

    alive: bool = True
    plain: bool = True
    whole: bool = True
    coded: bool = False
    compact_dates: bool = True
    count: int = 0
    missing: int = 0
    infinite: int = 0
    odd: Counter[str] = field(default_factory=Counter)
    words: bool = False  # what is unknown among numbers ('x', 'none'), and an answer in a column without any

    def feed(self, values: pa.Array, decimal: str) -> None:
        """Take in one batch of text."""
        numbers = None if decimal == "," and _any_point(values) else plain_numbers(values)
        if numbers is None:
            self.plain = False
            numbers = self._slow_numbers(values, decimal)
        if not self.alive:
            return
        known = numbers[~np.isnan(numbers)]
        self.missing += len(numbers) - len(known)
        self.infinite += int(np.isinf(known).sum())
        known = known[np.isfinite(known)]
        self.count += len(known)
        if self.whole and len(known):
            self.whole = bool((known == np.floor(known)).all())
        if self.whole and len(known):
            self.coded = self.coded or looks_like_code(values)
            self.compact_dates = self.compact_dates and _all_compact_dates(known)

    def _slow_numbers(self, values: pa.Array, decimal: str) -> NDArray[np.float64]:
        encoded = values.dictionary_encode()
        texts = encoded.dictionary
        numbers = numbers_of(texts, decimal)
        other = np.isnan(numbers) & ~missing_mask(texts, unknown=True)
        self.words = self.words or bool((np.isnan(numbers) & ~missing_mask(texts, unknown=False)).any())
        if other.any():
            counts = np.bincount(
                pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False), minlength=len(texts) + 1
            )
            for position in np.flatnonzero(other)[: MAX_ODD_SPELLINGS + 1]:
                self.odd[texts[int(position)].as_py()] += int(counts[position])
            self.alive = len(self.odd) <= MAX_ODD_SPELLINGS
        indices = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
        spread: NDArray[np.float64] = np.append(numbers, np.nan)[indices]
        return spread

    @property
    def numeric(self) -> bool:
        """Whether the whole column may be read as numbers."""
        return self.alive and self.count > 0 and self.odd.total() <= MAX_ODD_SHARE * (self.count + self.odd.total())


@dataclass
class _DateScan:
    """Which ways of writing dates fit every cell so far."""

    patterns: tuple[DatePattern, ...] = DATE_PATTERNS
    count: int = 0
    backward: Counter[str] = field(default_factory=Counter)

    def feed(self, values: pa.Array) -> None:
        """Take in one batch of text."""
        encoded = values.dictionary_encode()
        texts = encoded.dictionary
        if not len(texts):
            return
        missing = missing_mask(texts, unknown=True)
        if missing.all():
            return
        self._drop_unlike([texts[int(position)].as_py() for position in np.flatnonzero(~missing)[:_GLANCE]])
        if not self.patterns:
            return
        indices = encoded.indices.drop_null().to_numpy(zero_copy_only=False)
        left = []
        for pattern in self.patterns:
            dates = dates_of(texts, pattern)
            if np.isnat(dates[~missing]).any():
                continue
            left.append(pattern)
            in_order = dates[indices]
            self.backward[pattern.name] += int((np.diff(in_order) < np.timedelta64(0, "us")).sum())
        self.patterns = tuple(left)
        if left:
            self.count += len(indices)

    def _drop_unlike(self, texts: list[str]) -> None:
        """Drop the patterns that a few cells rule out already: nearly all columns hold no dates."""
        self.patterns = tuple(pattern for pattern in self.patterns if all(pattern.matches(text) for text in texts))

    @property
    def pattern(self) -> DatePattern | None:
        """The pattern that fits; of two that fit, the one under which the rows run forward more often."""
        if not self.count or not self.patterns:
            return None
        return min(self.patterns, key=lambda pattern: self.backward[pattern.name])

    @property
    def ambiguous(self) -> bool:
        """Whether day and month could be exchanged in every cell."""
        return sum(pattern.name in AMBIGUOUS for pattern in self.patterns) == len(AMBIGUOUS)


@dataclass
class _ColumnScan:
    numbers: _NumberScan = field(default_factory=_NumberScan)
    dates: _DateScan = field(default_factory=_DateScan)
    typed: bool = False

    def feed(self, values: pa.Array, decimal: str) -> None:
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
            self.typed = self.typed or not pa.types.is_null(values.type)
            return
        if values.null_count == len(values):
            self.numbers.missing += len(values)
            return
        if self.numbers.alive:
            self.numbers.feed(values, decimal)
        if self.numbers.count:
            self.dates.patterns = ()
        if self.dates.patterns:
            self.dates.feed(values)

    def reading(self) -> Reading:
        if self.typed:
            return Reading("typed")
        if (pattern := self.dates.pattern) is not None:
            return Reading("date", pattern=pattern.name, ambiguous_dates=self.dates.ambiguous)
        numbers = self.numbers
        if numbers.numeric and numbers.compact_dates and numbers.whole and not numbers.odd:
            return Reading("date", pattern=COMPACT.name)
        if numbers.numeric and not numbers.coded:
            whole = numbers.whole and not (numbers.missing or numbers.infinite or numbers.odd)
            return Reading(
                "integer" if whole else "number",
                plain=numbers.plain,
                infinite=numbers.infinite,
                odd=tuple(sorted(numbers.odd.items())),
            )
        if self.dates.count or numbers.count or numbers.odd or numbers.words:
            return Reading("text", coded=numbers.numeric and numbers.coded)
        return Reading("empty")


def _all_compact_dates(known: NDArray[np.float64]) -> bool:
    """Tell whether whole numbers all read as YYYYMMDD between 1850 and 2100."""
    month, day = known // 100 % 100, known % 100
    inside = (known > 18_500_000) & (known < 21_010_000) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool(inside.all())


def _any_point(values: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(values, ".")).as_py())


def scan(batches: Iterable[Batch], names: tuple[str, ...], decimal: str) -> tuple[dict[str, Reading], list[int]]:
    """Return how to read each column, and the number of rows of each file, after one walk over `batches`."""
    columns = {name: _ColumnScan() for name in names}
    rows: list[int] = []
    for batch in batches:
        rows.extend([0] * (batch.file + 1 - len(rows)))
        rows[batch.file] += batch.rows
        for name, values in batch.columns.items():
            columns[name].feed(values, decimal)
    return {name: column.reading() for name, column in columns.items()}, rows
