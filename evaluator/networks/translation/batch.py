"""Pairs of sentences as tensors, without more padding than their longest sentences need."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from evaluator.networks.device import tensor_of
from evaluator.tasks.translation.data import TranslationPart
from evaluator.tasks.translation.tokens import PADDING


@dataclass(frozen=True, eq=False)
class TranslationBatch:
    """Token numbers of sources (rows, steps) and targets (rows, steps, END included), and sites (rows,)."""

    source: Tensor
    target: Tensor
    site: Tensor

    @property
    def rows(self) -> int:
        """Return the number of pairs."""
        return len(self.source)

    def take(self, index: Tensor | slice) -> TranslationBatch:
        """Return the pairs at `index`, cut to the longest of them."""
        rows = index if isinstance(index, slice) else index.to(self.site.device)
        return TranslationBatch(_cut(self.source[rows]), _cut(self.target[rows]), self.site[rows])


def translation_batch(part: TranslationPart) -> TranslationBatch:
    """Return the pairs of `part` as tensors."""
    source, target = (tensor_of(side, torch.int32) for side in (part.source, part.target))
    return TranslationBatch(_cut(source), _cut(target), tensor_of(part.site, torch.int64))


def _cut(numbers: Tensor) -> Tensor:
    """Return the numbers without the columns at the end that hold padding only; one column at least."""
    used = (numbers != PADDING).any(dim=0).nonzero()
    return numbers[:, : int(used[-1]) + 1] if len(used) else numbers[:, :1]
