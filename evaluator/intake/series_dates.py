"""Times that the general reading of tables leaves as text or numbers: dates of unsure order, Unix time, digits, years.

Where a cell leaves more than one reading, the user is asked: which column, an example, and how to answer.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.errors import DataError
from scorecards.local_text import LocalText

Times = NDArray[np.datetime64]

DATE_ORDERS = ("dmy", "mdy", "ymd")
_PARTED = (
    r"^\s*(\d{1,4})(?:[-/.]|年 ?)(\d{1,2})(?:[-/.]|月 ?)(\d{1,4})日?"
    r"(?:(?:[T ]+|(?<=日))(\d{1,2})(?:[.:時] ?(\d{1,2})(?:[.:分] ?(\d{1,2})(?:\.\d+)?秒?)?分?|時))?\s*$"
)
SEE_OPTION = LocalText(
    ja="日時の列を --option time=列名 で指定してください (複数の列は year+month+day のように + でつなぎます)。",
    en="Name the column of times with --option time=COLUMN (join several by +, as in year+month+day).",
)


def holds_times(series: pd.Series) -> bool:
    """Tell whether text or numbers look like times."""
    try:
        return (
            bool(np.isfinite(_epoch(series)).any()) if pd.api.types.is_numeric_dtype(series) else _looks_parted(series)
        )
    except (ValueError, TypeError):
        return False


def _looks_parted(series: pd.Series) -> bool:
    known = series.dropna().astype("str")
    return bool(len(known)) and float(known.head(1_000).str.match(_PARTED).mean()) > 0.9


def _epoch(series: pd.Series) -> NDArray[np.float64]:
    """Return seconds since 1970 of numbers: Unix time in (milli)seconds, YYYYMMDDhhmm(ss), a year; NaN if none."""
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    nothing = np.full(len(numbers), np.nan)
    if not len(known) or (known % 1 != 0).any():
        return nothing
    low, high = known.min(), known.max()
    if low >= 1e8 and high < 4e9:
        return numbers
    if low >= 1e11 and high < 4e12 and not _compact_fits(known):
        return np.asarray(numbers / 1_000)
    if _compact_fits(known):
        digits = pd.Series(np.where(np.isfinite(numbers), numbers, 0)).astype("int64").astype(str)
        stamps = pd.to_datetime(digits.str.ljust(14, "0"), format="%Y%m%d%H%M%S", errors="coerce")
        seconds = stamps.to_numpy(dtype="datetime64[s]").astype(np.float64)
        return np.where(np.isnat(stamps.to_numpy()), np.nan, seconds)
    if low >= 1500 and high <= 2500:
        years = np.where(np.isfinite(numbers), numbers - 1970, 0).astype("datetime64[Y]")
        return np.where(np.isfinite(numbers), years.astype("datetime64[s]").astype(np.float64), np.nan)
    return nothing


def _compact_fits(known: NDArray[np.float64]) -> bool:
    for digits in (12, 14):
        if (known >= 1.8 * 10 ** (digits - 1)).all() and (known < 2.2 * 10 ** (digits - 1)).all():
            month = known // 10 ** (digits - 6) % 100
            return bool(((month >= 1) & (month <= 12)).all())
    return False


def times_of(series: pd.Series, name: str, date_order: str) -> tuple[Times, str]:
    """Return the times of text or numbers, and the order of its dates ('' for numbers). Raises DataError."""
    if pd.api.types.is_numeric_dtype(series):
        seconds = _epoch(series)
        if not np.isfinite(seconds).any():
            raise _unreadable(name, str(series.dropna().iloc[0]) if series.notna().any() else "")
        times = np.where(np.isfinite(seconds), seconds, 0).astype("datetime64[s]")
        times[~np.isfinite(seconds)] = np.datetime64("NaT")
        return times, ""
    text = series.astype("str")
    parts = text.str.extract(_PARTED).apply(pd.to_numeric, errors="coerce")
    read = parts[0].notna() & series.notna()
    odd = series.notna() & ~read
    if odd.sum() > 0.02 * len(series) or not read.any():
        raise _unreadable(name, str(series[odd].iloc[0]) if odd.any() else "")
    fitting = [order for order in DATE_ORDERS if _fits(parts[read], order)]
    if not fitting:
        raise _mixed(name, text[read], parts[read])
    if date_order and date_order not in fitting:
        raise contradicted_order(name, date_order)
    if len(fitting) > 1 and not date_order:
        raise ambiguous_dates(name, tuple(fitting), str(text[read].iloc[0]))
    order = date_order or fitting[0]
    dates = _dated(parts, order)
    clock = parts[3].fillna(0) * 3600 + parts[4].fillna(0) * 60 + parts[5].fillna(0)
    times = dates + clock.to_numpy().astype("timedelta64[s]")
    times[~read.to_numpy()] = np.datetime64("NaT")
    return times, order


def _dated(parts: pd.DataFrame, order: str) -> Times:
    """Return the dates of three numbers in `order`; years of two digits: 1970–2069; NaT where there is no such day."""
    place = {letter: index for index, letter in enumerate(order)}
    year = parts[place["y"]]
    year = year.where(year >= 100, year + np.where(year < 70, 2000, 1900))
    table = pd.DataFrame({"year": year, "month": parts[place["m"]], "day": parts[place["d"]]})
    return np.asarray(pd.to_datetime(table, errors="coerce").to_numpy(dtype="datetime64[s]"))


def _fits(parts: pd.DataFrame, order: str) -> bool:
    place = {letter: index for index, letter in enumerate(order)}
    if (parts[place["d"]] > 31).any() or (parts[place["m"]] > 12).any():
        return False
    return not np.isnat(_dated(parts.drop_duplicates(subset=[0, 1, 2]), order)).any()


def ambiguous_dates(name: str, orders: tuple[str, ...], example: str) -> DataError:
    """Return the question which of several orders is meant."""
    shown = {
        "dmy": ("日/月/年", "day/month/year"),
        "mdy": ("月/日/年", "month/day/year"),
        "ymd": ("年/月/日", "year/month/day"),
    }
    ja, en = ("、".join(shown[one][0] for one in orders), " or ".join(shown[one][1] for one in orders))
    choice = "|".join(orders)
    return DataError(
        LocalText(
            ja=f"列「{name}」の日付 (例: {example}) は、すべての行が複数の読み方 ({ja}) で読めます。",
            en=f"Every date in '{name}' (for instance {example}) can be read in more than one way ({en}).",
        ),
        where=name,
        cure=LocalText(
            ja=f"--option date_order={choice} のいずれかで順序を指定してください。",
            en=f"Say which it is: --option date_order={choice}.",
        ),
    )


def contradicted_order(name: str, date_order: str) -> DataError:
    """Return the error for dates that don't exist in the order given."""
    return DataError(
        LocalText(
            ja=f"列「{name}」の日付は、指定された順序 {date_order} では読めません。",
            en=f"The dates in '{name}' can't be read in the order given, {date_order}.",
        ),
        where=name,
        cure=LocalText(
            ja="date_order の指定を外すか、正しい順序を指定してください。", en="Leave date_order out, or correct it."
        ),
    )


def _mixed(name: str, text: pd.Series, parts: pd.DataFrame) -> DataError:
    """Return the error for dates of which no order fits all; it shows two rows that contradict each other."""
    shown = []
    for order in permutations("dmy"):
        good = ~np.isnat(_dated(parts, "".join(order))) & (parts[order.index("d")] <= 31).to_numpy()
        if good.any() and not good.all():
            shown = [str(text[good].iloc[0]), str(text[~good].iloc[0])]
            break
    told = " / ".join(shown) or str(text.iloc[0])
    return DataError(
        LocalText(
            ja=f"列「{name}」の日付の順序が行によって異なるか、存在しない日付があります ({told})。",
            en=f"The dates in '{name}' differ in their order, or don't exist ({told}).",
        ),
        where=name,
        cure=LocalText(
            ja="日付を 2025-03-04 のような形にそろえてください。", en="Write all dates alike, as in 2025-03-04."
        ),
    )


def _unreadable(name: str, example: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"列「{name}」を日時として読めません (例: {example})。",
            en=f"'{name}' can't be read as times (for instance {example}).",
        ),
        where=name,
        cure=SEE_OPTION,
    )
