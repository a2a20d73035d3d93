"""`small_dense`: a narrower `dense` that stores as many parameters as `hyper`. Does it do as well?"""

from __future__ import annotations

from functools import lru_cache

from evaluator.networks.table import hyper
from evaluator.networks.table.dense import DirectWeights
from evaluator.networks.table.target_network import BLOCKS, WIDTH, Shape, TargetNetwork
from evaluator.networks.table.torch_variant import TorchVariant
from evaluator.tasks.table import TableFacts


@lru_cache(maxsize=16)
def same_size_shape(facts: TableFacts) -> Shape:
    """Return the shape of as many blocks as `hyper`'s whose dense network stores as many parameters (± 5 %).

    Blocks stay about square; an inner size one off the width closes the gap between two widths.
    """
    model = hyper.VARIANT.network(facts, hyper.VARIANT.settings())
    wanted = sum(parameter.numel() for parameter in model.parameters())
    shapes = [Shape(width, inner, BLOCKS) for width in range(4, 2 * WIDTH) for inner in (width - 1, width, width + 1)]
    return min(shapes, key=lambda shape: abs(dense_parameters(model, facts.outputs, shape) - wanted))


def dense_parameters(model: TargetNetwork, outputs: int, shape: Shape) -> int:
    """Return how many values a dense network of `shape` stores that has the input embeddings of `model`."""
    embeddings = sum(
        parameter.numel()
        for module in (model.numbers, model.categories)
        if module is not None
        for parameter in module.parameters()
    )
    width, inner = shape.width, shape.inner
    enter = (model.enter.in_features + 1) * width
    block = 2 * width * inner + inner + 3 * width  # two matrices, their biases, a norm's weight and bias
    return embeddings + enter + shape.blocks * block + 2 * width + (width + 1) * outputs


VARIANT = TorchVariant("small_dense", lambda shape, _sites: DirectWeights(shape), shape_for=same_size_shape)
