"""The LSTM, the paper's baseline in recurrent tasks: plain, with layer normalisation, or with shared layers.

Plain layers run on torch's fused LSTM; layer normalisation and recurrent dropout on `lstm_step`'s sequence by hand.
Source: Ha, Dai, Le, HyperNetworks, ICLR 2017, eq. 9 and appendix A.2 (one bias a gate; torch's own has two).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.recurrent.cell import (
    GATES,
    CellNorm,
    Path,
    at_lengths,
    check_rate,
    check_sequence,
    dropout_mask,
    forget_bias,
    gates_of,
    orthogonal_gates,
    plain_cell,
    within_lengths,
)
from evaluator.networks.recurrent.cell_step import double
from evaluator.networks.recurrent.lstm_step import LSTMSequence


class LSTMState(NamedTuple):
    """State after a step: h, c (layers, batch, hidden)."""

    h: Tensor
    c: Tensor


class Recurrence(nn.Module):
    """A layer's weights but those of its input: `weight_h` (4 · hidden, hidden), `bias` (4 · hidden,), `norm`."""

    def __init__(self, hidden: int, *, layer_norm: bool) -> None:
        super().__init__()
        self.hidden = hidden
        self.weight_h = orthogonal_gates(hidden, hidden)
        self.bias = nn.Parameter(forget_bias(hidden, 0.0 if layer_norm else 1.0).flatten())
        self.norm = CellNorm(hidden) if layer_norm else None

    def plain_step(self, x_gates: Tensor, h: Tensor, c: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return h, c (batch, hidden) after one step. x_gates: W_x x (batch, 4 · hidden)."""
        pre = x_gates + F.linear(h, self.weight_h, self.bias)
        return plain_cell(gates_of(pre), c, self.norm, mask)

    def plain_steps(self, x_gates: Tensor, h: Tensor, c: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return h, c (steps, batch, hidden) of all steps, one after the other."""
        states = []
        for t, x_t in enumerate(x_gates):
            h, c = self.plain_step(x_t, h, c, None if mask is None else mask[t])
            states.append((h, c))
        every_h, every_c = zip(*states, strict=True)
        return torch.stack(every_h), torch.stack(every_c)

    def fast_steps(self, x_gates: Tensor, h: Tensor, c: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the same as `plain_steps`, computed by hand."""
        arguments = (x_gates + self.bias, h, c, self.weight_h, *(double(self.norm) or ()))
        keep = torch.is_grad_enabled() and any(value.requires_grad for value in arguments)
        run: Callable[..., tuple[Tensor, Tensor]] = LSTMSequence.apply
        every_h, every_c = run(keep, mask, *arguments)
        return every_h, every_c


class LSTM(nn.Module):
    """`layers` layers, each reading the outputs of the one below.

    `layer_norm`: of each gate and, inside tanh, of the state. `recurrent_dropout`: on tanh(g), in training only.
    `shared_layers`: one set of weights for all layers; only the input weights of the first layer are its own, where
    `inputs` differs from `hidden`.
    """

    def __init__(
        self,
        inputs: int,
        hidden: int,
        *,
        layers: int = 1,
        layer_norm: bool = False,
        recurrent_dropout: float = 0.0,
        shared_layers: bool = False,
        path: Path = "fast",
    ) -> None:
        super().__init__()
        check_rate(recurrent_dropout)
        if layers < 1:
            raise ValueError(f"layers={layers}: at least 1")
        self.inputs, self.hidden, self.layers = inputs, hidden, layers
        self.recurrent_dropout = recurrent_dropout
        self.path: Path = path
        stored = 1 if shared_layers else layers
        widths = [inputs] + [hidden] * (layers - 1)
        if shared_layers:
            widths = list(dict.fromkeys(widths))
        self.weight_x = nn.ParameterList(orthogonal_gates(hidden, width) for width in widths)
        self.recurrences = nn.ModuleList(Recurrence(hidden, layer_norm=layer_norm) for _ in range(stored))

    def initial_state(self, batch: int) -> LSTMState:
        """Return zeros."""
        zeros = self.weight_x[0].new_zeros(self.layers, batch, self.hidden)
        return LSTMState(zeros, zeros)

    def forward(
        self, x: Tensor, state: LSTMState | None = None, *, lengths: Tensor | None = None
    ) -> tuple[Tensor, LSTMState]:
        """Return outputs (steps, batch, hidden), zero after each sequence's end, and the state at that end.

        x: (steps, batch, inputs). lengths: steps a sequence has (batch,), None: all.
        """
        check_sequence(x, self.inputs)
        first = self.initial_state(x.shape[1]) if state is None else state
        last = []
        for layer, (h, c) in enumerate(zip(first.h, first.c, strict=True)):
            x, *ends = self._run_layer(layer, x, h, c, lengths)
            last.append(ends)
        return within_lengths(x, lengths), LSTMState(*(torch.stack(ends) for ends in zip(*last, strict=True)))

    def step(self, x: Tensor, state: LSTMState | None = None) -> LSTMState:
        """Return the state after one input x (batch, inputs), without dropout; its output is the last layer's h."""
        first = self.initial_state(len(x)) if state is None else state
        last = []
        for layer, (h, c) in enumerate(zip(first.h, first.c, strict=True)):
            weight_x, recurrence = self._weights(layer)
            x, c = recurrence.plain_step(F.linear(x, weight_x), h, c, None)
            last.append((x, c))
        return LSTMState(*(torch.stack(ends) for ends in zip(*last, strict=True)))

    def flops(self, steps: int, batch: int) -> float:
        """Floating point operations of the products in one forward pass; training takes three times as many.

        A multiplication and an addition count as two; element-wise work is left out, as torch's counter does.
        """
        seen = self.inputs + (self.layers - 1) * self.hidden + self.layers * self.hidden
        return 2.0 * steps * batch * GATES * self.hidden * seen

    def _weights(self, layer: int) -> tuple[Tensor, Recurrence]:
        recurrence = self.recurrences[min(layer, len(self.recurrences) - 1)]
        assert isinstance(recurrence, Recurrence)
        return self.weight_x[min(layer, len(self.weight_x) - 1)], recurrence

    def _run_layer(
        self, layer: int, x: Tensor, h: Tensor, c: Tensor, lengths: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return a layer's outputs (steps, batch, hidden) and its last h and c (batch, hidden)."""
        weight_x, recurrence = self._weights(layer)
        mask = None
        if self.training and self.recurrent_dropout:
            mask = dropout_mask(x.new_empty(*x.shape[:2], self.hidden), self.recurrent_dropout)
        if self.path == "fast" and mask is None and lengths is None and recurrence.norm is None:
            return self._fused(weight_x, recurrence, x, h, c)
        by_hand = self.path == "fast" and not torch.is_autocast_enabled(x.device.type)
        run = recurrence.fast_steps if by_hand else recurrence.plain_steps
        every_h, every_c = run(F.linear(x, weight_x), h, c, mask)
        return every_h, at_lengths(h, every_h, lengths), at_lengths(c, every_c, lengths)

    def _fused(
        self, weight_x: Tensor, recurrence: Recurrence, x: Tensor, h: Tensor, c: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Run torch's own layer; its second bias is zero."""
        weights = [weight_x, recurrence.weight_h, recurrence.bias, torch.zeros_like(recurrence.bias)]
        state = [h.unsqueeze(0).contiguous(), c.unsqueeze(0).contiguous()]
        outputs, last_h, last_c = torch.lstm(x, state, weights, True, 1, 0.0, self.training, False, False)
        return outputs, last_h[0], last_c[0]
