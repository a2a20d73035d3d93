"""The scores that a training and a fine-tuning have to reach, fixed beforehand by a trigram of target tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.targets import Reference
from evaluator.tasks.text.targets import Trigram
from evaluator.tasks.translation.tokens import BEGIN

if TYPE_CHECKING:
    from evaluator.tasks.translation.data import TranslationData, TranslationPart

Numbers = NDArray[np.int64]


def references(data: TranslationData) -> tuple[Reference, Reference]:
    """Return the references of the training and the fine-tuning, as log-likelihoods, nats a target token.

    The reference is an interpolated trigram of target tokens that never sees the source: counted in `train` and scored
    on `validation`; for fine-tuning counted in `train` + `new_train` and scored on `new_validation`. Naive: the
    unigram. NaN without rows to score.
    """
    return (
        _reference(data, [data.train], data.validation),
        _reference(data, [data.train, data.new_train], data.new_validation),
    )


def _reference(data: TranslationData, parts: Sequence[TranslationPart], scored: TranslationPart) -> Reference:
    if not scored.rows or not any(part.rows for part in parts):
        return Reference(math.nan, math.nan)
    model = Trigram(stream(parts), data.facts.target.count)
    tokens = stream([scored])
    real = tokens[:, 1:] != BEGIN
    words = model.unigram / (1.0 - model.unigram[BEGIN])
    naive = np.log(words[tokens[:, 1:]][real])
    score = np.log(model.probabilities(tokens)[real])
    return Reference(float(naive.mean()), float(score.mean()), float(naive.std() / math.sqrt(naive.size)))


def stream(parts: Sequence[TranslationPart]) -> Numbers:
    """Return all sentences one after the other (1, tokens), each led by BEGIN, so that none is padded."""
    rows = [np.asarray(part.target).astype(np.int64) for part in parts]
    begun = [np.concatenate([np.full((len(one), 1), BEGIN), one], axis=1) for one in rows]
    return np.concatenate([one[one != 0] for one in begun])[None, :]
