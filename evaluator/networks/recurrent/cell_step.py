"""The LSTM cell again, for the fast sequences: forward and backward by hand, in few calls and few passes over memory.

Beside a product of 32 rows the cost of a small call counts, so that
- gates are gate-major, (4, batch, hidden): one call for all gates, and each gate is contiguous;
- tanh is taken as 2 σ(2x) - 1: torch's vectorised sigmoid takes a fifth of its tanh on a processor. The factor 2 sits
  in the normalisation's gain and shift (`double`), so that all four gates are one sigmoid and its backward one call;
- gain and shift collect their gradients while the step's values are still in the cache.
The equations are those of `cell.plain_cell`; the tests hold both to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from evaluator.networks.recurrent.cell import EPS, GATES, CellNorm

CANDIDATE = 2
_NATIVE = torch.ops.aten


class Norm(NamedTuple):
    """A cell's layer normalisation as the steps by hand take it.

    gain, shift: (4, 1, hidden); state_gain, state_shift: (hidden,); those of what goes into a tanh are doubled.
    """

    gain: Tensor
    shift: Tensor
    state_gain: Tensor
    state_shift: Tensor


class Record(NamedTuple):
    """What backward needs of one step. Layer normalisation's own values last; None without it.

    gates: (4, batch, hidden) after the sigmoid; candidate: tanh(g), and `kept` the same after dropout; squashed: tanh
    of the state; normal: (4, batch, hidden) normalised gates, scale: 1 / their deviation; state_mean, state_scale.
    """

    gates: Tensor
    candidate: Tensor
    squashed: Tensor
    normal: Tensor | None
    scale: Tensor | None
    state_mean: Tensor | None
    state_scale: Tensor | None


def double(norm: CellNorm | None) -> Norm | None:
    """Return the normalisation with the factor 2 of tanh(x) = 2 σ(2x) - 1; autograd carries it back."""
    if norm is None:
        return None
    twice = norm.gain.new_tensor([1.0, 1.0, 2.0, 1.0]).view(GATES, 1, 1)
    gain, shift = norm.gain.unsqueeze(1) * twice, norm.shift.unsqueeze(1) * twice
    return Norm(gain, shift, norm.state_gain * 2.0, norm.state_shift * 2.0)


class CellForward:
    """Runs a cell's steps. like: (batch, hidden), gives dtype and device."""

    def __init__(self, norm: Norm | None, like: Tensor) -> None:
        self.norm = norm
        self.width = [like.shape[-1]]
        self.minus_one = like.new_tensor(-1.0)

    def step(self, pre: Tensor, c: Tensor, mask: Tensor | None, h_out: Tensor, c_out: Tensor) -> Record:
        """Write h and c (batch, hidden) after one step. pre: (4, batch, hidden), any strides, is overwritten."""
        norm = self.norm
        normal = scale = state_mean = state_scale = None
        if norm is None:
            pre[CANDIDATE].mul_(2.0)
            gates = torch.sigmoid(pre)
        else:
            normal, _, scale = torch.native_layer_norm(pre, self.width, None, None, EPS)
            gates = torch.addcmul(norm.shift, normal, norm.gain).sigmoid_()
        i, f, g, o = gates.unbind(0)
        candidate = torch.add(self.minus_one, g, alpha=2.0)
        torch.mul(f, c, out=c_out).addcmul_(i, candidate if mask is None else candidate * mask)
        if norm is None:
            squashed = torch.mul(c_out, 2.0)
        else:
            squashed, state_mean, state_scale = torch.native_layer_norm(
                c_out, self.width, norm.state_gain, norm.state_shift, EPS
            )
        torch.add(self.minus_one, squashed.sigmoid_(), alpha=2.0, out=squashed)
        torch.mul(o, squashed, out=h_out)
        return Record(gates, candidate, squashed, normal, scale, state_mean, state_scale)


class CellBackward:
    """Runs a cell's steps backward, last step first, and collects the normalisation's gradients.

    like: (batch, hidden), gives shape, dtype and device.
    """

    def __init__(self, norm: Norm | None, like: Tensor) -> None:
        self.norm = norm
        self.width = [like.shape[-1]]
        self.slope = like.new_empty(GATES, *like.shape)
        self.d_squashed = torch.empty_like(like)
        if norm is not None:
            self.half_gain = norm.state_gain * 0.5
            self.no_mean = like.new_zeros(GATES, len(like), 1)
            self.no_scale = like.new_ones(GATES, len(like), 1)
            self.d_normal = torch.empty_like(self.slope)
            self.d_gain = torch.zeros_like(self.slope)
            self.d_shift = torch.zeros_like(self.slope)
            self.d_state: list[tuple[Tensor, Tensor]] = []

    def step(self, record: Record, c_before: Tensor, c: Tensor, mask: Tensor | None, dh: Tensor, dc: Tensor) -> Tensor:
        """Return the gradient of `pre` (4, batch, hidden), valid until the next call.

        dh: gradient of h. dc: of c by what came later, turned in place into that of `c_before`.
        """
        norm, slope = self.norm, self.slope
        i, f, _, o = record.gates.unbind(0)
        to_i, to_f, to_g, to_o = slope.unbind(0)
        d_squashed = self.d_squashed
        torch.mul(dh, o, out=d_squashed)
        torch.mul(dh, record.squashed, out=to_o)
        _NATIVE.tanh_backward.grad_input(d_squashed, record.squashed, grad_input=d_squashed)
        if norm is None:
            dc += d_squashed
        else:
            d_state, d_gain, d_shift = _NATIVE.native_layer_norm_backward(
                d_squashed,
                c,
                self.width,
                record.state_mean,
                record.state_scale,
                self.half_gain,
                norm.state_shift,
                [True, True, True],
            )
            self.d_state.append((d_gain, d_shift))
            dc += d_state
        if mask is None:
            torch.mul(dc, record.candidate, out=to_i)
            torch.mul(dc, i, out=to_g)
        else:
            torch.mul(dc, mask, out=to_g)
            torch.mul(to_g, record.candidate, out=to_i)
            to_g *= i
        to_g *= 2.0
        torch.mul(dc, c_before, out=to_f)
        dc *= f
        _NATIVE.sigmoid_backward.grad_input(slope, record.gates, grad_input=slope)
        return self._before_norm(record)

    def _before_norm(self, record: Record) -> Tensor:
        """Carry `slope`, the gradient after the normalisation, to before it."""
        slope, norm = self.slope, self.norm
        if norm is None:
            slope[CANDIDATE].mul_(2.0)
            return slope
        assert record.normal is not None
        assert record.scale is not None
        self.d_gain.addcmul_(slope, record.normal)
        self.d_shift += slope
        torch.mul(slope, norm.gain, out=self.d_normal)
        d_pre: Tensor = _NATIVE.native_layer_norm_backward(
            self.d_normal, record.normal, self.width, self.no_mean, self.no_scale, None, None, [True, False, False]
        )[0]
        return d_pre.mul_(record.scale)

    def norm_gradients(self) -> tuple[Tensor | None, ...]:
        """Return the gradients of `Norm`'s four tensors, summed over steps and batch."""
        if self.norm is None:
            return (None,) * len(Norm._fields)
        gains, shifts = zip(*self.d_state, strict=True)
        return (
            self.d_gain.sum(1, keepdim=True),
            self.d_shift.sum(1, keepdim=True),
            torch.stack(gains).sum(0) * 0.5,
            torch.stack(shifts).sum(0) * 0.5,
        )


def split_last(values: Tensor, parts: int) -> Tensor:
    """View (..., parts · size) as (..., parts, size)."""
    return values.view(*values.shape[:-1], parts, values.shape[-1] // parts)


def gate_major(values: Tensor) -> Tensor:
    """View (..., batch, 4 · hidden) as (..., 4, batch, hidden)."""
    return split_last(values, GATES).transpose(-2, -3)


def every_step(values: Tensor, steps: int) -> tuple[Tensor, ...]:
    """Return `values` a step; a buffer for one step only serves every step."""
    each = values.unbind(0)
    return each if len(each) == steps else each * steps


def over_steps(d_outputs: Tensor, first: Tensor, states: Tensor) -> Tensor:
    """Return the gradient (outputs, hidden) of a recurrent weight as one product over all steps.

    d_outputs: (steps, batch, outputs); first: the initial state (batch, hidden), states: (steps, batch, hidden).
    """
    d_weight = d_outputs[0].t() @ first
    return d_weight.addmm_(d_outputs[1:].flatten(0, 1).t(), states[:-1].flatten(0, 1))


def flatten_records(records: list[Record]) -> tuple[Tensor | None, ...]:
    """Return the records' tensors in a row, as `save_for_backward` takes them."""
    return tuple(value for record in records for value in record)


def unflatten_records(values: Sequence[Tensor]) -> list[Record]:
    """Undo `flatten_records`."""
    width = len(Record._fields)
    return [Record(*values[start : start + width]) for start in range(0, len(values), width)]
