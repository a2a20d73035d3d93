"""The second walk over a table: filling each column, once it is known what it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.cells import date_pattern, dates_of, missing_mask, numbers_of, plain_numbers
from evaluator.intake.scan import Reading
from scorecards.local_text import LocalText

# Text whose values repeat at least this often on average is kept as category: small in memory, quick to encode.
_MIN_REPEATS = 2.0

_Cell = TypeVar("_Cell", np.float64, np.datetime64)


class ColumnBuilder:
    """Collects one column batch by batch and hands it over as a Series."""

    def __init__(self, name: str, reading: Reading, decimal: str) -> None:
        self._name = name
        self._reading = reading
        self._decimal = decimal
        self._arrays: list[NDArray[np.generic]] = []
        self._chunks: list[pa.Array] = []
        self._rows = 0

    def feed(self, values: pa.Array) -> None:
        """Take in the column's cells of one batch, text or typed (rows,)."""
        self._rows += len(values)
        holds = self._reading.holds
        if holds == "typed":
            self._chunks.append(values)
        elif holds == "text":
            self._chunks.append(_clean_text(values))
        elif holds in ("integer", "number"):
            self._arrays.append(self._numbers(values))
        elif holds == "date":
            self._arrays.append(_by_distinct(values, self._dates))

    def finish(self) -> pd.Series:
        """Return the whole column and forget its pieces."""
        holds = self._reading.holds
        if holds in ("typed", "text"):
            chunks, self._chunks = self._chunks, []
            return _typed_series(self._name, chunks) if holds == "typed" else _text_series(self._name, chunks)
        if holds == "empty":
            return pd.Series(np.full(self._rows, np.nan), name=self._name)
        arrays, self._arrays = self._arrays, []
        whole = np.concatenate(arrays) if arrays else np.empty(0)
        return pd.Series(whole, name=self._name, copy=False)

    def _numbers(self, values: pa.Array) -> NDArray[np.generic]:
        plain = plain_numbers(values) if self._reading.plain else None
        numbers = _by_distinct(values, lambda texts: numbers_of(texts, self._decimal)) if plain is None else plain
        if self._reading.infinite:
            numbers[np.isinf(numbers)] = np.nan
        return numbers.astype(np.int64) if self._reading.holds == "integer" else numbers

    def _dates(self, texts: pa.Array) -> NDArray[np.datetime64]:
        if self._reading.pattern == "YYYYMMDD":
            texts = pc.replace_substring_regex(texts, r"\.0*$", "")
        return dates_of(texts, date_pattern(self._reading.pattern))


def _by_distinct(values: pa.Array, convert: Callable[[pa.Array], NDArray[_Cell]]) -> NDArray[_Cell]:
    """Convert each distinct text once and spread the results over the rows; missing cells get NaN or NaT."""
    encoded = values.dictionary_encode()
    converted = convert(encoded.dictionary)
    # One cell more than there are distinct texts: NaN or NaT, where the missing ones point.
    with_blank = np.full(len(converted) + 1, np.nan if converted.dtype.kind == "f" else "NaT", dtype=converted.dtype)
    with_blank[:-1] = converted
    positions = pc.fill_null(encoded.indices, len(converted)).to_numpy(zero_copy_only=False)
    return np.asarray(with_blank[positions])


def _clean_text(values: pa.Array) -> pa.Array:
    """Return text dictionary-encoded, trimmed, with missing spellings turned into nulls."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if not pa.types.is_string(values.type):
        values = values.cast(pa.string())
    encoded = values.dictionary_encode()
    texts = encoded.dictionary
    cleaned = pc.utf8_trim_whitespace(texts)
    missing = missing_mask(texts, unknown=False)
    if missing.any():
        cleaned = pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), cleaned)
    if cleaned.equals(texts):
        return encoded
    return cleaned.take(encoded.indices).dictionary_encode()


def _text_series(name: str, chunks: list[pa.Array]) -> pd.Series:
    merged = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    chunks.clear()
    if isinstance(merged, pa.ChunkedArray):
        merged = merged.chunk(0)
    texts = merged.dictionary
    filled = len(merged) - merged.null_count
    if filled < _MIN_REPEATS * len(texts):
        return pd.Series(pd.array(merged.cast(pa.string()), dtype=pd.StringDtype("pyarrow")), name=name)
    order = pc.array_sort_indices(texts)
    rank = np.empty(len(texts), dtype=np.int64)
    rank[order.to_numpy(zero_copy_only=False)] = np.arange(len(texts))
    codes = np.append(rank, -1)[pc.fill_null(merged.indices, len(texts)).to_numpy(zero_copy_only=False)]
    categories = pd.Index(texts.take(order).to_pylist(), dtype=pd.StringDtype("pyarrow"))
    return pd.Series(pd.Categorical.from_codes(codes, categories=categories), name=name)


def _typed_series(name: str, chunks: list[pa.Array]) -> pd.Series:
    """Return a column whose file knows its type (Parquet)."""
    types = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    if len(types) == 1:
        type_ = types.pop()
    elif all(pa.types.is_integer(t) or pa.types.is_floating(t) or pa.types.is_decimal(t) for t in types):
        type_ = pa.float64()
    elif all(pa.types.is_temporal(t) for t in types):
        type_ = pa.timestamp("us")
    else:
        type_ = pa.string()
    try:
        whole = pa.chunked_array([chunk.cast(type_) for chunk in chunks], type=type_)
        return _from_arrow(name, whole, type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            LocalText(
                ja=f"列「{name}」の型 {type_} は扱えません。",
                en=f"Column “{name}” has the type {type_}, which can't be used.",
            ),
            cure=LocalText(
                ja="数値・文字列・日付の列にするか、この列を除いてください。",
                en="Turn it into numbers, text or dates, or drop it.",
            ),
        ) from error


def _from_arrow(name: str, whole: pa.ChunkedArray, type_: pa.DataType) -> pd.Series:
    if pa.types.is_boolean(type_):
        return _text_series(name, [_clean_text(_title(chunk)) for chunk in whole.chunks])
    if pa.types.is_decimal(type_):
        whole = whole.cast(pa.float64())
    elif pa.types.is_duration(type_):
        seconds = whole.cast(pa.duration("us")).cast(pa.int64()).to_numpy() / 1e6
        return pd.Series(seconds, name=name)
    elif pa.types.is_date(type_) or pa.types.is_timestamp(type_):
        whole = whole.cast(pa.timestamp("us"))
    elif pa.types.is_time(type_) or pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return _text_series(name, [_clean_text(chunk.cast(pa.string())) for chunk in whole.chunks])
    values = np.array(whole.to_numpy())
    if values.dtype.kind == "f":
        values[np.isinf(values)] = np.nan
    if values.dtype.kind in "OSU":
        raise pa.ArrowNotImplementedError(str(type_))
    return pd.Series(values, name=name, copy=False)


def _title(chunk: pa.Array) -> pa.Array:
    return pc.if_else(chunk, "True", "False")
