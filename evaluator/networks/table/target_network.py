"""The target network of the table task: the same for every variant; only where its blocks' weights come from differs.

    numbers  → piecewise-linear bins → small embedding each ┐
    categories → embedding each                             ├ → linear → L residual blocks → norm → linear head
    (dense_site: the site's embedding as a further input)   ┘

A block is x + W_down · relu(W_up · norm(x)). The `BlockSource` gives W_up and W_down of all blocks at once; for a
variant that conditions on the site it also scales and shifts the rows of W_up · norm(x), which is the same as
generating W_up and its bias anew for that site (Ha et al. 2017, eq. 8–9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.tasks.table import TableFacts, TablePart

WIDTH = 64
BLOCKS = 6
NUMBER_EMBEDDING = 6
CATEGORY_EMBEDDING = 4
CLIP = 5.0
"""Standardised numbers beyond ± this are outliers: the bins tell them apart, the linear part needs not follow them."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a target network: `width` of the residual stream, `inner` of each block's hidden layer, `blocks`."""

    width: int = WIDTH
    inner: int = WIDTH
    blocks: int = BLOCKS


class Rows(NamedTuple):
    """Rows as tensors: x_num (rows, p) float32, x_cat (rows, q) int64, site (rows,) int64, None: the new site."""

    x_num: Tensor
    x_cat: Tensor
    site: Tensor | None

    def take(self, index: Tensor | slice) -> Rows:
        """Return the rows at `index`."""
        return Rows(self.x_num[index], self.x_cat[index], None if self.site is None else self.site[index])


def rows_of(part: TablePart, *, sites: bool) -> Rows:
    """Return the inputs of `part` as tensors; with `sites` False the site is left out."""
    site = torch.from_numpy(np.array(part.site, dtype=np.int64)) if sites else None
    return Rows(
        torch.from_numpy(np.array(part.x_num, dtype=np.float32)),
        torch.from_numpy(np.array(part.x_cat, dtype=np.int64)),
        site,
    )


class BlockWeights(NamedTuple):
    """All blocks' weights: up (L, inner, width) with its bias (L, inner), down (L, width, inner).

    scale_shift: (n, L, 2, inner) for each row's (or, n = 1, all rows') site; None where they are the same for all.
    """

    up: Tensor
    up_bias: Tensor
    down: Tensor
    scale_shift: Tensor | None = None

    def detach(self) -> BlockWeights:
        """Return the same values without their history (torch's FLOP counter stumbles over views made without one)."""
        per_row = None if self.scale_shift is None else self.scale_shift.detach()
        return BlockWeights(self.up.detach(), self.up_bias.detach(), self.down.detach(), per_row)

    def folded(self) -> BlockWeights:
        """Return the plain dense weights of the one site that scale_shift (1, L, 2, inner) is for."""
        if self.scale_shift is None:
            return self
        scale, shift = self.scale_shift[0].unbind(1)
        return BlockWeights(self.up * scale.unsqueeze(-1), self.up_bias * scale + shift, self.down)


class GeneratedWeights(NamedTuple):
    """Weights made once for many predictions: up, down as in BlockWeights; table (sites + 1, L, 2, inner) or None."""

    up: Tensor
    down: Tensor
    table: Tensor | None


def _table(generated: GeneratedWeights) -> Tensor:
    assert generated.table is not None
    return generated.table


class BlockSource(nn.Module):
    """Where the blocks' weights come from. Subclasses give `weights()` and, where sites count, `modulation`."""

    generates = False

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return up (L, inner, width) and down (L, width, inner)."""
        raise NotImplementedError

    def modulation(self, site_vectors: Tensor) -> Tensor | None:
        """Return (n, L, 2, inner): scale and shift for sites with vectors (n, SITE_EMBEDDING), or None."""
        return None

    def penalty(self, up: Tensor, down: Tensor) -> Tensor | None:
        """Return the sum of squares that weight decay is to shrink, where decaying the parameters would be wrong."""
        return None

    def embedding_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that are layer embeddings."""
        return ()


SourceMaker = Callable[[Shape, bool], BlockSource]
"""Makes a variant's BlockSource for a shape; the flag tells whether sites condition it."""


class NumberBins(nn.Module):
    """Numbers (rows, p) → embedded (rows, p · NUMBER_EMBEDDING): bins, the number itself, a missing flag.

    Gorishniy, Rubachev, Babenko 2022, "On Embeddings for Numerical Features in Tabular Deep Learning".
    """

    low: Tensor
    inverse_width: Tensor

    def __init__(self, facts: TableFacts) -> None:
        super().__init__()
        count = len(facts.numeric)
        bins = max((len(column.edges) - 1 for column in facts.numeric), default=1)
        low, inverse = torch.zeros(count, bins), torch.zeros(count, bins)
        for index, column in enumerate(facts.numeric):
            edges = torch.tensor(column.edges)
            low[index, : len(edges) - 1] = edges[:-1]
            inverse[index, : len(edges) - 1] = 1.0 / (edges[1:] - edges[:-1])
        self.register_buffer("low", low, persistent=False)  # the preprocessing's JSON has the edges
        self.register_buffer("inverse_width", inverse, persistent=False)
        self.weight = nn.Parameter(torch.randn(count, bins + 2, NUMBER_EMBEDDING) / (bins + 2) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(count, 1, NUMBER_EMBEDDING))

    def forward(self, x_num: Tensor) -> Tensor:
        """Return (rows, p · NUMBER_EMBEDDING)."""
        missing = torch.isnan(x_num).unsqueeze(-1)
        number = torch.nan_to_num(x_num).clamp(-CLIP, CLIP).unsqueeze(-1)
        bins = ((torch.nan_to_num(x_num).unsqueeze(-1) - self.low) * self.inverse_width).clamp(0.0, 1.0)
        bins = torch.cat([torch.where(missing, 0.0, bins), number, missing.to(number.dtype)], dim=-1)
        embedded = torch.baddbmm(self.bias, bins.transpose(0, 1), self.weight)  # one product for all columns
        return F.relu(embedded).transpose(0, 1).flatten(1)


class BlockDropout(nn.Module):
    """Dropout masks of all blocks from one draw of random bytes: ten times faster here than one Bernoulli draw a block.

    A byte a value: the rate is rounded to 1/256.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.keep = 1.0 - round(rate * 256) / 256
        self._random: np.random.Generator | None = None

    def masks(self, blocks: int, rows: int, inner: int) -> Tensor | None:
        """Return (blocks, rows, inner), 0 or 1/keep; None when nothing is dropped. Seeded by torch's global seed."""
        if not self.training or self.keep >= 1.0:
            return None
        if self._random is None:
            self._random = np.random.Generator(np.random.SFC64(torch.initial_seed()))
        draw = np.frombuffer(self._random.bytes(blocks * rows * inner), dtype=np.uint8)
        kept = (draw < self.keep * 256).astype(np.float32) * np.float32(1.0 / self.keep)
        return torch.from_numpy(kept).view(blocks, rows, inner)


class TargetNetwork(nn.Module):
    """The target network; `site_input`: the site's embedding is an input of it."""

    category_offset: Tensor

    def __init__(
        self, facts: TableFacts, shape: Shape, source: BlockSource, *, site_input: bool, dropout: float
    ) -> None:
        super().__init__()
        self.shape = shape
        self.dropout = BlockDropout(dropout)
        self.site_input = site_input
        self.known_sites = facts.known_sites
        sizes = torch.tensor([0] + [len(column.categories) + 1 for column in facts.categorical])
        self.register_buffer("category_offset", sizes.cumsum(0)[:-1], persistent=False)
        features = len(facts.numeric) * NUMBER_EMBEDDING + len(facts.categorical) * CATEGORY_EMBEDDING
        self.numbers = NumberBins(facts) if facts.numeric else None
        self.categories = nn.Embedding(int(sizes.sum()), CATEGORY_EMBEDDING) if facts.categorical else None
        conditions = site_input or source.modulation(torch.zeros(1, SITE_EMBEDDING)) is not None
        self.sites = SiteEmbedding(facts.known_sites) if conditions else None
        self.enter = nn.Linear(features + (SITE_EMBEDDING if site_input else 0), shape.width)
        self.source = source
        self.norm_weight = nn.Parameter(torch.ones(shape.blocks, shape.width))
        self.norm_bias = nn.Parameter(torch.zeros(shape.blocks, shape.width))
        self.up_bias = nn.Parameter(torch.zeros(shape.blocks, shape.inner))
        self.down_bias = nn.Parameter(torch.zeros(shape.blocks, shape.width))
        self.final_norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, facts.outputs)

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return the parameters that `generate` reads."""
        sites = () if self.sites is None else tuple(self.sites.parameters())
        return (*self.source.parameters(), self.up_bias, *sites)

    def generate(self) -> GeneratedWeights:
        """Return the weights of all blocks and the scale and shift of every site: what a cache keeps."""
        up, down = self.source.weights()
        if self.sites is None or self.site_input:
            return GeneratedWeights(up, down, None)
        return GeneratedWeights(up, down, self.source.modulation(self.sites.table()))

    def block_weights(self, site: Tensor | None, generated: GeneratedWeights | None = None) -> BlockWeights:
        """Return the weights for rows of the sites given, from `generated` or made anew.

        site: (rows,) indices, those from known_sites on being new; None: every row belongs to the new site.
        """
        up, down = (generated.up, generated.down) if generated is not None else self.source.weights()
        if self.sites is None or self.site_input:
            return BlockWeights(up, self.up_bias, down)
        if site is None:
            new = self.source.modulation(self.sites.new) if generated is None else _table(generated)[-1:]
            return BlockWeights(up, self.up_bias, down, new)
        index = self._site_index(site)
        if generated is None and self.known_sites >= len(index):  # fewer rows than sites: make only what they need
            return BlockWeights(up, self.up_bias, down, self.source.modulation(F.embedding(index, self.sites.table())))
        table = _table(generated) if generated is not None else self.source.modulation(self.sites.table())
        assert table is not None
        return BlockWeights(up, self.up_bias, down, F.embedding(index, table.flatten(1)).view(-1, *table.shape[1:]))

    def forward(self, rows: Rows, weights: BlockWeights | None = None) -> Tensor:
        """Return (rows, outputs): logits or standardised values. `weights`: cached ones, else made anew."""
        if weights is None:
            weights = self.block_weights(rows.site)
        x = self.enter(self.features(rows))
        width = (self.shape.width,)
        masks = self.dropout.masks(self.shape.blocks, len(x), self.shape.inner)
        per_row = (
            None if weights.scale_shift is None else weights.scale_shift.flatten(1).chunk(2 * self.shape.blocks, dim=1)
        )
        for block, (up, down) in enumerate(zip(weights.up.unbind(0), weights.down.unbind(0), strict=True)):
            h = F.layer_norm(x, width, self.norm_weight[block], self.norm_bias[block])
            h = F.linear(h, up, weights.up_bias[block])
            if per_row is not None:
                h = torch.addcmul(per_row[2 * block + 1], h, per_row[2 * block])
            h = F.relu(h)
            if masks is not None:
                h = h * masks[block]
            x = x + F.linear(h, down, self.down_bias[block])
        output: Tensor = self.head(self.final_norm(x))
        return output

    def features(self, rows: Rows) -> Tensor:
        """Return the embedded inputs (rows, features)."""
        parts = []
        if self.numbers is not None:
            parts.append(self.numbers(rows.x_num))
        if self.categories is not None:
            parts.append(self.categories(rows.x_cat + self.category_offset).flatten(1))
        if self.site_input:
            assert self.sites is not None
            if rows.site is None:
                parts.append(self.sites.new.expand(len(rows.x_num), -1))
            else:
                parts.append(F.embedding(self._site_index(rows.site), self.sites.table()))
        return torch.cat(parts, dim=1)

    def _site_index(self, site: Tensor) -> Tensor:
        """New sites, and rows without one, share the last row of the table."""
        return torch.where((site < 0) | (site >= self.known_sites), self.known_sites, site)
