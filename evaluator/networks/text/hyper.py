"""`hyper`: a static hypernetwork makes the weights of all stacked LSTM layers; biases are stored."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent import LSTMState
from evaluator.networks.recurrent.cell import GATES, forget_bias
from evaluator.networks.task_network import Weights
from evaluator.networks.text.lstm_text import LSTMText, plain_text
from evaluator.networks.text.pace import PACE, SPACE
from evaluator.networks.text.shared import several_layers
from evaluator.networks.text.stacked_layers import Generator, StackedLayers
from evaluator.networks.text.text_network import CharacterNetwork
from evaluator.records import SettingValue
from evaluator.tasks.text.data import TextData

_EMBEDDING = "tile_embedding"


class StackedText(CharacterNetwork):
    """The character network on torch's fused LSTM, its weights given by a StackedLayers `source`."""

    def __init__(self, data: TextData, source: StackedLayers, *, conditioned: bool) -> None:
        asked = data.facts.architecture
        super().__init__(data, asked.hidden, conditioned=conditioned)
        self.source, self.generates = source, source.generates
        self.bias = nn.Parameter(torch.stack([forget_bias(asked.hidden).flatten() for _ in range(asked.layers)]))

    def encode(
        self, x: Tensor, site: Tensor, weights: Weights | None, state: LSTMState | None = None
    ) -> tuple[Tensor, LSTMState]:
        """Return the last layer's states (steps, rows, hidden) and all layers' last ones."""
        made = self.generate() if weights is None else weights
        table, last = made.get("scales"), []
        zeros = x.new_zeros(len(self.bias), x.shape[1], self.hidden)
        first = LSTMState(zeros, zeros) if state is None else state
        for layer, bias in enumerate(self.bias):
            if table is not None:
                x = x * table[:, layer][_place(site, len(table))]
            flat = [
                made["inputs"][layer].contiguous(),
                made["states"][layer].contiguous(),
                bias,
                torch.zeros_like(bias),
            ]
            begin = [first.h[layer : layer + 1], first.c[layer : layer + 1]]
            x, h, c = torch.lstm(x, begin, flat, True, 1, 0.0, self.training, False, False)
            last.append((h[0], c[0]))
        return x, LSTMState(*(torch.stack(ends) for ends in zip(*last, strict=True)))

    def generate(self) -> Weights:
        """Return the layers' weights, and every site's scales where sites count."""
        inputs, states = self.source.weights()
        scales = self.source.scales(None if self.sites is None else self.sites.table())
        return {"inputs": inputs, "states": states} | ({} if scales is None else {"scales": scales})

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return the parameters that `generate` reads."""
        return (*self.source.parameters(), *(() if self.sites is None else self.sites.parameters()))

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that make weights, embeddings excepted."""
        if not self.generates:
            return ()
        return tuple(f"source.{name}" for name, _ in self.source.named_parameters() if name != _EMBEDDING)

    def embedding_names(self) -> tuple[str, ...]:
        """Return the name of the embeddings that weights are made from."""
        return (f"source.{_EMBEDDING}",) if self.generates else ()

    def recurrent_flops(self, rows: int) -> float:
        """Return the layers' products, and those of generating their weights."""
        products = len(self.bias) * GATES * self.hidden * 2 * self.hidden
        return 2.0 * rows * self.length * products + self.source.flops()

    @torch.no_grad()
    def plain(self, data: TextData, site: int) -> LSTMText:
        """Return `dense` with the layers' weights, and one site's scales in them, stored."""
        made = self.generate()
        inputs = made["inputs"]
        if "scales" in made:
            scales = made["scales"][_place(torch.tensor(site), len(made["scales"]))]
            inputs = inputs * scales.unsqueeze(1)
        return plain_text(self, data, tuple(inputs), tuple(made["states"]), tuple(self.bias))


def _place(site: Tensor, count: int) -> Tensor:
    """Return the place of each row's site in the table: the last one is for every new site."""
    return torch.where((site < 0) | (site >= count - 1), count - 1, site)


def network(data: TextData, _settings: Mapping[str, SettingValue]) -> StackedText:
    """Return the untrained network."""
    asked, sites = data.facts.architecture, data.has_sites
    return StackedText(data, Generator(asked.layers, asked.hidden, sites=sites), conditioned=sites)


VARIANT = NetworkVariant("hyper", network, PACE, SPACE, fits=several_layers)
