"""A trained torch variant: predicting (weights generated at each call or cached), fine-tuning, saving."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.table.finetuning import METHODS, finetune_sites, trainable_names
from evaluator.networks.table.outputs import Floats, predict_rows
from evaluator.networks.table.target_network import BlockWeights, GeneratedWeights, TargetNetwork, rows_of
from evaluator.networks.weight_cache import WeightCache
from evaluator.records import Limits, SettingValue
from evaluator.tasks.prepared import facts_text
from evaluator.tasks.table import TableFacts, TablePart

MODEL_FILE = "model.safetensors"
SETTINGS_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"


def untrained_trace() -> TrainingTrace:
    """Return the trace of a model that was loaded: it cost nothing here."""
    return TrainingTrace(0.0, 0.0, 0.0, 0, float("inf"), float("inf"), float("nan"), 0.0, "measured", ())


class ProductCache(WeightCache[GeneratedWeights]):
    """A cache that keeps each site's plain dense weights as well."""

    def __init__(self) -> None:
        super().__init__()
        self._products: dict[int, BlockWeights] = {}

    def changed(self) -> None:
        """Forget the products of the former weights."""
        self._products = {}

    @torch.no_grad()
    def product(self, network: TargetNetwork, site: int) -> BlockWeights:
        """Return the plain dense weights of one site: predicting with them costs what `dense` costs."""
        weights = self.weights(network)
        if site not in self._products:
            index = torch.tensor([site]) if network.sites is not None else None
            self._products[site] = network.block_weights(index, weights).folded()
        return self._products[site]


@dataclass(eq=False)
class TorchFitted:
    """A trained network; after fine-tuning, `by_site` holds each fine-tuned site's own copy (key -1: no sites)."""

    network: TargetNetwork
    facts: TableFacts
    trace: TrainingTrace
    variant: str
    settings: Mapping[str, SettingValue]
    by_site: Mapping[int, TargetNetwork] = field(default_factory=dict)
    cache: ProductCache = field(default_factory=ProductCache)

    def parameters(self) -> int:
        """Return the number of learned values that are stored."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def generates(self) -> bool:
        """Tell whether weights are generated."""
        return self.network.source.generates

    @torch.no_grad()
    def generate_weights(self) -> None:
        """Generate all weights once, without keeping them."""
        self.network.generate()

    def predict(self, part: TablePart) -> Floats:
        """Return class probabilities (rows, classes) or values (rows,); a fine-tuned site has its own copy."""
        prediction = self._predict(self.network, part, cached=True)
        for site, network in self.by_site.items():
            chosen = part.site == site
            if chosen.any():
                prediction[chosen] = self._predict(network, part.take(chosen), cached=False)
        return prediction

    def predictor(self, *, cached: bool) -> Callable[[TablePart], Floats]:
        """Return a function that predicts; with `cached` False the weights are generated at every call."""
        if self.by_site:
            return self.predict
        return lambda part: self._predict(self.network, part, cached=cached)

    def _predict(self, network: TargetNetwork, part: TablePart, *, cached: bool) -> Floats:
        network.eval()
        rows = rows_of(part, sites=network.sites is not None)
        if not (cached and self.generates()):
            return predict_rows(network, self.facts, rows)
        first = int(part.site[0]) if part.rows else -1
        if part.rows <= 1 or bool((part.site == first).all()):
            product = self.cache.product(network, first)
            return predict_rows(network, self.facts, rows, lambda _: product)
        generated = self.cache.weights(network)
        return predict_rows(network, self.facts, rows, lambda site: network.block_weights(site, generated))

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.safetensors, model.json and preprocessing.json; fine-tuned, its first site's copy."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / SETTINGS_FILE, folder / PREPROCESSING_FILE)
        save_file(_tensors(self._one_site().state_dict()), files[0])
        files[1].write_text(json.dumps({"variant": self.variant, "settings": dict(self.settings)}), encoding="utf-8")
        files[2].write_text(facts_text(self.facts), encoding="utf-8")
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
        train: TablePart,
        validation: TablePart,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> TorchFitted:
        """Return a copy fine-tuned by `method`, every site of `train` for itself (see finetuning.py)."""
        copies, trace = finetune_sites(
            self.network,
            self.facts,
            method,
            train,
            validation,
            seed=seed,
            limits=limits,
            target=target,
            learning_rate_factor=learning_rate_factor,
            report=report,
        )
        return TorchFitted(self.network, self.facts, trace, self.variant, self.settings, by_site=copies)

    def save_update(self, method: str, folder: Path) -> Path:
        """Write what `method` changed for one site (the first fine-tuned one) as safetensors and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        parameters = dict(self._one_site().named_parameters())
        file = folder / f"update_{method}.safetensors"
        save_file(_tensors({name: parameters[name] for name in trainable_names(self.network, method)}), file)
        return file

    def _one_site(self) -> TargetNetwork:
        return next(iter(self.by_site.values()), self.network)


def _tensors(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone().contiguous() for name, value in named.items()}
