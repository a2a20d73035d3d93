"""A whole sequence of the HyperLSTM as one autograd function, with its backward written by hand.

Per step: one product for what h gives to the main and the hyper cell, one each for the hyper cell's own recurrence and
for the embeddings z, and one batched product for the twelve projections. The inputs' products are hoisted out of the
loop (`HyperLSTM` makes them for all steps at once), and so are the gradients of the recurrent weights. The scales d are
made again in backward: cheaper than storing and reading 12 · batch · hidden values a step.
The equations are those of `HyperLSTM.plain_step`; the tests hold both to them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.recurrent.cell_step import (
    CellBackward,
    CellForward,
    Norm,
    Record,
    every_step,
    flatten_records,
    gate_major,
    over_steps,
    split_last,
    unflatten_records,
)

PROJECTIONS = 3 * GATES
"""d_h, d_x and b for every gate, in this order."""


class States(NamedTuple):
    """h, c (…, batch, hidden) of the main cell, hyper_h, hyper_c (…, batch, hyper): of one step, or of all steps."""

    h: Tensor
    c: Tensor
    hyper_h: Tensor
    hyper_c: Tensor


class Weights(NamedTuple):
    """HyperLSTM's weights packed for the steps; N is the embedding's size + 1: a constant 1 joins each z_b.

    from_h: (4 · hidden + 4 · hyper, hidden), W_h above the hyper cell's weights of h; from_hyper: (4 · hyper, hyper);
    embed: (12 · N, hyper), embed_bias: (12 · N,); project: (12, N, hidden), W_hz, W_xz, W_bz with b_0 as the last row.
    """

    from_h: Tensor
    from_hyper: Tensor
    embed: Tensor
    embed_bias: Tensor
    project: Tensor


class Inputs(NamedTuple):
    """What a sequence starts from.

    mask: recurrent dropout (steps, batch, hidden). x_main: W_x x (steps, batch, 4 · hidden). x_hyper: what x and the
    site give to the hyper cell, with its bias (steps, batch, 4 · hyper). lag: 1: z at step t comes from the hyper state
    before the step, 0: after it.
    """

    lag: int
    mask: Tensor | None
    x_main: Tensor
    x_hyper: Tensor
    first: States
    weights: Weights
    norm: Norm | None
    hyper_norm: Norm | None

    @classmethod
    def of(cls, lag: int, mask: Tensor | None, *tensors: Tensor) -> Inputs:
        """Sort tensors into place: x_main, x_hyper, `States`, `Weights`, then none or both cells' `Norm`."""
        x_main, x_hyper, *rest = tensors
        first, weights, norms = States(*rest[:4]), Weights(*rest[4:9]), rest[9:]
        norm, hyper_norm = (Norm(*norms[:4]), Norm(*norms[4:])) if norms else (None, None)
        return cls(lag, mask, x_main, x_hyper, first, weights, norm, hyper_norm)

    def tensors(self) -> tuple[Tensor, ...]:
        """Undo `of`, without the mask."""
        return self.x_main, self.x_hyper, *self.first, *self.weights, *(self.norm or ()), *(self.hyper_norm or ())


class Tape(NamedTuple):
    """What backward needs of the forward pass besides its inputs and outputs.

    products: (steps, batch, 4 · hidden + 4 · hyper), W_h h beside what h gives to the hyper cell; embeddings: z
    (steps, batch, 12 · N).
    """

    products: Tensor
    embeddings: Tensor
    records: list[Record]
    hyper_records: list[Record]


def run_forward(given: Inputs, keep: bool) -> tuple[States, Tape]:
    """Return the states of all steps and, if `keep`, the tape."""
    lag, mask, x_main, x_hyper, (h, c, hyper_h, hyper_c), weights, norm, hyper_norm = given
    steps, batch, main = x_main.shape
    states = States(*(x_main.new_empty(steps, *state.shape) for state in given.first))
    products = x_main.new_empty(steps if keep else 1, batch, len(weights.from_h))
    embeddings = x_main.new_empty(steps if keep else 1, batch, len(weights.embed))
    scales = x_main.new_empty(PROJECTIONS, batch, h.shape[1])
    d_h, d_x, bias = scales.view(3, GATES, batch, -1).unbind(0)
    pre, hyper_pre = torch.empty_like(d_h), torch.empty_like(x_hyper[0])
    hyper_gates = gate_major(hyper_pre)
    cell, hyper_cell = CellForward(norm, h), CellForward(hyper_norm, hyper_h)
    from_h, from_hyper, embed = weights.from_h.t(), weights.from_hyper.t(), weights.embed.t()
    tape = Tape(products, embeddings, [], [])
    per_step = zip(
        *(every_step(values, steps) for values in (products, gate_major(products[..., :main]), products[..., main:])),
        *(every_step(values, steps) for values in (embeddings, _projection_major(embeddings))),
        *(gate_major(x_main).unbind(0), x_hyper.unbind(0)),
        [None] * steps if mask is None else mask.unbind(0),
        *(values.unbind(0) for values in states),
        strict=True,
    )
    for product, h_main, h_hyper, z, z_rows, x, x_hyper_t, mask_t, h_out, c_out, hyper_h_out, hyper_c_out in per_step:
        torch.mm(h, from_h, out=product)
        torch.addmm(x_hyper_t, hyper_h, from_hyper, out=hyper_pre).add_(h_hyper)
        hyper_record = hyper_cell.step(hyper_gates, hyper_c, None, hyper_h_out, hyper_c_out)
        torch.addmm(weights.embed_bias, hyper_h if lag else hyper_h_out, embed, out=z)
        torch.bmm(z_rows, weights.project, out=scales)
        torch.addcmul(bias, d_h, h_main, out=pre).addcmul_(d_x, x)
        record = cell.step(pre, c, mask_t, h_out, c_out)
        if keep:
            tape.records.append(record)
            tape.hyper_records.append(hyper_record)
        h, c, hyper_h, hyper_c = h_out, c_out, hyper_h_out, hyper_c_out
    return states, tape


class Backward:
    """Runs a sequence backward, last step first; holds the gradients that grow on the way."""

    def __init__(self, given: Inputs, states: States, tape: Tape) -> None:
        self.given, self.tape = given, tape
        self.before = [(first, *after.unbind(0)) for first, after in zip(given.first, states, strict=True)]
        self.cell = CellBackward(given.norm, given.first.h)
        self.hyper_cell = CellBackward(given.hyper_norm, given.first.hyper_h)
        self.d_first = States(*(torch.zeros_like(state) for state in given.first))
        self.d_x_main = torch.empty_like(given.x_main)
        self.d_products = torch.empty_like(tape.products)
        self.d_embed, self.d_project = torch.zeros_like(given.weights.embed), torch.zeros_like(given.weights.project)
        self._views()

    def _views(self) -> None:
        """Cut what all steps share and every step's view of it, once."""
        main, project = self.given.x_main.shape[2], self.given.weights.project
        self.d_x_hyper = self.d_products[..., main:]
        self.x, self.d_x = gate_major(self.given.x_main).unbind(0), gate_major(self.d_x_main).unbind(0)
        self.h_main, self.d_h_main = (
            gate_major(values[..., :main]).unbind(0) for values in (self.tape.products, self.d_products)
        )
        self.d_product, self.d_hyper = self.d_products.unbind(0), self.d_x_hyper.unbind(0)
        self.d_hyper_gates = gate_major(self.d_x_hyper).unbind(0)
        z = _projection_major(self.tape.embeddings)
        self.z_rows, self.z_columns = z[:, : 2 * GATES].unbind(0), z.transpose(2, 3).unbind(0)
        self.d_scales = project.new_empty(PROJECTIONS, self.x[0].shape[1], project.shape[2])
        self.scales = torch.empty_like(self.d_scales[: 2 * GATES])
        self.d_z = project.new_empty(PROJECTIONS, project.shape[1], self.x[0].shape[1])
        self.d_z_columns = self.d_z.flatten(0, 1)
        self.d_z_sum = torch.zeros_like(self.d_z_columns)

    def step(self, t: int) -> None:
        """Turn the gradients of the states after step t into those before it."""
        lag, weights, mask = self.given.lag, self.given.weights, self.given.mask
        dh, dc, d_hyper_h, d_hyper_c = self.d_first
        _, c, hyper_h, hyper_c = self.before
        d_pre = self.cell.step(self.tape.records[t], c[t], c[t + 1], None if mask is None else mask[t], dh, dc)
        self._scales(t, d_pre)
        self.d_embed.addmm_(self.d_z_columns, hyper_h[t + 1 - lag])
        if not lag:
            d_hyper_h.addmm_(self.d_z_columns.t(), weights.embed)
        d_hyper_pre = self.hyper_cell.step(
            self.tape.hyper_records[t], hyper_c[t], hyper_c[t + 1], None, d_hyper_h, d_hyper_c
        )
        self.d_hyper_gates[t].copy_(d_hyper_pre)
        torch.mm(self.d_hyper[t], weights.from_hyper, out=d_hyper_h)
        if lag:
            d_hyper_h.addmm_(self.d_z_columns.t(), weights.embed)
        torch.mm(self.d_product[t], weights.from_h, out=dh)

    def _scales(self, t: int, d_pre: Tensor) -> None:
        """Carry the gates' gradient to W_h h, W_x x and z."""
        d_scale_h, d_scale_x, d_bias = self.d_scales.view(3, *d_pre.shape).unbind(0)
        torch.mul(d_pre, self.h_main[t], out=d_scale_h)
        torch.mul(d_pre, self.x[t], out=d_scale_x)
        d_bias.copy_(d_pre)
        torch.bmm(self.z_rows[t], self.given.weights.project[: 2 * GATES], out=self.scales)
        scale_h, scale_x = self.scales.view(2, *d_pre.shape).unbind(0)
        torch.mul(d_pre, scale_h, out=self.d_h_main[t])
        torch.mul(d_pre, scale_x, out=self.d_x[t])
        torch.bmm(self.given.weights.project, self.d_scales.transpose(1, 2), out=self.d_z)
        self.d_project.baddbmm_(self.z_columns[t], self.d_scales)
        self.d_z_sum += self.d_z_columns

    def gradients(self, states: States) -> tuple[Tensor | None, ...]:
        """Return the gradients of `Inputs.tensors`, after the first step's."""
        first = self.given.first
        d_from_h = over_steps(self.d_products, first.h, states.h)
        d_from_hyper = over_steps(self.d_x_hyper, first.hyper_h, states.hyper_h)
        d_weights = Weights(d_from_h, d_from_hyper, self.d_embed, self.d_z_sum.sum(1), self.d_project)
        d_norms = (*self.cell.norm_gradients(), *self.hyper_cell.norm_gradients()) if self.given.norm else ()
        return self.d_x_main, self.d_x_hyper, *self.d_first, *d_weights, *d_norms


class HyperSequence(torch.autograd.Function):
    """`States` of all steps, from lag, keep, mask and `Inputs.tensors`."""

    @staticmethod
    def forward(ctx: Any, lag: int, keep: bool, mask: Tensor | None, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run all steps; keep: record what backward needs."""
        states, tape = run_forward(Inputs.of(lag, mask, *tensors), keep)
        ctx.lag, ctx.inputs = lag, len(tensors)
        ctx.set_materialize_grads(False)
        records = (*flatten_records(tape.records), *flatten_records(tape.hyper_records))
        ctx.save_for_backward(mask, *tensors, *states, tape.products, tape.embeddings, *records)
        return tuple(states)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *d_states: Tensor | None) -> tuple[Tensor | None, ...]:
        """Carry the gradients of all steps' states back to every input."""
        mask, *saved = ctx.saved_tensors
        given, saved = Inputs.of(ctx.lag, mask, *saved[: ctx.inputs]), saved[ctx.inputs :]
        states, (products, embeddings, *records) = States(*saved[:4]), saved[4:]
        half = len(records) // 2
        tape = Tape(products, embeddings, unflatten_records(records[:half]), unflatten_records(records[half:]))
        steps = Backward(given, states, tape)
        arriving = [
            (carried, d_state.unbind(0))
            for carried, d_state in zip(steps.d_first, d_states, strict=True)
            if d_state is not None
        ]
        for t in range(len(states.h) - 1, -1, -1):
            for carried, d_state in arriving:
                carried += d_state[t]
            steps.step(t)
        return None, None, None, *steps.gradients(states)


def _projection_major(z: Tensor) -> Tensor:
    """View (..., batch, 12 · N) as (..., 12, batch, N)."""
    return split_last(z, PROJECTIONS).transpose(-2, -3)
