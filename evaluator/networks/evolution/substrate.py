"""Substrates: layers of neurons laid out in space, whose weights a CPPN gives (Stanley, D'Ambrosio, Gauci 2009)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.activations import Array
from evaluator.networks.evolution.cppn import Cppn, evaluate, evaluate_points

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerWeights:
    """The weights between two layers: `weight` (sources, targets) and `bias` (targets,), float32."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True)
class Substrate:
    """Layers of neurons on grids, from inputs to outputs, each fully connected to the next.

    A layer of shape (8, 8) is a grid, (10,) a line; coordinates run from -1 to 1. What the CPPN gives a connection is
    cut to [-1, 1]; below `threshold` in size there is no connection, from there on the weight grows from 0.
    `normalised`: a neuron's incoming weights are scaled to the length `weight_range`, which stores nothing; otherwise
    the largest possible weight is `weight_range` / sqrt(sources).
    `separate_outputs`: every neuron of the last layer has an output of the CPPN of its own (Pugh, Stanley 2013, multi-
    spatial substrates), since classes have no place beside each other; otherwise it has a place on a line or grid.
    """

    layers: tuple[Shape, ...]
    threshold: float = 0.2
    weight_range: float = 3.0
    normalised: bool = True
    separate_outputs: bool = True

    def __post_init__(self) -> None:
        if len(self.layers) < 2 or any(not shape or min(shape) < 1 for shape in self.layers):
            raise ValueError("a substrate needs two layers or more, each with a neuron or more")
        if not 0.0 <= self.threshold < 1.0:
            raise ValueError("the threshold lies between 0 and 1")

    @property
    def axes(self) -> int:
        """Return the number of coordinates of a neuron."""
        return max(len(shape) for shape in self.layers)

    @property
    def shared_layers(self) -> int:
        """Return how many layers of weights come from the CPPN's first output, by both neurons' coordinates."""
        return len(self.layers) - 1 - self.separate_outputs

    @property
    def cppn_inputs(self) -> int:
        """Return how many inputs the CPPN has.

        They are the source's coordinates, the target's, the layer's place (where a layer is shared: -1 the first, 1 the
        last) and whether a bias is asked for (0 or 1).
        """
        return self.axes + (self.axes + 1 if self.shared_layers else 0) + 1

    @property
    def cppn_outputs(self) -> int:
        """Return how many outputs the CPPN has: one for the shared layers and one for each separate neuron."""
        return bool(self.shared_layers) + (math.prod(self.layers[-1]) if self.separate_outputs else 0)

    @property
    def generated_values(self) -> int:
        """Return how many weights and biases are generated."""
        sizes = [math.prod(shape) for shape in self.layers]
        return sum((source + 1) * target for source, target in itertools.pairwise(sizes))

    @cached_property
    def coordinates(self) -> tuple[NDArray[np.float64], ...]:
        """Return every layer's coordinates (neurons, axes); axes that a layer lacks are 0."""
        return tuple(_grid(shape, self.axes) for shape in self.layers)

    def generate_weights(self, cppn: Cppn) -> tuple[LayerWeights, ...]:
        """Return the weights between consecutive layers."""
        layers = [self._shared_layer(cppn, index) for index in range(self.shared_layers)]
        if self.separate_outputs:
            layers.append(self._separate_layer(cppn))
        return tuple(layers)

    def _place(self, index: int) -> float:
        last = len(self.layers) - 2
        return 2.0 * index / last - 1.0 if last else 0.0

    def _shared_layer(self, cppn: Cppn, index: int) -> LayerWeights:
        source, target = self.coordinates[index], self.coordinates[index + 1]
        weight = evaluate(cppn, 0, source, target, (self._place(index), 0.0))
        centre = np.zeros((1, self.axes))
        bias = evaluate(cppn, 0, centre, target, (self._place(index), 1.0))
        return self._expressed(weight, bias[0])

    def _separate_layer(self, cppn: Cppn) -> LayerWeights:
        """Return the last layer's weights; the bias is asked for as one more source, at the centre."""
        source = self.coordinates[-2]
        points = np.zeros((len(source) + 1, cppn.inputs))
        points[:-1, : self.axes] = source
        if self.shared_layers:
            points[:, -2] = self._place(len(self.layers) - 2)
        points[-1, -1] = 1.0
        first = cppn.outputs - math.prod(self.layers[-1])
        values = evaluate_points(cppn, range(first, cppn.outputs), points)
        return self._expressed(values[:-1], values[-1])

    def _expressed(self, weight: Array, bias: Array) -> LayerWeights:
        """Cut what lies below the threshold, in place, and scale the rest."""
        for values in (weight, bias):
            np.clip(values, -1.0, 1.0, out=values)
            values -= np.clip(values, -self.threshold, self.threshold)
            values *= self.weight_range / (1.0 - self.threshold)
        if self.normalised:
            length = np.sqrt(np.einsum("st,st->t", weight, weight)) / self.weight_range
            weight /= np.where(length > 0.0, length, 1.0)
        else:
            weight /= math.sqrt(len(weight))
        return LayerWeights(weight, bias)


def _grid(shape: Shape, axes: int) -> NDArray[np.float64]:
    lines = [np.linspace(-1.0, 1.0, size) if size > 1 else np.zeros(1) for size in shape]
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, len(shape))
    return np.pad(points, ((0, 0), (0, axes - len(shape))))


def table_substrate(features: int, outputs: int, *, hidden: int = 0) -> Substrate:
    """Return a substrate for a table: features, hidden neurons (none with 0) and outputs each on a line."""
    return Substrate(((features,), *(((hidden,),) if hidden else ()), (outputs,)))


def image_substrate(height: int, width: int, outputs: int, *, channels: int = 1, hidden: Shape = ()) -> Substrate:
    """Return a substrate for images: pixels and hidden neurons (none with ()) on grids, channels as a third axis.

    `x` is then flattened in the order height, width, channel.
    """
    pixels = (height, width) if channels == 1 else (height, width, channels)
    return Substrate((pixels, *((hidden,) if hidden else ()), (outputs,)))
