"""Where the kernels of a network's hidden convolutions come from: learned one by one, shared, or generated.

A generated or shared kernel is tiled from a basic one of TILE × TILE channels, as in the paper. The static hypernetwork
(Ha, Dai, Le 2017, eq. 2-3) makes a tile from its embedding z: a_i = W_i z + B_i for each input channel i of the tile,
slice K_i = W_out a_i + b_out. Both layers are shared by all tiles of all layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import torch
from torch import Tensor, nn

TILE = 16
"""Channels in and out that a basic kernel has."""


class KernelShape(NamedTuple):
    """A convolution's kernel: (outputs, inputs, side, side)."""

    outputs: int
    inputs: int
    side: int

    @property
    def gain(self) -> float:
        """Return the deviation that an ordinary network gives its weights at the start (He et al. 2015)."""
        return float((2.0 / (self.inputs * self.side**2)) ** 0.5)

    @property
    def tiles(self) -> tuple[int, int]:
        """Return how many tiles cover outputs and inputs. Raises ValueError where they don't fit."""
        if self.outputs % TILE or self.inputs % TILE:
            raise ValueError(f"tiles need channels in multiples of {TILE}, not {self}")
        return self.outputs // TILE, self.inputs // TILE


class KernelSource(nn.Module):
    """Gives all kernels at once, in the order of its shapes."""

    generates = False

    def __init__(self, shapes: Sequence[KernelShape]) -> None:
        super().__init__()
        self.shapes = tuple(shapes)

    def kernels(self) -> list[Tensor]:
        """Return a kernel (outputs, inputs, side, side) for each shape."""
        raise NotImplementedError

    def embeddings(self) -> tuple[str, ...]:
        """Return the names of the parameters that kernels are made from."""
        return ()

    def penalty(self, kernels: Sequence[Tensor]) -> Tensor | None:
        """Return the sum of squares that weight decay is to shrink, where decaying the parameters would be wrong."""
        return None


class DenseKernels(KernelSource):
    """Every kernel learned for itself."""

    def __init__(self, shapes: Sequence[KernelShape]) -> None:
        super().__init__(shapes)
        self.weight = nn.ParameterList(
            nn.Parameter(shape.gain * torch.randn(shape.outputs, shape.inputs, shape.side, shape.side))
            for shape in self.shapes
        )

    def kernels(self) -> list[Tensor]:
        """Return the parameters."""
        return list(self.weight)


class SharedKernels(KernelSource):
    """One basic kernel for every place of every layer: the end of weight sharing, of which embeddings free the others.

    Where there is only one tile, it is the inputs that share: the basic kernel has one.
    """

    def __init__(self, shapes: Sequence[KernelShape]) -> None:
        super().__init__(shapes)
        tiles = sum(shape.tiles[0] * shape.tiles[1] for shape in self.shapes)
        first = self.shapes[0]
        inputs = TILE if tiles > 1 else 1
        self.weight = nn.Parameter(first.gain * torch.randn(TILE, inputs, first.side, first.side))

    def kernels(self) -> list[Tensor]:
        """Return the basic kernel repeated over each shape."""
        inputs = self.weight.shape[1]
        return [self.weight.repeat(shape.outputs // TILE, shape.inputs // inputs, 1, 1) for shape in self.shapes]


class GeneratedKernels(KernelSource):
    """The blueprint: an embedding a tile, and the two linear layers that turn all of them into kernels at once.

    The variance of what is generated is that of an ordinary network at its start (Chang et al. 2020): W_i and W_out
    keep that of z up to the first shape's gain, and z carries the ratio of the other shapes' gains to it.
    """

    generates = True

    def __init__(self, shapes: Sequence[KernelShape], embedding: int) -> None:
        super().__init__(shapes)
        side = self.shapes[0].side
        gain = self.shapes[0].gain
        tiles = [shape.tiles[0] * shape.tiles[1] for shape in self.shapes]
        ratios = torch.tensor([shape.gain / gain for shape in self.shapes])
        scales = ratios.repeat_interleave(torch.tensor(tiles)).unsqueeze(1)
        self.tile_embedding = nn.Parameter(scales * torch.randn(len(scales), embedding))
        self.first_weight = nn.Parameter(torch.randn(TILE, embedding, embedding) * embedding**-0.5)  # i, d, z
        self.first_bias = nn.Parameter(torch.zeros(TILE, embedding))
        self.out_weight = nn.Parameter(torch.randn(TILE * side * side, embedding) * gain * embedding**-0.5)
        self.out_bias = nn.Parameter(torch.zeros(TILE * side * side))

    def kernels(self) -> list[Tensor]:
        """Generate all kernels in one batched product.

        W_out is multiplied with all W_i first: that is cheaper than with every a_i as soon as there are more tiles than
        a few, and the product's columns come out in the order in which a convolution reads them.
        """
        tiles, size = self._tiles()
        made: list[Tensor] = []
        at = 0
        for shape, run in groupby(self.shapes):  # layers of one shape are cut out together
            layers = len(list(run))
            down, across = shape.tiles
            piece = tiles[at : at + layers * down * across]
            at += len(piece)
            in_place = piece.view(layers, down, across, TILE, TILE * size).transpose(2, 3)
            made += in_place.reshape(layers, shape.outputs, shape.inputs, shape.side, shape.side).unbind(0)
        return made

    def _tiles(self) -> tuple[Tensor, int]:
        """Return all tiles (tiles, outputs · inputs · side²), and side²."""
        size = self.shapes[0].side ** 2
        embedding = self.tile_embedding.shape[1]
        both = torch.matmul(self.out_weight, self.first_weight)  # i, (output, place), z
        in_order = both.view(TILE, TILE, size, embedding).transpose(0, 1).reshape(-1, embedding)
        slices = torch.addmm(self.out_bias, self.first_bias, self.out_weight.t())  # of z = 0: i, (output, place)
        bias = slices.view(TILE, TILE, size).transpose(0, 1).reshape(-1)
        return torch.addmm(bias, self.tile_embedding, in_order.t()), size

    def embeddings(self) -> tuple[str, ...]:
        """Return the tile embeddings' name."""
        return ("tile_embedding",)

    def penalty(self, kernels: Sequence[Tensor]) -> Tensor:
        """Return the generated weights' sum of squares."""
        return torch.stack([kernel.square().sum() for kernel in kernels]).sum()
