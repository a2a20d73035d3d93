"""A trained TaskNetwork: predicting (weights generated at each call or cached), fine-tuning, saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.site_copies import finetune_sites
from evaluator.networks.stored_network import PLAIN, StoredNetwork
from evaluator.networks.task_network import TaskNetwork, Weights, answers, outputs, trainable_names
from evaluator.networks.weight_cache import WeightCache
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import Floats, TaskData
from scorecards.record import Json


@dataclass(eq=False)
class NetworkFitted(StoredNetwork[TaskNetwork]):
    """A trained network; after fine-tuning, `by_site` holds each fine-tuned site's own copy (key -1: no sites)."""

    network: TaskNetwork
    data: TaskData
    trace: TrainingTrace
    variant: str
    settings: Mapping[str, SettingValue]
    rows_at_once: int
    by_site: Mapping[int, TaskNetwork] = field(default_factory=dict)
    cache: WeightCache[Weights] = field(default_factory=WeightCache)

    def preprocessing(self) -> str:
        """Return as JSON what a site needs to prepare a new row."""
        return self.data.facts_text()

    def changed_names(self, method: str) -> tuple[str, ...]:
        """Return the names of the parameters that a fine-tuning method changes; none where it doesn't apply."""
        return trainable_names(self.network, method)

    def generates(self) -> bool:
        """Tell whether weights are generated."""
        return self.network.generates

    @torch.no_grad()
    def generate_weights(self) -> None:
        """Generate all weights once, without keeping them."""
        self.network.generate()

    def predict(self, part: Any) -> Floats:
        """Return what the task scores, first axis rows; a fine-tuned site has its own copy."""
        return self._predict_by_site(part, made=False)

    def predict_whole(self, part: Any) -> Floats:
        """Return what all the task's scores need: the prediction, and along the last axis what the network makes.

        It differs from `predict` where making takes much longer than the main score does (a translation).
        """
        prediction = self.predict(part)
        if not self.network.makes:
            return prediction
        return np.concatenate([prediction, self._predict_by_site(part, made=True)], axis=-1)

    def predictor(self, *, cached: bool) -> Callable[[Any], Floats]:
        """Return a function that does what a site asks for; with `cached` False weights are generated at every call."""
        if self.by_site:
            return lambda part: self._predict_by_site(part, made=True)
        return lambda part: self._predict(self.network, part, cached=cached, made=True)

    def _predict_by_site(self, part: Any, *, made: bool) -> Floats:
        prediction = self._predict(self.network, part, cached=True, made=made)
        for site, network in self.by_site.items():
            chosen = np.flatnonzero(part.site == site)
            if len(chosen):
                prediction[chosen] = self._predict(network, part.take(chosen), cached=False, made=made)
        return prediction

    def _predict(self, network: TaskNetwork, part: Any, *, cached: bool, made: bool) -> Floats:
        network.eval()
        weights = self.cache.weights(network) if cached and network.generates else None
        found: Floats = answers(network, network.batch(part), self.rows_at_once, weights, made=made).numpy()
        return found

    def draw(self, *, seed: int, count: int) -> Json:
        """Return what the network makes by itself (see TaskNetwork.draw)."""
        return self.network.eval().draw(self.data, seed=seed, count=count)

    def plain(self, site: str = "") -> NetworkFitted | None:
        """Return `dense` with the same outputs at `site` (a fine-tuned one's own copy), '': at one it never saw."""
        index = self.site_index(self.data.site_names, site)
        network = self.by_site.get(index, self.network).plain(self.data, index)
        if network is None:
            return None
        return NetworkFitted(network.eval(), self.data, self.trace, PLAIN, self.settings, self.rows_at_once)

    def outputs(self, part: Any) -> Floats:
        """Return the network's own outputs (see TaskNetwork.outputs); a fine-tuned site has its own copy."""
        found: Floats = outputs(self.network, self.network.batch(part), self.rows_at_once).numpy()
        for site, network in self.by_site.items():
            chosen = np.flatnonzero(part.site == site)
            if len(chosen):
                found[chosen] = outputs(network, network.batch(part.take(chosen)), self.rows_at_once).numpy()
        return found

    def finetune(
        self,
        method: str,
        train: Any,
        validation: Any,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> NetworkFitted:
        """Return a copy fine-tuned by `method`, every site of `train` for itself (see site_copies.py)."""
        copies, trace = finetune_sites(
            self.network,
            self.data,
            method,
            train,
            validation,
            seed=seed,
            limits=limits,
            target=target,
            learning_rate_factor=learning_rate_factor,
            rows_at_once=self.rows_at_once,
            report=report,
        )
        return NetworkFitted(
            self.network, self.data, trace, self.variant, self.settings, self.rows_at_once, by_site=copies
        )
