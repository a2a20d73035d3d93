"""A time series from the user's table: which column is the time, the value, the site, the covariates; then the grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.batches import read_batches
from evaluator.intake.names import is_identifier_name, is_site_name, target_score
from evaluator.intake.read import NOTES, SITE_FILE, read_table, site_column
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.sentinels import suspected_missing
from evaluator.intake.series_files import opened
from evaluator.intake.series_grid import SeriesGrid, to_grid
from evaluator.intake.series_targets import no_target, not_numeric
from evaluator.intake.series_times import RowTimes, part_of_time, row_times
from evaluator.records import FILE_AS_SITE, ColumnKind, DataSource
from scorecards.local_text import LocalText

MOST_COVARIATES = 12
MOST_SITES = 5_000
_ZONE = re.compile(r"\d[:時.]\d{2}.*(Z|UTC|[-+]\d{2}:?\d{2})\s*$")
_CHOSEN = LocalText(ja="ご指定のとおりです。", en="As you chose.")


@dataclass(frozen=True)
class SeriesTable:
    """A table's series. `columns`: every column's kind, the target's and the covariates' 'numeric'.

    reasons: why, by 'target', 'site', 'time'. `time`: the columns of the time; `order`: of day, month and year or ''.
    """

    grid: SeriesGrid
    target: str
    site: str
    time: tuple[str, ...]
    order: str
    columns: Mapping[str, ColumnKind]
    reasons: Mapping[str, LocalText]


def read_series(
    source: DataSource,
    *,
    target: str = "",
    site: str | None = None,
    time: str = "",
    date_order: str = "",
    covariates: Sequence[str] | None = None,
) -> SeriesTable:
    """Read the files of `source` (from `detect_series`) as series on one grid.

    target, time: '' to be found; site: a column, 'file', '' for none, None to be found; covariates: names, None for
    all other numeric columns (MOST_COVARIATES at most). Raises DataError where no series can be made of them.
    """
    with opened(source) as inner:
        by_file = site == FILE_AS_SITE or (site is None and len(inner.files) > 1)
        frame = read_table(inner, site=FILE_AS_SITE if by_file else "")
        zones = _zoned(inner)
    stamps = row_times(frame, time, date_order)
    reasons: dict[str, LocalText] = {"time": _CHOSEN} if time else {"time": _time_reason(stamps)}
    if site is None:
        site, reasons["site"] = _propose_site(frame, stamps)
    else:
        reasons["site"] = _CHOSEN
    held = _checked_site(frame, site)
    if target:
        reasons["target"] = _CHOSEN
        _check_target(frame, target, stamps, held)
    else:
        target, reasons["target"] = _propose_target(frame, stamps, held)
    values, repairs = _values(frame, target)
    chosen = _covariates(frame, target, stamps, held) if covariates is None else list(covariates)
    arrays = [frame[name].to_numpy(dtype=np.float32, na_value=np.nan) for name in chosen]
    stacked = np.stack(arrays, axis=1) if arrays else np.zeros((len(frame), 0), dtype=np.float32)
    stacked = np.where(np.isfinite(stacked), stacked, np.nan).astype(np.float32)
    names, codes = _site_codes(frame, held)
    grid = to_grid(stamps.times, codes, names, values, stacked, tuple(chosen))
    whole = SeriesGrid(
        grid.step,
        grid.sites,
        grid.values,
        grid.covariates,
        grid.covariate_names,
        (*(_zone_told() for name in stamps.columns if name in zones), *repairs, *grid.repairs),
    )
    kinds = _kinds(frame, stamps, target, held, chosen)
    return SeriesTable(whole, target, site, stamps.columns, stamps.order, kinds, reasons)


def _values(frame: pd.DataFrame, target: str) -> tuple[NDArray[np.float64], list[LocalText]]:
    """Return the target's values (rows,), NaN where missing, and what had to be read as missing."""
    notes = cast(Mapping[str, Mapping[str, object]], frame.attrs.get(NOTES, {}))
    values = frame[target].to_numpy(dtype=np.float64, na_value=np.nan).copy()
    infinite = np.isinf(values)
    values[infinite] = np.nan
    repairs = []
    dropped = notes.get("sentinels", {}).get(target)
    found = suspected_missing(values)
    if dropped is not None:
        value, count = cast("tuple[float, int]", tuple(cast("list[float]", dropped)))
        repairs.append(_sentinel_told(target, float(value), int(count)))
    elif found is not None and _plain_sentinel(found[0]):
        values[values == found[0]] = np.nan
        repairs.append(_sentinel_told(target, *found))
    odd = cast("Mapping[str, int]", notes.get("odd", {}).get(target, {}))
    if odd:
        shown = ", ".join(list(odd)[:3])
        repairs.append(
            LocalText(
                ja=f"列「{target}」の数値ではないセル {sum(odd.values()):,} 個 ({shown}) を欠損としました。",
                en=f"{count_of(sum(odd.values()), 'cell')} of '{target}' read as missing: no number ({shown}).",
            )
        )
    if not np.isfinite(values).any():
        raise _no_values(target)
    return values, repairs


def _plain_sentinel(value: float) -> bool:
    """Tell whether a far-off extreme is plainly a code: nines, or minus a round number from 100 on."""
    digits = str(abs(int(value)))
    return (set(digits) == {"9"} and len(digits) >= 2) or (value <= -100 and value % 100 == 0)


def _sentinel_told(target: str, value: float, count: int) -> LocalText:
    return LocalText(
        ja=f"列「{target}」の {value:g} ({count:,} 個) は欠測の印とみなし、欠損としました。",
        en=f"{value:g} in '{target}' ({count:,} cells) plainly stands for 'missing' and was read so.",
    )


def _zoned(source: DataSource) -> frozenset[str]:
    """Return the columns whose first cells name a time zone."""
    batch = next(iter(read_batches(source)))
    found = set()
    for name, values in batch.columns.items():
        kind = str(values.type)
        if kind.startswith("timestamp") and "tz=" in kind:
            found.add(name)
        elif kind.startswith(("string", "large_string")):
            cells = [cell for cell in values.slice(0, 200).to_pylist() if cell]
            if cells and sum(_ZONE.search(cell) is not None for cell in cells) > len(cells) / 2:
                found.add(name)
    return frozenset(found)


def _zone_told() -> LocalText:
    return LocalText(
        ja="時差の付いた日時は、すべて協定世界時 (UTC) にそろえました。時間帯の特徴量も UTC で数えます。",
        en="Times with a zone were all turned into UTC; the hour of the day counts in UTC as well.",
    )


def _time_reason(stamps: RowTimes) -> LocalText:
    if len(stamps.columns) == 1:
        return LocalText(
            ja=f"列「{stamps.columns[0]}」が日時を表しています。", en=f"'{stamps.columns[0]}' holds the times."
        )
    names = " + ".join(stamps.columns)
    return LocalText(ja=f"列 {names} を組み合わせて日時とします。", en=f"{names} together make the time.")


def _checked_site(frame: pd.DataFrame, site: str) -> str:
    """Return the frame's column of sites, '' without. Raises DataError when there is none of that name, or too many."""
    held = site_column(frame, site) if site else ""
    if held and held not in frame.columns:
        shown = "、".join(str(name) for name in frame.columns[:10])
        raise DataError(
            LocalText(ja=f"拠点の列「{site}」がありません。", en=f"There is no site column '{site}'."),
            where="site",
            cure=LocalText(ja=f"ある列: {shown}", en=f"Columns: {shown.replace('、', ', ')}"),
        )
    if held and frame[held].nunique() > MOST_SITES:
        raise DataError(
            LocalText(
                ja=f"列「{site}」には値が {frame[held].nunique():,} 種類あり、拠点として多すぎます。",
                en=f"'{site}' has {frame[held].nunique():,} values: too many for sites.",
            ),
            where="site",
            cure=LocalText(ja="拠点を表す別の列を選んでください。", en="Choose another column for the sites."),
        )
    return held


def _propose_site(frame: pd.DataFrame, stamps: RowTimes) -> tuple[str, LocalText]:
    """Return a column named like a site, the files, or the column that makes repeated times unique; else none."""
    for name in map(str, frame.columns):
        if name not in (*stamps.columns, SITE_FILE) and is_site_name(name) and _may_be_site(frame[name]):
            return name, _sites_told(name, int(frame[name].nunique()))
    if SITE_FILE in frame.columns:
        count = int(frame[SITE_FILE].nunique())
        return FILE_AS_SITE, LocalText(
            ja=f"{count} 個のファイルを、それぞれ 1 つの拠点とみなします。", en=f"Each of the {count} files is a site."
        )
    times = pd.Series(stamps.times)
    if times.duplicated().mean() > 0.3:
        for name in map(str, frame.columns):
            text = not pd.api.types.is_numeric_dtype(frame[name]) and name not in stamps.columns
            if (
                text
                and _may_be_site(frame[name])
                and pd.DataFrame({"t": times, "s": frame[name]}).duplicated().mean() < 0.02
            ):
                return name, _sites_told(name, int(frame[name].nunique()))
    return "", LocalText(ja="拠点を表す列は見つかりませんでした。", en="No column of sites was found.")


def _may_be_site(series: pd.Series) -> bool:
    if pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_float_dtype(series):
        return False
    distinct = int(series.nunique())
    return 2 <= distinct <= MOST_SITES and len(series) / distinct >= 30


def _sites_told(name: str, count: int) -> LocalText:
    return LocalText(
        ja=f"列「{name}」の {count:,} 個の値を拠点とみなします。", en=f"The {count:,} values of '{name}' are the sites."
    )


def _inputs(frame: pd.DataFrame, stamps: RowTimes, held: str, *, counters: bool = False) -> list[str]:
    """Return the numeric columns that vary and are neither time nor site, nor (but with `counters`) count the rows."""
    return [
        name
        for name in map(str, frame.columns)
        if name not in (*stamps.columns, held, SITE_FILE)
        and pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
        and frame[name].nunique() > 1
        and not part_of_time(name)
        and (counters or not _running(frame[name]))
    ]


def _running(series: pd.Series) -> bool:
    """Tell whether a column counts its rows, or is a key: whole numbers that only ever grow by one."""
    if not pd.api.types.is_integer_dtype(series):
        return False
    ones = float((series.diff() == 1).mean())
    return ones > 0.98 or (is_identifier_name(str(series.name)) and ones > 0.5)


def _propose_target(frame: pd.DataFrame, stamps: RowTimes, held: str) -> tuple[str, LocalText]:
    candidates = _inputs(frame, stamps, held) or _inputs(frame, stamps, held, counters=True)
    if not candidates:
        raise no_target(frame, [name for name in map(str, frame.columns) if name not in (*stamps.columns, held)])
    best = max(candidates, key=target_score)
    if target_score(best) >= 2:
        return best, LocalText(
            ja=f"列名「{best}」が予測したい値を表しているようです。",
            en=f"The name '{best}' sounds like what is predicted.",
        )
    fullest = max(candidates, key=lambda name: round(_known_share(frame, name), 1))
    return fullest, LocalText(
        ja="最初の数値の列です。予測したい列がほかにあれば --target で指定してください。",
        en="It is the first numeric column. Choose another with --target if you want to predict that.",
    )


def _known_share(frame: pd.DataFrame, name: str) -> float:
    return float(frame[name].notna().to_numpy().mean())


def _check_target(frame: pd.DataFrame, target: str, stamps: RowTimes, held: str) -> None:
    if target not in frame.columns:
        shown = "、".join(str(name) for name in frame.columns[:10])
        raise DataError(
            LocalText(ja=f"目的列「{target}」がありません。", en=f"There is no target column '{target}'."),
            where="target",
            cure=LocalText(ja=f"ある列: {shown}", en=f"Columns: {shown.replace('、', ', ')}"),
        )
    if target in (*stamps.columns, held) or not pd.api.types.is_numeric_dtype(frame[target]):
        raise not_numeric(frame, target, taken=target in (*stamps.columns, held))
    if frame[target].nunique() < 2:
        raise _no_values(target)


def _no_values(target: str) -> DataError:
    return DataError(
        LocalText(ja=f"列「{target}」の値が変化しません。", en=f"The values of '{target}' don't vary."),
        where="target",
        cure=LocalText(ja="変化する数値の列を選んでください。", en="Choose a numeric column that varies."),
    )


def _covariates(frame: pd.DataFrame, target: str, stamps: RowTimes, held: str) -> list[str]:
    """Return the other numeric columns, those with the fewest gaps first where there are too many."""
    others = [name for name in _inputs(frame, stamps, held) if name != target and _known_share(frame, name) > 0.3]
    if len(others) <= MOST_COVARIATES:
        return others
    fullest = sorted(others, key=lambda name: -round(_known_share(frame, name), 2))[:MOST_COVARIATES]
    return [name for name in others if name in fullest]


def _site_codes(frame: pd.DataFrame, held: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if not held:
        return ("",), np.zeros(len(frame), dtype=np.int64)
    codes, levels = pd.factorize(frame[held], sort=True)
    return tuple(str(level) for level in levels), np.asarray(codes, dtype=np.int64)


def _kinds(
    frame: pd.DataFrame, stamps: RowTimes, target: str, held: str, covariates: Sequence[str]
) -> dict[str, ColumnKind]:
    kinds: dict[str, ColumnKind] = {}
    for name in map(str, frame.columns):
        if name in stamps.columns:
            kinds[name] = "date"
        elif name == held:
            kinds[name] = "identifier"
        elif name != SITE_FILE:
            kinds[name] = "numeric" if name in (target, *covariates) else "ignored"
    return kinds
