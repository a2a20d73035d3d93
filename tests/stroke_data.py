"""Small made-up drawings, as files and prepared: for tests of intake, task and networks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.intake.findings import Finding
from evaluator.records import Limits, OptionValue, PoC
from evaluator.tasks import stroke
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.stroke import StrokeData
from tests.small_poc import small_poc

SMALL: Mapping[str, OptionValue] = {
    "hidden": 16,
    "mixtures": 3,
    "hyper_hidden": 6,
    "hyper_embedding": 3,
    "max_points": 20,
}
QUICK = Limits(
    max_seconds=300.0,
    max_epochs=1_000,
    patience_epochs=1_000,
    finetune_max_seconds=300.0,
    finetune_max_steps=3,
    max_steps=60,
)
WRITERS = ("ann", "bob", "cid", "dan", "eve")


def make_drawing(random: np.random.Generator, slant: float) -> list[list[list[float]]]:
    """Return a zigzag and, in half of the drawings, a stroke below it."""
    teeth = int(random.integers(2, 5))
    across = np.arange(2 * teeth + 1) * 12.0 + random.normal(0, 1.5, 2 * teeth + 1)
    down = np.where(np.arange(2 * teeth + 1) % 2, 0.0, 40.0) + random.normal(0, 1.5, 2 * teeth + 1)
    drawing = [[(across - slant * down).round(2).tolist(), down.round(2).tolist()]]
    if random.random() < 0.5:
        drawing.append([[0.0, float(across[-1].round(2))], [60.0, float(60 + 10 * slant)]])
    return drawing


def make_lines(count: int = 200, seed: int = 0, writers: Sequence[str] = WRITERS) -> list[dict[str, Any]]:
    """Return drawings as objects {"writer", "word", "drawing"}; every writer has a slant."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        writer = number % len(writers)
        drawing = make_drawing(random, 0.3 * writer - 0.6)
        found.append({"writer": writers[writer], "word": "zigzag", "drawing": drawing})
    return found


def written(folder: Path, values: Sequence[Any], name: str = "pen.ndjson") -> Path:
    """Write values as NDJSON (words as they are) and return the path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def ask(*files: Path, options: Mapping[str, OptionValue] | None = None, site: str | None = None) -> Question:
    """Ask the task's question of files, options checked as the command line does."""
    return stroke.question(list(files), Asked(site=site, options=checked(stroke, {**SMALL, **(options or {})})))


def poc_of(asked: Question, **changes: object) -> PoC:
    """Return the PoC of a question."""
    poc = small_poc(
        task="stroke",
        data=asked.source,
        target="",
        target_kind=asked.target_kind,
        site=asked.site,
        columns=asked.columns,
        split=asked.split,
        options=asked.options,
    )
    return replace(poc, **changes)  # type: ignore[arg-type]


def prepared(
    folder: Path,
    values: Sequence[Any] | None = None,
    options: Mapping[str, OptionValue] | None = None,
    site: str | None = None,
) -> StrokeData:
    """Return the prepared data of drawings."""
    path = written(folder, make_lines() if values is None else values)
    return stroke.prepare(poc_of(ask(path, options=options, site=site)), folder / "data")


def told(found: tuple[Finding, ...]) -> str:
    """Return all findings in English, in one text."""
    return " | ".join(finding.text.en for finding in found)
