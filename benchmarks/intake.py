"""Intake of a large table: seconds to profile 1,000,000 rows × 30 columns from the file, and the peak of memory.

    python -m benchmarks.intake [--rows 1000000]

The file is made in a temporary folder and removed again. Memory is this process's own high-water mark (VmHWM where the
system tells it), less what was held before; the frame's size is pandas' own `memory_usage`. The goals: profile
within 20 s, peak within 4 times the frame's size.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from numpy.typing import NDArray

ROWS = 1_000_000
GOAL_SECONDS = 20.0
GOAL_RATIO = 4.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure is not None:
        measure(arguments.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write_table(path, arguments.rows)
        print(f"file: {arguments.rows:,} rows × 30 columns, {path.stat().st_size / 1e6:.0f} MB")
        # A process of its own, so that making the file doesn't count.
        subprocess.run([sys.executable, "-m", "benchmarks.intake", "--measure", str(path)], check=True)


def write_table(path: Path, rows: int) -> None:
    """Write 12 decimal, 8 whole-number, 6 category, 1 date, 1 identifier columns, one with gaps, one target."""
    generator = np.random.default_rng(1)
    with path.open("w", encoding="utf-8") as stream:
        for start in range(0, rows, 100_000):
            count = min(100_000, rows - start)
            piece: dict[str, NDArray[np.generic]] = {}
            for i in range(12):
                piece[f"measure_{i}"] = generator.normal(i, 1 + i, count).round(5)
            for i in range(8):
                piece[f"whole_{i}"] = generator.integers(0, 10 ** (1 + i % 5), count)
            for i in range(6):
                piece[f"category_{i}"] = generator.integers(0, 3 + 20 * i, count).astype(str)
            frame = pd.DataFrame(piece)
            for i in range(6):
                frame[f"category_{i}"] = "値" + frame[f"category_{i}"]
            frame["date"] = np.datetime64("2020-01-01") + generator.integers(0, 1500, count)
            frame["id"] = [f"ID{start + i:08d}" for i in range(count)]
            frame["gaps"] = np.where(generator.random(count) < 0.2, np.nan, generator.random(count).round(4))
            frame["target"] = generator.integers(0, 2, count)
            frame.to_csv(stream, index=False, header=start == 0)


def measure(path: Path) -> None:
    from evaluator.intake.profile import profile
    from evaluator.intake.propose import propose
    from evaluator.intake.read import detect, read_table

    before = psutil.Process().memory_info().rss
    clock, cpu_before = time.perf_counter(), time.process_time()
    source = detect([path])
    detected = time.perf_counter() - clock
    frame = read_table(source)
    read = time.perf_counter() - clock - detected
    table = profile(frame, source)
    profiled = time.perf_counter() - clock - detected - read
    propose(table, frame)
    proposed = time.perf_counter() - clock - detected - read - profiled
    cpu = time.process_time() - cpu_before
    peak = high_water_bytes() - before
    size = int(frame.memory_usage(deep=True, index=False).sum())
    total = detected + read + profiled + proposed
    print(f"detect {detected:.1f} s, read {read:.1f} s, profile {profiled:.1f} s, propose {proposed:.1f} s")
    print(
        f"file to profile: {total:.1f} s, {cpu:.1f} CPU s (goal {GOAL_SECONDS:.0f} s; ratio {total / GOAL_SECONDS:.2f})"
    )
    print(f"peak {peak / 1e6:.0f} MB, frame {size / 1e6:.0f} MB: ratio {peak / size:.2f} (goal {GOAL_RATIO:.0f})")


def high_water_bytes() -> int:
    """Return this process's peak resident memory in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(getattr(psutil.Process().memory_info(), "peak_wset", psutil.Process().memory_info().rss))


if __name__ == "__main__":
    main()
