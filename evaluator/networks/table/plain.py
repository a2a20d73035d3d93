"""The plain dense network of a table: what a hypernetwork generates for one site, stored."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from evaluator.networks.table import dense
from evaluator.networks.table.target_network import TargetNetwork
from evaluator.records import SettingValue
from evaluator.tasks.table import TableFacts

NOT_ITS_OWN = ("source.", "sites.")
"""Where the blocks' weights came from: generator and sites' vectors, which `dense` has not."""


@torch.no_grad()
def plain_network(
    network: TargetNetwork, facts: TableFacts, settings: Mapping[str, SettingValue], site: int
) -> TargetNetwork | None:
    """Return `dense` with the blocks' weights of `network` at one site; None where those are learned directly.

    site: an index, any other than a known site's is a new site's. The site's scale and shift go into the rows of W_up
    and its bias (see BlockWeights.folded).
    """
    if isinstance(network.source, dense.DirectWeights):
        return None
    weights = network.block_weights(torch.tensor([site])).folded()
    made = dense.VARIANT.network(facts, settings)
    own = {name: value for name, value in network.state_dict().items() if not name.startswith(NOT_ITS_OWN)}
    own |= {"source.up": weights.up, "source.down": weights.down, "up_bias": weights.up_bias}
    made.load_state_dict(own)
    return made.eval()
