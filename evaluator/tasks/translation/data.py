"""Prepared pairs: token numbers by role, the sentences that are compared, and what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.prepared import PreparedData, load_facts, load_parts, replaced_folder, save_parts, texts_from_json
from evaluator.tasks.protocol import Floats, RowIndex
from evaluator.tasks.translation.scores import MAIN_METRIC, main_score, scores
from evaluator.tasks.translation.tokens import PADDING, Tokens
from scorecards.local_text import LocalText

_ARRAYS = ("source", "target", "site", "sentences")


@dataclass(frozen=True)
class TranslationPart:
    """Rows of one role.

    source: (rows, longest) uint16 token numbers, padded with PADDING. target: (rows, longest) likewise, END included.
    site: (rows,) int32 index into `TranslationFacts.sites`, from `known_sites` on a new site; -1 without sites.
    sentences: (rows, 2) text, source and target as they were written; '' in the parts that are only learned from.
    """

    source: NDArray[np.uint16]
    target: NDArray[np.uint16]
    site: NDArray[np.int32]
    sentences: NDArray[np.str_]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.source)

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Return (rows, longest): True where there is a target token, END among them, and no padding."""
        counted: NDArray[np.bool_] = np.asarray(self.target) != PADDING
        return counted

    def take(self, index: RowIndex) -> TranslationPart:
        """Return the rows that `index` selects."""
        return TranslationPart(self.source[index], self.target[index], self.site[index], self.sentences[index])


@dataclass(frozen=True)
class Architecture:
    """The target network, the same for every variant (the task's options of these names)."""

    hidden: int
    layer_norm: bool
    hyper_hidden: int
    hyper_embedding: int


@dataclass(frozen=True)
class TranslationFacts:
    """What the arrays mean; enough to translate a new sentence at a site.

    source_longest, target_longest: tokens of the longest sentences, the target's with END: no translation is longer.
    bleu_tokens: how BLEU cuts the target language into words, a tokenizer's name of sacrebleu.
    """

    source: Tokens
    target: Tokens
    source_longest: int
    target_longest: int
    bleu_tokens: str
    sites: tuple[str, ...]
    known_sites: int
    architecture: Architecture
    data_hash: str
    repairs: tuple[LocalText, ...]


@dataclass(frozen=True, eq=False)
class TranslationData(PreparedData[TranslationFacts, TranslationPart]):
    """Prepared pairs of sentences."""

    @property
    def main_metric(self) -> str:
        """Return the mean log-likelihood of a target token."""
        return MAIN_METRIC

    def scores(self, part: TranslationPart, prediction: Floats) -> dict[str, float]:
        """Return all scores that `prediction` bears (rows, target_longest, 1 or 2); see scores.py."""
        return scores(part, prediction, self.facts.target, self.facts.bleu_tokens)

    def main_score(self, part: TranslationPart, prediction: Floats) -> float:
        """Return the mean log-likelihood of a target token, nats."""
        return main_score(part, prediction)


def write(data: TranslationData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    with replaced_folder(folder) as partial:
        save_parts(data, partial, _ARRAYS)


def load(folder: Path) -> TranslationData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    fields = load_facts(folder)
    facts = TranslationFacts(
        **{
            **fields,
            "source": _tokens(fields["source"]),
            "target": _tokens(fields["target"]),
            "sites": tuple(fields["sites"]),
            "architecture": Architecture(**fields["architecture"]),
            "repairs": texts_from_json(fields["repairs"]),
        }
    )
    return TranslationData(facts, *load_parts(folder, TranslationPart, _ARRAYS))


def _tokens(fields: dict[str, object]) -> Tokens:
    symbols = fields["symbols"]
    assert isinstance(symbols, list)
    return Tokens(str(fields["unit"]), int(str(fields["count"])), tuple(symbols), str(fields["model"]))
