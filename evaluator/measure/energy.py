"""Energy of the training: read from the processor's own counter (RAPL) or modelled, and labelled as what it is.

RAPL counts the whole processor package, whatever else runs on it: it is right when trials run one at a time on a quiet
machine. Where it can't be read (virtual machines, ordinary users), the energy is CPU seconds × WATTS_PER_CORE.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from evaluator.measure.context import TrialContext
    from scorecards.record import Measurement

POWERCAP = Path("/sys/class/powercap")
# A busy core of a server: thermal design power over cores, e.g. 205 W / 28 = 7.3 W (Intel Xeon Platinum 8280), and its
# share of memory, fans and supply. A convention for comparing variants, which all get the same.
WATTS_PER_CORE = 10.0

PowerSource = Literal["rapl", "modelled"]


@dataclass(frozen=True)
class Domain:
    """One package's counter: where it is read, and where it wraps (microjoules)."""

    counter: Path
    wraps_at: int

    def read(self) -> int:
        """Return microjoules since the counter last wrapped."""
        return int(self.counter.read_text())


def measure(context: TrialContext) -> list[Measurement]:
    """Return the training's energy in joules: measured by RAPL (warm-up included), else modelled from CPU seconds."""
    joules = context.cost.joules
    if joules is not None:
        return [context.row("train.energy_joules", joules)]
    modelled = context.fitted.trace.cpu_seconds * WATTS_PER_CORE
    return [context.row("train.energy_joules", modelled, how="modelled")]


def power_source(root: Path = POWERCAP) -> PowerSource:
    """Tell whether energy is measured here ('rapl') or modelled."""
    return "rapl" if rapl_domains(root) else "modelled"


def rapl_domains(root: Path = POWERCAP) -> tuple[Domain, ...]:
    """Return the packages whose counters this process may read; parts of a package (cores, graphics) are left out."""
    domains = []
    for folder in sorted(root.glob("intel-rapl:*")):
        if folder.name.count(":") != 1:
            continue
        try:
            domain = Domain(folder / "energy_uj", int((folder / "max_energy_range_uj").read_text()))
            domain.read()
        except (OSError, ValueError):  # readable by root only on most systems
            continue
        domains.append(domain)
    return tuple(domains)


class EnergyMeter:
    """Reads the counters from `with` to its end; `joules` stays None where there are none."""

    def __init__(self, root: Path = POWERCAP) -> None:
        self.joules: float | None = None
        self._domains = rapl_domains(root)
        self._start: tuple[int, ...] = ()

    def __enter__(self) -> EnergyMeter:
        self._start = tuple(domain.read() for domain in self._domains)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._domains:
            spent = sum(_spent(domain, start) for domain, start in zip(self._domains, self._start, strict=True))
            self.joules = spent / 1e6


def _spent(domain: Domain, start: int) -> int:
    """Return microjoules since `start`; a counter that wrapped once is unrolled."""
    end = domain.read()
    return end - start if end >= start else end + domain.wraps_at - start
