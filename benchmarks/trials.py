"""How cheaply a trial starts: `python -m benchmarks.trials [N]` runs N tiny torch trainings, each in a fresh process.

Prints the seconds for all of them with two at once, the seconds a trial, and how that compares with a new interpreter
that imports torch for each.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.tiny_trial import tiny
from evaluator.engines.local import LocalEngine
from evaluator.records import Limits, TrialRequest
from scorecards.record import TrialFailure

LIMITS = Limits(max_seconds=1.0, max_epochs=1, patience_epochs=1, finetune_max_seconds=0.1, finetune_max_steps=1)
FRESH = "import torch, torch.optim; torch.optim.AdamW([torch.zeros(1, requires_grad=True)])"


def requests(folder: Path, count: int) -> list[TrialRequest]:
    return [
        TrialRequest("bench", f"dense-{seed}", "measure", "table", "dense", seed, "", str(folder / str(seed)), LIMITS)
        for seed in range(1, count + 1)
    ]


def run_all(count: int) -> float:
    """Return the seconds that `count` trials take, the start of the fork server included."""
    failures: list[TrialFailure] = []
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        LocalEngine(2, trial=tiny).run(
            requests(Path(folder), count),
            on_start=lambda _: None,
            on_point=lambda _: None,
            on_result=lambda *_: None,
            on_failure=lambda _, failure: failures.append(failure),
            cancelled=lambda: False,
            alone=False,
        )
    if failures:
        raise SystemExit(f"{len(failures)} trials failed: {failures[0].message}")
    return time.perf_counter() - started


def fresh_interpreter() -> float:
    """Return the seconds of one new interpreter that imports torch and makes an optimiser."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", FRESH], check=True)
    return time.perf_counter() - started


def main(count: int) -> None:
    total, fresh = run_all(count), fresh_interpreter()
    print(
        f"{count} tiny trials, two at once: {total:.1f} s in all, {total / count * 1000:.0f} ms each (goal: 100 < 20 s)"
    )
    print(f"one fresh interpreter with torch: {fresh:.2f} s, {fresh / (total / count):.0f} times a trial")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
