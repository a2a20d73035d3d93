"""A clock of wall and CPU seconds, for every training. Torch-free."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """Seconds since it was made."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def seconds(self) -> float:
        """Return wall seconds so far."""
        return time.perf_counter() - self.wall

    def cpu_seconds(self) -> float:
        """Return this process's CPU seconds so far, all threads together."""
        return time.process_time() - self.cpu
