"""Boosted trees as arrays: what is stored, and a numpy walk that answers like scikit-learn. No pickle, no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.table import TableFacts
from evaluator.tasks.table.scores import Floats

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.tree import DecisionTreeRegressor

LEAF = -1
NEVER = -50.0
"""Raw score of a class that training never saw: its probability is 0 for every purpose."""
VALUES_A_NODE = 5
"""feature, threshold or leaf value, left, right, whether missing goes left."""


@dataclass(frozen=True)
class Forest:
    """Trees side by side; `outputs` raw scores start at `baseline` (outputs,) and tree t adds to output[t].

    feature: (trees, nodes) int16, LEAF in leaves. value: float32 threshold (x <= value goes left) or leaf value.
    left, right: int16 child nodes; a leaf's are itself, so that a walk may go on. missing_left: bool.
    Trees smaller than the largest are padded with unused nodes; `nodes` (trees,) counts the used ones.
    """

    baseline: NDArray[np.float32]
    output: NDArray[np.int16]
    nodes: NDArray[np.int32]
    feature: NDArray[np.int16]
    value: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    missing_left: NDArray[np.bool_]

    @property
    def trees(self) -> int:
        """Return the number of trees."""
        return len(self.output)

    def stored_values(self) -> int:
        """Return how many values the used nodes and the baseline hold."""
        return VALUES_A_NODE * int(self.nodes.sum()) + len(self.baseline)

    def raw(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return raw scores (rows, outputs) of inputs (rows, features) by walking all trees at once."""
        rows, width = len(inputs), self.feature.shape[1]
        scores = np.repeat(self.baseline[None].astype(np.float64), rows, axis=0)
        feature, value, x = self.feature.ravel(), self.value.ravel(), inputs.ravel()
        left, right, missing_left = self.left.ravel(), self.right.ravel(), self.missing_left.ravel()
        node = np.tile(np.arange(self.trees) * width, rows)  # where each row stands in each tree: its root
        start = np.repeat(np.arange(rows) * inputs.shape[1], self.trees)  # where that row's inputs begin
        walking = np.arange(rows * self.trees)
        while walking.size:
            here = node[walking]
            split = feature[here] != LEAF
            walking, here = walking[split], here[split]
            number = x[start[walking] + feature[here]]
            goes_left = np.where(np.isnan(number), missing_left[here], number <= value[here])
            node[walking] = here - here % width + np.where(goes_left, left[here], right[here])
        leaves = value[node].astype(np.float64).reshape(rows, self.trees)
        for output in range(len(self.baseline)):
            scores[:, output] += leaves[:, self.output == output].sum(axis=1)
        return scores

    def plus(self, other: Forest) -> Forest:
        """Return this forest with the trees of `other` after its own."""
        width = max(self.feature.shape[1], other.feature.shape[1])
        arrays: dict[str, NDArray[np.generic]] = {"baseline": self.baseline + other.baseline}
        for name, array in self.arrays().items():
            if name != "baseline":
                arrays[name] = np.concatenate([_widened(array, width), _widened(other.arrays()[name], width)])
        return Forest(**arrays)  # type: ignore[arg-type]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def packed(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays as they are saved: node arrays (all used nodes,), the padding left out."""
        used = np.arange(self.feature.shape[1])[None] < self.nodes[:, None]
        return {name: array if name in WHOLE else array[used] for name, array in self.arrays().items()}


WHOLE = ("baseline", "output", "nodes")
"""The arrays that hold one value an output or a tree, not one a node."""


def unpacked(packed: Mapping[str, NDArray[np.generic]]) -> Forest:
    """Return the forest whose `packed()` was saved."""
    nodes = packed["nodes"].astype(np.int32)
    width = int(nodes.max(initial=1))
    used = np.arange(width)[None] < nodes[:, None]
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, values in packed.items():
        if name in WHOLE:
            arrays[name] = values
        else:
            arrays[name] = np.zeros(used.shape, dtype=values.dtype)
            arrays[name][used] = values
    return Forest(**arrays)  # type: ignore[arg-type]


def _widened(array: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    return array if array.ndim == 1 else np.pad(array, ((0, 0), (0, width - array.shape[1])))


@dataclass(frozen=True)
class Tree:
    """One tree's nodes: feature (LEAF in leaves), threshold or leaf value, children, way of missing; each (nodes,)."""

    feature: NDArray[np.int64]
    value: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]


def forest_of(trees: Sequence[Tree], outputs: Sequence[int], baseline: NDArray[np.float64]) -> Forest:
    """Return the trees as one Forest; thresholds rounded down to float32, so that float32 inputs go the same way."""
    count, width = len(trees), max((len(tree.feature) for tree in trees), default=1)
    shape = (count, width)
    feature = np.full(shape, LEAF, dtype=np.int16)
    value = np.zeros(shape, dtype=np.float32)
    left, right = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.int16)
    missing_left = np.zeros(shape, dtype=np.bool_)
    for index, tree in enumerate(trees):
        size = len(tree.feature)
        leaf = tree.feature == LEAF
        feature[index, :size] = tree.feature
        value[index, :size] = np.where(leaf, tree.value, _rounded_down(tree.value))
        left[index, :size] = np.where(leaf, np.arange(size), tree.left)
        right[index, :size] = np.where(leaf, np.arange(size), tree.right)
        missing_left[index, :size] = tree.missing_left
    return Forest(
        baseline=baseline.astype(np.float32),
        output=np.array(outputs, dtype=np.int16),
        nodes=np.array([len(tree.feature) for tree in trees], dtype=np.int32),
        feature=feature,
        value=value,
        left=left,
        right=right,
        missing_left=missing_left,
    )


def _rounded_down(value: NDArray[np.float64]) -> NDArray[np.float32]:
    near = value.astype(np.float32)
    return np.where(near > value, np.nextafter(near, np.float32(-np.inf)), near).astype(np.float32)


def forest_from_hist(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor, places: NDArray[np.int64], outputs: int
) -> Forest:
    """Return the trees of scikit-learn's model (inputs all numeric: no categorical splits).

    places: which of the `outputs` each of the model's raw scores is; the others (classes it never saw) stay at NEVER.
    """
    trees, order = [], []
    for iteration in model._predictors:
        for place, predictor in zip(places, iteration, strict=True):
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            trees.append(
                Tree(
                    feature=np.where(leaf, LEAF, nodes["feature_idx"]).astype(np.int64),
                    value=np.where(leaf, nodes["value"], nodes["num_threshold"]),
                    left=nodes["left"].astype(np.int64),
                    right=nodes["right"].astype(np.int64),
                    missing_left=nodes["missing_go_to_left"].astype(bool),
                )
            )
            order.append(int(place))
    baseline = np.full(outputs, NEVER)
    baseline[places] = np.asarray(model._baseline_prediction, dtype=np.float64).reshape(-1)
    return forest_of(trees, order, baseline)


def tree_from_regressor(model: DecisionTreeRegressor, leaf_values: NDArray[np.float64]) -> Tree:
    """Return scikit-learn's single tree with its leaves' values replaced by leaf_values (nodes,)."""
    tree = model.tree_
    leaf = tree.children_left == -1
    return Tree(
        feature=np.where(leaf, LEAF, tree.feature),
        value=np.where(leaf, leaf_values, tree.threshold),
        left=tree.children_left,
        right=tree.children_right,
        missing_left=np.asarray(tree.missing_go_to_left, dtype=bool),
    )


def values_from_raw(facts: TableFacts, raw: NDArray[np.float64]) -> Floats:
    """Return probabilities (rows, classes) or values (rows,) from raw scores (rows, outputs)."""
    if facts.target_kind == "regression":
        return np.asarray(raw[:, 0])
    if facts.target_kind == "binary":
        chance = 1.0 / (1.0 + np.exp(-raw[:, 0]))
        return np.stack([1.0 - chance, chance], axis=1)
    likelihood = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(likelihood / likelihood.sum(axis=1, keepdims=True))
