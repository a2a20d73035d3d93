"""The wide residual network WRN-d-k for small images (Zagoruyko, Komodakis 2016) with the paper's counts.

Three groups of n = (d − 4) / 6 blocks with 16k, 32k and 64k channels; a block is norm, ReLU, 3 × 3, norm, ReLU, 3 × 3.
The kernels of the blocks come from the KernelSource; the first convolution, the 1 × 1 ones where the width changes,
normalisation and head are stored. WRN-40-1 has 564,042 parameters on CIFAR-10, with generated kernels 97,882.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.image.image_network import ImageNetwork, Scales, SitesAre, SourceMaker, start_stored
from evaluator.networks.image.kernels import DenseKernels, KernelShape
from evaluator.tasks.image import ImageFacts

BASE = 16


class Block(nn.Module):
    """The stored parts of a block, and how it goes; its two kernels come from outside."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.first_norm = nn.BatchNorm2d(inputs)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.across = nn.Conv2d(inputs, outputs, 1, stride) if inputs != outputs else None

    def forward(self, x: Tensor, kernels: Sequence[Tensor], scales: Scales | None, number: int) -> Tensor:
        """Return the block's output; `number`: which of the scaled layers its first convolution is."""
        h = F.relu(self.first_norm(x))
        beside = x if self.across is None else self.across(h)
        h = F.conv2d(h, kernels[0], stride=self.stride, padding=1)
        if scales is not None:
            h = scales.apply(number, h)
        h = F.relu(self.second_norm(h))
        return beside + F.conv2d(h, kernels[1], padding=1)


class WideResidual(ImageNetwork):
    """WRN-`depth`-k with widths base, 2 · base, 4 · base; base = 16k."""

    def __init__(
        self, facts: ImageFacts, make: SourceMaker, sites: SitesAre = "unknown", base: int | None = None
    ) -> None:
        base = BASE * facts.width if base is None else base
        sizes = block_sizes(facts.depth, base)
        shapes = [KernelShape(out, size, 3) for inputs, out, _ in sizes for size in (inputs, out)]
        super().__init__(facts, shapes, make, sites)
        self.base = base
        self.first = nn.Conv2d(facts.channels, sizes[0][0], 3, padding=1)
        self.blocks = nn.ModuleList(Block(*size) for size in sizes)
        self.last_norm = nn.BatchNorm2d(4 * self.base)
        start_stored(self)
        self.add_ends(sizes[0][0], 4 * self.base)

    def scaled_outputs(self, shapes: Sequence[KernelShape]) -> tuple[int, ...]:
        """Return the outputs of each block's first convolution: a norm follows, so that a shift can be folded."""
        return tuple(shape.outputs for shape in shapes[::2])

    def features(self, x: Tensor, kernels: Sequence[Tensor], scales: Scales | None, entering: Tensor | None) -> Tensor:
        """Return (rows, 4 · base), the last maps' means."""
        x = self.first(x)
        if entering is not None:
            x = x + entering
        for number, block in enumerate(self.blocks):
            x = block(x, kernels[2 * number : 2 * number + 2], scales, number)
        return F.relu(self.last_norm(x)).mean(dim=(2, 3))

    def fold(self, plain: ImageNetwork, scales: Scales) -> None:
        """Scale the first kernels' rows; move the means that the normalisation behind them subtracts."""
        assert isinstance(plain, WideResidual)
        assert isinstance(plain.source, DenseKernels)
        for number, block in enumerate(plain.blocks):
            assert isinstance(block, Block)
            plain.source.weight[2 * number].mul_(scales.scale[number].view(-1, 1, 1, 1))
            mean = block.second_norm.running_mean
            assert mean is not None
            mean.sub_(scales.shift[number].view(-1))

    def rebuilt(self, make: SourceMaker) -> WideResidual:
        """Return an untrained one with another source and without sites."""
        return WideResidual(self.facts, make, "unknown", self.base)


def block_sizes(depth: int, base: int) -> list[tuple[int, int, int]]:
    """Return (inputs, outputs, stride) of all blocks. The first convolution has 16 channels, or `base` if narrower."""
    blocks = (depth - 4) // 6
    sizes = []
    inputs = min(BASE, base)
    for group in range(3):
        outputs = base * 2**group
        for block in range(blocks):
            sizes.append((inputs, outputs, 2 if group and not block else 1))
            inputs = outputs
    return sizes
