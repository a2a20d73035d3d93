"""The paper's network for small images: two convolutions of 7 × 7, each with ReLU and pooling, and a linear head.

The second kernel, 16 × 16 × 7 × 7 = 12,544 weights, is the one that variants come by in different ways.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.image.image_network import ImageNetwork, Scales, SitesAre, SourceMaker, start_stored
from evaluator.networks.image.kernels import DenseKernels, KernelShape
from evaluator.tasks.image import ImageFacts

CHANNELS = 16
SIDE = 7


class ConvNetwork(ImageNetwork):
    """Two convolutions with `channels` channels."""

    def __init__(
        self, facts: ImageFacts, make: SourceMaker, sites: SitesAre = "unknown", channels: int = CHANNELS
    ) -> None:
        super().__init__(facts, [KernelShape(channels, channels, SIDE)], make, sites)
        self.channels = channels
        self.first = nn.Conv2d(facts.channels, channels, SIDE, padding=SIDE // 2)
        self.second_bias = nn.Parameter(torch.zeros(channels))
        start_stored(self)
        self.add_ends(channels, channels * (facts.size // 4) ** 2)

    def scaled_outputs(self, shapes: Sequence[KernelShape]) -> tuple[int, ...]:
        """Return the second convolution's outputs."""
        return (shapes[0].outputs,)

    def features(self, x: Tensor, kernels: Sequence[Tensor], scales: Scales | None, entering: Tensor | None) -> Tensor:
        """Return (rows, channels · (size / 4)²)."""
        x = self.first(x)
        if entering is not None:
            x = x + entering
        x = F.relu(F.max_pool2d(x, 2))  # the order of the two is free, and pooled there is less to rectify
        x = F.conv2d(x, kernels[0], self.second_bias, padding=SIDE // 2)
        if scales is not None:
            x = scales.apply(0, x)
        return F.relu(F.max_pool2d(x, 2)).flatten(1)

    def fold(self, plain: ImageNetwork, scales: Scales) -> None:
        """Scale the second kernel's rows and its bias."""
        assert isinstance(plain, ConvNetwork)
        assert isinstance(plain.source, DenseKernels)
        plain.source.weight[0].mul_(scales.scale[0].view(-1, 1, 1, 1))
        plain.second_bias.mul_(scales.scale[0].view(-1)).add_(scales.shift[0].view(-1))

    def rebuilt(self, make: SourceMaker) -> ConvNetwork:
        """Return an untrained one with another source and without sites."""
        return ConvNetwork(self.facts, make, "unknown", self.channels)
