"""The pen network on stored LSTM layers, with or without the site as an input."""

from __future__ import annotations

from torch import Tensor

from evaluator.networks.recurrent import LSTM, LSTMState
from evaluator.networks.stroke.stroke_network import PenNetwork
from evaluator.tasks.stroke.data import StrokeData


class LSTMPen(PenNetwork):
    """`hidden`: None as the task's options say."""

    def __init__(self, data: StrokeData, *, hidden: int | None = None, site_input: bool = False) -> None:
        asked = data.facts.architecture
        super().__init__(data, asked.hidden if hidden is None else hidden, site_input=site_input)
        self.recurrent = LSTM(
            self.step_inputs,
            self.hidden,
            layers=asked.layers,
            layer_norm=asked.layer_norm,
            recurrent_dropout=asked.recurrent_dropout,
        )

    def encode(self, x: Tensor, site: Tensor, state: LSTMState | None = None) -> tuple[Tensor, LSTMState]:
        """Return the last layer's states (steps, rows, hidden) and all layers' last ones."""
        if len(x) == 1 and state is not None:
            after = self.recurrent.step(x[0], state)
            return after.h[-1:], after
        found: tuple[Tensor, LSTMState] = self.recurrent(x, state)
        return found

    def recurrent_flops(self, steps: int, rows: int) -> float:
        """Return the layers' products."""
        return self.recurrent.flops(steps, rows)
