"""The forecaster on LSTM layers whose weights a LayerSource gives: stored, shared, or generated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.series.target_network import Forecaster, Shape, first_bias, lstm_flops
from evaluator.networks.site_embedding import SiteEmbedding
from evaluator.networks.task_network import Weights

PENALTY = 1e-3
"""Turns AdamW's decay, which is scaled by the learning rate, into a share of the loss of about the same pull."""


class LayerSource(nn.Module):
    """Where the layers' weights come from. Subclasses give `weights()` and, where sites count, `modulation`."""

    generates = False

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the weights of inputs and of states, each (layers, 4 · hidden, hidden)."""
        raise NotImplementedError

    def modulation(self, site_vectors: Tensor | None) -> Tensor | None:
        """Return (n, layers, hidden + codes) a site: what scales each input of a layer, and codes that shift its gates.

        site_vectors: (n, SITE_EMBEDDING), the new site's last. None where sites don't count.
        """
        return None

    def shift(self) -> Tensor | None:
        """Return (4 · hidden, codes): what turns a site's codes into shifts of the gates; None without sites."""
        return None

    def embedding_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that are embeddings."""
        return ()

    def flops(self) -> float:
        """Return the floating point operations of generating all weights once."""
        return 0.0


SourceMaker = Callable[[Shape, bool], LayerSource]
"""Makes a variant's LayerSource; the flag tells whether sites condition it."""


class StoredLayers(LayerSource):
    """Weights that are learned, and stored, themselves."""

    def __init__(self, inputs: Tensor, states: Tensor) -> None:
        super().__init__()
        self.inputs, self.states = nn.Parameter(inputs), nn.Parameter(states)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the stored weights."""
        return self.inputs, self.states


def ordinary_layers(shape: Shape, layers: int) -> tuple[Tensor, Tensor]:
    """Return fresh weights (layers, 4 · hidden, hidden) of inputs and states, every gate orthogonal."""
    weights = torch.empty(2, layers, GATES, shape.hidden, shape.hidden)
    for gate in weights.flatten(0, 2):
        nn.init.orthogonal_(gate)
    inputs, states = weights.flatten(2, 3)
    return inputs.clone(), states.clone()


class LSTMForecaster(Forecaster):
    """The target network with LSTM layers. `conditioned`: the sites' vectors condition the source."""

    def __init__(
        self,
        shape: Shape,
        known_sites: int,
        source: LayerSource,
        *,
        site_input: bool = False,
        conditioned: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(shape, known_sites, site_input=site_input)
        if conditioned:
            self.sites = SiteEmbedding(known_sites)
        self.known_sites, self.weight_decay = known_sites, weight_decay
        self.source = source
        self.generates = source.generates
        self.bias = first_bias(shape)

    def encode(self, x: Tensor, site: Tensor, weights: Weights | None) -> Tensor:
        """Return the last state (rows, hidden)."""
        made = self.generate() if weights is None else weights
        table = made.get("table")
        per_row = None if table is None else table[self._place(site, len(table))]
        last = x[-1]
        for layer in range(self.shape.layers):
            inputs, states, bias = made["inputs"][layer], made["states"][layer], self.bias[layer]
            zero = x.new_zeros(1, x.shape[1], self.shape.hidden)
            if per_row is not None:
                # A site's scaled weights times x are the weights times the scaled x, and its shift is one more product:
                # rows of different sites go through torch's fused layer together.
                scale, codes = per_row[:, layer, : self.shape.hidden], per_row[:, layer, self.shape.hidden :]
                x = torch.cat([x * scale, codes.expand(len(x), -1, -1)], dim=2)
                inputs = torch.cat([inputs, made["shift"]], dim=1)
            flat = [inputs.contiguous(), states.contiguous(), bias, torch.zeros_like(bias)]
            x, last, _ = torch.lstm(x, [zero, zero], flat, True, 1, 0.0, self.training, False, False)
            last = last[0]
        return last

    def _place(self, site: Tensor, count: int) -> Tensor:
        """Return the place of each row's site in the table: the last one is for every new site."""
        return torch.where((site < 0) | (site >= count - 1), count - 1, site)

    def generate(self) -> Weights:
        """Return the layers' weights, and every site's modulation where sites count."""
        inputs, states = self.source.weights()
        table = self.source.modulation(self.sites.table() if self.sites is not None and not self.site_input else None)
        shift = self.source.shift()
        if table is None or shift is None:
            return {"inputs": inputs, "states": states}
        return {"inputs": inputs, "states": states, "table": table, "shift": shift}

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return the parameters that `generate` reads."""
        sites = () if self.sites is None or self.site_input else tuple(self.sites.parameters())
        return (*self.source.parameters(), *sites)

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that make weights, embeddings excepted."""
        if not self.generates:
            return ()
        names = (f"source.{name}" for name, _ in self.source.named_parameters())
        return tuple(name for name in names if name not in self.embedding_names())

    def embedding_names(self) -> tuple[str, ...]:
        """Return the names of the embeddings that weights are made from."""
        return tuple(f"source.{name}" for name in self.source.embedding_names())

    def penalty(self, weights: Weights | None) -> Tensor | float:
        """Return the generated weights' sum of squares: decaying the generator's own would shrink the wrong thing."""
        if weights is None or not self.training:
            return 0.0
        return PENALTY * self.weight_decay * (weights["inputs"].square().sum() + weights["states"].square().sum())

    def recurrent_flops(self, rows: int) -> float:
        """Return the layers' products, and those of generating their weights."""
        return lstm_flops(self.shape, rows) + self.source.flops()

    @torch.no_grad()
    def plain(self, data: Any, site: int) -> LSTMForecaster | None:
        """Return `dense` with the layers' weights, and one site's scales and shifts in them, stored."""
        if isinstance(self.source, StoredLayers):
            return None
        made = self.generate()
        inputs, bias = made["inputs"], self.bias.detach()
        if "table" in made:
            place = self._place(torch.tensor(site), len(made["table"]))
            of_site, hidden = made["table"][place], self.shape.hidden
            scale, codes = of_site[:, :hidden], of_site[:, hidden:]
            inputs = inputs * scale.unsqueeze(1)
            bias = bias + codes @ made["shift"].t()
        network = LSTMForecaster(self.shape, self.known_sites, StoredLayers(inputs.clone(), made["states"].clone()))
        network.bias.copy_(bias)
        network.enter.load_state_dict(self.enter.state_dict())
        network.head.load_state_dict(self.head.state_dict())
        return network.to(self.bias.device).eval()
