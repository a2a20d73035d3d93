"""Timing one call: warmed up, in blocks, with the accelerator synchronised.

The rules are those of `torch.utils.benchmark` and `timeit` (warm up, keep the garbage collector out, time blocks that
are long against the clock's resolution, report the median), with one change: a call that is itself long enough is a
block of its own, so that the 95th percentile speaks of calls and not of averages over calls.
"""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np

SHORTEST_BLOCK_SECONDS = 1e-4  # a thousand times what reading the clock takes
WARMUP_CALLS = 5
FEWEST_BLOCKS = 20  # below that a 95th percentile is only the maximum
LONGEST_FACTOR = 3.0  # a slow call may stretch the budget this far for the sake of FEWEST_BLOCKS


@dataclass(frozen=True)
class Timing:
    """Seconds a call: median, 95th percentile and interquartile range over `blocks` blocks."""

    median: float
    p95: float
    iqr: float
    blocks: int
    calls_per_block: int


def synchronise() -> None:
    """Wait for the accelerator, where this process has used one; never imports torch by itself."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.synchronize()


def time_calls(call: Callable[[], object], *, budget_seconds: float = 0.1) -> Timing:
    """Time `call` for about `budget_seconds` after a warm-up of a few calls.

    Runs at least one block, and FEWEST_BLOCKS of them unless that took more than LONGEST_FACTOR times the budget.
    """
    with _quiet_collector():
        once = _warm_up(call)
        calls = max(1, math.ceil(SHORTEST_BLOCK_SECONDS / once))
        seconds = list(_blocks(call, calls, budget_seconds))
    quartiles = np.percentile(seconds, [25, 50, 75, 95])
    return Timing(
        median=float(quartiles[1]),
        p95=float(quartiles[3]),
        iqr=float(quartiles[2] - quartiles[0]),
        blocks=len(seconds),
        calls_per_block=calls,
    )


def time_once(call: Callable[[], object]) -> float:
    """Return the seconds of one call, without any warm-up."""
    synchronise()
    start = perf_counter()
    call()
    synchronise()
    return perf_counter() - start


def _warm_up(call: Callable[[], object]) -> float:
    """Return the fastest of the warm-up calls: what one call takes undisturbed."""
    return max(min(time_once(call) for _ in range(WARMUP_CALLS)), 1e-9)


def _blocks(call: Callable[[], object], calls: int, budget_seconds: float) -> Iterator[float]:
    begin = perf_counter()
    done = 0
    while True:
        start = perf_counter()
        for _ in range(calls):
            call()
        synchronise()
        end = perf_counter()
        yield (end - start) / calls
        done += 1
        spent = end - begin
        if spent >= budget_seconds and (done >= FEWEST_BLOCKS or spent >= LONGEST_FACTOR * budget_seconds):
            return


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Keep garbage collection out of the timed blocks, as `timeit` does."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
