"""From the user's files to prepared arrays: the grid standardised by training times alone, and the forecasts' roles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.series import read_series
from evaluator.intake.series_grid import SeriesGrid, carried, filled
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.series.budgets import MOST_ROWS
from evaluator.tasks.series.calendar import calendar
from evaluator.tasks.series.data import SeriesData, SeriesFacts, SeriesPart, SeriesStore, load, write
from evaluator.tasks.series.question import Horizon, horizon_of
from evaluator.tasks.series.rows import Forecasts, plan_forecasts

if TYPE_CHECKING:
    from evaluator.records import PoC

CLIP = 10.0
"""Deviations: inputs beyond are cut, so that one wild reading doesn't rule a forecast."""


def prepare(poc: PoC, folder: Path) -> SeriesData:
    """Read the PoC's files and write arrays (.npy) and facts (JSON) into `folder`; all or nothing. Raises DataError."""
    table = read_series(
        poc.data,
        target=poc.target,
        site=poc.site,
        time=str(poc.options.get("time", "")),
        date_order=str(poc.options.get("date_order", "")),
        covariates=[name for name, kind in poc.columns.items() if kind == "numeric" and name != poc.target],
    )
    reach = horizon_of(table, poc.options)
    data = encode(table.grid, reach, poc, table.time)
    write(data, folder)
    return load(folder)


def encode(grid: SeriesGrid, reach: Horizon, poc: PoC, time: tuple[str, ...]) -> SeriesData:
    """Return the prepared series of a grid."""
    whole = filled(grid.values)
    plan = plan_forecasts(
        grid,
        whole,
        horizon=reach.horizon,
        history=reach.history,
        data_hash=poc.data.sha256,
        seed=poc.split.seed,
        most=MOST_ROWS[poc.budget],
    )
    means, deviations, scales = _statistics(grid.values, plan, reach.season)
    covariates, of_covariates = _covariates(grid, plan)
    value = (whole - means[:, None]) / deviations[:, None]
    missing = np.isnan(value)
    channels = [np.where(missing, 0.0, value)[..., None], missing[..., None], covariates]
    inputs = np.clip(np.concatenate(channels, axis=2), -CLIP, CLIP).astype(np.float32)
    names, days = calendar(grid.step, grid.length)
    facts = SeriesFacts(
        target=poc.target,
        time=time,
        step_unit=grid.step.unit,
        step_size=grid.step.size,
        start=str(grid.step.start.astype("datetime64[s]")),
        horizon=reach.horizon,
        history=reach.history,
        season=reach.season,
        sites=plan.names,
        known_sites=plan.known_sites,
        means=tuple(float(one) for one in means),
        deviations=tuple(float(one) for one in deviations),
        scales=tuple(float(one) for one in scales),
        covariates=grid.covariate_names,
        covariate_means=tuple(float(one) for one in of_covariates[0]),
        covariate_deviations=tuple(float(one) for one in of_covariates[1]),
        calendar=names,
        repairs=(*grid.repairs, *plan.repairs),
        data_hash=poc.data.sha256,
    )
    store = SeriesStore(facts, grid.values.astype(np.float32), whole.astype(np.float32), inputs, days)
    return SeriesData(facts, *(_part(store, plan, role) for role in range(len(PART_NAMES))))


def _part(store: SeriesStore, plan: Forecasts, role: int) -> SeriesPart:
    chosen = np.flatnonzero(plan.role == role)
    order = chosen[np.lexsort((plan.track[chosen], plan.origin[chosen]))]
    track = plan.track[order].astype(np.int32)
    return SeriesPart(store, track, plan.sites[track], plan.origin[order].astype(np.int32))


def _statistics(
    values: NDArray[np.float64], plan: Forecasts, season: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return each track's mean, deviation and seasonal naive error over its training time; 0, 1 and 0 if unknown."""
    count = len(values)
    means, deviations, scales = np.zeros(count), np.ones(count), np.zeros(count)
    for track in range(count):
        seen = values[track, : plan.trained_until[track]]
        known = seen[np.isfinite(seen)]
        if not len(known):
            continue
        means[track] = known.mean()
        deviations[track] = known.std() or 1.0
        errors = np.abs(seen[season:] - seen[: max(len(seen) - season, 0)])
        errors = errors[np.isfinite(errors)]
        scales[track] = errors.mean() if len(errors) else 0.0
    return means, deviations, scales


def _covariates(
    grid: SeriesGrid, plan: Forecasts
) -> tuple[NDArray[np.float32], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the covariates standardised over the known tracks' training times, 0 where missing; means, deviations."""
    width = grid.covariates.shape[2]
    known = np.unique(plan.track[plan.role == 0])
    seen = [grid.covariates[track, : plan.trained_until[track]] for track in known]
    stacked = np.concatenate(seen).astype(np.float64)
    finite = np.isfinite(stacked)
    count = np.maximum(finite.sum(axis=0), 1)
    mean = np.where(finite, stacked, 0.0).sum(axis=0) / count
    deviation = np.sqrt((np.where(finite, stacked - mean, 0.0) ** 2).sum(axis=0) / count)
    deviation = np.where(deviation > 0, deviation, 1.0)
    if not width:
        return grid.covariates, (mean, deviation)
    standard = ((carried(grid.covariates) - mean) / deviation).astype(np.float32)
    return np.nan_to_num(standard), (mean, deviation)
