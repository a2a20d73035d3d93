"""What all networks of the image task have in common; conv.py and wide_residual.py say what they are made of.

A network has a few stored layers (`first`, normalisation, `head`) and hidden convolutions whose kernels its
KernelSource gives. Sites come in where a variant says so: `hyper` generates for them (site_scales.py); `dense_site` has
the site's vector as an input, added to the first layer's channels and appended to the head's input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.device import tensor_of
from evaluator.networks.image.kernels import DenseKernels, KernelShape, KernelSource
from evaluator.networks.image.site_scales import SiteScales
from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.tasks.image import ImageFacts, ImagePart
from evaluator.tasks.protocol import Part

SourceMaker = Callable[[Sequence[KernelShape]], KernelSource]
SitesAre = Literal["unknown", "generated_for", "input"]


@dataclass(frozen=True)
class ImageRows:
    """Images as tensors: x (rows, channels, size, size) uint8, y (rows,) int64, site (rows,) int64."""

    x: Tensor
    y: Tensor
    site: Tensor

    @property
    def rows(self) -> int:
        """Return the number of images."""
        return len(self.y)

    def take(self, index: Tensor | slice) -> ImageRows:
        """Return the images at `index`."""
        return ImageRows(self.x[index], self.y[index], self.site[index])


class ImageNetwork(TaskNetwork):
    """A network that tells an image's class. `decay`: of generated weights, half its square is added to the loss."""

    mean: Tensor
    inverse_deviation: Tensor
    head: nn.Linear

    def __init__(self, facts: ImageFacts, shapes: Sequence[KernelShape], make: SourceMaker, sites: SitesAre) -> None:
        super().__init__()
        self.facts = facts
        self.decay = 0.0
        self.source = make(shapes)
        self.generates = self.source.generates
        self.site_scales = SiteScales(self.scaled_outputs(shapes)) if sites == "generated_for" else None
        self.sites = SiteEmbedding(facts.known_sites) if sites != "unknown" else None
        self.site_input: nn.Linear | None = None
        for name, values in (("mean", facts.mean), ("inverse_deviation", [1 / one for one in facts.deviation])):
            self.register_buffer(name, torch.tensor(values).view(-1, 1, 1), persistent=False)  # preprocessing.json

    def add_ends(self, first_channels: int, head_inputs: int) -> None:
        """Add the head, and where the site's vector is an input the layer that takes it in."""
        if self.sites is not None and self.site_scales is None:
            self.site_input = nn.Linear(SITE_EMBEDDING, first_channels, bias=False)
            head_inputs += SITE_EMBEDDING
        self.head = nn.Linear(head_inputs, len(self.facts.classes))

    def scaled_outputs(self, shapes: Sequence[KernelShape]) -> tuple[int, ...]:
        """Return the output channels of the hidden convolutions that a site scales and shifts."""
        raise NotImplementedError

    def features(self, x: Tensor, kernels: Sequence[Tensor], scales: Scales | None, entering: Tensor | None) -> Tensor:
        """Return what the head sees (rows, inputs).

        x: normalised images. scales: of a site's rows (or of one row, for all). entering: (rows, channels, 1, 1) to be
        added to the first layer.
        """
        raise NotImplementedError

    def fold(self, plain: ImageNetwork, scales: Scales) -> None:
        """Write one site's scales into the kernels and stored layers of `plain`, a dense copy."""
        raise NotImplementedError

    def rebuilt(self, make: SourceMaker) -> ImageNetwork:
        """Return an untrained network like this one with another source and without sites."""
        raise NotImplementedError

    def batch(self, part: Part) -> ImageRows:
        """Return the images of `part` on the network's device."""
        assert isinstance(part, ImagePart)
        return ImageRows(
            tensor_of(part.x, torch.uint8), tensor_of(part.y, torch.int64), tensor_of(part.site, torch.int64)
        )

    def logits(self, batch: ImageRows, weights: Weights) -> Tensor:
        """Return (rows, classes) before the softmax."""
        x = (batch.x.to(torch.float32) - self.mean) * self.inverse_deviation
        kernels = [weights[str(index)] for index in range(len(self.source.shapes))]
        if self.site_input is not None and self.sites is not None:
            vectors = self.sites(batch.site)
            found = self.features(x, kernels, None, self.site_input(vectors)[..., None, None])
            return torch.as_tensor(self.head(torch.cat([found, vectors], dim=1)))
        scales = None if self.site_scales is None else self._scales(batch.site, weights)
        return torch.as_tensor(self.head(self.features(x, kernels, scales, None)))

    def _scales(self, site: Tensor, weights: Weights) -> Scales:
        """Return scale and shift of each image's site, out of the generated table of all sites, the new one last."""
        assert self.site_scales is not None
        index = site.clamp(max=self.facts.known_sites)  # -1, no site, is the last row as well
        return Scales(*self.site_scales.split(weights["scale_shift"][index]))

    def loss(self, batch: ImageRows) -> Tensor:
        """Return the mean cross entropy, with the penalty on generated weights."""
        weights = self.generate()
        loss = F.cross_entropy(self.logits(batch, weights), batch.y)
        kernels = [weights[str(index)] for index in range(len(self.source.shapes))]
        penalty = self.source.penalty(kernels) if self.decay else None
        return loss if penalty is None else loss + 0.5 * self.decay * penalty

    def answer(self, batch: ImageRows, weights: Weights | None = None) -> Tensor:
        """Return class probabilities (rows, classes)."""
        return torch.softmax(self.logits(batch, self.generate() if weights is None else weights), dim=1)

    def outputs(self, batch: ImageRows) -> Tensor:
        """Return (rows, classes) before the softmax, which would hide differences where it is near 0 or 1."""
        return self.logits(batch, self.generate())

    def generate(self) -> Weights:
        """Return the kernels by number, and where sites are generated for `scale_shift` of all of them."""
        made = {str(index): kernel for index, kernel in enumerate(self.source.kernels())}
        if self.site_scales is not None and self.sites is not None:
            made["scale_shift"] = self.site_scales(self.sites.table())
        return made

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return what `generate` reads."""
        sites = () if self.site_scales is None else (*self.site_scales.parameters(), *_own(self.sites))
        return (*self.source.parameters(), *sites)

    def generator_names(self) -> tuple[str, ...]:
        """Return the generator's layers, those for sites included; nothing where kernels are learned directly."""
        if not self.generates:
            return ()
        embeddings = {*self.embedding_names(), "site_scales.tile_embedding"}
        return tuple(
            name
            for name, _ in self.named_parameters()
            if name.startswith(("source.", "site_scales.")) and name not in embeddings
        )

    def embedding_names(self) -> tuple[str, ...]:
        """Return the tile embeddings."""
        return tuple(f"source.{name}" for name in self.source.embeddings())

    @torch.no_grad()
    def plain(self, data: Any, site: int) -> ImageNetwork | None:
        """Return `dense` with the kernels, and one site's scales in them, stored."""
        if isinstance(self.source, DenseKernels):
            return None
        made = self.rebuilt(DenseKernels).to(next(self.parameters()).device)
        own = {
            name: value for name, value in self.state_dict().items()
            if not name.startswith(("source.", "site_scales.", "sites."))
        }  # fmt: skip
        made.load_state_dict(own, strict=False)
        weights = self.generate()
        assert isinstance(made.source, DenseKernels)
        for index, kernel in enumerate(made.source.weight):
            kernel.copy_(weights[str(index)])
        if self.site_scales is not None:
            known = self.facts.known_sites
            place = site if 0 <= site < known else known
            self.fold(made, Scales(*self.site_scales.split(weights["scale_shift"][place : place + 1])))
        return made.eval()


@dataclass(frozen=True)
class Scales:
    """Scale and shift of each scaled layer's outputs: (rows or 1, channels, 1, 1) each."""

    scale: tuple[Tensor, ...]
    shift: tuple[Tensor, ...]

    def apply(self, layer: int, x: Tensor) -> Tensor:
        """Return the outputs `x` of the scaled layer number `layer`, scaled and shifted."""
        return torch.addcmul(self.shift[layer], x, self.scale[layer])


def start_stored(network: nn.Module) -> None:
    """Give the stored convolutions the variance of He et al. 2015, and no bias."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.bias is not None:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)


def _own(sites: SiteEmbedding | None) -> tuple[nn.Parameter, ...]:
    return () if sites is None else tuple(sites.parameters())
