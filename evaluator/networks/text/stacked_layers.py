"""Where the weights of stacked layers come from when they are made at once: the generator.

Ha, Dai, Le 2017, eq. 2-3: a_i = W_i z + B_i for each input i, slice K_i = W_out a_i + b_out. A layer's matrix is tiled,
every tile with its own embedding z; all tiles of all layers come out of one batched product.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.site_embedding import SITE_EMBEDDING

TILE_EMBEDDING = 8
"""Nz: floats an embedding of a tile has."""
INNER = 8
"""d: size of a_i between the generator's two layers."""
TILE_OUTPUTS = 16
"""Most gate rows a tile covers; its inputs are the whole width."""
BOTH = 2
"""Weights of inputs and of states."""
FIRST_SCALE = 0.3
"""Of the site's weights: a site's scales start near 1."""


class StackedLayers(nn.Module):
    """Gives `weights()`, and each site's scales where sites count."""

    generates = False

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the weights of inputs and of states, each (layers, 4 · hidden, hidden)."""
        raise NotImplementedError

    def scales(self, site_vectors: Tensor | None) -> Tensor | None:
        """Return (n, layers, hidden): what each site multiplies a layer's inputs by. None without sites.

        site_vectors: (n, SITE_EMBEDDING), the new site's last.
        """
        raise NotImplementedError

    def flops(self) -> float:
        """Return the floating point operations of making all weights once."""
        return 0.0


class Generator(StackedLayers):
    """The blueprint: tile embeddings and the generator that turns them into all layers' weights.

    A site's vector scales the columns of each layer's input weights (1 + V z).
    """

    generates = True

    def __init__(self, layers: int, hidden: int, *, sites: bool) -> None:
        super().__init__()
        self.layers, self.hidden = layers, hidden
        self.outputs = next(rows for rows in range(TILE_OUTPUTS, 0, -1) if GATES * hidden % rows == 0)
        self.tiles = GATES * hidden // self.outputs
        self.tile_embedding = nn.Parameter(torch.randn(BOTH * layers * self.tiles, TILE_EMBEDDING))
        # Embeddings N(0, 1): a_i has variance 1 with W_i ~ N(0, 1/Nz), K has variance 1 with W_out ~ N(0, 1/d); times
        # 1/sqrt(hidden) the generated weights have the variance of the orthogonal ones that `dense` starts from.
        self.first_weight = nn.Parameter(torch.randn(TILE_EMBEDDING, hidden * INNER) * TILE_EMBEDDING**-0.5)
        self.first_bias = nn.Parameter(torch.zeros(hidden * INNER))
        self.out_weight = nn.Parameter(torch.randn(INNER, self.outputs) * INNER**-0.5)
        self.out_bias = nn.Parameter(torch.zeros(self.outputs))
        deviation = FIRST_SCALE * SITE_EMBEDDING**-0.5
        self.site_weight = nn.Parameter(torch.randn(SITE_EMBEDDING, layers * hidden) * deviation) if sites else None

    def weights(self) -> tuple[Tensor, Tensor]:
        """Generate the weights of all layers in one batched product."""
        a = torch.addmm(self.first_bias, self.tile_embedding, self.first_weight)  # (tiles, hidden · d)
        k = torch.addmm(self.out_bias, a.view(-1, INNER), self.out_weight)  # (tiles · hidden, outputs)
        tiles = k.view(BOTH, self.layers, self.tiles, self.hidden, self.outputs).transpose(-1, -2)
        inputs, states = tiles.reshape(BOTH, self.layers, GATES * self.hidden, self.hidden) * self.hidden**-0.5
        return inputs, states

    def scales(self, site_vectors: Tensor | None) -> Tensor | None:
        """Return every site's scales."""
        if self.site_weight is None or site_vectors is None:
            return None
        return 1.0 + (site_vectors @ self.site_weight).view(-1, self.layers, self.hidden)

    def flops(self) -> float:
        """Return the operations of the two products."""
        per_tile = TILE_EMBEDDING * self.hidden * INNER + self.hidden * INNER * self.outputs
        return 2.0 * len(self.tile_embedding) * per_tile
