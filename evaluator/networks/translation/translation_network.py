"""The target network of the translation task: a recurrent encoder, a recurrent decoder, attention between them.

What differs between variants is the recurrent layers' weights. The encoder reads the source to its end; the decoder
starts from what it knew there (`bridge`: Bahdanau, Cho, Bengio, ICLR 2015, appendix A.2.2, here from the last state,
for the memory cell too) and is told the human's tokens while it learns, so that whole sequences run at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.networks.translation.attention import Attention
from evaluator.networks.translation.batch import TranslationBatch, translation_batch
from evaluator.tasks.translation.data import TranslationData, TranslationPart
from evaluator.tasks.translation.tokens import BEGIN, END, PADDING, UNKNOWN

NEVER_SAID = (PADDING, UNKNOWN, BEGIN)


class TranslationNetwork(TaskNetwork):
    """Embeddings, encoder (`read`), decoder (`write`), attention, head; `site_input`: the site's vector is an input."""

    makes = True

    def __init__(
        self, data: TranslationData, hidden: int, *, site_input: bool = False, conditioned: bool = False
    ) -> None:
        super().__init__()
        facts = data.facts
        self.hidden, self.site_input = hidden, site_input
        self.source_steps, self.target_steps = facts.source_longest, facts.target_longest
        self.source_lengths, self.target_lengths = (
            np.asarray(side != PADDING).sum(axis=1) for side in (data.train.source, data.train.target)
        )
        if site_input or conditioned:
            self.sites = SiteEmbedding(data.known_sites)
        self.enter_source = nn.Embedding(facts.source.count, hidden)
        self.enter_target = nn.Embedding(facts.target.count, hidden)
        self.bridge = nn.Linear(hidden, 2 * hidden)
        self.attention = Attention(hidden)
        self.head = nn.Linear(hidden, facts.target.count)

    @property
    def step_inputs(self) -> int:
        """Return how many numbers the recurrent layers read at each step."""
        return self.hidden + (SITE_EMBEDDING if self.site_input else 0)

    def read(self, x: Tensor, site: Tensor) -> Tensor:
        """Return the encoder's states (steps, rows, hidden), from zeros. x: (steps, rows, step_inputs)."""
        raise NotImplementedError

    def write(self, x: Tensor, h: Tensor, c: Tensor, site: Tensor) -> Tensor:
        """Return the decoder's states (steps, rows, hidden). h, c: (rows, hidden) before the first step."""
        raise NotImplementedError

    def first_state(self, h: Tensor, c: Tensor) -> Any:
        """Return the decoder's whole state before the first step, for `write_step`."""
        raise NotImplementedError

    def write_step(self, x: Tensor, state: Any, site: Tensor) -> tuple[Tensor, Any]:
        """Return h (rows, hidden) and the state after one step. x: (rows, step_inputs)."""
        raise NotImplementedError

    def recurrent_flops(self, source_steps: float, target_steps: float, rows: int) -> float:
        """Return the floating point operations of encoder and decoder in one forward pass."""
        raise NotImplementedError

    def batch(self, part: TranslationPart) -> TranslationBatch:  # type: ignore[override]
        """Return the pairs of `part` as tensors."""
        return translation_batch(part)

    def loss(self, batch: TranslationBatch) -> Tensor:
        """Return the mean negative log-likelihood of a target token, nats."""
        return -self.likelihoods(batch).mean()

    def answer(self, batch: TranslationBatch, weights: Weights | None = None) -> Tensor:
        """Return (rows, target_steps, 1): each target token's log-likelihood, the ones before it known; padding 0."""
        found = torch.zeros(batch.rows, self.target_steps, 1, device=batch.target.device, dtype=self.head.weight.dtype)
        found[:, : batch.target.shape[1], 0][batch.target != PADDING] = self.likelihoods(batch)
        return found

    @torch.no_grad()
    def made(self, batch: TranslationBatch, weights: Weights | None = None) -> Tensor:
        """Return (rows, target_steps, 1): the tokens of the network's own translation, END included, then PADDING.

        Greedy: the likeliest token at every step, never an unknown one. No target is looked at.
        """
        memory, real, h, c = self.memory(batch)
        state = self.first_state(h, c)
        number = torch.full_like(batch.site, BEGIN)
        ended = torch.zeros_like(batch.site, dtype=torch.bool)
        made = torch.zeros(batch.rows, self.target_steps, 1, device=memory.device)
        for t in range(self.target_steps):
            h, state = self.write_step(self._inputs(self.enter_target(number)[None], batch.site)[0], state, batch.site)
            logits = self.head(self.attention(h[:, None], memory, real)[:, 0])
            logits[:, NEVER_SAID] = -torch.inf
            number = logits.argmax(dim=1).masked_fill(ended, PADDING)
            made[:, t, 0] = number
            ended |= number == END
            if bool(ended.all()):
                break
        return made

    def likelihoods(self, batch: TranslationBatch) -> Tensor:
        """Return the log-likelihoods of all real target tokens, row by row, (tokens,)."""
        memory, real, h, c = self.memory(batch)
        begun = F.pad(batch.target[:, :-1], (1, 0), value=BEGIN).t()
        states = self.write(self._inputs(self.enter_target(begun), batch.site), h, c, batch.site).transpose(0, 1)
        told = batch.target != PADDING
        logits = self.head(self.attention(states, memory, real)[told])
        return -F.cross_entropy(logits, batch.target[told].long(), reduction="none")

    def memory(self, batch: TranslationBatch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the encoder's states (rows, steps, hidden), which of them are real, and the decoder's first h and c.

        The last real state is what the decoder starts from: padding comes after it and can't change it.
        """
        states = self.read(self._inputs(self.enter_source(batch.source.t()), batch.site), batch.site).transpose(0, 1)
        real = batch.source != PADDING
        last = states[torch.arange(batch.rows, device=states.device), real.sum(dim=1) - 1]
        h, c = torch.tanh(self.bridge(last)).chunk(2, dim=1)
        return states, real, h, c

    def step_flops(self, rows: int) -> float:
        """Return the FLOPs of a training step by formula: three times the products of a forward pass.

        Steps are those of the longest sentences in a batch, as they are to be expected; the head sees real tokens only.
        """
        source, target = expected_longest(self.source_lengths, rows), expected_longest(self.target_lengths, rows)
        head = 2.0 * rows * float(self.target_lengths.mean()) * self.hidden * self.head.out_features
        bridge = 2.0 * rows * self.hidden * 2 * self.hidden
        recurrent = self.recurrent_flops(source, target, rows)
        return 3.0 * (head + bridge + recurrent + self.attention.flops(source, target, rows))

    def _inputs(self, x: Tensor, site: Tensor) -> Tensor:
        """Return what the recurrent layers read of embeddings (steps, rows, hidden): (steps, rows, step_inputs)."""
        if not self.site_input:
            return x
        assert self.sites is not None
        return torch.cat([x, self.sites(site).expand(len(x), -1, -1)], dim=2)


def expected_longest(lengths: NDArray[np.int64], rows: int) -> float:
    """Return the mean of the longest of `rows` lengths, drawn independently: Σ P(longest ≥ k)."""
    shorter = np.cumsum(np.bincount(lengths))[:-1] / len(lengths)
    return float((1.0 - shorter**rows).sum())
