"""`small_dense`: a narrower `dense` with as many parameters as `hyper` stores: the rival for size."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.image.image_network import ImageNetwork
from evaluator.networks.image.kernels import DenseKernels
from evaluator.networks.image.make import PACE, SPACE, count, generated, narrow
from evaluator.networks.network_variant import NetworkVariant
from evaluator.records import SettingValue
from evaluator.tasks.image import ImageData


def make(data: ImageData, settings: Mapping[str, SettingValue]) -> ImageNetwork:
    """Return the network whose width makes it the closest to `hyper` in stored parameters."""
    return narrow(data.facts, DenseKernels, count(generated(data.facts)))


VARIANT = NetworkVariant("small_dense", make, PACE, SPACE)
