"""Runs the network that a substrate's weights make, and turns what it gives into a fitness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.evolution.substrate import LayerWeights

Hidden = Literal["tanh", "relu"]


def forward(layers: Sequence[LayerWeights], x: NDArray[Any], *, hidden: Hidden = "tanh") -> NDArray[np.float32]:
    """Return the outputs (rows, outputs) for `x` (rows, inputs); `hidden` activations, the last layer linear."""
    values = np.asarray(x, dtype=np.float32)
    for index, layer in enumerate(layers):
        values = values @ layer.weight
        values += layer.bias
        if index < len(layers) - 1:
            if hidden == "tanh":
                np.tanh(values, out=values)
            else:
                np.maximum(values, 0.0, out=values)
    return values


def class_fitness(logits: NDArray[Any], y: NDArray[Any]) -> float:
    """Return the mean log-likelihood of the classes `y` (rows,) under softmax of `logits` (rows, classes).

    A single column of logits is a two-class network: its class 0 has the logit 0.
    """
    if logits.shape[1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    shifted = logits - logits.max(axis=1, keepdims=True)
    own = shifted[np.arange(len(y)), y]
    return float(np.mean(own - np.log(np.exp(shifted).sum(axis=1))))


def value_fitness(outputs: NDArray[Any], y: NDArray[Any]) -> float:
    """Return the negative mean squared error of `outputs` (rows,) or (rows, 1) to the values `y` (rows,)."""
    difference = outputs.reshape(len(y)) - y
    return -float(np.mean(difference * difference))
