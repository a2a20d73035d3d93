"""`shared`: one basic kernel for every place of every hidden layer."""

from __future__ import annotations

from evaluator.networks.image.kernels import SharedKernels
from evaluator.networks.image.make import PACE, SPACE, making
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("shared", making(SharedKernels), PACE, SPACE)
