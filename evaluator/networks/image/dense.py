"""`dense`: every kernel learned directly. The baseline."""

from __future__ import annotations

from evaluator.networks.image.kernels import DenseKernels
from evaluator.networks.image.make import PACE, SPACE, making
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("dense", making(DenseKernels), PACE, SPACE)
