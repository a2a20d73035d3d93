"""The target network of the stroke task: recurrent layers over the pen's points, and a mixture density for the next.

What differs between variants is the recurrent layers. The recurrence starts from zeros at every drawing's first point.
Source: Ha, Dai, Le, HyperNetworks, ICLR 2017, section 4.3.3 (handwriting), after Graves 2013.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.stroke.batch import StrokeBatch, stroke_batch
from evaluator.networks.stroke.mixture_density import NextPoint, outputs
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.tasks.stroke.data import DOWN, END, PADDING, STATES, StrokeData, StrokePart, strokes_of
from evaluator.tasks.stroke.exhibit import shown_rows
from scorecards.record import Json

POINT = 2 + STATES
"""Numbers that a point is read as: its offset, and the pen's state one-hot."""
TEMPERATURE = 0.5
"""Of drawing: likely places become likelier; the pen is lifted as often as the network says."""
FIRST_SPREAD = 0.5
"""Deviation of the components' means before training, so that they don't all learn the same."""


class PenNetwork(TaskNetwork):
    """Recurrent layers (`encode`, a subclass's own) and head. `site_input`: the site's vector is an input."""

    def __init__(self, data: StrokeData, hidden: int, *, site_input: bool = False, conditioned: bool = False) -> None:
        super().__init__()
        mixtures = data.facts.architecture.mixtures
        self.length, self.hidden, self.site_input = data.facts.length, hidden, site_input
        self._counts = np.sort(data.train.there.sum(1))
        if site_input or conditioned:
            self.sites = SiteEmbedding(data.known_sites)
        self.head = nn.Linear(hidden, outputs(mixtures))
        nn.init.normal_(self.head.bias[mixtures : 3 * mixtures], std=FIRST_SPREAD)

    @property
    def step_inputs(self) -> int:
        """Return how many numbers the recurrent layers read at each step."""
        return POINT + (SITE_EMBEDDING if self.site_input else 0)

    def encode(self, x: Tensor, site: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Return the states (steps, rows, hidden) and what the next point needs to go on (None: from zeros).

        x: (steps, rows, step_inputs); site: (rows,).
        """
        raise NotImplementedError

    def recurrent_flops(self, steps: int, rows: int) -> float:
        """Return the floating point operations of the recurrent layers in one forward pass."""
        raise NotImplementedError

    def batch(self, part: StrokePart) -> StrokeBatch:  # type: ignore[override]
        """Return the drawings of `part` as tensors."""
        return stroke_batch(part)

    def next_points(self, batch: StrokeBatch) -> tuple[NextPoint, Tensor]:
        """Return the distributions of all points to predict, and where they are (steps, rows)."""
        steps = batch.steps
        states, _ = self.encode(self.inputs(batch.offsets[:, :steps], batch.states[:, :steps], batch.site), batch.site)
        there = (batch.states[:, 1 : steps + 1] != PADDING).t()
        return NextPoint.of(self.head(states[there])), there

    def loss(self, batch: StrokeBatch) -> Tensor:
        """Return the mean negative log-likelihood of a point, nats."""
        found, there = self.next_points(batch)
        return -found.log_likelihood(*_targets(batch, there)).mean()

    def answer(self, batch: StrokeBatch, weights: Weights | None = None) -> Tensor:
        """Return (rows, length, 2): each point's log-likelihood, 1 where the likeliest state came; 0 behind the end."""
        found, there = self.next_points(batch)
        offset, state = _targets(batch, there)
        answers = batch.offsets.new_zeros(self.length, batch.rows, 2)
        right = (found.state_logits.argmax(1) == state).to(offset.dtype)
        answers[: len(there)][there] = torch.stack([found.log_likelihood(offset, state), right], dim=1)
        return answers.transpose(0, 1)

    def step_flops(self, rows: int) -> float:
        """Return the FLOPs of a training step by formula: three times the products of a forward pass.

        The steps are those of the longest of `rows` drawings as it is expected; the head works on real points only.
        """
        head = 2.0 * rows * float(self._counts.mean()) * self.head.in_features * self.head.out_features
        return 3.0 * (head + self.recurrent_flops(round(expected_longest(self._counts, rows)), rows))

    @torch.no_grad()
    def draw(self, data: StrokeData, *, seed: int, count: int) -> Json:
        """Return `count` drawings, point by point from a first one with the pen down, at the sites of those shown.

        A drawing ends by itself, or where the longest one of the data would.
        """
        generator = torch.Generator().manual_seed(seed)
        device = self.head.weight.device
        sites = np.resize(shown_rows(data).site, count) if data.test.rows else np.full(count, -1)
        site = torch.tensor(sites.astype("int64"), device=device)
        offsets = torch.zeros(count, self.length + 1, 2)
        states = torch.full((count, self.length + 1), PADDING)
        states[:, 0] = DOWN
        carried: Any = None
        for at in range(self.length):
            x = self.inputs(offsets[:, at : at + 1].to(device), states[:, at : at + 1].to(device), site)
            h, carried = self.encode(x, site, carried)
            offset, state = NextPoint.of(self.head(h[0])).sample(TEMPERATURE, generator)
            going = (states[:, at] != END) & (states[:, at] != PADDING)
            offsets[going, at + 1], states[going, at + 1] = offset[going], state[going]
            if not going.any():
                break
        scale = data.facts.scale
        return [strokes_of(one.numpy(), own.numpy(), scale) for one, own in zip(offsets, states, strict=True)]

    def inputs(self, offsets: Tensor, states: Tensor, site: Tensor) -> Tensor:
        """Return what the recurrent layers read of points: (steps, rows, step_inputs).

        offsets: (rows, steps, 2); states: (rows, steps), padding as if the pen were down.
        """
        pen = F.one_hot(states.clamp(min=0), STATES).to(offsets.dtype)
        x = torch.cat([offsets, pen], dim=2).transpose(0, 1)
        if not self.site_input:
            return x
        assert self.sites is not None
        return torch.cat([x, self.sites(site).expand(len(x), -1, -1)], dim=2)


def expected_longest(counts: Any, rows: int) -> float:
    """Return the expected largest of `rows` numbers drawn from the sorted `counts`."""
    share = np.arange(1, len(counts) + 1) / len(counts)
    chance = np.diff(share**rows, prepend=0.0)
    return float(counts @ chance)


def _targets(batch: StrokeBatch, there: Tensor) -> tuple[Tensor, Tensor]:
    """Return the offsets (points, 2) and states (points,) to predict, in the order of `there` (steps, rows)."""
    steps = len(there)
    return batch.offsets[:, 1 : steps + 1].transpose(0, 1)[there], batch.states[:, 1 : steps + 1].t()[there]
