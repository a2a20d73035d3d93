"""`dense_site`: `dense` with the site's vector as an input: the rival for knowing the sites."""

from __future__ import annotations

from evaluator.networks.image.kernels import DenseKernels
from evaluator.networks.image.make import PACE, SPACE, making
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("dense_site", making(DenseKernels, "input"), PACE, SPACE, needs_sites=True)
