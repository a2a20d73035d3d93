"""Where a PoC was measured: what is needed to judge or repeat its figures. Torch-free, without the machine's name."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import psutil

from evaluator.measure.energy import WATTS_PER_CORE, power_source
from scorecards.record import Json

ROOT = Path(__file__).resolve().parent.parent
CPUINFO = Path("/proc/cpuinfo")
CGROUP_CPU = Path("/sys/fs/cgroup/cpu.max")
CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
PACKAGES = ("torch", "numpy", "pandas", "scipy", "scikit-learn", "optuna", "safetensors")
GIT_SECONDS = 5.0


def describe(*, threads: int = 1) -> dict[str, Json]:
    """Return processor, cores, threads load, memory (bytes), system, versions, commit, device, power source.

    What a system doesn't tell is null. Read at the start of a PoC: `load_average` is that of the minute before.
    """
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=False),
        "logical_cores": psutil.cpu_count(),
        "usable_cores": usable_cores(),
        "cpu_governor": _first_line(GOVERNOR),
        "threads": threads,
        "load_average": [round(load, 2) for load in psutil.getloadavg()],
        "memory_bytes": _memory_bytes(),
        "system": _system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "commit": _commit(),
        "device": "cpu",
        "energy": {"source": power_source(), "watts_per_core": WATTS_PER_CORE},
    }


def usable_cores() -> float:
    """Return how many cores this process may use: its affinity, and a container's quota where that is smaller."""
    cores = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else float(os.cpu_count() or 1)
    quota = (_first_line(CGROUP_CPU) or "max").split()
    if len(quota) == 2 and quota[0].isdigit():
        cores = min(cores, int(quota[0]) / int(quota[1]))
    return cores


def _processor() -> str:
    try:
        lines = CPUINFO.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    """Return the distribution's name where there is one, and the kernel's."""
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except (OSError, KeyError):
        return kernel


def _memory_bytes() -> int:
    """Return the machine's memory, or a container's limit where that is smaller."""
    total = int(psutil.virtual_memory().total)
    limit = _first_line(CGROUP_MEMORY)
    return min(total, int(limit)) if limit is not None and limit.isdigit() else total


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the project's commit, with '+' where files have changed since; null without git or its folder."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return None
    return commit + "+" if _git("status", "--porcelain", "--untracked-files=no") else commit


def _git(*arguments: str) -> str | None:
    if not (ROOT / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
