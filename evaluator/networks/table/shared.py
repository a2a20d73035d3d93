"""`shared`: one set of weights for all blocks; biases and normalisation stay each block's own, as in `hyper`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from evaluator.networks.table.target_network import BlockSource, Shape
from evaluator.networks.table.torch_variant import TorchVariant


class SharedWeights(BlockSource):
    """The weights of one block, used by every block."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.blocks = shape.blocks
        self.up = nn.Parameter(torch.randn(1, shape.inner, shape.width) * (2.0 / shape.width) ** 0.5)
        down_deviation = (1.0 / (shape.inner * shape.blocks)) ** 0.5
        self.down = nn.Parameter(torch.randn(1, shape.width, shape.inner) * down_deviation)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the one block's weights, seen `blocks` times."""
        return self.up.expand(self.blocks, -1, -1), self.down.expand(self.blocks, -1, -1)


VARIANT = TorchVariant("shared", lambda shape, _sites: SharedWeights(shape))
