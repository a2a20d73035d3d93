"""Attention over the source's states, all target steps at once.

Source: Luong, Pham, Manning, Effective Approaches to Attention-based Neural Machine Translation, EMNLP 2015, global
attention with the score `general`; its output is fed to the head, not back into the recurrence.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """score(h, e) = hᵀ W e; the context is the mean of the e, weighted by the scores' softmax over real tokens."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.score = nn.Linear(hidden, hidden, bias=False)
        self.join = nn.Linear(2 * hidden, hidden)

    def forward(self, states: Tensor, memory: Tensor, real: Tensor) -> Tensor:
        """Return tanh(W [context; state]) (rows, target steps, hidden).

        states: of the decoder (rows, target steps, hidden). memory: the encoder's (rows, source steps, hidden). real:
        (rows, source steps), False at padding, which gets no weight; every row has a real token.
        """
        scores = states @ self.score(memory).transpose(1, 2)
        weights = scores.masked_fill(~real.unsqueeze(1), -torch.inf).softmax(dim=2)
        joined: Tensor = torch.tanh(self.join(torch.cat([weights @ memory, states], dim=2)))
        return joined

    def flops(self, source_steps: float, target_steps: float, rows: int) -> float:
        """Return the floating point operations of the products in one forward pass; a product's term counts two."""
        keys = source_steps * self.hidden * self.hidden
        both = 2 * source_steps * target_steps * self.hidden
        return 2.0 * rows * (keys + both + target_steps * 2 * self.hidden * self.hidden)
