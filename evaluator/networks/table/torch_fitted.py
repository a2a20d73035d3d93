"""A trained torch variant: predicting (weights generated at each call or cached), fine-tuning, saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.stored_network import PLAIN, StoredNetwork
from evaluator.networks.table.finetuning import finetune_sites, trainable_names
from evaluator.networks.table.outputs import Floats, outputs_of_rows, predict_rows
from evaluator.networks.table.target_network import BlockWeights, GeneratedWeights, TargetNetwork, rows_of
from evaluator.networks.weight_cache import WeightCache
from evaluator.records import Limits, SettingValue
from evaluator.tasks.prepared import facts_text
from evaluator.tasks.table import TableFacts, TablePart


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
class TorchFitted(StoredNetwork[TargetNetwork]):
    """A trained network; after fine-tuning, `by_site` holds each fine-tuned site's own copy (key -1: no sites)."""

    network: TargetNetwork
    facts: TableFacts
    trace: TrainingTrace
    variant: str
    settings: Mapping[str, SettingValue]
    by_site: Mapping[int, TargetNetwork] = field(default_factory=dict)
    cache: ProductCache = field(default_factory=ProductCache)

    def preprocessing(self) -> str:
        """Return as JSON what a site needs to prepare a new row."""
        return facts_text(self.facts)

    def changed_names(self, method: str) -> tuple[str, ...]:
        """Return the names of the parameters that a fine-tuning method changes; none where it doesn't apply."""
        return trainable_names(self.network, method)

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

    def plain(self, site: str = "") -> TorchFitted | None:
        """Return `dense` with the same outputs at `site` (a fine-tuned one's own copy), '': at one it never saw."""
        from evaluator.networks.table.plain import plain_network  # it needs `dense`, whose variant needs this module

        index = self.site_index(self.facts.sites, site)
        network = plain_network(self.by_site.get(index, self.network), self.facts, self.settings, index)
        return None if network is None else TorchFitted(network, self.facts, self.trace, PLAIN, self.settings)

    def outputs(self, part: TablePart) -> Floats:
        """Return (rows, outputs): logits or standardised values; a fine-tuned site has its own copy."""
        found: Floats = self._outputs(self.network, part)
        for site, network in self.by_site.items():
            chosen = part.site == site
            if chosen.any():
                found[chosen] = self._outputs(network, part.take(chosen))
        return found

    def _outputs(self, network: TargetNetwork, part: TablePart) -> Floats:
        rows = rows_of(part, sites=network.sites is not None)
        return np.asarray(outputs_of_rows(network.eval(), self.facts, rows).numpy())

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
