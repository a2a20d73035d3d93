"""Engines run trials: each in a process of its own. One file an engine; `engine(name)` finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from evaluator.errors import NotFoundError
from evaluator.records import TrialRequest, TrialResult
from scorecards.local_text import LocalText
from scorecards.record import CurvePoint, TrialFailure

ENGINE_NAMES: tuple[str, ...] = ("local",)
MOST_TUNING_PROCESSES = 2
"""The same on every larger machine, so that what tuning costs can be compared between machines."""

ReportCurve = Callable[[CurvePoint], None]
TrialFunction = Callable[[TrialRequest, ReportCurve | None], TrialResult]


class Engine(Protocol):
    """Runs trials. The callbacks are called in the caller's own thread, one after another."""

    parallel: int

    def run(
        self,
        requests: Iterable[TrialRequest],
        *,
        on_start: Callable[[TrialRequest], None],
        on_point: Callable[[CurvePoint], None],
        on_result: Callable[[TrialRequest, TrialResult, float], None],
        on_failure: Callable[[TrialRequest, TrialFailure], None],
        cancelled: Callable[[], bool],
        alone: bool,
    ) -> None:
        """Run `requests` in their order until all have ended or `cancelled()`; then end what is under way.

        `alone`: one at a time, because it is timed; otherwise up to `parallel` at once. `on_result` is also given the
        seconds that the trial's process took. A trial that dies, whatever kills it, ends in `on_failure`.
        """
        ...

    def close(self) -> None:
        """End everything this engine has started."""
        ...


def tuning_processes() -> int:
    """Return how many tuning trials may run at once here: measured trials always run alone."""
    from evaluator.environment import usable_cores

    return max(1, min(MOST_TUNING_PROCESSES, int(usable_cores())))


def engine(name: str, *, parallel: int = 1) -> Engine:
    """Return the engine called `name`. Raises NotFoundError."""
    if name == "local":
        from evaluator.engines.local import LocalEngine

        return LocalEngine(parallel)
    known = ", ".join(ENGINE_NAMES)
    raise NotFoundError(
        LocalText(ja=f"実行エンジン「{name}」はありません。", en=f"There is no engine '{name}'."),
        cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
    )
