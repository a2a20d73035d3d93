"""A few forecasts beside what came, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluator.intake.series_step import Step
from evaluator.tasks.series.data import SeriesData, SeriesPart
from scorecards.record import Json

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted

SHOWN = 4
DIGITS = 6


def exhibit(data: SeriesData, fitted: AnyFitted) -> Json:
    """Return forecasts of the test part, spread over its time and sites: history, truth (null where unknown), made.

    `naive`: the seasonal naive forecast of the same steps; `times`: of history and horizon, one after the other.
    """
    part = data.test.take(_spread(data.test))
    made = fitted.predict(part)
    facts = data.facts
    step = Step(facts.step_unit, facts.step_size, np.datetime64(facts.start))
    times = step.times(data.store.truth.shape[1])
    truth, naive = part.truth(), part.naive()
    rows: list[Json] = []
    for row in range(part.rows):
        origin, track = int(part.origin[row]), int(part.track[row])
        begin = max(origin + 1 - facts.history, 0)
        rows.append(
            {
                "site": facts.sites[part.site[row]] if part.site[row] >= 0 else "",
                "times": [str(one)[:16].replace("T", " ") for one in times[begin : origin + 1 + facts.horizon]],
                "history": _numbers(data.store.truth[track, begin : origin + 1]),
                "truth": _numbers(truth[row]),
                "naive": _numbers(naive[row]),
                "made": _numbers(made[row]),
            }
        )
    return {"kind": "forecasts", "rows": rows}


def _spread(part: SeriesPart) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return rows at even distances in time, each of another site where there are several."""
    sites = np.unique(part.site)
    chosen = []
    for number in range(min(SHOWN, part.rows)):
        own = np.flatnonzero(part.site == sites[number % len(sites)])
        chosen.append(int(own[(2 * number + 1) * len(own) // (2 * SHOWN)]))
    return np.array(sorted(set(chosen)), dtype=np.int64)


def _numbers(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> list[Json]:
    return [float(f"{float(one):.{DIGITS}g}") if np.isfinite(one) else None for one in values]
