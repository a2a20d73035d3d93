"""A small table on disk and a PoC on it, for tests that run a whole PoC with trials that only pretend to train."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from evaluator.intake.encoding import hash_files
from evaluator.records import DataSource, PoC
from tests.small_poc import small_poc


def small_table(folder: Path, rows: int = 160) -> Path:
    """Write a CSV with three inputs and a binary target that depends on them."""
    random = np.random.default_rng(1)
    numbers = random.normal(size=(rows, 3))
    target = np.where(numbers[:, 0] + 0.5 * random.normal(size=rows) > 0, "yes", "no")
    lines = ["a,b,c,y", *(f"{a:.4f},{b:.4f},{c:.4f},{y}" for (a, b, c), y in zip(numbers, target, strict=True))]
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def poc_on_table(folder: Path, **changes: object) -> PoC:
    """Return a PoC on `small_table`."""
    path = small_table(folder)
    source = DataSource((str(path),), "csv", "utf-8", ",", ".", True, hash_files([path]))
    columns = {"a": "numeric", "b": "numeric", "c": "numeric", "y": "categorical"}
    return replace(small_poc(data=source, columns=columns, id=""), **changes)  # type: ignore[arg-type]
