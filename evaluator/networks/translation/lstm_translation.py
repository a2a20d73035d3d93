"""The translation network on stored LSTM layers, with or without the site as an input."""

from __future__ import annotations

from torch import Tensor

from evaluator.networks.recurrent import LSTM, LSTMState
from evaluator.networks.translation.translation_network import TranslationNetwork
from evaluator.tasks.translation.data import TranslationData


class LSTMTranslation(TranslationNetwork):
    """`hidden`: None as the task's options say."""

    def __init__(self, data: TranslationData, *, hidden: int | None = None, site_input: bool = False) -> None:
        asked = data.facts.architecture
        super().__init__(data, asked.hidden if hidden is None else hidden, site_input=site_input)
        self.encoder = LSTM(self.step_inputs, self.hidden, layer_norm=asked.layer_norm)
        self.decoder = LSTM(self.step_inputs, self.hidden, layer_norm=asked.layer_norm)

    def read(self, x: Tensor, site: Tensor) -> Tensor:
        """Return the encoder's states (steps, rows, hidden)."""
        states: Tensor = self.encoder(x)[0]
        return states

    def write(self, x: Tensor, h: Tensor, c: Tensor, site: Tensor) -> Tensor:
        """Return the decoder's states (steps, rows, hidden)."""
        states: Tensor = self.decoder(x, self.first_state(h, c))[0]
        return states

    def first_state(self, h: Tensor, c: Tensor) -> LSTMState:
        """Return the decoder's state before the first step."""
        return LSTMState(h[None], c[None])

    def write_step(self, x: Tensor, state: LSTMState, site: Tensor) -> tuple[Tensor, LSTMState]:
        """Return h (rows, hidden) and the state after one step."""
        after = self.decoder.step(x, state)
        return after.h[-1], after

    def recurrent_flops(self, source_steps: float, target_steps: float, rows: int) -> float:
        """Return the layers' products."""
        return source_steps * self.encoder.flops(1, rows) + target_steps * self.decoder.flops(1, rows)
