"""Drawings as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from evaluator.networks.device import tensor_of
from evaluator.tasks.stroke.data import PADDING, StrokePart


@dataclass(frozen=True, eq=False)
class StrokeBatch:
    """Offsets (rows, length + 1, 2), pen states (rows, length + 1), and the drawings' sites (rows,)."""

    offsets: Tensor
    states: Tensor
    site: Tensor

    @property
    def rows(self) -> int:
        """Return the number of drawings."""
        return len(self.offsets)

    @property
    def steps(self) -> int:
        """Return how many points the longest drawing has to predict, at least 1."""
        there = (self.states[:, 1:] != PADDING).any(0)
        return max(int(there.sum()), 1)

    def take(self, index: Tensor | slice) -> StrokeBatch:
        """Return the drawings at `index`."""
        rows = index if isinstance(index, slice) else index.to(self.site.device)
        return StrokeBatch(self.offsets[rows], self.states[rows], self.site[rows])


def stroke_batch(part: StrokePart) -> StrokeBatch:
    """Return the drawings of `part` as tensors."""
    return StrokeBatch(
        tensor_of(part.offsets, torch.float32),
        tensor_of(part.states, torch.int64),
        tensor_of(part.site, torch.int64),
    )
