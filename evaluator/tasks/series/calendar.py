"""What the calendar says of each step: phases of the day, the week and the year as sine and cosine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.series_step import DAY, Step

YEAR_DAYS = 365.2425
_DAY_FEATURES = ("day_sin", "day_cos")
_WEEK_FEATURES = ("week_sin", "week_cos", "weekend")
_YEAR_FEATURES = ("year_sin", "year_cos")


def calendar(step: Step, count: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return names and values (count, k) of the first `count` grid points; phases no shorter than two steps."""
    times = step.times(count)
    seconds = times.astype("datetime64[s]").astype(np.int64)
    names: list[str] = []
    columns: list[NDArray[np.float64]] = []
    if step.unit == "second" and step.size <= DAY // 2:
        names += _DAY_FEATURES
        columns += _phase(seconds % DAY / DAY)
    if step.unit == "second" and step.size <= DAY:
        day = seconds // DAY + 3  # 1 January 1970 was a Thursday: day 0 is a Monday
        names += _WEEK_FEATURES
        columns += [*_phase(day % 7 / 7), (day % 7 >= 5).astype(np.float64)]
    if step.unit == "second" or step.size < 12:
        since = (times.astype("datetime64[D]") - times.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
        names += _YEAR_FEATURES
        columns += _phase(since / YEAR_DAYS)
    values = np.stack(columns, axis=1) if columns else np.zeros((count, 0))
    return tuple(names), values.astype(np.float32)


def _phase(share: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return [np.sin(2 * np.pi * share), np.cos(2 * np.pi * share)]
