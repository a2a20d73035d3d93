"""A table's rows on an even grid of times, one line a site: duplicates merged, gaps found, each repair counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.series_step import SNAP, Step, find_step
from scorecards.local_text import LocalText

Times = NDArray[np.datetime64]

MOST_CELLS = 40_000_000
FILL_LIMIT = 6
"""Steps: a gap of at most so many is filled for the inputs; what is filled is never scored."""
_MANY_DUPLICATES = 0.3


@dataclass(frozen=True)
class SeriesGrid:
    """The series of all sites on one grid of times.

    values: (sites, times) float64, NaN where missing; covariates: (sites, times, c) float32, NaN where missing.
    sites: names in the order of the lines, ('',) where there are none. repairs: what was mended, each with its count.
    """

    step: Step
    sites: tuple[str, ...]
    values: NDArray[np.float64]
    covariates: NDArray[np.float32]
    covariate_names: tuple[str, ...]
    repairs: tuple[LocalText, ...]

    @property
    def length(self) -> int:
        """Return the number of grid points."""
        return int(self.values.shape[1])


def to_grid(
    times: Times,
    site: NDArray[np.int64],
    names: tuple[str, ...],
    values: NDArray[np.float64],
    covariates: NDArray[np.float32],
    covariate_names: tuple[str, ...],
) -> SeriesGrid:
    """Return the rows on a grid. times: (rows,) datetime64[s], NaT where unknown; site: (rows,) index into `names`.

    Raises DataError where the times keep no step, span too long, or repeat because sites were not told apart.
    """
    usable = ~np.isnat(times) & (site >= 0)
    repairs = _unusable(times, site)
    times, site, values, covariates = times[usable], site[usable], values[usable], covariates[usable]
    if not len(times):
        raise _no_times()
    backward = int(((np.diff(times.astype(np.int64)) < 0) & (np.diff(site) == 0)).sum())
    if backward:
        repairs.append(
            LocalText(
                ja=f"時刻の順に並んでいない箇所が {backward:,} か所あったため、並べ替えました。",
                en=f"Rows were sorted by time ({backward:,} stood before an earlier one).",
            )
        )
    step = find_step(times, site)
    position = step.positions(times)
    if len(names) == 1 and not step.finer:
        _check_one_series(position, values)
    length = int(position.max()) + 1
    if length * len(names) * (1 + covariates.shape[1] / 2) > MOST_CELLS:
        raise _too_long(times, step, length)
    repairs += _steps_told(step, times)
    cell = site * length + position
    repairs += _duplicates(cell, values, merged=bool(step.finer))
    cells = len(names) * length
    grid = _mean(cell, values, cells).reshape(len(names), length)
    columns = [_mean(cell, covariates[:, index], cells) for index in range(covariates.shape[1])]
    stacked = np.stack(columns, axis=1) if columns else np.zeros((cells, 0))
    shaped = stacked.astype(np.float32).reshape(len(names), length, covariates.shape[1])
    repairs += _gaps(grid)
    return SeriesGrid(step, names, grid, shaped, covariate_names, tuple(repairs))


def _mean(
    cell: NDArray[np.int64], values: NDArray[np.float64] | NDArray[np.float32], cells: int
) -> NDArray[np.float64]:
    """Return each cell's mean of the known values, NaN where there is none."""
    known = np.isfinite(values)
    count = np.bincount(cell[known], minlength=cells)
    total = np.bincount(cell[known], weights=values[known], minlength=cells)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(count > 0, total / count, np.nan))


def filled(values: NDArray[np.float64], limit: int = FILL_LIMIT) -> NDArray[np.float64]:
    """Return (sites, times) with inner gaps of at most `limit` steps interpolated linearly; longer ones stay NaN.

    A forecast starts only where the value is known, so that nothing after its start enters its history.
    """
    out = values.copy()
    for line in out:
        known = np.flatnonzero(np.isfinite(line))
        for left in np.flatnonzero(np.diff(known) > 1):
            start, end = int(known[left]), int(known[left + 1])
            if end - start - 1 <= limit:
                line[start + 1 : end] = np.interp(np.arange(start + 1, end), [start, end], [line[start], line[end]])
    return out


def carried(values: NDArray[np.float32], limit: int = FILL_LIMIT) -> NDArray[np.float32]:
    """Return (sites, times, c) with the last known value carried on over at most `limit` steps: it looks back only."""
    out = values.copy()
    for _ in range(limit):
        hole = np.isnan(out[:, 1:])
        out[:, 1:][hole] = out[:, :-1][hole]
    return out


def gap_lengths(line: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the lengths of the gaps between known values of (times,)."""
    known = np.flatnonzero(np.isfinite(line))
    lengths = np.diff(known) - 1
    return np.asarray(lengths[lengths > 0])


def _gaps(grid: NDArray[np.float64]) -> list[LocalText]:
    lengths = np.concatenate([gap_lengths(line) for line in grid])
    if not len(lengths):
        return []
    short, long = lengths[lengths <= FILL_LIMIT], lengths[lengths > FILL_LIMIT]
    ja = f"欠けている値が {int(lengths.sum()):,} 個 ({len(lengths):,} か所) あります。"
    en = f"{count_of(int(lengths.sum()), 'value')} missing, in {count_of(len(lengths), 'gap')}."
    if len(short):
        filled_in = int(short.sum())
        ja += f"{FILL_LIMIT} 点以内の {len(short):,} か所 ({filled_in:,} 個) は入力用に補間し、採点には使いません。"
        en += (
            f" Interpolated for the inputs, and never scored: {count_of(filled_in, 'value')} in "
            f"{count_of(len(short), 'gap')} of up to {FILL_LIMIT} steps."
        )
    if len(long):
        ja += f"{FILL_LIMIT} 点を超える {len(long):,} か所は欠損のまま扱います。"
        en += f" Left missing: {count_of(len(long), 'longer gap')}."
    return [LocalText(ja=ja, en=en)]


def _unusable(times: Times, site: NDArray[np.int64]) -> list[LocalText]:
    told = []
    unknown = int(np.isnat(times).sum())
    if unknown:
        told.append(
            LocalText(
                ja=f"{len(times):,} 行のうち、日時を読めない {unknown:,} 行を除きました。",
                en=f"{unknown:,} of {count_of(len(times), 'row')} left out: the time can't be read.",
            )
        )
    nowhere = int((site < 0).sum())
    if nowhere:
        told.append(
            LocalText(
                ja=f"{len(times):,} 行のうち、拠点が空欄の {nowhere:,} 行を除きました。",
                en=f"{nowhere:,} of {count_of(len(times), 'row')} left out: no site is named.",
            )
        )
    return told


def _check_one_series(position: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    """Raise DataError where times repeat with other values: several series lie in one table."""
    known = np.isfinite(values)
    if not known.any():
        return
    _, counts = np.unique(position[known], return_counts=True)
    if (counts > 1).mean() > _MANY_DUPLICATES and np.median(counts[counts > 1]) == counts[counts > 1].max() > 1:
        rounds = int(counts.max())
        pairs = np.unique(np.stack([position[known], values[known]], axis=1), axis=0)
        if len(pairs) > 1.2 * len(counts):
            raise DataError(
                LocalText(
                    ja=f"同じ日時の行が {rounds} 行ずつあります。複数の系列が 1 つの表に入っているようです。",
                    en=f"Times repeat {rounds} times each: several series seem to lie in one table.",
                ),
                cure=LocalText(
                    ja="系列を区別する列 (店舗、地点など) を --site で指定してください。",
                    en="Name the column that tells them apart (store, station …) with --site.",
                ),
            )


def _duplicates(cell: NDArray[np.int64], values: NDArray[np.float64], *, merged: bool) -> list[LocalText]:
    order = np.lexsort((values, cell))
    same_cell = np.diff(cell[order]) == 0
    count = int(same_cell.sum())
    if not count or merged:
        return []
    ordered = values[order]
    left, right = ordered[:-1][same_cell], ordered[1:][same_cell]
    equal = int(((left == right) | (np.isnan(left) & np.isnan(right))).sum())
    return [
        LocalText(
            ja=f"同じ日時の行が {count:,} 行余分にありました。値が同じ {equal:,} 行は 1 行とし、"
            f"値の異なる {count - equal:,} 行は平均しました。",
            en=f"{count_of(count, 'row')} at the time of another: {equal:,} with the same value were dropped, "
            f"{count - equal:,} with another value were averaged.",
        )
    ]


def _steps_told(step: Step, times: Times) -> list[LocalText]:
    if step.finer:
        finer = Step("second", step.finer, step.start).name
        return [
            LocalText(
                ja=f"時間間隔が途中で変わるため ({finer.ja}と{step.name.ja})、{step.name.ja}ごとの平均にそろえました。",
                en=f"The step changes on the way ({finer.en} and {step.name.en}): all was averaged to {step.name.en}.",
            )
        ]
    off = step.off(times)
    moved = int((off > SNAP).sum())
    if not moved:
        return []
    return [
        LocalText(
            ja=f"{step.name.ja}の間隔から外れた {moved:,} 行を、最も近い時刻に寄せました。",
            en=f"{count_of(moved, 'row')} off the step of {step.name.en}, moved to the nearest time.",
        )
    ]


def _no_times() -> DataError:
    return DataError(
        LocalText(ja="日時を読める行がありません。", en="No row has a time that can be read."),
        cure=LocalText(
            ja="日時の列を --option time=列名 で指定してください。",
            en="Name the column of times: --option time=COLUMN.",
        ),
    )


def _too_long(times: Times, step: Step, length: int) -> DataError:
    low, high = (str(one.astype("datetime64[D]")) for one in (times.min(), times.max()))
    return DataError(
        LocalText(
            ja=f"{low} から {high} まで {step.name.ja}間隔では {length:,} 点になり、長すぎます。",
            en=f"From {low} to {high} in steps of {step.name.en} there are {length:,} points: too many.",
        ),
        cure=LocalText(
            ja="誤った日時 (1900 年など) の行がないか確認し、期間や拠点を減らすか、より粗い間隔に集計してください。",
            en="Look for wrong times (such as 1900), take fewer years or sites, or summarise to a coarser step.",
        ),
    )
