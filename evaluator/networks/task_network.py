"""A network that answers a task, as the generic variant trains, fine-tunes and measures it.

A task's network says how its part becomes a batch, what its loss is and what it answers; where its weights come from is
its own affair. What is generated comes out of `generate()` at once, so that it can be kept (see weight_cache.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeVar

import torch
from torch import Tensor, nn

from evaluator.networks.site_embedding import KNOWN_SITES, NEW_SITE, SiteEmbedding
from evaluator.tasks.protocol import Part
from scorecards.record import Json

BatchT = TypeVar("BatchT", bound="Batch")

METHODS = ("all_weights", "head_only", "generator", "embedding_only")
HEAD = "head."

Weights = Mapping[str, Tensor]
"""Generated weights by name; what the names mean is the network's own affair."""


class Batch(Protocol):
    """Rows as tensors on the network's device."""

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        ...

    def take(self: BatchT, index: Tensor | slice) -> BatchT:
        """Return the rows at `index`."""
        ...


class TaskNetwork(nn.Module):
    """A target network and the source of its weights. Its last layer is called `head`, its SiteEmbedding `sites`."""

    generates = False
    """Whether weights are generated, so that cached and uncached predictions differ."""
    makes = False
    """Whether `made` differs from `answer`: a site asks for something that takes longer than scoring what is known."""

    def __init__(self) -> None:
        super().__init__()
        self.sites: SiteEmbedding | None = None

    def batch(self, part: Part) -> Any:
        """Return the rows of `part` as a Batch of the task's own kind."""
        raise NotImplementedError

    def loss(self, batch: Any) -> Tensor:
        """Return the mean loss of the rows (a scalar), dropout as `self.training` says, penalties included."""
        raise NotImplementedError

    def answer(self, batch: Any, weights: Weights | None = None) -> Tensor:
        """Return what the task scores, first axis rows. `weights`: what `generate` gave, else made anew."""
        raise NotImplementedError

    def made(self, batch: Any, weights: Weights | None = None) -> Tensor:
        """Return what a site asks for, first axis rows: the answer, or (`makes`) what the network makes by itself."""
        return self.answer(batch, weights)

    def generate(self) -> Weights:
        """Return all generated weights; nothing where none are generated."""
        return {}

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return the parameters that `generate` reads."""
        return ()

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that make weights, embeddings excepted."""
        return ()

    def embedding_names(self) -> tuple[str, ...]:
        """Return the names of the embeddings that weights are made from, a site's vector excepted."""
        return ()

    def decayed_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that weight decay shrinks: matrices that are not generators' own."""
        spared = {*self.generator_names(), *self.embedding_names(), KNOWN_SITES, NEW_SITE}
        return tuple(
            name
            for name, value in self.named_parameters()
            if value.dim() >= 2 and name not in spared and "embedding" not in name
        )

    def step_flops(self, rows: int) -> float | None:
        """Return the FLOPs of one training step on `rows` rows by formula, None where torch's counter knows them."""
        return None

    def plain(self, data: Any, site: int) -> TaskNetwork | None:
        """Return the task's `dense` network that answers as this one does at one site, None where there is none.

        data: what this one learned from; site: an index, any other than a known site's is a new site's. There is none
        where weights are learned directly already, or made anew at every step.
        """
        return None

    def outputs(self, batch: Any) -> Tensor:
        """Return the answer without what the last bit can tip (a decision), in the network's own unit; rows first."""
        return self.answer(batch)

    def draw(self, data: Any, *, seed: int, count: int) -> Json:
        """Return what the network makes by itself (`count` characters or drawings). Raises where it makes nothing."""
        raise NotImplementedError(f"{type(self).__name__} draws nothing")

    def forward(self, batch: Any, asked: Literal["loss", "answer"] = "answer") -> Tensor:
        """Return the loss or the answer; one entrance, so that parameters can be swapped by `functional_call`."""
        return self.loss(batch) if asked == "loss" else self.answer(batch)


def trainable_names(network: TaskNetwork, method: str) -> tuple[str, ...]:
    """Return the names of the parameters that a fine-tuning `method` changes; none where it doesn't apply.

    embedding_only: the new site's vector, or without sites the embeddings that weights are made from.
    """
    if method not in METHODS:
        raise ValueError(f"no fine-tuning method {method!r}; methods are {', '.join(METHODS)}")
    names = [name for name, _ in network.named_parameters() if name != KNOWN_SITES]
    if method == "all_weights":
        return tuple(names)
    if method == "head_only":
        return tuple(name for name in names if name.startswith(HEAD))
    if method == "generator":
        return network.generator_names()
    return (NEW_SITE,) if network.sites is not None else network.embedding_names()


@torch.no_grad()
def answers(
    network: TaskNetwork, batch: Any, rows_at_once: int, weights: Weights | None = None, *, made: bool = False
) -> Tensor:
    """Return the answers to all rows, or what is `made` of them, on the processor, `rows_at_once` rows at a time."""
    network.eval()
    respond = network.made if made else network.answer
    return _in_pieces(lambda rows: respond(rows, weights), batch, rows_at_once)


@torch.no_grad()
def outputs(network: TaskNetwork, batch: Any, rows_at_once: int) -> Tensor:
    """Return the outputs of all rows on the processor, `rows_at_once` rows at a time."""
    return _in_pieces(network.eval().outputs, batch, rows_at_once)


def _in_pieces(respond: Callable[[Any], Tensor], batch: Any, rows_at_once: int) -> Tensor:
    pieces = [respond(batch.take(slice(at, at + rows_at_once))).cpu() for at in range(0, batch.rows, rows_at_once)]
    return torch.cat(pieces) if pieces else torch.zeros(0)
