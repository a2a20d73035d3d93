"""How far apart the rows are: the step of a time series, found from the times alone, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import DataError
from scorecards.local_text import LocalText

Times = NDArray[np.datetime64]
Unit = Literal["second", "month"]

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
SNAP = 0.05
"""Times this share of a step off the grid count as on it."""
_MONTH_DAYS = ((1, 28, 31), (3, 89, 92), (6, 181, 184), (12, 365, 366))
# A second distance between rows makes a change of frequency where so many rows in a row keep it …
_RUN = 6
# … and such runs cover this share of the whole time.
_SHARE = 0.08
_REGULAR = 0.5
_NICE = (
    *(WEEK, DAY, 12 * HOUR, 8 * HOUR, 6 * HOUR, 4 * HOUR, 3 * HOUR, 2 * HOUR, HOUR),
    *(30 * MINUTE, 20 * MINUTE, 15 * MINUTE, 10 * MINUTE, 5 * MINUTE, MINUTE, 1),
)
"""Steps that clocks keep: what is a little off one of them is meant to be it."""


@dataclass(frozen=True)
class Step:
    """The grid's step: `size` seconds or months. `start`: time of its first point. `finer`: a finer step, merged."""

    unit: Unit
    size: int
    start: np.datetime64
    finer: int = 0

    def positions(self, times: Times) -> NDArray[np.int64]:
        """Return the grid position nearest to each time (rows,)."""
        if self.unit == "month":
            months = times.astype("datetime64[M]") - self.start.astype("datetime64[M]")
            return np.asarray(months.astype(np.int64) // self.size)
        seconds = (times - self.start).astype("timedelta64[s]").astype(np.int64)
        return np.asarray((seconds + (0 if self.finer else self.size // 2)) // self.size)

    def off(self, times: Times) -> NDArray[np.float64]:
        """Return how far each time is from its grid point, as a share of the step."""
        if self.unit == "month":
            return np.zeros(len(times))
        seconds = (times - self.start).astype("timedelta64[s]").astype(np.int64)
        return np.asarray(np.abs(seconds - self.positions(times) * self.size) / self.size)

    def times(self, count: int) -> Times:
        """Return the first `count` grid points (count,) datetime64[s]."""
        if self.unit == "month":
            first = self.start.astype("datetime64[M]")
            return np.asarray((first + np.arange(count) * self.size).astype("datetime64[s]"))
        return np.asarray(self.start.astype("datetime64[s]") + np.arange(count) * np.timedelta64(self.size, "s"))

    @property
    def season(self) -> int:
        """Return the usual period in steps: a day, an hour of minutes, a week of days, a year of months; else 1."""
        if self.unit == "month":
            return max(12 // self.size, 1)
        if self.size < 5 * MINUTE:
            return max((HOUR if self.size >= 10 else MINUTE) // self.size, 1)
        if self.size < DAY:
            return max(round(DAY / self.size), 1)
        if self.size == DAY:
            return 7
        return 52 if self.size == WEEK else 1

    @property
    def name(self) -> LocalText:
        """Return the step in words."""
        if self.unit == "month":
            return _counted(self.size, "か月", "month")
        for seconds, ja, en in (
            (WEEK, "週間", "week"),
            (DAY, "日", "day"),
            (HOUR, "時間", "hour"),
            (MINUTE, "分", "minute"),
        ):
            if self.size % seconds == 0:
                return _counted(self.size // seconds, ja, en)
        return _counted(self.size, "秒", "second")


def _counted(count: int, ja: str, en: str) -> LocalText:
    return LocalText(ja=f"{count} {ja}", en=f"{count} {en}{'' if count == 1 else 's'}")


def find_step(times: Times, site: NDArray[np.int64]) -> Step:
    """Return the step of the rows. `times`: (rows,) datetime64[s] without NaT; `site`: (rows,) codes.

    Where the frequency changes and each distance is a multiple of the finer one, the coarsest is taken and the finer
    rows are merged (`Step.finer`). Raises DataError where rows are too few or keep no step at all.
    """
    order = np.lexsort((times, site))
    ordered, sites = times[order], site[order]
    distances = np.diff(ordered).astype("timedelta64[s]").astype(np.int64)
    distances = distances[(np.diff(sites) == 0) & (distances > 0)]
    if len(distances) < 10:
        raise _too_few(len(times))
    months = _months(ordered, distances)
    if months:
        return Step("month", months, ordered.min().astype("datetime64[M]").astype("datetime64[s]"))
    size = _usual(distances)
    steps = _kept(distances, size)
    coarse = max(steps)
    if any(coarse % one for one in steps):
        raise _changes(sorted(steps))
    finer = size if coarse > size else 0
    if finer == 0 and min(steps) < size:
        finer = min(steps)
    seconds = ordered.astype("datetime64[s]").astype(np.int64)
    if finer:
        phase = 0
    else:
        phases, counts = np.unique(seconds % coarse, return_counts=True)
        phase = int(phases[counts.argmax()])
    first = (int(seconds.min()) - phase + (0 if finer else coarse // 2)) // coarse * coarse + phase
    step = Step("second", coarse, np.datetime64(first, "s"), finer)
    if not finer and (step.off(ordered) > 0.25).mean() > _REGULAR / 2:
        raise _irregular()
    return step


def _usual(distances: NDArray[np.int64]) -> int:
    """Return the most frequent distance, those that differ by a few percent (jitter) counted together."""
    values, counts = np.unique(distances, return_counts=True)
    exact = int(values[counts.argmax()])
    near = np.abs(distances - exact) <= max(exact * SNAP, 1)
    if near.mean() >= 0.3:
        return next((nice for nice in _NICE if abs(exact - nice) <= 0.01 * nice), exact)
    median = int(np.median(distances))
    for nice in _NICE:
        if abs(median - nice) <= 0.25 * nice and (np.abs(distances - nice) <= 0.25 * nice).mean() >= _REGULAR:
            return nice
    if near.mean() < 0.2:
        raise _irregular()
    return exact


def _months(ordered: Times, distances: NDArray[np.int64]) -> int:
    """Return the step in whole months, 0 where the rows don't follow the calendar's months."""
    days = distances / DAY
    in_month = (ordered - ordered.astype("datetime64[M]").astype("datetime64[s]")).astype(np.int64) // DAY
    last = ((ordered.astype("datetime64[D]") + 1).astype("datetime64[M]") != ordered.astype("datetime64[M]")).mean()
    if len(np.unique(in_month)) > 1 and last < 0.9:
        return 0
    for months, low, high in _MONTH_DAYS:
        if ((days >= low) & (days <= high)).mean() > _REGULAR:
            return months
    return 0


def _kept(distances: NDArray[np.int64], size: int) -> set[int]:
    """Return the usual distance and every other that rows keep for long: where the frequency changed."""
    kept = {size}
    change = np.flatnonzero(np.abs(np.diff(distances)) > 1)
    starts = np.append(0, change + 1)
    lengths = np.diff(np.append(starts, len(distances)))
    whole = float(distances.sum())
    long = lengths >= _RUN
    for distance in np.unique(distances[starts[long]]):
        covered = float((lengths * distances[starts])[long & (distances[starts] == distance)].sum())
        far = abs(int(distance) - size) > max(size * SNAP, 1)
        if far and (
            covered > _SHARE * whole or lengths[long & (distances[starts] == distance)].sum() > 0.2 * len(distances)
        ):
            kept.add(int(distance))
    return kept


def _too_few(rows: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"日時の異なる行が少なすぎて、時系列として扱えません ({rows:,} 行)。",
            en=f"Too few rows with different times for a time series ({rows:,} rows).",
        ),
        cure=LocalText(
            ja="長い期間のデータを指定し、日時の列 (--option time=列名) と拠点の列 (--site) もご確認ください。",
            en="Give a longer period; check the column of times (--option time=COLUMN) and of sites (--site) as well.",
        ),
    )


def _irregular() -> DataError:
    return DataError(
        LocalText(ja="行の時間間隔が一定ではありません。", en="The rows keep no regular distance in time."),
        cure=LocalText(
            ja="1 時間ごと、1 日ごとなど、一定の間隔に集計してから指定してください。",
            en="Summarise them to a regular step, such as one row an hour or a day.",
        ),
    )


def _changes(steps: list[int]) -> DataError:
    names = [Step("second", size, np.datetime64(0, "s")).name for size in steps]
    return DataError(
        LocalText(
            ja=f"途中で時間間隔が変わり、そろえられません ({'、'.join(name.ja for name in names)})。",
            en=f"The step changes on the way and can't be made even ({', '.join(name.en for name in names)}).",
        ),
        cure=LocalText(
            ja="同じ間隔の期間だけにするか、一定の間隔に集計してから指定してください。",
            en="Take a period of one step, or summarise the rows to a regular step.",
        ),
    )
