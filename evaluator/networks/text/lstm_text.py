"""The character network on stored LSTM layers: own, shared, normalised, with or without the site as an input."""

from __future__ import annotations

from torch import Tensor

from evaluator.networks.recurrent import LSTM, LSTMState
from evaluator.networks.task_network import Weights
from evaluator.networks.text.text_network import CharacterNetwork
from evaluator.tasks.text.data import TextData


class LSTMText(CharacterNetwork):
    """`hidden`: None as the task's options say. `shared_layers`: one set of weights for all layers.

    The option `layer_norm` is about `hyper_dynamic` and its rival with sites, `dense_site`: what normalisation does by
    itself, `layer_norm_lstm` shows.
    """

    def __init__(
        self,
        data: TextData,
        *,
        hidden: int | None = None,
        layer_norm: bool = False,
        shared_layers: bool = False,
        site_input: bool = False,
    ) -> None:
        asked = data.facts.architecture
        super().__init__(data, asked.hidden if hidden is None else hidden, site_input=site_input)
        self.recurrent = LSTM(
            self.step_inputs,
            self.hidden,
            layers=asked.layers,
            layer_norm=layer_norm,
            recurrent_dropout=asked.recurrent_dropout,
            shared_layers=shared_layers,
        )

    def encode(
        self, x: Tensor, site: Tensor, weights: Weights | None, state: LSTMState | None = None
    ) -> tuple[Tensor, LSTMState]:
        """Return the last layer's states (steps, rows, hidden) and all layers' last ones."""
        if len(x) == 1 and state is not None:
            after = self.recurrent.step(x[0], state)
            return after.h[-1:], after
        found: tuple[Tensor, LSTMState] = self.recurrent(x, state)
        return found

    def recurrent_flops(self, rows: int) -> float:
        """Return the layers' products."""
        return self.recurrent.flops(self.length, rows)
