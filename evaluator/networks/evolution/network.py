"""What evolution makes of a task: a generated hidden layer under a stored linear head, and how rows enter and leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.cppn import Cppn
from evaluator.networks.evolution.head import Head
from evaluator.networks.evolution.substrate import LayerWeights, Substrate
from evaluator.tasks.protocol import Floats, Part

PartT = TypeVar("PartT", bound=Part, contravariant=True)


class Encoding(Protocol[PartT]):
    """How a task's rows enter a substrate, and how a head's outputs become answers.

    `classes`: number of logits, 0 for a value. `order`: the inputs' order on the substrate where it was learned and
    has to be stored, else ().
    """

    @property
    def classes(self) -> int:
        """Return the number of classes, 0 for a value."""
        ...

    @property
    def order(self) -> tuple[int, ...]:
        """Return the learned order of the inputs, () where there is none."""
        ...

    def inputs(self, part: PartT) -> NDArray[np.float32]:
        """Return (rows, inputs) float32, standardised."""
        ...

    def targets(self, part: PartT) -> NDArray[Any]:
        """Return class indices or standardised values (rows,)."""
        ...

    def answers(self, outputs: NDArray[np.float32]) -> Floats:
        """Return what the task scores, of the head's outputs (rows, outputs)."""
        ...


@dataclass(frozen=True)
class EvolvedNetwork:
    """A substrate of inputs and hidden neurons, the CPPN that gives its weights, and the head on top."""

    substrate: Substrate
    cppn: Cppn
    head: Head

    def generate_weights(self) -> LayerWeights:
        """Generate the weights between inputs and hidden neurons."""
        (layer,) = self.substrate.generate_weights(self.cppn)
        return layer

    def outputs(self, x: NDArray[np.float32], layer: LayerWeights | None = None) -> NDArray[np.float32]:
        """Return (rows, outputs) for `x` (rows, inputs); `layer`: the generated weights if they are kept."""
        return self.head.outputs(hidden_values(x, self.generate_weights() if layer is None else layer))

    def stored_values(self) -> int:
        """Return how many values are stored: the CPPN's and the head's."""
        return self.cppn.stored_values() + self.head.values()


def hidden_values(x: NDArray[np.float32], layer: LayerWeights) -> NDArray[np.float32]:
    """Return the hidden neurons' values (rows, neurons): tanh."""
    values = x @ layer.weight
    values += layer.bias
    return np.asarray(np.tanh(values, out=values))


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return softmax along the last axis."""
    likelihood = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(likelihood / likelihood.sum(axis=1, keepdims=True))


def generating_flops(substrate: Substrate, cppn: Cppn) -> float:
    """Return modelled FLOPs of generating the hidden layer: every link and node once for every pair of neurons.

    An upper bound: what depends on one neuron alone is computed once for it (see cppn.py).
    """
    operations = sum(2 * len(node.links) + 1 for node in cppn.needed_for(0))
    return float(operations) * substrate.generated_values
