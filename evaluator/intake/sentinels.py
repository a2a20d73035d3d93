"""Numbers that stand for 'missing': −999, 9999, −200 … An extreme value that repeats, far from all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# The same far-off value in this many columns is no coincidence: it is read as missing. In fewer it is only reported.
SURE_COLUMNS = 3
_MIN_COUNT = 5
_MIN_SHARE = 0.005


def suspected_missing(values: NDArray[np.float64]) -> tuple[float, int] | None:
    """Return an extreme of `values` (rows,; NaN is missing) that looks like a code for 'missing', and its count."""
    known = values[~np.isnan(values)]
    if len(known) < 4 * _MIN_COUNT:
        return None
    low, high = float(known.min()), float(known.max())
    for extreme in (low, high):
        if extreme % 1 != 0 or extreme == 0:
            continue
        count = int((known == extreme).sum())
        if count < max(_MIN_COUNT, _MIN_SHARE * len(known)) or count == len(known):
            continue
        rest = known[known != extreme]
        if len(np.unique(rest[:10_000])) < 3:
            continue
        rest_low, rest_high = float(rest.min()), float(rest.max())
        far = (rest_low - extreme if extreme == low else extreme - rest_high) > rest_high - rest_low
        only_negative = extreme == low and extreme < 0 <= rest_low
        nines = abs(extreme) >= 99 and set(str(abs(int(extreme)))) == {"9"}
        if (extreme < 0 and far) or only_negative or (nines and far):
            return extreme, count
    return None


def drop_sentinels(columns: dict[str, pd.Series]) -> dict[str, tuple[float, int]]:
    """Turn values that surely stand for 'missing' into NaN within `columns`; return them and their counts."""
    suspects: dict[str, tuple[float, int]] = {}
    for name, series in columns.items():
        if pd.api.types.is_numeric_dtype(series):
            found = suspected_missing(series.to_numpy(dtype=np.float64))
            if found is not None and abs(found[0]) >= 9:
                suspects[name] = found
    sure = _shared(suspects)
    dropped = {name: found for name, found in suspects.items() if found[0] in sure}
    for name, (value, _) in dropped.items():
        columns[name] = columns[name].astype(np.float64).mask(columns[name] == value)
    return dropped


def _shared(suspects: Mapping[str, tuple[float, int]]) -> set[float]:
    counts = Counter(value for value, _ in suspects.values())
    return {value for value, columns in counts.items() if columns >= SURE_COLUMNS}
