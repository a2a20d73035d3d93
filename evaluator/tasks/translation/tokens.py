"""From sentences to numbers and back: characters, or subwords by SentencePiece, both out of the training rows alone."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

PADDING, UNKNOWN, BEGIN, END = range(4)
"""Numbers with a meaning of their own; a sentence's tokens follow from SPECIALS on."""
SPECIALS = 4
UNKNOWN_SIGN = "\ufffd"
LEAST_COUNT = 2
"""Rarer characters of the training rows are unknown: so the unknown token has something to be learnt from."""
CHARACTERS_SHARE = 0.6
"""Of a subword vocabulary at most this much goes to single characters; rarer ones are unknown."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of one language.

    symbols: characters by number from SPECIALS on (unit `characters`). model: SentencePiece's own, base64 of its
    serialised form (unit `subwords`). count: how many numbers there are, special ones included.
    """

    unit: str
    count: int
    symbols: tuple[str, ...] = ()
    model: str = ""

    @cached_property
    def _pieces(self) -> SentencePieceProcessor:
        from sentencepiece import SentencePieceProcessor

        return SentencePieceProcessor(model_proto=base64.b64decode(self.model))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: SPECIALS + place for place, symbol in enumerate(self.symbols)}

    def encode(self, sentences: Sequence[str]) -> list[list[int]]:
        """Return each sentence's token numbers, UNKNOWN where there is none; without BEGIN and END."""
        if self.unit == "characters":
            return [[self._numbers.get(character, UNKNOWN) for character in one] for one in sentences]
        found: list[list[int]] = self._pieces.encode(list(sentences), out_type=int)
        return found

    def text(self, numbers: NDArray[np.integer]) -> str:
        """Return the sentence that `numbers` stand for, up to its END; unknown tokens as UNKNOWN_SIGN."""
        ended = np.flatnonzero(numbers == END)
        plain = [
            int(number) for number in numbers[: ended[0] if len(ended) else None] if number not in (PADDING, BEGIN)
        ]
        if self.unit == "characters":
            return "".join(UNKNOWN_SIGN if one == UNKNOWN else self.symbols[one - SPECIALS] for one in plain)
        made: str = self._pieces.decode(plain)
        return made.strip()


def learned(sentences: Sequence[str], unit: str, most: int) -> Tokens:
    """Return the tokens of `sentences` (of the training rows), at most `most` of them and the special ones."""
    if unit == "characters":
        symbols = _frequent(sentences, most)
        return Tokens(unit, SPECIALS + len(symbols), symbols)
    spelled = "".join(_frequent(sentences, int(CHARACTERS_SHARE * most)))
    rare = re.compile(f"[^{re.escape(spelled)}]")
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=(rare.sub(" ", sentence) for sentence in sentences),
        model_writer=written,
        vocab_size=most + SPECIALS,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        pad_id=PADDING,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        unk_surface=UNKNOWN_SIGN,
        num_threads=1,
        minloglevel=2,
    )
    model = written.getvalue()
    count = SentencePieceProcessor(model_proto=model).get_piece_size()
    return Tokens(unit, count, model=base64.b64encode(model).decode("ascii"))


def _frequent(sentences: Sequence[str], most: int) -> tuple[str, ...]:
    """Return at most `most` characters that occur LEAST_COUNT times, most frequent first (ties by code)."""
    counts = Counter("".join(sentences))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(character for character, count in ordered[:most] if count >= LEAST_COUNT)
