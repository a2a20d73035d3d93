"""The local engine: every trial in a fresh process of this machine, started cheaply by a fork server.

The fork server imports torch once (with the parts that the first optimiser would pull in) and forks a clean child a
trial, in hundredths of a second. Where there is no fork server (Windows, macOS by default) a new interpreter starts.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from evaluator.engines.trial_process import Message, Trial, run_in_process
from evaluator.records import Limits, TrialRequest, TrialResult
from scorecards.record import CurvePoint, TrialFailure

PRELOAD = (
    "torch",
    "torch.optim",
    "torch._dynamo",
    "torch.utils.flop_counter",
    "safetensors.torch",
    "sklearn.ensemble",  # otherwise the trees' training would be charged with its import
    "evaluator.engines.trial_process",
    "evaluator.trial",
    "evaluator.training",
)
POLL_SECONDS = 0.25
END_SECONDS = 2.0
_main_lock = threading.Lock()


@dataclass
class _Running:
    """A trial under way: its process, the end of the pipe it sends on, and how it ended."""

    request: TrialRequest
    process: BaseProcess
    receiver: Connection[Message, Message]
    started: float
    deadline: float
    result: TrialResult | None = None
    failure: str | None = None
    open: bool = field(default=True)


class LocalEngine:
    """Runs trials on this machine, up to `parallel` at once where they may share it."""

    def __init__(self, parallel: int = 1, *, trial: Trial | None = None, preload: Sequence[str] = PRELOAD) -> None:
        """`trial`: what runs in each process, a module-level function; None for `evaluator.trial.run_trial`.

        `preload`: modules that the fork server imports once for all trials of this process.
        """
        if parallel < 1:
            raise ValueError(f"parallel must be at least 1, not {parallel}")
        self.parallel = parallel
        self._trial = trial
        self._running: list[_Running] = []
        self._context = _context(preload)

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
        """Run `requests` in their order (see `evaluator.engines.Engine.run`)."""
        waiting = iter(requests)
        try:
            while not cancelled():
                while len(self._running) < (1 if alone else self.parallel):
                    request = next(waiting, None)
                    if request is None:
                        break
                    on_start(request)
                    self._running.append(self._start(request))
                if not self._running:
                    return
                for ended in self._receive(on_point):
                    self._finish(ended, on_result, on_failure)
        finally:
            self.close()

    def close(self) -> None:
        """End the trials under way; they are as if they had never been started."""
        for running in self._running:
            _end(running.process)
            running.receiver.close()
        self._running.clear()

    def _start(self, request: TrialRequest) -> _Running:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(  # type: ignore[attr-defined]
            target=run_in_process, args=(self._trial, request, sender), name=request.trial, daemon=True
        )
        with _without_main_module(), _one_thread_environment():
            process.start()
        sender.close()
        now = time.monotonic()
        return _Running(request, process, receiver, now, now + time_limit(request))

    def _receive(self, on_point: Callable[[CurvePoint], None]) -> Iterator[_Running]:
        """Wait for news; yield the trials that have ended."""
        wait([running.receiver for running in self._running], timeout=POLL_SECONDS)
        for running in tuple(self._running):
            while running.open and running.receiver.poll():
                self._take_message(running, on_point)
            if time.monotonic() > running.deadline and running.open:
                running.failure = f"stopped after {time_limit(running.request):.0f} s without an end"
                running.open = False
            if not running.open:
                yield running

    def _take_message(self, running: _Running, on_point: Callable[[CurvePoint], None]) -> None:
        try:
            message = running.receiver.recv()
        except (EOFError, OSError):
            running.open = False
            return
        if message[0] == "point":
            on_point(message[1])
        elif message[0] == "result":
            running.result = message[1]
        else:
            running.failure = message[1]

    def _finish(
        self,
        running: _Running,
        on_result: Callable[[TrialRequest, TrialResult, float], None],
        on_failure: Callable[[TrialRequest, TrialFailure], None],
    ) -> None:
        self._running.remove(running)
        if running.result is None and running.failure is None:
            running.process.join(END_SECONDS)
        code = running.process.exitcode
        _end(running.process)
        running.receiver.close()
        request = running.request
        if running.result is not None:
            on_result(request, running.result, time.monotonic() - running.started)
        else:
            message = running.failure or how_it_ended(code)
            on_failure(request, TrialFailure(request.trial, request.variant, request.seed, message))


def time_limit(request: TrialRequest) -> float:
    """Return the seconds after which a trial must be hanging: far beyond what its limits allow."""
    limits: Limits = request.limits
    allowed = limits.max_seconds * (1 + request.tuning_trials) + 60 * limits.finetune_max_seconds
    return 120.0 + 4.0 * allowed


def how_it_ended(code: int | None) -> str:
    """Return what an exit code of a process that sent no result means."""
    if code is None:
        return "the process closed its pipe without a result"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        cause = " (often: out of memory)" if name == "SIGKILL" else ""
        return f"the process was killed by {name}{cause}"
    return f"the process ended with status {code} without a result"


def _end(process: BaseProcess) -> None:
    """End a process and wait until it is gone."""
    process.join(END_SECONDS if process.exitcode is None and not process.is_alive() else 0)
    if process.is_alive():
        process.kill()
    process.join()
    process.close()


def _context(preload: Sequence[str]) -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the caller's main module: a child would run a user's script again to find functions that it doesn't need."""
    with _main_lock:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


@contextmanager
def _one_thread_environment() -> Iterator[None]:
    """Let the fork server start with one thread a library, before any is loaded; the environment is put back after."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
