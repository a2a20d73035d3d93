"""One learned vector a site: what a site costs, for every variant that knows sites."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SITE_EMBEDDING = 8
"""Floats a site costs, for `hyper` and `dense_site` alike."""
KNOWN_SITES = "sites.known"
NEW_SITE = "sites.new"
"""Names of the vectors in a network that holds its SiteEmbedding as `sites`."""


class SiteEmbedding(nn.Module):
    """One learned vector a known site, and one for a new site: the mean of the learned ones until it is fine-tuned."""

    def __init__(self, known_sites: int) -> None:
        super().__init__()
        self.known = nn.Parameter(0.5 * torch.randn(known_sites, SITE_EMBEDDING))
        self.new = nn.Parameter(torch.zeros(1, SITE_EMBEDDING))

    def table(self) -> Tensor:
        """Return (known sites + 1, SITE_EMBEDDING), the new site last."""
        return torch.cat([self.known, self.new])

    def forward(self, site: Tensor) -> Tensor:
        """Return (rows, SITE_EMBEDDING) for site indices (rows,); those outside the known ones share the new vector."""
        known = len(self.known)
        index = torch.where((site < 0) | (site >= known), known, site)
        return nn.functional.embedding(index, self.table())

    @torch.no_grad()
    def start_new_at_mean(self) -> None:
        """Let a new site start at the mean of the learned vectors."""
        self.new.copy_(self.known.mean(dim=0, keepdim=True))
