"""Where the next point may lie: a mixture of bivariate Gaussians with correlation, and the pen's next state.

Source: Graves, Generating Sequences With Recurrent Neural Networks, 2013, eq. 15-25, with three pen states for one
end-of-stroke bit. Computed in logarithms throughout. Deviations have a floor, so that no point on a grid can have an
endless density, and correlations stay off 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.tasks.stroke.data import STATES

LEAST_DEVIATION = 0.05
"""Floor of a deviation, in units of the training offsets' own: about what simplifying leaves uncertain."""
LARGEST_LOG_DEVIATION = 8.0
LARGEST_CORRELATION = 0.99
PER_COMPONENT = 6
"""A weight, two means, two deviations and a correlation."""


def outputs(mixtures: int) -> int:
    """Return how many numbers describe a point's distribution."""
    return PER_COMPONENT * mixtures + STATES


class NextPoint(NamedTuple):
    """The distributions of points: for each of M components and for the pen's state.

    log_weights (points, M); means, log_deviations (points, M, 2); correlations (points, M); state_logits (points, 3).
    """

    log_weights: Tensor
    means: Tensor
    log_deviations: Tensor
    correlations: Tensor
    state_logits: Tensor

    @classmethod
    def of(cls, raw: Tensor) -> NextPoint:
        """Return the distributions that a network's `raw` outputs (points, 6 · M + 3) stand for."""
        mixtures = (raw.shape[1] - STATES) // PER_COMPONENT
        sizes = [mixtures, 2 * mixtures, 2 * mixtures, mixtures, STATES]
        weights, means, deviations, correlations, states = torch.split(raw, sizes, dim=1)
        floor = raw.new_tensor(math.log(LEAST_DEVIATION))
        return cls(
            F.log_softmax(weights, dim=1),
            means.reshape(-1, mixtures, 2),
            torch.logaddexp(deviations.clamp(max=LARGEST_LOG_DEVIATION), floor).view(-1, mixtures, 2),
            LARGEST_CORRELATION * torch.tanh(correlations),
            states,
        )

    def log_density(self, offset: Tensor) -> Tensor:
        """Return each offset's (points, 2) log-density (points,), nats."""
        away = (offset.unsqueeze(1) - self.means) * torch.exp(-self.log_deviations)
        across, down = away.unbind(2)
        rest = 1.0 - self.correlations.square()
        squared = (across.square() + down.square() - 2.0 * self.correlations * across * down) / rest
        one = -0.5 * squared - math.log(2.0 * math.pi) - self.log_deviations.sum(2) - 0.5 * torch.log(rest)
        return torch.logsumexp(self.log_weights + one, dim=1)

    def log_likelihood(self, offset: Tensor, state: Tensor) -> Tensor:
        """Return the log-likelihood (points,) of offsets (points, 2) and the pen states (points,) after them, nats."""
        return self.log_density(offset) - F.cross_entropy(self.state_logits, state, reduction="none")

    def sample(self, temperature: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return drawn offsets (points, 2) and states (points,), on the processor.

        temperature: below 1 the likely becomes likelier: components' logits are divided by it, variances multiplied.
        Pen states are drawn as they are: sharpened, the rare lifts would never come.
        """
        weights = (self.log_weights / temperature).softmax(1).cpu()
        chosen = torch.multinomial(weights, 1, generator=generator).squeeze(1)
        row = torch.arange(len(chosen))
        mean, deviation = self.means.cpu()[row, chosen], self.log_deviations.cpu()[row, chosen].exp()
        correlation = self.correlations.cpu()[row, chosen]
        first, second = torch.randn(2, len(chosen), generator=generator)
        second = correlation * first + (1.0 - correlation.square()).sqrt() * second
        offset = mean + deviation * math.sqrt(temperature) * torch.stack([first, second], dim=1)
        states = self.state_logits.softmax(1).cpu()
        return offset, torch.multinomial(states, 1, generator=generator).squeeze(1)
