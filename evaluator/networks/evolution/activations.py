"""What a CPPN's nodes compute, on whole arrays in place. Scales and limits are neat-python's (sine of 5 z, ...)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
InPlace = Callable[[Array], None]


def step_value(z: float) -> float:
    """Return 1 above 0, else -1, for neat-python, which has no step of its own."""
    return 1.0 if z > 0.0 else -1.0


def _sin(z: Array) -> None:
    np.multiply(z, 5.0, out=z)
    np.clip(z, -60.0, 60.0, out=z)
    np.sin(z, out=z)


def _gauss(z: Array) -> None:
    np.multiply(z, z, out=z)
    np.multiply(z, -5.0, out=z)
    np.exp(z, out=z)


def _tanh(z: Array) -> None:
    np.multiply(z, 2.5, out=z)
    np.tanh(z, out=z)


def _sigmoid(z: Array) -> None:
    # 1 / (1 + exp(-5 z)) by way of tanh, which neither overflows nor divides.
    _tanh(z)
    np.multiply(z, 0.5, out=z)
    np.add(z, 0.5, out=z)


def _identity(z: Array) -> None:
    """Leave `z` as it is."""


def _relu(z: Array) -> None:
    np.maximum(z, 0.0, out=z)


def _abs(z: Array) -> None:
    np.abs(z, out=z)


def _clamped(z: Array) -> None:
    np.clip(z, -1.0, 1.0, out=z)


def _step(z: Array) -> None:
    np.copyto(z, np.where(z > 0.0, 1.0, -1.0))


ACTIVATIONS: Mapping[str, InPlace] = MappingProxyType(
    {
        "sin": _sin,
        "gauss": _gauss,
        "tanh": _tanh,
        "sigmoid": _sigmoid,
        "identity": _identity,
        "relu": _relu,
        "abs": _abs,
        "clamped": _clamped,
        "step": _step,
    }
)
