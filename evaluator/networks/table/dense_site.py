"""`dense_site`: `dense` with the site's embedding as a further input. It ships the same 8 floats as `hyper`."""

from __future__ import annotations

from evaluator.networks.table.dense import DirectWeights
from evaluator.networks.table.torch_variant import TorchVariant

VARIANT = TorchVariant("dense_site", lambda shape, _sites: DirectWeights(shape), site_input=True)
