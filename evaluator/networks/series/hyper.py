"""`hyper`: a static hypernetwork makes the recurrent layers' weights from embeddings of layers and sites.

Ha, Dai, Le 2017, eq. 2–3: a_i = W_i z + B_i for each input i, slice K_i = W_out a_i + b_out. A layer's matrix is tiled,
every tile with its own embedding z; all tiles come out of one batched product. A site's vector, together with the
layer's embedding, scales the columns of the generated input weights and shifts the biases, which are stored.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.series.lstm_forecaster import LayerSource, LSTMForecaster
from evaluator.networks.series.pace import PACE, SPACE
from evaluator.networks.series.target_network import Shape, shape_of
from evaluator.networks.site_embedding import SITE_EMBEDDING
from evaluator.records import SettingValue
from evaluator.tasks.series.data import SeriesData

TILE_EMBEDDING = 8
"""Nz: floats an embedding of a tile has."""
INNER = 8
"""d: size of a_i between the generator's two layers."""
TILE_OUTPUTS = 16
"""Gate rows a tile covers; its inputs are the whole width."""
SITE_HIDDEN = 8
BOTH = 2
"""Weights of inputs and of states."""


class Generator(LayerSource):
    """The blueprint: tile embeddings and the generator that turns them into the layers' weights."""

    generates = True

    def __init__(self, shape: Shape, sites: bool) -> None:
        super().__init__()
        self.layers, self.hidden = shape.layers, shape.hidden
        self.tiles = GATES * shape.hidden // TILE_OUTPUTS
        count = BOTH * shape.layers * self.tiles
        self.tile_embedding = nn.Parameter(torch.randn(count, TILE_EMBEDDING))
        # Embeddings N(0, 1): a_i has variance 1 with W_i ~ N(0, 1/Nz), K has variance 1 with W_out ~ N(0, 1/d); times
        # 1/hidden the generated weights have the variance of the orthogonal ones that `dense` starts from.
        self.first_weight = nn.Parameter(torch.randn(TILE_EMBEDDING, shape.hidden * INNER) * TILE_EMBEDDING**-0.5)
        self.first_bias = nn.Parameter(torch.zeros(shape.hidden * INNER))
        self.out_weight = nn.Parameter(torch.randn(INNER, TILE_OUTPUTS) * INNER**-0.5)
        self.out_bias = nn.Parameter(torch.zeros(TILE_OUTPUTS))
        self.site_layers = SiteLayers(shape) if sites else None

    def weights(self) -> tuple[Tensor, Tensor]:
        """Generate the weights of inputs and states of all layers in one batched product."""
        a = torch.addmm(self.first_bias, self.tile_embedding, self.first_weight)  # (tiles, hidden · d)
        k = torch.addmm(self.out_bias, a.view(-1, INNER), self.out_weight)  # (tiles · hidden, outputs)
        tiles = k.view(BOTH, self.layers, self.tiles, self.hidden, TILE_OUTPUTS).transpose(-1, -2)
        inputs, states = tiles.reshape(BOTH, self.layers, GATES * self.hidden, self.hidden) * self.hidden**-0.5
        return inputs, states

    def modulation(self, site_vectors: Tensor | None) -> Tensor | None:
        """Return every site's scales and codes (n, layers, hidden + SITE_HIDDEN), None without sites."""
        if self.site_layers is None or site_vectors is None:
            return None
        found: Tensor = self.site_layers(site_vectors)
        return found

    def shift(self) -> Tensor | None:
        """Return (4 · hidden, SITE_HIDDEN), None without sites."""
        return None if self.site_layers is None else self.site_layers.shift

    def embedding_names(self) -> tuple[str, ...]:
        """Return the tile embeddings' name."""
        return ("tile_embedding",)

    def flops(self) -> float:
        """Return the operations of the two products."""
        per_tile = TILE_EMBEDDING * self.hidden * INNER + self.hidden * INNER * TILE_OUTPUTS
        return 2.0 * len(self.tile_embedding) * per_tile


class SiteLayers(nn.Module):
    """A site's vector and a layer's embedding → codes, and from them scales (near 1 at first) and shifts (near 0)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.layer_embedding = nn.Parameter(1.0 + 0.5 * torch.randn(shape.layers, SITE_HIDDEN))
        self.site = nn.Linear(SITE_EMBEDDING, SITE_HIDDEN, bias=False)
        self.scale = nn.Linear(SITE_HIDDEN, shape.hidden, bias=False)
        self.shift = nn.Parameter(0.1 * torch.randn(GATES * shape.hidden, SITE_HIDDEN))
        with torch.no_grad():
            self.scale.weight.mul_(0.3)

    def forward(self, site_vectors: Tensor) -> Tensor:
        """Return (n, layers, hidden + SITE_HIDDEN): scales, then codes."""
        codes = self.site(site_vectors).unsqueeze(1) * self.layer_embedding
        return torch.cat([1.0 + self.scale(codes), codes], dim=2)


def network(data: SeriesData, settings: Mapping[str, SettingValue]) -> LSTMForecaster:
    """Return the untrained network."""
    shape = shape_of(data)
    sites = data.known_sites >= 2
    return LSTMForecaster(
        shape,
        data.known_sites,
        Generator(shape, sites),
        conditioned=sites,
        weight_decay=float(settings.get("weight_decay", 0.0)),
    )


VARIANT = NetworkVariant("hyper", network, PACE, SPACE)
