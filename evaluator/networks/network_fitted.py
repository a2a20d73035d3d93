"""A trained TaskNetwork: predicting (weights generated at each call or cached), fine-tuning, saving."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.site_copies import finetune_sites
from evaluator.networks.task_network import METHODS, TaskNetwork, Weights, answers, trainable_names
from evaluator.networks.weight_cache import WeightCache
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import Floats, TaskData
from scorecards.record import Json

MODEL_FILE = "model.safetensors"
SETTINGS_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"


@dataclass(eq=False)
class NetworkFitted:
    """A trained network; after fine-tuning, `by_site` holds each fine-tuned site's own copy (key -1: no sites)."""

    network: TaskNetwork
    data: TaskData
    trace: TrainingTrace
    variant: str
    settings: Mapping[str, SettingValue]
    rows_at_once: int
    by_site: Mapping[int, TaskNetwork] = field(default_factory=dict)
    cache: WeightCache[Weights] = field(default_factory=WeightCache)

    def parameters(self) -> int:
        """Return the number of learned values that are stored."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def generates(self) -> bool:
        """Tell whether weights are generated."""
        return self.network.generates

    @torch.no_grad()
    def generate_weights(self) -> None:
        """Generate all weights once, without keeping them."""
        self.network.generate()

    def predict(self, part: Any) -> Floats:
        """Return what the task scores, first axis rows; a fine-tuned site has its own copy."""
        prediction = self._predict(self.network, part, cached=True)
        for site, network in self.by_site.items():
            chosen = np.flatnonzero(part.site == site)
            if len(chosen):
                prediction[chosen] = self._predict(network, part.take(chosen), cached=False)
        return prediction

    def predictor(self, *, cached: bool) -> Callable[[Any], Floats]:
        """Return a function that predicts; with `cached` False the weights are generated at every call."""
        if self.by_site:
            return self.predict
        return lambda part: self._predict(self.network, part, cached=cached)

    def _predict(self, network: TaskNetwork, part: Any, *, cached: bool) -> Floats:
        network.eval()
        weights = self.cache.weights(network) if cached and network.generates else None
        found: Floats = answers(network, network.batch(part), self.rows_at_once, weights).numpy()
        return found

    def draw(self, *, seed: int, count: int) -> Json:
        """Return what the network makes by itself (see TaskNetwork.draw)."""
        return self.network.eval().draw(self.data, seed=seed, count=count)

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.safetensors, model.json and preprocessing.json; fine-tuned, its first site's copy."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / SETTINGS_FILE, folder / PREPROCESSING_FILE)
        save_file(_tensors(self._one_site().state_dict()), files[0])
        files[1].write_text(json.dumps({"variant": self.variant, "settings": dict(self.settings)}), encoding="utf-8")
        files[2].write_text(self.data.facts_text(), encoding="utf-8")
        return files

    def finetune_methods(self) -> tuple[str, ...]:
        """Return the methods that change at least one parameter of this network."""
        return tuple(method for method in METHODS if trainable_names(self.network, method))

    def trainable_parameters(self, method: str) -> int:
        """Return how many values `method` changes for one site."""
        parameters = dict(self.network.named_parameters())
        return sum(parameters[name].numel() for name in trainable_names(self.network, method))

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

    def save_update(self, method: str, folder: Path) -> Path:
        """Write what `method` changed for one site (the first fine-tuned one) as safetensors and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        parameters = dict(self._one_site().named_parameters())
        file = folder / f"update_{method}.safetensors"
        save_file(_tensors({name: parameters[name] for name in trainable_names(self.network, method)}), file)
        return file

    def _one_site(self) -> TaskNetwork:
        return next(iter(self.by_site.values()), self.network)


def _tensors(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone().contiguous() for name, value in named.items()}
