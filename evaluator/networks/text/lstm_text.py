"""The character network on stored LSTM layers: own, shared, normalised, with or without the site as an input."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from evaluator.networks.recurrent import LSTM, LSTMState
from evaluator.networks.recurrent.lstm import Recurrence
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
        self.shared_layers = shared_layers
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

    @torch.no_grad()
    def plain(self, data: TextData, site: int) -> LSTMText | None:
        """Return `dense` with the shared weights written out for every layer; None where nothing is shared."""
        if not self.shared_layers:
            return None
        pairs = [_layer(self.recurrent, layer) for layer in range(self.recurrent.layers)]
        return plain_text(
            self,
            data,
            [inputs for inputs, _ in pairs],
            [recurrence.weight_h for _, recurrence in pairs],
            [recurrence.bias for _, recurrence in pairs],
        )

    def recurrent_flops(self, rows: int) -> float:
        """Return the layers' products."""
        return self.recurrent.flops(self.length, rows)


def plain_text(
    like: CharacterNetwork,
    data: TextData,
    inputs: Sequence[Tensor],
    states: Sequence[Tensor],
    biases: Sequence[Tensor],
) -> LSTMText:
    """Return `dense` with the embedding and the head of `like`, and each layer's weights of inputs, states, and bias.

    inputs, states: (4 · hidden, hidden) a layer; biases: (4 · hidden,).
    """
    network = LSTMText(data)
    network.enter.load_state_dict(like.enter.state_dict())
    network.head.load_state_dict(like.head.state_dict())
    with torch.no_grad():
        for layer, values in enumerate(zip(inputs, states, biases, strict=True)):
            weight_x, recurrence = _layer(network.recurrent, layer)
            for own, value in zip((weight_x, recurrence.weight_h, recurrence.bias), values, strict=True):
                own.copy_(value)
    return network.to(like.head.weight.device).eval()


def _layer(recurrent: LSTM, number: int) -> tuple[Tensor, Recurrence]:
    """Return a layer's input weights and the rest of its weights; shared layers have the last ones."""
    recurrence = recurrent.recurrences[min(number, len(recurrent.recurrences) - 1)]
    assert isinstance(recurrence, Recurrence)
    return recurrent.weight_x[min(number, len(recurrent.weight_x) - 1)], recurrence
