"""When each row was: the column of times found, or put together from date and clock, or year, month, day and hour.

A date such as 03/04/2025 is never guessed: where day and month could be exchanged in every row, the user is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.names import words
from evaluator.intake.read import NOTES
from evaluator.intake.series_dates import (
    SEE_OPTION,
    ambiguous_dates,
    contradicted_order,
    holds_times,
    times_of,
)
from scorecards.local_text import LocalText

Times = NDArray[np.datetime64]

JOIN = "+"
"""Joins the names of columns that make up one time: 'date+time'."""
_TIME_NAMES = {
    *(
        "time",
        "date",
        "datetime",
        "timestamp",
        "when",
        "ds",
        "日時",
        "日付",
        "年月日",
        "時刻",
        "年月",
        "週",
        "計測日時",
    ),
    *("観測日時", "測定日時"),
}
_CLOCK_NAMES = {"time", "hour", "clock", "hr", "時刻", "時間", "時", "時間帯"}
_PART_NAMES = (
    ("year", {"year", "yyyy", "yr", "年", "西暦"}),
    ("month", {"month", "mm", "mo", "mon", "月"}),
    ("day", {"day", "dd", "dy", "日", "dayofmonth"}),
    ("hour", {"hour", "hh", "hr", "時", "時間"}),
    ("minute", {"minute", "min", "mi", "分"}),
)
_ORDER_OF_PATTERN = {"D/M/Y": "dmy", "M/D/Y": "mdy"}
_CLOCK = r"^\s*(\d{1,2})[.:時](\d{1,2})(?:[.:分](\d{1,2})(?:\.\d+)?秒?)?分?\s*$"


@dataclass(frozen=True)
class RowTimes:
    """Each row's time: (rows,) datetime64[s], NaT where it can't be read. `columns`: those it came from."""

    columns: tuple[str, ...]
    times: Times
    order: str


def row_times(frame: pd.DataFrame, asked: str, date_order: str) -> RowTimes:
    """Return the rows' times. `asked`: the columns joined by '+', '' to find them; `date_order`: '' or a DATE_ORDERS.

    `frame` comes from `read_table`. Raises DataError where no column tells the time, where day and month could be
    exchanged in every row and `date_order` is '', or where the dates contradict it.
    """
    names = _asked(frame, asked) if asked else _found(frame)
    if len(names) > 1 and _part(names[0]) == "year":
        return RowTimes(names, _from_parts(frame, names), "ymd")
    times, order = _whole(frame, names[0], date_order)
    if len(names) > 1:
        clock = clock_seconds(frame[names[1]])
        if clock is None:
            raise _no_clock(names[1])
        times = times.astype("datetime64[D]") + clock.astype("timedelta64[s]")
    return RowTimes(names, times.astype("datetime64[s]"), order)


def _asked(frame: pd.DataFrame, asked: str) -> tuple[str, ...]:
    names = (asked,) if asked in frame.columns else tuple(name.strip() for name in asked.split(JOIN))
    for name in names:
        if name not in frame.columns:
            shown = "、".join(str(one) for one in frame.columns[:10])
            raise DataError(
                LocalText(ja=f"日時の列「{name}」がありません。", en=f"There is no time column '{name}'."),
                where="options.time",
                cure=LocalText(ja=f"ある列: {shown}", en=f"Columns: {shown.replace('、', ', ')}"),
            )
    return names


def _found(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that tell the time: a date (with a clock beside it), parts of one, else text or numbers."""
    names = [str(name) for name in frame.columns]
    dates = [name for name in names if pd.api.types.is_datetime64_any_dtype(frame[name])]
    readable = dates or [name for name in names if _is_time_name(name) and holds_times(frame[name])]
    if readable:
        best = next((name for name in readable if _is_time_name(name)), readable[0])
        clock = None if _has_clock(frame[best]) else _clock_column(frame, best)
        return (best,) if clock is None else (best, clock)
    parts = {part: name for name in reversed(names) if (part := _part(name)) and _whole_numbers(frame[name])}
    found = []
    for part, _ in _PART_NAMES:
        if part not in parts:
            break
        found.append(parts[part])
    if len(found) >= 2:
        return tuple(found)
    if found:  # yearly figures
        return (found[0],)
    raise DataError(
        LocalText(ja="日時を表す列が見つかりません。", en="No column tells the time of a row."), cure=SEE_OPTION
    )


def _is_time_name(name: str) -> bool:
    split = words(name)
    return "".join(split) in _TIME_NAMES or any(word in _TIME_NAMES for word in split)


def part_of_time(name: str) -> bool:
    """Tell whether a column is named after a part of a time: year, month, day, hour, minute."""
    return bool(_part(name))


def _part(name: str) -> str:
    folded = "".join(words(name))
    return next((part for part, known in _PART_NAMES if folded in known), "")


def _whole_numbers(series: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(series):
        return False
    known = series.dropna()
    return bool(len(known)) and bool((known % 1 == 0).all())


def _has_clock(series: pd.Series) -> bool:
    if not pd.api.types.is_datetime64_any_dtype(series):
        return bool(series.dropna().astype("str").str.contains(r"\d[:時]\d", regex=True).any())
    known = series.dropna()
    return bool((known != known.dt.normalize()).any())


def _clock_column(frame: pd.DataFrame, date: str) -> str | None:
    for name in map(str, frame.columns):
        folded = "".join(words(name))
        if name != date and folded in _CLOCK_NAMES and clock_seconds(frame[name]) is not None:
            return name
    return None


def clock_seconds(series: pd.Series) -> NDArray[np.int64] | None:
    """Return times of day as seconds (rows,), missing as 0: '18:00', '18.00.00', '18時', hours 0–24 or HHMM numbers.

    None where some cell is no time of day.
    """
    known = series.dropna()
    if known.empty or pd.api.types.is_datetime64_any_dtype(series):
        return None
    if pd.api.types.is_numeric_dtype(series):
        numbers = series.fillna(0).to_numpy(dtype=np.float64)
        if (numbers % 1 != 0).any() or numbers.min() < 0:
            return None
        if numbers.max() <= 24:
            return np.asarray(numbers * 3600, dtype=np.int64)
        hours, minutes = numbers // 100, numbers % 100
        fits = bool((hours <= 24).all() and (minutes < 60).all())
        return np.asarray(hours * 3600 + minutes * 60, dtype=np.int64) if fits else None
    levels = pd.Index(known.astype("str").unique())
    parts = levels.to_series().str.extract(_CLOCK).fillna("0").astype(float)
    only_hours = levels.str.fullmatch(r"\s*\d{1,2}時?\s*")
    read = levels.to_series().str.fullmatch(_CLOCK).to_numpy() | only_hours
    if not read.all():
        return None
    hours = np.where(only_hours, levels.str.extract(r"(\d{1,2})")[0].astype(float), parts[0])
    if (hours > 24).any() or (parts[1] > 59).any():
        return None
    seconds = dict(zip(levels, hours * 3600 + parts[1] * 60 + parts[2], strict=True))
    return series.astype("str").map(seconds).fillna(0).to_numpy(dtype=np.int64)


def _from_parts(frame: pd.DataFrame, names: tuple[str, ...]) -> Times:
    numbers = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in names]
    year, month, day, hour, minute = [
        *numbers,
        *(np.full(len(frame), first) for first in (1.0, 1.0, 0.0, 0.0)[len(names) - 1 :]),
    ]
    good = np.isfinite(year + month + day + hour + minute) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    good &= (hour >= 0) & (hour <= 24) & (minute >= 0) & (minute <= 59) & (year >= 1000) & (year <= 2999)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0).astype("timedelta64[D]")
    good &= days.astype("datetime64[M]") == months
    seconds = np.where(good, hour * 3600 + minute * 60, 0).astype("timedelta64[s]")
    times: Times = days.astype("datetime64[s]") + seconds
    times[~good] = np.datetime64("NaT")
    return times


def _whole(frame: pd.DataFrame, name: str, date_order: str) -> tuple[Times, str]:
    """Return one column's times and the order of its dates ('' where it doesn't matter)."""
    series = frame[name]
    if not pd.api.types.is_datetime64_any_dtype(series):
        return times_of(series, name, date_order)
    times = cast("Times", series.to_numpy(dtype="datetime64[us]"))
    notes = cast(Mapping[str, Mapping[str, str]], frame.attrs.get(NOTES, {}))
    ambiguous = notes.get("ambiguous_dates", {}).get(name, "")
    order = _ORDER_OF_PATTERN.get(ambiguous or notes.get("dates", {}).get(name, ""), "")
    if ambiguous and not date_order:
        raise ambiguous_dates(name, ("dmy", "mdy"), _example(times, order))
    if not order:
        return times, ""
    if date_order in ("", order):
        return times, order
    if date_order == "ymd" or not ambiguous:
        raise contradicted_order(name, date_order)
    return _exchanged(times), date_order


def _exchanged(times: Times) -> Times:
    """Return the times with day and month exchanged; both are 12 at most."""
    whole = pd.DatetimeIndex(times)
    swapped = pd.to_datetime(
        pd.DataFrame({"year": whole.year, "month": whole.day, "day": whole.month}), errors="coerce"
    ).to_numpy()
    return np.asarray(swapped + (times - times.astype("datetime64[D]")))


def _example(times: Times, order: str) -> str:
    known = times[~np.isnat(times)]
    first = pd.Timestamp(known[0]) if len(known) else pd.Timestamp("2025-03-04")
    day, month = f"{first.day:02d}", f"{first.month:02d}"
    return f"{day}/{month}/{first.year}" if order == "dmy" else f"{month}/{day}/{first.year}"


def _no_clock(name: str) -> DataError:
    return DataError(
        LocalText(ja=f"列「{name}」を時刻として読めません。", en=f"'{name}' can't be read as times of day."),
        where=name,
        cure=LocalText(ja="18:00 のような形で書いてください。", en="Write them as in 18:00."),
    )
