"""Telling how far a PoC is: in the store, for the dashboard, and to whoever listens, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean
from typing import Literal

import numpy as np

from evaluator.plan import Plan, trial_seconds
from evaluator.records import TrialPurpose, TrialRequest
from evaluator.store import Store
from evaluator.tasks.protocol import TaskData

USUAL_WORK = 1e5
"""Rows × columns of a usual table: what is expected until the data has been read."""
UNCERTAINTY = 0.25
"""Trials of one purpose differ; the time left is given this much shorter and longer than their mean says."""


@dataclass(frozen=True)
class News:
    """A step begun (`variant` ''), or a trial started, done or failed. `eta`: seconds left (low, high)."""

    step: str
    event: Literal["step", "started", "done", "failed"]
    done: int
    total: int
    eta: tuple[float, float]
    variant: str = ""
    seed: int = 0
    purpose: TrialPurpose = "measure"
    seconds: float | None = None


Tell = Callable[[News], None]


def values_a_row(data: TaskData) -> int:
    """Return how many numbers the data holds of one row: a table's columns, an image's pixels and channels."""
    one = data.train.take(slice(0, 1))
    return sum(value.size for value in vars(one).values() if isinstance(value, np.ndarray))


class Ticker:
    """Counts trials and estimates the time left from those that have ended, before that from the budget."""

    def __init__(self, plan: Plan, store: Store, tell: Tell | None, *, parallel: int = 1) -> None:
        self._plan, self._store, self._tell, self._parallel = plan, store, tell, parallel
        self.poc = plan.poc.id
        self._step = "preparing"
        self._work = USUAL_WORK
        rows = [row for row in store.trials(self.poc) if row.state != "running"]
        self._ended: dict[TrialPurpose, int] = {"tune": 0, "measure": 0}
        self._seconds: dict[TrialPurpose, list[float]] = {"tune": [], "measure": []}
        for row in rows:
            self._ended[row.purpose] += 1
            if row.state == "done" and row.seconds is not None:
                self._seconds[row.purpose].append(row.seconds)

    def learn_size(self, data: TaskData) -> None:
        """Estimate from now on with the data's own size: rows × the values of one."""
        self._work = data.rows * values_a_row(data)

    def step(self, name: str) -> None:
        """Begin a step: preparing, tuning, measuring or judging."""
        self._step = name
        self._write()
        self._say("step")

    def trial_started(self, request: TrialRequest) -> None:
        """Tell that a trial has started."""
        self._say("started", request)

    def trial_ended(self, request: TrialRequest, seconds: float | None, *, failed: bool) -> None:
        """Count a trial that has ended after `seconds`."""
        self._ended[request.purpose] += 1
        if seconds is not None:
            self._seconds[request.purpose].append(seconds)
        self._write()
        self._say("failed" if failed else "done", request, seconds)

    def time_left(self) -> tuple[float, float]:
        """Return the seconds left: low if the next look decides, high if all looks are needed."""
        variants, looks = len(self._plan.poc.variants), self._plan.budget.looks
        tuning = max(0, variants - self._ended["tune"]) * self._each("tune") / self._parallel
        measured = self._ended["measure"]
        next_look = next((look for look in looks if look * variants > measured), looks[-1])
        first = tuning + max(0, next_look * variants - measured) * self._each("measure")
        last = tuning + max(0, looks[-1] * variants - measured) * self._each("measure")
        return (1 - UNCERTAINTY) * first, (1 + UNCERTAINTY) * last

    def _each(self, purpose: TrialPurpose) -> float:
        known = self._seconds[purpose]
        return mean(known) if known else trial_seconds(self._plan.budget, purpose, self._work, self._plan.poc.task)

    def _write(self) -> None:
        self._store.set_step(self.poc, self._step, trials_total=self._plan.trials_total, eta=self.time_left())

    def _say(
        self,
        event: Literal["step", "started", "done", "failed"],
        request: TrialRequest | None = None,
        seconds: float | None = None,
    ) -> None:
        if self._tell is None:
            return
        done, total = sum(self._ended.values()), self._plan.trials_total
        news = News(self._step, event, done, total, self.time_left())
        if request is not None:
            news = News(
                self._step,
                event,
                done,
                total,
                news.eta,
                variant=request.variant,
                seed=request.seed,
                purpose=request.purpose,
                seconds=seconds,
            )
        self._tell(news)
