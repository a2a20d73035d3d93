"""Prepared text: windows of characters by role, and what their numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.prepared import (
    PreparedData,
    load_facts,
    load_parts,
    replaced_folder,
    save_parts,
    texts_from_json,
)
from evaluator.tasks.protocol import Floats, RowIndex
from evaluator.tasks.text.scores import MAIN_METRIC, main_score, scores
from scorecards.local_text import LocalText

UNKNOWN = "\ufffd"
"""How the unknown symbol is shown; its number is 0."""
_ARRAYS = ("windows", "site", "start")


@dataclass(frozen=True)
class TextPart:
    """Rows of one role. A row predicts each character of a window from those before it; rows know nothing of others.

    windows: (rows, length + 1) uint16 symbols, 0 = unknown; the first `length` are inputs, the last `length` targets.
    site: (rows,) int32 index into `TextFacts.sites`, from `known_sites` on a new site; -1 where there are no sites.
    start: (rows,) int64 place of a window's first character in the site's text of this role: rows may be left out.
    """

    windows: NDArray[np.uint16]
    site: NDArray[np.int32]
    start: NDArray[np.int64]

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
        return TextPart(self.windows[index], self.site[index], self.start[index])

    def stretch(self, most: int) -> NDArray[np.uint16]:
        """Return the targets of the first rows that follow each other without a gap, `most` characters of them."""
        length = self.windows.shape[1] - 1
        follows = (np.diff(self.site) == 0) & (np.diff(self.start) == length)
        rows = 1 + (len(follows) if follows.all() else int(follows.argmin()))
        return self.targets[:rows].ravel()[:most]


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


@dataclass(frozen=True, eq=False)
class TextData(PreparedData[TextFacts, TextPart]):
    """A prepared text."""

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


def write(data: TextData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    with replaced_folder(folder) as partial:
        save_parts(data, partial, _ARRAYS)


def load(folder: Path) -> TextData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    fields = load_facts(folder)
    facts = TextFacts(
        symbols=tuple(fields["symbols"]),
        length=fields["length"],
        sites=tuple(fields["sites"]),
        known_sites=fields["known_sites"],
        architecture=Architecture(**fields["architecture"]),
        data_hash=fields["data_hash"],
        repairs=texts_from_json(fields["repairs"]),
    )
    return TextData(facts, *load_parts(folder, TextPart, _ARRAYS))
