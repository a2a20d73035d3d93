"""Small made-up pairs of sentences, as files and prepared: for tests of intake, task and networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from evaluator.intake.findings import Finding
from evaluator.records import Limits, OptionValue, PoC
from evaluator.tasks import translation
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.translation import TranslationData
from tests.small_poc import small_poc

SMALL: Mapping[str, OptionValue] = {
    "unit": "characters",
    "hidden": 12,
    "hyper_hidden": 5,
    "hyper_embedding": 3,
    "length": 40,
}
QUICK = Limits(
    max_seconds=300.0,
    max_epochs=1_000,
    patience_epochs=1_000,
    finetune_max_seconds=300.0,
    finetune_max_steps=3,
    max_steps=60,
)
SITES = ("north", "south", "east", "west", "mid")
_NOUNS = {"犬": "dog", "猫": "cat", "鳥": "bird", "馬": "horse", "豚": "pig"}
_VERBS = {"見る": "sees", "追う": "hunts", "呼ぶ": "calls"}
_PLACES = {"庭で": "in the yard", "道で": "on the road", "": "", "家で": "at home"}


def make_pairs(pairs: int = 400, seed: int = 0, sites: Sequence[str] = SITES) -> list[tuple[str, str, str]]:
    """Return (source, target, site): who does what to whom where, the verb last in the source."""
    random = np.random.default_rng(seed)

    def drawn(words: Mapping[str, str]) -> tuple[str, str]:
        word = list(words)[int(random.integers(len(words)))]
        return word, words[word]

    made = []
    for _ in range(pairs):
        (one, a), (two, b), (verb, does), (place, where) = map(drawn, (_NOUNS, _NOUNS, _VERBS, _PLACES))
        site = str(random.choice(list(sites)))
        count = int(random.integers(2, 100))
        made.append((f"{place}{one}は{count}の{two}を{verb}", f"a {a} {does} {count} {b}s {where}".strip(), site))
    return made


def as_lines(pairs: Sequence[Sequence[str]], *, header: bool = False) -> str:
    """Return the pairs as the text of a TSV file."""
    rows = [("source", "target", "branch"), *pairs] if header else pairs
    return "".join("\t".join(row) + "\n" for row in rows)


def written(folder: Path, content: str | bytes, name: str = "pairs.tsv") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def ask(
    *files: Path,
    options: Mapping[str, OptionValue] | None = None,
    site: str | None = None,
    header: bool | None = None,
) -> Question:
    """Ask the task's question of files, options checked as the command line does."""
    given = checked(translation, {**SMALL, **(options or {})})
    return translation.question(list(files), Asked(site=site, header=header, options=given))


def poc_of(asked: Question, **changes: object) -> PoC:
    """Return the PoC of a question."""
    poc = small_poc(
        task="translation",
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
    pairs: Sequence[Sequence[str]],
    options: Mapping[str, OptionValue] | None = None,
    site: str | None = None,
) -> TranslationData:
    """Return the prepared data of pairs."""
    path = written(folder, as_lines(pairs, header=True))
    return translation.prepare(poc_of(ask(path, options=options, site=site)), folder / "data")


def told(found: Sequence[Finding]) -> str:
    """Return all findings in English, in one text."""
    return " | ".join(finding.text.en for finding in found)
