"""Generated weights kept for prediction; dropped as soon as the parameters they came from change."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

import torch
from torch import nn

WeightsT = TypeVar("WeightsT")
WeightsT_co = TypeVar("WeightsT_co", covariant=True)


class GeneratingNetwork(Protocol[WeightsT_co]):
    """What the cache asks of a network."""

    training: bool

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        """Return the parameters that `generate` reads."""
        ...

    def generate(self) -> WeightsT_co:
        """Return all generated weights, made anew."""
        ...


class WeightCache(Generic[WeightsT]):
    """Keeps the last generated weights.

    Every in-place change (optimiser step, load_state_dict) raises a tensor's version, and `train()` sets a flag: both
    are looked at on each use, so that no one has to remember to clear the cache.
    """

    def __init__(self) -> None:
        self._key: tuple[tuple[int, int], ...] = ()
        self._weights: WeightsT | None = None

    @torch.no_grad()
    def weights(self, network: GeneratingNetwork[WeightsT]) -> WeightsT:
        """Return the weights, generated anew only if a parameter changed or the network is training."""
        key = tuple((id(parameter), parameter._version) for parameter in network.generating_parameters())
        if network.training or self._weights is None or key != self._key:
            self._weights, self._key = network.generate(), key
            self.changed()
        return self._weights

    def changed(self) -> None:
        """Forget what was derived from the former weights; called whenever new ones were made."""
