"""`hyper_large`: `hyper` with larger embeddings: nearer to `dense` on the axis of weight sharing."""

from __future__ import annotations

from evaluator.networks.image.make import GENERATED_SPACE, PACE, generating
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("hyper_large", generating("large"), PACE, GENERATED_SPACE)
