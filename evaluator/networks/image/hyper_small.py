"""`hyper_small`: `hyper` with half its embeddings: nearer to `shared` on the axis of weight sharing."""

from __future__ import annotations

from evaluator.networks.image.make import GENERATED_SPACE, PACE, generating
from evaluator.networks.network_variant import NetworkVariant

VARIANT = NetworkVariant("hyper_small", generating("small"), PACE, GENERATED_SPACE)
