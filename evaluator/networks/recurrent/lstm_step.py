"""A whole sequence of one LSTM layer as one autograd function, with its backward written by hand.

For what torch's fused LSTM doesn't know: layer normalisation and recurrent dropout.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from evaluator.networks.recurrent.cell_step import (
    CellBackward,
    CellForward,
    Norm,
    Record,
    flatten_records,
    gate_major,
    over_steps,
    unflatten_records,
)


class LSTMSequence(torch.autograd.Function):
    """States h, c (steps, batch, hidden) of all steps."""

    @staticmethod
    def forward(
        ctx: Any,
        keep: bool,
        mask: Tensor | None,
        x_gates: Tensor,
        h: Tensor,
        c: Tensor,
        weight_h: Tensor,
        *norm: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Run all steps.

        keep: record what backward needs. mask: recurrent dropout (steps, batch, hidden). x_gates: W_x x + b (steps,
        batch, 4 · hidden). h, c: the initial state (batch, hidden). norm: `Norm`'s tensors, or none.
        """
        steps = len(x_gates)
        h_all, c_all = (x_gates.new_empty(steps, *h.shape) for _ in range(2))
        pre = torch.empty_like(x_gates[0])
        cell = CellForward(Norm(*norm) if norm else None, h)
        records: list[Record] = []
        masks = [None] * steps if mask is None else mask.unbind(0)
        first_h, first_c = h, c
        for x, h_out, c_out, mask_t in zip(x_gates.unbind(0), h_all.unbind(0), c_all.unbind(0), masks, strict=True):
            torch.addmm(x, h, weight_h.t(), out=pre)
            record = cell.step(gate_major(pre), c, mask_t, h_out, c_out)
            if keep:
                records.append(record)
            h, c = h_out, c_out
        ctx.set_materialize_grads(False)
        ctx.norms = len(norm)
        ctx.save_for_backward(mask, h_all, c_all, first_h, first_c, weight_h, *norm, *flatten_records(records))
        return h_all, c_all

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_h_all: Tensor | None, d_c_all: Tensor | None) -> tuple[Tensor | None, ...]:
        """Carry the gradients of all steps' states back to every input."""
        mask, h_all, c_all, first_h, first_c, weight_h, *rest = ctx.saved_tensors
        norm = Norm(*rest[: ctx.norms]) if ctx.norms else None
        records = unflatten_records(rest[ctx.norms :])
        steps = len(h_all)
        d_gates = h_all.new_empty(steps, len(first_h), len(weight_h))
        cell = CellBackward(norm, first_h)
        dh, dc = torch.zeros_like(first_h), torch.zeros_like(first_c)
        every_c = (first_c, *c_all.unbind(0))
        for t in range(steps - 1, -1, -1):
            if d_h_all is not None:
                dh += d_h_all[t]
            if d_c_all is not None:
                dc += d_c_all[t]
            d_pre = cell.step(records[t], every_c[t], every_c[t + 1], None if mask is None else mask[t], dh, dc)
            gate_major(d_gates[t]).copy_(d_pre)
            torch.mm(d_gates[t], weight_h, out=dh)
        d_weight = over_steps(d_gates, first_h, h_all)
        return None, None, d_gates, dh, dc, d_weight, *(cell.norm_gradients() if norm is not None else ())
