"""`hyper`: a static hypernetwork. Learned embeddings of tiles → two shared linear layers → the weights of all blocks.

Ha, Dai, Le 2017, eq. 2–3: a_i = W_i z + B_i for each input i, slice K_i = W_out a_i + b_out. A block's matrix is tiled
(the paper tiles larger layers from a basic kernel), every tile with its own embedding z; all tiles of all blocks come
out of one batched product. Biases and normalisation are stored by the target network, not generated.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from evaluator.networks.site_embedding import SITE_EMBEDDING
from evaluator.networks.table.target_network import BlockSource, Shape
from evaluator.networks.table.torch_variant import TorchVariant

TILE_EMBEDDING = 8
"""Nz: floats an embedding of a tile has."""
INNER = 16
"""d: size of a_i between the generator's two layers."""
TILE_OUTPUTS = 16
"""Output neurons a tile covers; its inputs are the whole width."""
SITE_HIDDEN = 32


class Generator(BlockSource):
    """The blueprint: tile embeddings and the generator that turns them into weights."""

    generates = True

    def __init__(self, shape: Shape, sites: bool) -> None:
        super().__init__()
        if shape.width != shape.inner or shape.width % TILE_OUTPUTS:
            raise ValueError(f"tiles need square blocks of a multiple of {TILE_OUTPUTS}, not {shape}")
        self.blocks, self.width = shape.blocks, shape.width
        tiles = 2 * shape.blocks * shape.width // TILE_OUTPUTS
        self.tile_embedding = nn.Parameter(torch.randn(tiles, TILE_EMBEDDING))
        self.first_weight = nn.Parameter(torch.empty(TILE_EMBEDDING, shape.width * INNER))
        self.first_bias = nn.Parameter(torch.zeros(shape.width * INNER))
        self.out_weight = nn.Parameter(torch.empty(INNER, TILE_OUTPUTS))
        self.out_bias = nn.Parameter(torch.zeros(TILE_OUTPUTS))
        self.site_layers = SiteLayers(shape) if sites else None
        self.register_buffer("gain", _gain(shape), persistent=False)
        self._initialise()

    gain: Tensor

    @torch.no_grad()
    def _initialise(self) -> None:
        """Choose variances so that the *generated* weights have variance 1 before the gain (Chang et al. 2020).

        Embeddings N(0, 1): a_i has variance 1 with W_i ~ N(0, 1/Nz); K has variance 1 with W_out ~ N(0, 1/d).
        """
        nn.init.normal_(self.first_weight, std=TILE_EMBEDDING**-0.5)
        nn.init.normal_(self.out_weight, std=INNER**-0.5)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Generate up and down of all blocks, each (L, width, width), in one batched product."""
        a = torch.addmm(self.first_bias, self.tile_embedding, self.first_weight)  # (tiles, width · d)
        k = torch.addmm(self.out_bias, a.view(-1, INNER), self.out_weight)  # (tiles · width, outputs)
        tiles = k.view(2, self.blocks, self.width // TILE_OUTPUTS, self.width, TILE_OUTPUTS)
        matrices = tiles.transpose(-1, -2).reshape(2, self.blocks, self.width, self.width) * self.gain
        return matrices[0], matrices[1]

    def modulation(self, site_vectors: Tensor) -> Tensor | None:
        """Return the sites' scale and shift (n, L, 2, width), or None without sites."""
        return None if self.site_layers is None else self.site_layers(site_vectors)

    def penalty(self, up: Tensor, down: Tensor) -> Tensor:
        """Return the generated weights' sum of squares: decaying the generator's own would shrink the wrong thing."""
        return up.square().sum() + down.square().sum()

    def embedding_names(self) -> tuple[str, ...]:
        """Return the tile embeddings' name."""
        return ("tile_embedding",)


class SiteLayers(nn.Module):
    """A site's vector and a block's embedding → that block's scale and shift, near 1 and 0 at the start.

    Linear in the site's vector: a saturating layer between made fine-tuning slower and worse.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.inner = shape.inner
        self.block_embedding = nn.Parameter(1.0 + 0.5 * torch.randn(shape.blocks, SITE_HIDDEN))
        self.site = nn.Linear(SITE_EMBEDDING, SITE_HIDDEN, bias=False)
        self.out = nn.Linear(SITE_HIDDEN, 2 * shape.inner)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            self.out.bias.zero_()

    def forward(self, site_vectors: Tensor) -> Tensor:
        """Return (n, L, 2, inner)."""
        hidden = self.site(site_vectors).unsqueeze(1) * self.block_embedding
        scale_shift = self.out(hidden).unflatten(-1, (2, self.inner))
        one = torch.tensor([1.0, 0.0]).view(2, 1)
        return torch.add(scale_shift, one)


def _gain(shape: Shape) -> Tensor:
    """Return (2, 1, 1, 1): the deviations that `dense` gives to up and down at its start."""
    up = (2.0 / shape.width) ** 0.5
    down = (1.0 / (shape.inner * shape.blocks)) ** 0.5
    return torch.tensor([up, down]).view(2, 1, 1, 1)


VARIANT = TorchVariant("hyper", Generator)
