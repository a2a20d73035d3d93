"""The LSTM cell, written plainly, with its layer normalisation, initial values and dropout mask.

Gates come in torch's order: input i, forget f, candidate g, output o.
Source: Ha, Dai, Le, HyperNetworks, ICLR 2017, eq. 9-10 and appendix A.2; recurrent dropout: Semeniuta et al. 2016.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

GATES = 4
FORGET = 1
Path = Literal["fast", "plain"]
"""How a module computes a sequence: by hand or fused where that is valid, or as a readable loop."""
EPS = 1e-5
"""Added to the variance in every layer normalisation, so that a constant row doesn't divide by zero."""


class CellNorm(nn.Module):
    """Layer normalisation of a cell: `gain`, `shift` (4, hidden) of the gates, `state_gain`, `state_shift` (hidden,).

    The forget gate's bias of 1 is its shift: it acts after the normalisation, which would remove one before it.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(GATES, hidden))
        self.shift = nn.Parameter(forget_bias(hidden))
        self.state_gain = nn.Parameter(torch.ones(hidden))
        self.state_shift = nn.Parameter(torch.zeros(hidden))

    def gates(self, pre: Tensor) -> Tensor:
        """Normalise every gate of `pre` (batch, 4, hidden) on its own."""
        return F.layer_norm(pre, pre.shape[-1:], eps=EPS) * self.gain + self.shift

    def state(self, c: Tensor) -> Tensor:
        """Normalise the cell state (batch, hidden)."""
        return F.layer_norm(c, c.shape[-1:], self.state_gain, self.state_shift, EPS)


def plain_cell(pre: Tensor, c: Tensor, norm: CellNorm | None, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return h and c (batch, hidden) after one step.

    pre: the gates before normalisation and squashing (batch, 4, hidden). mask: recurrent dropout (batch, hidden); it
    multiplies tanh(g) alone, so that the memory itself is never dropped.
    The normalised state is used inside tanh only: c itself goes on as it is.
    """
    i, f, g, o = (pre if norm is None else norm.gates(pre)).unbind(1)
    candidate = torch.tanh(g) if mask is None else torch.tanh(g) * mask
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * candidate
    h = torch.sigmoid(o) * torch.tanh(c if norm is None else norm.state(c))
    return h, c


def forget_bias(hidden: int, value: float = 1.0) -> Tensor:
    """Return biases (4, hidden): `value` for the forget gate, else 0."""
    bias = torch.zeros(GATES, hidden)
    bias[FORGET] = value
    return bias


def orthogonal_gates(hidden: int, inputs: int) -> nn.Parameter:
    """Return a weight (4 · hidden, inputs) whose gates are each orthogonal."""
    weight = torch.empty(GATES, hidden, inputs)
    for gate in weight:
        nn.init.orthogonal_(gate)
    return nn.Parameter(weight.flatten(0, 1))


def gates_of(values: Tensor) -> Tensor:
    """View (batch, 4 · hidden) as (batch, 4, hidden)."""
    return values.view(len(values), GATES, -1)


def dropout_mask(like: Tensor, rate: float) -> Tensor:
    """Return a mask of `like`'s shape: 0 with probability `rate`, else 1 / (1 - rate). Drawn from torch's generator."""
    return torch.empty_like(like).bernoulli_(1.0 - rate).div_(1.0 - rate)


def check_sequence(x: Tensor, inputs: int) -> None:
    """Raise ValueError unless x is (steps, batch, `inputs`) with at least one step."""
    if x.dim() != 3 or x.shape[2] != inputs or not len(x):
        raise ValueError(f"x: shape {tuple(x.shape)} given, (steps, batch, {inputs}) with a step or more expected")


def check_rate(recurrent_dropout: float) -> None:
    """Raise ValueError unless the rate is a share below 1."""
    if not 0.0 <= recurrent_dropout < 1.0:
        raise ValueError(f"recurrent_dropout={recurrent_dropout}: must be at least 0 and below 1")


def at_lengths(initial: Tensor, states: Tensor, lengths: Tensor | None) -> Tensor:
    """Return each sequence's last state (batch, hidden).

    initial: (batch, hidden), states: after every step (steps, batch, hidden), lengths: steps a sequence has (batch,),
    0 to steps; None: all of them.
    """
    if lengths is None:
        return states[-1]
    batch = torch.arange(len(lengths), device=states.device)
    return torch.cat([initial.unsqueeze(0), states])[lengths.to(states.device), batch]


def within_lengths(outputs: Tensor, lengths: Tensor | None) -> Tensor:
    """Return outputs (steps, batch, hidden) with zeros after each sequence's end."""
    if lengths is None:
        return outputs
    steps = torch.arange(len(outputs), device=outputs.device).unsqueeze(1)
    return outputs.masked_fill((steps >= lengths.to(outputs.device)).unsqueeze(2), 0.0)
