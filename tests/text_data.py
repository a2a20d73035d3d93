"""Small made-up texts, as files and prepared: for tests of intake, task and networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from evaluator.intake.findings import Finding
from evaluator.records import Limits, OptionValue, PoC
from evaluator.tasks import text
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.text import TextData
from tests.small_poc import small_poc

SMALL: Mapping[str, OptionValue] = {
    "length": 20,
    "hidden": 16,
    "hyper_hidden": 6,
    "hyper_embedding": 3,
    "layers": 2,
}
QUICK = Limits(
    max_seconds=300.0,
    max_epochs=1_000,
    patience_epochs=1_000,
    finetune_max_seconds=300.0,
    finetune_max_steps=3,
    max_steps=60,
)
_WORDS = {"ann": "red apple", "bob": "blue boat", "cid": "cold cave", "dan": "dark door", "eve": "early egg"}


def make_speeches(count: int = 400, seed: int = 0, writers: Sequence[str] = tuple(_WORDS)) -> str:
    """Return speeches 'name: words', a line each; every writer has words of their own, and some are common."""
    random = np.random.default_rng(seed)
    lines = []
    for _ in range(count):
        name = str(random.choice(list(writers)))
        words = random.choice([*_WORDS[name].split(), "and", "then", "ends"], size=int(random.integers(4, 10)))
        lines.append(f"{name}: {' '.join(words)}.\n")
    return "".join(lines)


def written(folder: Path, content: str, name: str = "text.txt") -> Path:
    """Write a text file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8"))
    return path


def ask(*files: Path, options: Mapping[str, OptionValue] | None = None, site: str | None = None) -> Question:
    """Ask the task's question of files, options checked as the command line does."""
    return text.question(list(files), Asked(site=site, options=checked(text, {**SMALL, **(options or {})})))


def poc_of(asked: Question, **changes: object) -> PoC:
    """Return the PoC of a question."""
    poc = small_poc(
        task="text",
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
    folder: Path, content: str, options: Mapping[str, OptionValue] | None = None, site: str | None = None
) -> TextData:
    """Return the prepared data of a text."""
    return text.prepare(poc_of(ask(written(folder, content), options=options, site=site)), folder / "data")


def told(found: tuple[Finding, ...]) -> str:
    """Return all findings in English, in one text."""
    return " | ".join(finding.text.en for finding in found)
