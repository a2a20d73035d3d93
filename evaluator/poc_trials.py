"""Running the trials of a PoC through an engine, and keeping each result the moment it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from evaluator.engines import Engine
from evaluator.poc_progress import Ticker
from evaluator.records import TrialRequest, TrialResult
from evaluator.store import Store
from scorecards.record import CurvePoint, TrialFailure

POINTS_SECONDS = 0.5


class Cancelled(Exception):  # noqa: N818 - not an error: someone asked for it
    """The PoC was asked to stop; what was measured is kept."""


class TrialRunner:
    """Runs requests that haven't ended yet. One transaction a finished trial; live curves at most twice a second."""

    def __init__(self, store: Store, engine: Engine, ticker: Ticker, cancelled: Callable[[], bool]) -> None:
        self._store, self._engine, self._ticker, self._cancelled = store, engine, ticker, cancelled
        self._points: list[CurvePoint] = []
        self._flushed = 0.0

    def step(self, name: str) -> None:
        """Begin a step of the PoC. Raises Cancelled."""
        if self._cancelled():
            raise Cancelled
        self._ticker.step(name)

    def run(self, requests: Sequence[TrialRequest], *, alone: bool) -> None:
        """Run those of `requests` that haven't ended before. Raises Cancelled."""
        poc = requests[0].poc
        self._store.drop_unfinished(poc)
        ended = {row.trial for row in self._store.trials(poc)}
        self._engine.run(
            [request for request in requests if request.trial not in ended],
            on_start=self._start,
            on_point=self._keep_point,
            on_result=self._keep_result,
            on_failure=self._keep_failure,
            cancelled=self._cancelled,
            alone=alone,
        )
        if self._cancelled():
            self._store.drop_unfinished(poc)
            raise Cancelled

    def _start(self, request: TrialRequest) -> None:
        self._store.start_trial(request)
        self._ticker.trial_started(request)

    def _keep_point(self, point: CurvePoint) -> None:
        self._points.append(point)
        now = time.monotonic()
        if now - self._flushed >= POINTS_SECONDS:
            self._store.add_points(self._ticker.poc, self._points)
            self._points.clear()
            self._flushed = now

    def _keep_result(self, request: TrialRequest, result: TrialResult, seconds: float) -> None:
        self._forget_points(request)
        self._store.finish_trial(request.poc, result)
        self._ticker.trial_ended(request, seconds, failed=False)

    def _keep_failure(self, request: TrialRequest, failure: TrialFailure) -> None:
        self._forget_points(request)
        self._store.fail_trial(request.poc, failure)
        self._ticker.trial_ended(request, None, failed=True)

    def _forget_points(self, request: TrialRequest) -> None:
        """Drop points that weren't written yet: the trial's final curve replaces them."""
        self._points = [point for point in self._points if point.trial != request.trial]
