"""Timing one call: warmed up, in blocks, with the accelerator synchronised.

The rules are those of `torch.utils.benchmark` and `timeit` (warm up, keep the garbage collector out, time blocks that
are long against the clock's resolution, report the median), with one change: a call that is itself long enough is a
block of its own, so that the 95th percentile speaks of calls and not of averages over calls.
"""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np

SHORTEST_BLOCK_SECONDS = 1e-4  # a thousand times what reading the clock takes
WARMUP_CALLS = 5
FEWEST_BLOCKS = 20  # below that a 95th percentile is only the maximum
ROUNDS = 6
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
    return time_in_turn({"": call}, rounds=1, budget_seconds=budget_seconds)[""]


def time_in_turn(
    calls: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, budget_seconds: float = 0.06
) -> dict[str, Timing]:
    """Time several calls in turn, `rounds` times `budget_seconds` each: what disturbs the machine disturbs them all."""
    with _quiet_collector():
        a_block = {name: max(1, math.ceil(SHORTEST_BLOCK_SECONDS / _warm_up(call))) for name, call in calls.items()}
        seconds: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(rounds):
            for name, call in calls.items():
                seconds[name] += _blocks(call, a_block[name], budget_seconds)
    return {name: _timing(blocks, a_block[name]) for name, blocks in seconds.items()}


def _timing(seconds: Sequence[float], calls: int) -> Timing:
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
