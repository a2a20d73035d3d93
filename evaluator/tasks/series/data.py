"""Prepared series: the grid once, and parts that point into it. A row is one forecast: a site and the moment it starts.

Values are standardised by each site's own mean and deviation over its training time; a new site's come from its own
earliest part (`new_train`), which is what it would have. Covariates and calendar are standardised over all known sites'
training times. Nothing later than a forecast's start enters its inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.series_step import Unit
from evaluator.tasks.prepared import (
    PreparedData,
    facts_from_json,
    load_facts,
    load_parts,
    replaced_folder,
    save_parts,
)
from evaluator.tasks.protocol import Floats, RowIndex
from evaluator.tasks.series import scores
from scorecards.local_text import LocalText

STORE_ARRAYS = ("truth", "filled", "inputs", "calendar")
ROW_ARRAYS = ("track", "site", "origin")
SEASONS_BACK = 4
"""The seasonal naive takes the last known value of the same phase, at most so many seasons back."""


@dataclass(frozen=True)
class SeriesFacts:
    """What the arrays mean; enough to prepare a forecast at a site.

    step_unit, step_size: the grid's step, `start`: its first point (ISO); horizon, history, season: in steps.
    sites: names, the first `known_sites` seen in training. means, deviations: a line (track) of the grid each;
    scales: the seasonal naive's mean absolute error over each track's training time (0: unknown).
    """

    target: str
    time: tuple[str, ...]
    step_unit: Unit
    step_size: int
    start: str
    horizon: int
    history: int
    season: int
    sites: tuple[str, ...]
    known_sites: int
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    scales: tuple[float, ...]
    covariates: tuple[str, ...]
    covariate_means: tuple[float, ...]
    covariate_deviations: tuple[float, ...]
    calendar: tuple[str, ...]
    repairs: tuple[LocalText, ...]
    data_hash: str


@dataclass(frozen=True, eq=False)
class SeriesStore:
    """The grid that all parts share.

    truth: (tracks, times) float32 in the target's unit, NaN where missing: what is scored. filled: the same with short
    gaps filled: what the naive forecast sees. inputs: (tracks, times, channels) float32: standardised value, missing
    flag, covariates. calendar: (times, k) float32.
    """

    facts: SeriesFacts
    truth: NDArray[np.float32]
    filled: NDArray[np.float32]
    inputs: NDArray[np.float32]
    calendar: NDArray[np.float32]

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Return (tracks,): what is taken off a value."""
        return np.array(self.facts.means)

    @cached_property
    def deviation(self) -> NDArray[np.float64]:
        """Return (tracks,): what a value is divided by."""
        return np.array(self.facts.deviations)


@dataclass(frozen=True, eq=False)
class SeriesPart:
    """Forecasts of one role.

    track: (rows,) int32 line of the grid. site: (rows,) int32 index, -1 without sites. origin: (rows,) int32 grid
    position of the last known value.
    """

    store: SeriesStore
    track: NDArray[np.int32]
    site: NDArray[np.int32]
    origin: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Return the number of forecasts."""
        return len(self.origin)

    def take(self, index: RowIndex) -> SeriesPart:
        """Return the forecasts that `index` selects."""
        return SeriesPart(self.store, self.track[index], self.site[index], self.origin[index])

    def truth(self) -> NDArray[np.float64]:
        """Return (rows, horizon) the values to come, NaN where they are not known and so not scored."""
        return self._gather(self.store.truth, 1 + np.arange(self.store.facts.horizon))

    def naive(self) -> NDArray[np.float64]:
        """Return (rows, horizon): the seasonal naive forecast, the last value where no season before is known."""
        facts = self.store.facts
        ahead = 1 + np.arange(facts.horizon)
        back = ahead - facts.season * -(-ahead // facts.season)
        found = self._gather(self.store.filled, back)
        for _ in range(SEASONS_BACK - 1):
            back = back - facts.season
            found = np.where(np.isnan(found), self._gather(self.store.filled, back), found)
        last = self._gather(self.store.filled, np.zeros(1, dtype=np.int64))
        return np.where(np.isnan(found), last, found)

    def windows(self) -> NDArray[np.float32]:
        """Return (rows, history, channels): the inputs of every step up to the start, the calendar's last."""
        position = self.origin[:, None].astype(np.int64) + np.arange(1 - self.store.facts.history, 1)
        return np.concatenate([self.store.inputs[self.track[:, None], position], self.store.calendar[position]], axis=2)

    def calendar_ahead(self) -> NDArray[np.float32]:
        """Return (rows, k): the calendar at the last step of the horizon, which is known beforehand."""
        last = self.origin.astype(np.int64) + self.store.facts.horizon
        return np.asarray(self.store.calendar[np.minimum(last, len(self.store.calendar) - 1)])

    def scale(self) -> NDArray[np.float64]:
        """Return (rows,): the seasonal naive's in-sample error of each row's track."""
        return np.array(self.store.facts.scales)[self.track]

    def standardised(self, values: Floats) -> NDArray[np.float64]:
        """Return values (rows, n) of the target's unit as the networks see them."""
        mean, deviation = self.store.mean[self.track], self.store.deviation[self.track]
        return np.asarray((values - mean[:, None]) / deviation[:, None])

    def in_unit(self, values: Floats) -> NDArray[np.float64]:
        """Return standardised values (rows, n) in the target's own unit."""
        mean, deviation = self.store.mean[self.track], self.store.deviation[self.track]
        return np.asarray(values * deviation[:, None] + mean[:, None])

    def _gather(self, grid: NDArray[np.float32], steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (rows, steps) of `grid` at each origin + steps, NaN before the grid's beginning or after its end."""
        position = self.origin[:, None].astype(np.int64) + steps
        inside = (position >= 0) & (position < grid.shape[1])
        values = grid[self.track[:, None], np.clip(position, 0, grid.shape[1] - 1)].astype(np.float64)
        return np.where(inside, values, np.nan)


@dataclass(frozen=True, eq=False)
class SeriesData(PreparedData[SeriesFacts, SeriesPart]):
    """Prepared series: the forecasts of the six roles, which share a grid."""

    @property
    def store(self) -> SeriesStore:
        """Return the grid."""
        return self.train.store

    @property
    def main_metric(self) -> str:
        """Return the skill over the seasonal naive."""
        return scores.MAIN_METRIC

    def scores(self, part: SeriesPart, prediction: Floats) -> dict[str, float]:
        """Return all scores of `prediction` (rows, horizon) in the target's unit (see scores.py)."""
        return scores.score(part.truth(), part.naive(), part.scale(), prediction)

    def main_score(self, part: SeriesPart, prediction: Floats) -> float:
        """Return the skill alone."""
        return scores.skill(part.truth(), part.naive(), prediction)


def write(data: SeriesData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    with replaced_folder(folder) as new:
        for name in STORE_ARRAYS:
            np.save(new / f"{name}.npy", getattr(data.store, name), allow_pickle=False)
        save_parts(data, new, ROW_ARRAYS)


def load(folder: Path) -> SeriesData:
    """Return what `write` wrote; the grid is mapped, not read, until touched."""
    facts = facts_from_json(load_facts(folder), SeriesFacts)
    grid = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in STORE_ARRAYS]
    return SeriesData(facts, *load_parts(folder, partial(SeriesPart, SeriesStore(facts, *grid)), ROW_ARRAYS))
