"""How `hyper` generates for a site: scale and shift of the generated convolutions' outputs.

To scale an output channel is to scale that row of the kernel, so this is generating the kernel anew for the site at the
cost of its rows alone (Ha, Dai, Le 2017, eq. 8-9). Scale and shift come from the site's vector and an embedding of each
tile of output channels, by layers that all of them share.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evaluator.networks.image.kernels import TILE
from evaluator.networks.site_embedding import SITE_EMBEDDING

HIDDEN = 16


class SiteScales(nn.Module):
    """Sites' vectors → scale and shift of the outputs of layers with `outputs` channels each; 1 and 0 at the start."""

    def __init__(self, outputs: Sequence[int]) -> None:
        super().__init__()
        self.outputs = tuple(outputs)
        tiles = sum(self.outputs) // TILE
        self.tile_embedding = nn.Parameter(1.0 + 0.5 * torch.randn(tiles, HIDDEN))
        self.site = nn.Linear(SITE_EMBEDDING, HIDDEN, bias=False)
        self.out = nn.Linear(HIDDEN, 2 * TILE)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            self.out.bias.zero_()

    def forward(self, sites: Tensor) -> Tensor:
        """Return (n, 2 · all output channels), scales before shifts, for sites' vectors (n, SITE_EMBEDDING)."""
        hidden = self.site(sites).unsqueeze(1) * self.tile_embedding
        scale, shift = self.out(hidden).unflatten(-1, (2, TILE)).unbind(2)
        return torch.cat([1.0 + scale.flatten(1), shift.flatten(1)], dim=1)

    def split(self, values: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Return such values as the layers' scales and the layers' shifts, (n, channels, 1, 1) each."""
        pieces = torch.split(values[..., None, None], [*self.outputs, *self.outputs], dim=1)
        layers = len(self.outputs)
        return tuple(pieces[:layers]), tuple(pieces[layers:])
