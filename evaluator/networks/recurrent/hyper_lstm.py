"""The HyperLSTM: a small LSTM makes, at every time step, embeddings that scale the rows of a larger LSTM's weights.

Source: Ha, Dai, Le, HyperNetworks, ICLR 2017, eq. 10-13 and appendix A.2.2-A.2.3. `plain_step` is the reference to
read; `hyper_lstm_step` computes the same for whole sequences, several times faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

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
from evaluator.networks.recurrent.hyper_lstm_step import HyperSequence, States, Weights

SCALES = 3
"""What is generated for every gate: d_h, d_x and the bias b."""
FIRST_SCALE = 0.1
"""d_h and d_x before training: z = 1 in each of N dimensions times 0.1 / N."""
EMBEDDING_STD = 0.01

EmbeddingFrom = Literal["previous", "current"]
HyperState = States
"""State of a HyperLSTM: h, c (batch, hidden), hyper_h, hyper_c (batch, hyper_hidden)."""


class HyperLSTM(nn.Module):
    """One layer. For every gate, with hyper state ĥ and N = `embedding`:

        z_h = W ĥ + b      z_x = W ĥ + b      z_b = W ĥ           (N,)
        gate = LN(W_hz z_h * W_h h + W_xz z_x * W_x x + W_bz z_b + b_0)

    The hyper cell is an LSTM that sees [h; x; site]. `embedding_from`: which ĥ makes z at step t: 'previous' (ĥ of step
    t-1: the paper's eq. 11), or 'current' (ĥ of step t, which has seen x_t: the authors' code).
    `layer_norm` normalises both cells. `recurrent_dropout` acts on the main cell's tanh(g), in training only.
    `site`: size of a vector that conditions the hyper cell, such as a site's embedding; 0: none.
    """

    def __init__(
        self,
        inputs: int,
        hidden: int,
        *,
        hyper_hidden: int = 64,
        embedding: int = 8,
        layer_norm: bool = True,
        recurrent_dropout: float = 0.0,
        embedding_from: EmbeddingFrom = "previous",
        site: int = 0,
        path: Path = "fast",
    ) -> None:
        super().__init__()
        check_rate(recurrent_dropout)
        self.inputs, self.hidden, self.site = inputs, hidden, site
        self.hyper_hidden, self.embedding = hyper_hidden, embedding
        self.recurrent_dropout = recurrent_dropout
        self.embedding_from: EmbeddingFrom = embedding_from
        self.path: Path = path
        self.weight_h = orthogonal_gates(hidden, hidden)
        self.weight_x = orthogonal_gates(hidden, inputs)
        self.bias = nn.Parameter(forget_bias(hidden, 0.0 if layer_norm else 1.0))
        self.hyper_weight_h = orthogonal_gates(hyper_hidden, hyper_hidden)
        self.hyper_weight_x = orthogonal_gates(hyper_hidden, hidden + inputs + site)
        self.hyper_bias = nn.Parameter(forget_bias(hyper_hidden, 0.0 if layer_norm else 1.0).flatten())
        self.embed_weight = nn.Parameter(torch.zeros(SCALES, GATES, embedding, hyper_hidden))
        nn.init.normal_(self.embed_weight[-1], std=EMBEDDING_STD)
        self.embed_bias = nn.Parameter(torch.ones(SCALES - 1, GATES, embedding))
        self.scale_weight = nn.Parameter(torch.full((SCALES, GATES, embedding, hidden), FIRST_SCALE / embedding))
        nn.init.zeros_(self.scale_weight[-1])
        self.norm = CellNorm(hidden) if layer_norm else None
        self.hyper_norm = CellNorm(hyper_hidden) if layer_norm else None

    def initial_state(self, batch: int) -> HyperState:
        """Return zeros."""
        main, hyper = self.weight_h.new_zeros(batch, self.hidden), self.weight_h.new_zeros(batch, self.hyper_hidden)
        return HyperState(main, main, hyper, hyper)

    def forward(
        self,
        x: Tensor,
        state: HyperState | None = None,
        *,
        lengths: Tensor | None = None,
        site: Tensor | None = None,
    ) -> tuple[Tensor, HyperState]:
        """Return outputs (steps, batch, hidden), zero after each sequence's end, and the state at that end.

        x: (steps, batch, inputs). lengths: steps a sequence has (batch,), None: all. site: (batch, site).
        """
        check_sequence(x, self.inputs)
        self._check_site(site)
        first = self.initial_state(x.shape[1]) if state is None else state
        mask = None
        if self.training and self.recurrent_dropout:
            mask = dropout_mask(x.new_empty(*x.shape[:2], self.hidden), self.recurrent_dropout)
        run = self._fast_steps if self._can_be_fast(x) else self._plain_steps
        states = run(x, first, mask, site)
        last = HyperState(*(at_lengths(before, after, lengths) for before, after in zip(first, states, strict=True)))
        return within_lengths(states.h, lengths), last

    def step(self, x: Tensor, state: HyperState | None = None, *, site: Tensor | None = None) -> HyperState:
        """Return the state after one input x (batch, inputs), without dropout: sampling goes step by step."""
        self._check_site(site)
        return self.plain_step(x, self.initial_state(len(x)) if state is None else state, None, site)

    def plain_step(self, x: Tensor, state: HyperState, mask: Tensor | None, site: Tensor | None) -> HyperState:
        """Return the state after one step, written as the paper's equations.

        x: (batch, inputs); mask: recurrent dropout (batch, hidden); site: (batch, site).
        """
        seen = torch.cat([state.h, x] if site is None else [state.h, x, site], dim=1)
        hyper_pre = F.linear(seen, self.hyper_weight_x, self.hyper_bias) + F.linear(state.hyper_h, self.hyper_weight_h)
        hyper_h, hyper_c = plain_cell(gates_of(hyper_pre), state.hyper_c, self.hyper_norm)

        source = state.hyper_h if self.embedding_from == "previous" else hyper_h
        z = F.linear(source, self.embed_weight.flatten(0, 2)).view(-1, SCALES, GATES, self.embedding)
        z = z + torch.cat([self.embed_bias, torch.zeros_like(self.embed_bias[:1])])  # z_b has no bias
        d_h, d_x, b = torch.einsum("bsgn,sgnh->sbgh", z, self.scale_weight)
        from_h = gates_of(F.linear(state.h, self.weight_h))
        from_x = gates_of(F.linear(x, self.weight_x))
        h, c = plain_cell(d_h * from_h + d_x * from_x + b + self.bias, state.c, self.norm, mask)
        return HyperState(h, c, hyper_h, hyper_c)

    def flops(self, steps: int, batch: int) -> float:
        """Floating point operations of the products in one forward pass; training takes three times as many.

        A multiplication and an addition count as two; element-wise work is left out, as torch's counter does.
        """
        main = GATES * self.hidden * (self.hidden + self.inputs)
        hyper = GATES * self.hyper_hidden * (self.hyper_hidden + self.hidden + self.inputs + self.site)
        generated = SCALES * GATES * self.embedding * (self.hyper_hidden + self.hidden)
        return 2.0 * steps * batch * (main + hyper + generated)

    def _plain_steps(self, x: Tensor, state: HyperState, mask: Tensor | None, site: Tensor | None) -> HyperState:
        states = []
        for t, x_t in enumerate(x):
            state = self.plain_step(x_t, state, None if mask is None else mask[t], site)
            states.append(state)
        return HyperState(*(torch.stack(values) for values in zip(*states, strict=True)))

    def _fast_steps(self, x: Tensor, state: HyperState, mask: Tensor | None, site: Tensor | None) -> HyperState:
        widths = [self.hidden, self.inputs, self.site]
        hyper_from_h, hyper_from_x, hyper_from_site = torch.split(self.hyper_weight_x, widths, dim=1)
        x_main = F.linear(x, self.weight_x)
        x_hyper = F.linear(x, hyper_from_x, self.hyper_bias)
        if site is not None:
            x_hyper = x_hyper + F.linear(site, hyper_from_site)
        weights = self._packed_weights(hyper_from_h)
        lag = 1 if self.embedding_from == "previous" else 0
        arguments = (x_main, x_hyper, *state, *weights, *(double(self.norm) or ()), *(double(self.hyper_norm) or ()))
        keep = torch.is_grad_enabled() and any(value.requires_grad for value in arguments)
        run: Callable[..., tuple[Tensor, ...]] = HyperSequence.apply
        return HyperState(*run(lag, keep, mask, *arguments))

    def _packed_weights(self, hyper_from_h: Tensor) -> Weights:
        """Return what the fast steps multiply with. A constant 1 joins each z, whose weight is b_0 for z_b, else 0."""
        embed = F.pad(self.embed_weight, (0, 0, 0, 1)).view(-1, self.hyper_hidden)
        no_bias = torch.zeros_like(self.embed_bias[:1])
        constant = self.embed_bias.new_tensor([0.0, 0.0, 1.0]).view(SCALES, 1, 1).expand(SCALES, GATES, 1)
        embed_bias = torch.cat([torch.cat([self.embed_bias, no_bias]), constant], dim=2).flatten()
        b_0 = torch.cat([torch.zeros_like(self.bias).expand(SCALES - 1, -1, -1), self.bias.unsqueeze(0)])
        project = torch.cat([self.scale_weight, b_0.unsqueeze(2)], dim=2).flatten(0, 1)
        return Weights(torch.cat([self.weight_h, hyper_from_h]), self.hyper_weight_h, embed, embed_bias, project)

    def _can_be_fast(self, x: Tensor) -> bool:
        """The sequence by hand knows no mixed precision."""
        return self.path == "fast" and not torch.is_autocast_enabled(x.device.type)

    def _check_site(self, site: Tensor | None) -> None:
        given = 0 if site is None else site.shape[-1]
        if given != self.site:
            raise ValueError(f"site: {given} values a sequence given, {self.site} expected (HyperLSTM(site=...))")
