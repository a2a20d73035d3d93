"""Prepared text: windows of characters by role, and what their numbers mean."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.protocol import PART_NAMES, Floats, RowIndex
from evaluator.tasks.text.scores import MAIN_METRIC, main_score, scores
from scorecards.local_text import LocalText

FACTS_FILE = "facts.json"
UNKNOWN = "\ufffd"
"""How the unknown symbol is shown; its number is 0."""
_ARRAYS = ("windows", "site")


@dataclass(frozen=True)
class TextPart:
    """Rows of one role. A row predicts each character of a window from those before it; rows know nothing of others.

    windows: (rows, length + 1) uint16 symbols, 0 = unknown; the first `length` are inputs, the last `length` targets.
    site: (rows,) int32 index into `TextFacts.sites`, from `known_sites` on a new site; -1 where there are no sites.
    """

    windows: NDArray[np.uint16]
    site: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.windows)

    @property
    def targets(self) -> NDArray[np.uint16]:
        """Return the characters to predict (rows, length)."""
        return self.windows[:, 1:]

    def take(self, index: RowIndex) -> TextPart:
        """Return the rows that `index` selects."""
        return TextPart(self.windows[index], self.site[index])


@dataclass(frozen=True)
class Architecture:
    """The target network, the same for every variant (the task's options of these names)."""

    layers: int
    hidden: int
    layer_norm: bool
    recurrent_dropout: float
    hyper_hidden: int
    hyper_embedding: int


@dataclass(frozen=True)
class TextFacts:
    """What the arrays mean; enough to encode a new text at a site. symbols: characters by number, UNKNOWN first."""

    symbols: tuple[str, ...]
    length: int
    sites: tuple[str, ...]
    known_sites: int
    architecture: Architecture
    data_hash: str
    repairs: tuple[LocalText, ...]

    def text(self, numbers: NDArray[np.integer]) -> str:
        """Return the characters that `numbers` stand for."""
        return "".join(self.symbols[number] for number in numbers.tolist())


@dataclass(frozen=True)
class TextData:
    """A prepared text: its facts and the rows of the six roles."""

    facts: TextFacts
    train: TextPart
    validation: TextPart
    test: TextPart
    new_train: TextPart
    new_validation: TextPart
    new_test: TextPart

    @property
    def rows(self) -> int:
        """Return how many rows are used, all parts together."""
        return sum(self.part(name).rows for name in PART_NAMES)

    @property
    def has_sites(self) -> bool:
        """Tell whether the rows belong to sites."""
        return bool(self.facts.sites)

    @property
    def site_names(self) -> tuple[str, ...]:
        """Return the sites' names in index order, those seen in training first."""
        return self.facts.sites

    @property
    def known_sites(self) -> int:
        """Return how many sites are seen in training."""
        return self.facts.known_sites

    @property
    def repairs(self) -> tuple[LocalText, ...]:
        """Return what was mended or left out, each with its count."""
        return self.facts.repairs

    @property
    def main_metric(self) -> str:
        """Return the mean log-likelihood of a character."""
        return MAIN_METRIC

    def scores(self, part: TextPart, prediction: Floats) -> dict[str, float]:
        """Return all scores of `prediction` (rows, length, 2); see scores.py."""
        return scores(prediction)

    def main_score(self, part: TextPart, prediction: Floats) -> float:
        """Return the mean log-likelihood of a character, nats."""
        return main_score(prediction)

    def facts_text(self) -> str:
        """Return the facts as JSON text, characters left readable."""
        return json.dumps(asdict(self.facts), ensure_ascii=False, indent=1)

    def part(self, name: str) -> TextPart:
        """Return the part called `name`, one of PART_NAMES."""
        if name not in PART_NAMES:
            raise ValueError(f"no part {name!r}; parts are {', '.join(PART_NAMES)}")
        value = getattr(self, name)
        assert isinstance(value, TextPart)
        return value


def write(data: TextData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in PART_NAMES:
        part = data.part(name)
        for array in _ARRAYS:
            np.save(partial / f"{name}.{array}.npy", getattr(part, array), allow_pickle=False)
    (partial / FACTS_FILE).write_text(data.facts_text(), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def load(folder: Path) -> TextData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    fields = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    facts = TextFacts(
        symbols=tuple(fields["symbols"]),
        length=fields["length"],
        sites=tuple(fields["sites"]),
        known_sites=fields["known_sites"],
        architecture=Architecture(**fields["architecture"]),
        data_hash=fields["data_hash"],
        repairs=tuple(LocalText(**one) for one in fields["repairs"]),
    )
    parts = [
        TextPart(*(np.load(folder / f"{name}.{array}.npy", mmap_mode="r", allow_pickle=False) for array in _ARRAYS))
        for name in PART_NAMES
    ]
    return TextData(facts, *parts)
