"""Peak memory of the training: this process's own high-water mark, as the increase over its start.

`ru_maxrss` would not do: a forked child reports its parent's. Linux keeps the mark of each address space as VmHWM in
/proc/self/status and sets it back to the present size on request, so the figure belongs to the training alone. Where
/proc is absent a thread polls the resident size.
"""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from types import TracebackType

import psutil

from evaluator.measure.context import MemoryUse, TrialContext
from scorecards.record import Measurement

STATUS = Path("/proc/self/status")
ROLLUP = Path("/proc/self/smaps_rollup")
CLEAR_REFS = Path("/proc/self/clear_refs")
RESET_HIGH_WATER_MARK = "5"  # proc(5): "5" sets VmHWM back to the present resident size
POLL_SECONDS = 0.005


def measure(context: TrialContext) -> list[Measurement]:
    """Return the training's peak memory over its start, and the start beside it (bytes)."""
    memory = context.cost.memory
    return [
        context.row("train.peak_memory_bytes", memory.peak_increase_bytes),
        context.row("train.start_memory_bytes", memory.start_bytes),
    ]


class MemoryMeter:
    """Watches this process's memory from `with` to its end; `use` tells the result afterwards.

    Unused memory is handed back first, so that the figure does not hang on what ran earlier in the process.
    """

    def __init__(self) -> None:
        self.use = MemoryUse(0, 0)
        self._start = 0
        self._poller: _Poller | None = None

    def __enter__(self) -> MemoryMeter:
        release_free_memory()
        _reset_high_water_mark()
        mark = high_water_mark()
        if mark is None:
            self._poller = _Poller()
            self._poller.start()
            mark = self._poller.highest
        self._start = mark
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        highest = self._poller.stop() if self._poller is not None else high_water_mark()
        self.use = MemoryUse(self._start, max(0, (highest or 0) - self._start))


def high_water_mark() -> int | None:
    """Return the highest resident size of this process in bytes (VmHWM), None where /proc doesn't tell."""
    return _kilobytes(STATUS, "VmHWM:")


def resident_bytes() -> int:
    """Return the resident size of this process in bytes, exact where Linux sums it up page by page."""
    exact = _kilobytes(ROLLUP, "Rss:")
    return exact if exact is not None else int(psutil.Process().memory_info().rss)


def release_free_memory() -> None:
    """Hand memory that the allocator keeps for later back to the system (glibc; elsewhere nothing happens)."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # no glibc: musl, macOS, Windows
        return


def _reset_high_water_mark() -> None:
    """Set VmHWM back to the present size; where that's forbidden the mark so far is the start."""
    try:
        CLEAR_REFS.write_text(RESET_HIGH_WATER_MARK)
    except OSError:
        return


def _kilobytes(path: Path, key: str) -> int | None:
    try:
        text = path.read_text()
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return None


class _Poller(threading.Thread):
    """Polls the resident size; for systems that keep no high-water mark which can be read."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process()
        self._done = threading.Event()
        self.highest = int(self._process.memory_info().rss)

    def run(self) -> None:
        while not self._done.wait(POLL_SECONDS):
            self._look()

    def stop(self) -> int:
        """End the polling and return the highest size seen, in bytes."""
        self._done.set()
        self.join()
        self._look()
        return self.highest

    def _look(self) -> None:
        self.highest = max(self.highest, int(self._process.memory_info().rss))
