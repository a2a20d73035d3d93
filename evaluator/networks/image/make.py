"""The target network that a PoC's options name, with a variant's kernels and sites; settings all variants share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from evaluator.networks.image.conv import CHANNELS, ConvNetwork
from evaluator.networks.image.image_network import ImageNetwork, SitesAre, SourceMaker
from evaluator.networks.image.kernels import GeneratedKernels
from evaluator.networks.image.wide_residual import WideResidual
from evaluator.networks.network_variant import Pace, Range
from evaluator.records import SettingValue
from evaluator.tasks.image import ImageData, ImageFacts
from evaluator.tasks.image.budgets import BATCH

PACE = Pace(batch=BATCH, evaluations=2, fewest_steps=10, validation_rows=600, clip=1.0)
SPACE: Mapping[str, Range] = {
    "learning_rate": Range(3e-3, 8e-4, 1e-2, log=True),
    "weight_decay": Range(2e-2, 1e-3, 0.2, log=True),
}
GENERATED_SPACE: Mapping[str, Range] = {
    "learning_rate": Range(3e-3, 8e-4, 1e-2, log=True),
    "weight_decay": Range(2e-4, 1e-5, 2e-3, log=True),
}
"""`weight_decay` here is of the generated weights, in the loss; of the stored ones it is AdamW's own elsewhere."""

MakeNetwork = Callable[[ImageData, Mapping[str, SettingValue]], ImageNetwork]

EMBEDDINGS: Mapping[str, Mapping[str, int]] = {
    "conv": {"small": 2, "paper": 4, "large": 8},
    "wrn": {"small": 32, "paper": 64, "large": 80},
}
"""Nz = d of the generator: points on the way from `shared` (nothing of its own a tile) to `dense`."""


def make_network(facts: ImageFacts, source: SourceMaker, sites: SitesAre = "unknown") -> ImageNetwork:
    """Return the network that the options name. Sites are left out where fewer than two are known."""
    known = sites if facts.known_sites >= 2 else "unknown"
    return (ConvNetwork if facts.network == "conv" else WideResidual)(facts, source, known)


def making(source: SourceMaker, sites: SitesAre = "unknown") -> MakeNetwork:
    """Return what makes a variant's network from data and settings."""
    return lambda data, settings: make_network(data.facts, source, sites)


def generated(facts: ImageFacts, point: str = "paper") -> ImageNetwork:
    """Return `hyper`'s network with embeddings of the size called `point`."""
    source = partial(GeneratedKernels, embedding=EMBEDDINGS[facts.network][point])
    return make_network(facts, source, "generated_for")


def generating(point: str) -> MakeNetwork:
    """Return what makes a hypernetwork with embeddings of the size called `point`."""

    def make(data: ImageData, settings: Mapping[str, SettingValue]) -> ImageNetwork:
        network = generated(data.facts, point)
        network.decay = float(settings["weight_decay"])
        return network

    return make


def narrow(facts: ImageFacts, source: SourceMaker, parameters: int) -> ImageNetwork:
    """Return the network whose width makes its number of parameters the closest to `parameters`."""
    widths = range(2, CHANNELS + 1) if facts.network == "conv" else range(2, 16 * facts.width + 1)
    build = ConvNetwork if facts.network == "conv" else WideResidual

    def distance(width: int) -> int:
        return abs(count(build(facts, source, "unknown", width)) - parameters)

    return build(facts, source, "unknown", min(widths, key=distance))


def count(network: ImageNetwork) -> int:
    """Return the number of learned values."""
    return sum(parameter.numel() for parameter in network.parameters())
