"""`hyper`: the static hypernetwork with the paper's sizes: Nz 4 for the two-layer network, Nz = d = 64 for WRN."""

from __future__ import annotations

from evaluator.networks.image.make import GENERATED_SPACE, PACE, generating
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("hyper", generating("paper"), PACE, GENERATED_SPACE)
