"""The target network of the text task: an embedding a character, recurrent layers, and a linear head to the next one.

What differs between variants is the recurrent layers' weights. Embeddings are as wide as the hidden state, so that all
layers have the same shape; the recurrence starts from zeros in every window.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.networks.text.batch import TextBatch, text_batch
from evaluator.tasks.text.data import TextData, TextPart

TEMPERATURE = 0.8
"""Of writing: logits are divided by it, so that rare slips become rarer still."""
UNKNOWN = 0
LINE_END = "\n"


class CharacterNetwork(TaskNetwork):
    """Embedding, recurrent layers (`encode`, a subclass's own), head. `site_input`: the site's vector is an input."""

    def __init__(self, data: TextData, hidden: int, *, site_input: bool = False, conditioned: bool = False) -> None:
        super().__init__()
        self.symbols, self.length = len(data.facts.symbols), data.facts.length
        self.hidden, self.site_input = hidden, site_input
        if site_input or conditioned:
            self.sites = SiteEmbedding(data.known_sites)
        self.enter = nn.Embedding(self.symbols, hidden)
        self.head = nn.Linear(hidden, self.symbols)

    @property
    def step_inputs(self) -> int:
        """Return how many numbers the recurrent layers read at each step."""
        return self.hidden + (SITE_EMBEDDING if self.site_input else 0)

    def encode(self, x: Tensor, site: Tensor, weights: Weights | None, state: Any = None) -> tuple[Tensor, Any]:
        """Return the states (steps, rows, hidden) and what the next character needs to go on (None: from zeros).

        x: (steps, rows, step_inputs); site: (rows,).
        """
        raise NotImplementedError

    def recurrent_flops(self, rows: int) -> float:
        """Return the floating point operations of the recurrent layers in one forward pass over `rows` windows."""
        raise NotImplementedError

    def batch(self, part: TextPart) -> TextBatch:  # type: ignore[override]
        """Return the windows of `part` as tensors."""
        return text_batch(part)

    def logits(self, batch: TextBatch, weights: Weights | None = None) -> Tensor:
        """Return (length · rows, symbols), all rows' first characters first."""
        states, _ = self.encode(self._inputs(batch.windows[:, :-1].t(), batch.site), batch.site, weights)
        found: Tensor = self.head(states.flatten(0, 1))
        return found

    def loss(self, batch: TextBatch) -> Tensor:
        """Return the mean negative log-likelihood of a character, nats."""
        weights = self.generate() if self.generates else None
        return F.cross_entropy(self.logits(batch, weights), _targets(batch))

    def answer(self, batch: TextBatch, weights: Weights | None = None) -> Tensor:
        """Return (rows, length, 2): each character's log-likelihood, and 1 where the likeliest one came."""
        logits, targets = self.logits(batch, weights), _targets(batch)
        likelihood = -F.cross_entropy(logits, targets, reduction="none")
        right = (logits.argmax(1) == targets).to(likelihood.dtype)
        return torch.stack([likelihood, right], dim=1).view(-1, batch.rows, 2).transpose(0, 1)

    def outputs(self, batch: TextBatch) -> Tensor:
        """Return each character's log-likelihood (rows, length)."""
        return self.answer(batch)[..., 0]

    def step_flops(self, rows: int) -> float:
        """Return the FLOPs of a training step by formula: three times the products of a forward pass."""
        head = 2.0 * rows * self.length * self.hidden * self.symbols
        return 3.0 * (head + self.recurrent_flops(rows))

    @torch.no_grad()
    def draw(self, data: TextData, *, seed: int, count: int) -> str:
        """Return `count` characters written one after the other, from a line's start, at the first test row's site.

        The unknown symbol is never written.
        """
        symbols = data.facts.symbols
        generator = torch.Generator().manual_seed(seed)
        device = self.head.weight.device
        number = torch.tensor([[symbols.index(LINE_END) if LINE_END in symbols else 1]], device=device)
        site = torch.tensor(data.test.site[:1].astype("int64"), device=device)
        weights = self.generate() if self.generates else None
        state, written = None, []
        for _ in range(count):
            states, state = self.encode(self._inputs(number, site), site, weights, state)
            chances = (self.head(states[0, 0]) / TEMPERATURE).softmax(0).cpu()
            chances[UNKNOWN] = 0.0
            number = torch.multinomial(chances, 1, generator=generator).view(1, 1).to(device)
            written.append(symbols[int(number)])
        return "".join(written)

    def _inputs(self, numbers: Tensor, site: Tensor) -> Tensor:
        """Return what the recurrent layers read of characters (steps, rows): (steps, rows, step_inputs)."""
        x: Tensor = self.enter(numbers)
        if not self.site_input:
            return x
        assert self.sites is not None
        return torch.cat([x, self.sites(site).expand(len(x), -1, -1)], dim=2)


def _targets(batch: TextBatch) -> Tensor:
    return batch.windows[:, 1:].t().flatten().long()
