"""`hyperneat` for tables: columns on a line, neighbours alike, weights from an evolved CPPN.

A CPPN can only use geometry, and a table has none of its own: inputs are sorted by how they go with the target in the
training rows. The order is stored and counted. Sites are not seen. Steps are generations (see evolution/training.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.network import probabilities
from evaluator.networks.evolution.variant import HyperneatVariant, Layout
from evaluator.tasks.protocol import Floats
from evaluator.tasks.table import TableData, TableFacts, TablePart
from scorecards.local_text import LocalText

HIDDEN = (16,)
MOST_INPUTS = 1_000
MOST_CLASSES = 20


@dataclass(frozen=True)
class TableEncoding:
    """Numbers (0 where missing) and one input a category (all 0 where unknown), in `order`."""

    facts: TableFacts
    order: tuple[int, ...]

    @property
    def classes(self) -> int:
        """Return the number of classes, 0 for regression."""
        return len(self.facts.classes)

    def inputs(self, part: TablePart) -> NDArray[np.float32]:
        """Return (rows, inputs) float32 in the order of the substrate."""
        return all_inputs(self.facts, part)[:, self.order]

    def targets(self, part: TablePart) -> NDArray[Any]:
        """Return class indices (rows,), or values in the training rows' deviations from their mean."""
        if self.classes:
            return part.y
        return np.asarray((part.y - self.facts.target_mean) / self.facts.target_deviation)

    def answers(self, outputs: NDArray[np.float32]) -> Floats:
        """Return class probabilities (rows, classes), or values (rows,) in the target's unit."""
        if self.classes:
            return probabilities(outputs)
        return np.asarray(outputs[:, 0].astype(np.float64) * self.facts.target_deviation + self.facts.target_mean)


def width(facts: TableFacts) -> int:
    """Return the number of inputs."""
    return len(facts.numeric) + sum(len(column.categories) for column in facts.categorical)


def all_inputs(facts: TableFacts, part: TablePart) -> NDArray[np.float32]:
    """Return (rows, inputs): the numbers, then each category's inputs, 1 where a row has it."""
    columns = [np.nan_to_num(part.x_num, nan=0.0)]
    for index, column in enumerate(facts.categorical):
        columns.append((part.x_cat[:, index, None] == np.arange(1, len(column.categories) + 1)).astype(np.float32))
    return np.concatenate(columns, axis=1, dtype=np.float32)


def learned(data: TableData) -> TableEncoding:
    """Return the encoding whose inputs are sorted by the first singular vector of their covariance with the target.

    For two classes and for values that is the order of the covariances themselves.
    """
    plain = TableEncoding(data.facts, tuple(range(width(data.facts))))
    targets = plain.targets(data.train)
    wanted = np.eye(plain.classes)[targets] if plain.classes else targets[:, None]
    covariance = all_inputs(data.facts, data.train).T.astype(np.float64) @ (wanted - wanted.mean(axis=0))
    main = np.linalg.svd(covariance, full_matrices=False)[0][:, 0]
    return replace(plain, order=tuple(int(place) for place in np.argsort(main, kind="stable")))


def applies(data: TableData) -> bool:
    """Tell whether there are inputs, not more than MOST_INPUTS, and not more than MOST_CLASSES classes."""
    return 0 < width(data.facts) <= MOST_INPUTS and len(data.facts.classes) <= MOST_CLASSES


VARIANT = HyperneatVariant(
    Layout(
        applies=applies,
        learned=learned,
        again=lambda data, order: TableEncoding(data.facts, order),
        shape=lambda data: (width(data.facts),),
        hidden=HIDDEN,
        why_not=LocalText(
            ja=f"hyperneat は、入力 {MOST_INPUTS:,} 個 (カテゴリーは 1 種類につき 1 個)、"
            f"クラス {MOST_CLASSES} 個までの表に使えます。",
            en=f"hyperneat takes tables of up to {MOST_INPUTS:,} inputs (one for each category) "
            f"and {MOST_CLASSES} classes.",
        ),
    )
)
