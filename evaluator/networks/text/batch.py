"""Windows of text as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from evaluator.networks.device import tensor_of
from evaluator.tasks.text.data import TextPart


@dataclass(frozen=True, eq=False)
class TextBatch:
    """Windows (rows, length + 1) of character numbers, and their sites (rows,)."""

    windows: Tensor
    site: Tensor

    @property
    def rows(self) -> int:
        """Return the number of windows."""
        return len(self.windows)

    def take(self, index: Tensor | slice) -> TextBatch:
        """Return the windows at `index`."""
        rows = index if isinstance(index, slice) else index.to(self.site.device)
        return TextBatch(self.windows[rows], self.site[rows])


def text_batch(part: TextPart) -> TextBatch:
    """Return the windows of `part` as tensors. Numbers take 4 bytes each; embeddings and losses read both kinds."""
    return TextBatch(tensor_of(part.windows, torch.int32), tensor_of(part.site, torch.int64))
