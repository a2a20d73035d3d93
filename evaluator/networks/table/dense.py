"""`dense`: the target network's weights are learned directly. The baseline."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from evaluator.networks.table.target_network import BlockSource, Shape
from evaluator.networks.table.torch_variant import TorchVariant


class DirectWeights(BlockSource):
    """Every block has weights of its own, He-initialised; the last product of a block starts small (as in ResNets)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.up = nn.Parameter(torch.randn(shape.blocks, shape.inner, shape.width) * (2.0 / shape.width) ** 0.5)
        down_deviation = (1.0 / (shape.inner * shape.blocks)) ** 0.5
        self.down = nn.Parameter(torch.randn(shape.blocks, shape.width, shape.inner) * down_deviation)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the stored weights."""
        return self.up, self.down


VARIANT = TorchVariant("dense", lambda shape, _sites: DirectWeights(shape))
