"""A CPPN (compositional pattern-producing network), evaluated over all pairs of two sets of points as arrays.

A node that depends on the source's coordinates alone, or on the target's alone, is computed once per point; only what
mixes the two is computed once per pair. That part runs in blocks that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from evaluator.networks.evolution.activations import ACTIVATIONS, Array

BLOCK = 32_768
"""Pairs computed at a time: 128 KiB a buffer in float32, so that the few live buffers stay in the cache."""

ROWS, COLUMNS = 1, 2
PAIRS = ROWS | COLUMNS


@dataclass(frozen=True)
class Node:
    """One node: activation(bias + response * sum of weight * value over `links`, which are (source key, weight))."""

    key: int
    activation: str
    bias: float
    response: float
    links: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Cppn:
    """The expressed part of a genome. Inputs have the keys -1, -2, ...; output k has the key k, as in neat-python.

    `nodes` are in an order in which each comes after its sources.
    """

    inputs: int
    outputs: int
    nodes: tuple[Node, ...]

    def stored_values(self) -> int:
        """Return how many values must be stored: weights, biases, and the responses that are not 1."""
        return sum(len(node.links) + 1 + (node.response != 1.0) for node in self.nodes)

    def hidden(self) -> int:
        """Return the number of nodes that are not outputs."""
        return sum(node.key >= self.outputs for node in self.nodes)

    def needed_for(self, output: int) -> tuple[Node, ...]:
        """Return the nodes that `output` depends on, itself included, in order."""
        needed = {output}
        for node in reversed(self.nodes):
            if node.key in needed:
                needed.update(source for source, _ in node.links)
        return tuple(node for node in self.nodes if node.key in needed)


@dataclass(frozen=True)
class _PairNode:
    """A node that mixes both sides: what each side contributes, and the links from other such nodes (their slots)."""

    activation: str
    rows: Array | None
    columns: Array | None
    constant: float
    links: tuple[tuple[int, float], ...]
    slot: int


def evaluate(
    cppn: Cppn,
    output: int,
    source: NDArray[Any],
    target: NDArray[Any],
    constants: Sequence[float] = (),
    *,
    dtype: DTypeLike = np.float32,
) -> Array:
    """Return output number `output` for every pair: (sources, targets).

    The CPPN's inputs are, in this order, the source's coordinates (sources, axes), the target's (targets, axes) and
    `constants`, which are the same for all pairs. The result may be a transposed view.
    """
    if source.shape[1] + target.shape[1] + len(constants) != cppn.inputs:
        raise ValueError(f"the CPPN has {cppn.inputs} inputs, given {source.shape}, {target.shape}, {len(constants)}")
    # The longer side runs along the memory, so that numpy's inner loops are long.
    turned = source.shape[0] > target.shape[0]
    sides = (COLUMNS, ROWS) if turned else (ROWS, COLUMNS)
    values: dict[int, tuple[int, Array]] = {}
    inputs = [(sides[0], column) for column in source.T] + [(sides[1], column) for column in target.T]
    inputs += [(0, np.array([value])) for value in constants]
    for index, (side, array) in enumerate(inputs):
        values[-index - 1] = side, np.asarray(array, dtype=dtype)
    shape = (target.shape[0], source.shape[0]) if turned else (source.shape[0], target.shape[0])
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        result = _evaluate(cppn.needed_for(output), values, shape, np.dtype(dtype))
    return result.T if turned else result


def evaluate_points(
    cppn: Cppn, outputs: Sequence[int], points: NDArray[Any], *, dtype: DTypeLike = np.float32
) -> Array:
    """Return several outputs for points (points, inputs) that stand alone: (points, outputs)."""
    values = {-index - 1: (ROWS, column) for index, column in enumerate(np.asarray(points, dtype).T)}
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for node in cppn.nodes:
            values[node.key] = ROWS, _on_one_side(node, values, np.dtype(dtype))
    return np.stack([np.broadcast_to(values[output][1], len(points)) for output in outputs], axis=1)


def _evaluate(
    nodes: tuple[Node, ...], values: dict[int, tuple[int, Array]], shape: tuple[int, int], dtype: np.dtype[Any]
) -> Array:
    pairs: list[Node] = []
    sides = {key: side for key, (side, _) in values.items()}
    for node in nodes:
        side = 0
        for link, _ in node.links:
            side |= sides[link]
        sides[node.key] = side
        if side == PAIRS:
            pairs.append(node)
        else:
            values[node.key] = side, _on_one_side(node, values, dtype)
    if not pairs:
        return _spread(*values[nodes[-1].key], shape)
    program, slots = _program(pairs, values, dtype)
    return _run(program, slots, shape, dtype)


def _on_one_side(node: Node, values: dict[int, tuple[int, Array]], dtype: np.dtype[Any]) -> Array:
    """Return the node's values along one side, (1,) where it depends on neither."""
    total = np.full(1, node.bias, dtype)
    for link, weight in node.links:
        total = total + dtype.type(node.response * weight) * values[link][1]
    ACTIVATIONS[node.activation](total)
    return total


def _spread(side: int, array: Array, shape: tuple[int, int]) -> Array:
    """Return `array`, known along one side only, for all pairs."""
    return np.broadcast_to(array[:, None] if side == ROWS else array[None, :], shape).copy()


def _program(
    pairs: list[Node], values: dict[int, tuple[int, Array]], dtype: np.dtype[Any]
) -> tuple[list[_PairNode], int]:
    """Return what to compute per block, and how many buffers that takes: one is free again after its last use."""
    last_use = {link: index for index, node in enumerate(pairs) for link, _ in node.links}
    slot_of: dict[int, int] = {}
    free: list[int] = []
    slots = 0
    program = []
    for index, node in enumerate(pairs):
        if free:
            slot = free.pop()
        else:
            slot, slots = slots, slots + 1
        program.append(_pair_node(node, values, slot_of, slot, dtype))
        slot_of[node.key] = slot
        free += [
            slot_of[link] for link in {link for link, _ in node.links} if last_use[link] == index and link in slot_of
        ]
    return program, slots


def _pair_node(
    node: Node,
    values: dict[int, tuple[int, Array]],
    slot_of: dict[int, int],
    slot: int,
    dtype: np.dtype[Any],
) -> _PairNode:
    sums: dict[int, Array] = {0: np.full(1, node.bias, dtype)}
    links = []
    for link, weight in node.links:
        weight = node.response * weight
        if link in slot_of:
            links.append((slot_of[link], weight))
        else:
            side, array = values[link]
            term = dtype.type(weight) * array
            sums[side] = sums[side] + term if side in sums else term
    rows, columns, constant = sums.get(ROWS), sums.get(COLUMNS), float(sums[0][0])
    if rows is not None:
        rows, constant = (rows + dtype.type(constant))[:, None], 0.0
    elif columns is not None:
        columns, constant = columns + dtype.type(constant), 0.0
    return _PairNode(node.activation, rows, None if columns is None else columns[None, :], constant, tuple(links), slot)


def _run(program: list[_PairNode], slots: int, shape: tuple[int, int], dtype: np.dtype[Any]) -> Array:
    """Run the program block by block; the last node's values are the result."""
    result = np.empty(shape, dtype)
    width = min(shape[1], BLOCK)
    height = max(1, min(shape[0], BLOCK // width))
    buffers = np.empty((slots + 1, height * width), dtype)
    for rows, columns in _blocks(shape, height, width):
        part = result[rows, columns]
        views = [buffer[: part.size].reshape(part.shape) for buffer in buffers]
        for node in program[:-1]:
            _compute(node, views, views[node.slot], rows, columns)
        _compute(program[-1], views, part, rows, columns)
    return result


def _blocks(shape: tuple[int, int], height: int, width: int) -> Iterator[tuple[slice, slice]]:
    for row in range(0, shape[0], height):
        for column in range(0, shape[1], width):
            yield slice(row, row + height), slice(column, column + width)


def _compute(node: _PairNode, views: list[Array], out: Array, rows: slice, columns: slice) -> None:
    """Compute one node for one block into `out`, which none of its sources occupies."""
    scratch = views[-1]
    links = node.links
    if node.rows is not None and node.columns is not None:
        np.add(node.rows[rows], node.columns[:, columns], out=out)
    else:
        (slot, weight), *links_left = links
        links = tuple(links_left)
        np.multiply(views[slot], weight, out=out)
        if node.rows is not None:
            np.add(out, node.rows[rows], out=out)
        elif node.columns is not None:
            np.add(out, node.columns[:, columns], out=out)
        elif node.constant:
            np.add(out, node.constant, out=out)
    for slot, weight in links:
        np.multiply(views[slot], weight, out=scratch)
        np.add(out, scratch, out=out)
    ACTIVATIONS[node.activation](out)
