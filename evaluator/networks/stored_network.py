"""What every trained torch network can do whatever its task: count, save and load its values, say what changes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from safetensors.torch import save_file
from torch import Tensor, nn

from evaluator.errors import NotFoundError
from evaluator.networks.protocol import TrainingTrace
from evaluator.networks.task_network import METHODS
from evaluator.records import SettingValue
from scorecards.local_text import LocalText

MODEL_FILE = "model.safetensors"
SETTINGS_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"
PLAIN = "dense"
"""The variant that every task has whose weights are all learned directly."""
SITES_TOLD = 12
"""Most sites that a message names."""

NetworkT = TypeVar("NetworkT", bound=nn.Module)


def untrained_trace() -> TrainingTrace:
    """Return the trace of a model that was loaded: it cost nothing here."""
    return TrainingTrace(0.0, 0.0, 0.0, 0, math.inf, math.inf, math.nan, 0.0, "measured", ())


class StoredNetwork(Generic[NetworkT]):
    """A trained network; after fine-tuning, `by_site` holds each fine-tuned site's own copy (key -1: no sites)."""

    network: NetworkT
    variant: str
    settings: Mapping[str, SettingValue]
    by_site: Mapping[int, NetworkT]

    def preprocessing(self) -> str:
        """Return as JSON what a site needs to prepare a new row."""
        raise NotImplementedError

    def changed_names(self, method: str) -> tuple[str, ...]:
        """Return the names of the parameters that a fine-tuning method changes; none where it doesn't apply."""
        raise NotImplementedError

    def parameters(self) -> int:
        """Return the number of learned values that are stored."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.safetensors, model.json and preprocessing.json; fine-tuned, its first site's copy."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / SETTINGS_FILE, folder / PREPROCESSING_FILE)
        save_file(_tensors(self._one_site().state_dict()), files[0])
        files[1].write_text(json.dumps({"variant": self.variant, "settings": dict(self.settings)}), encoding="utf-8")
        files[2].write_text(self.preprocessing(), encoding="utf-8")
        return files

    def finetune_methods(self) -> tuple[str, ...]:
        """Return the methods that change at least one parameter of this network."""
        return tuple(method for method in METHODS if self.changed_names(method))

    def trainable_parameters(self, method: str) -> int:
        """Return how many values `method` changes for one site."""
        parameters = dict(self.network.named_parameters())
        return sum(parameters[name].numel() for name in self.changed_names(method))

    def save_update(self, method: str, folder: Path) -> Path:
        """Write what `method` changed for one site (the first fine-tuned one) as safetensors and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        parameters = dict(self._one_site().named_parameters())
        file = folder / f"update_{method}.safetensors"
        save_file(_tensors({name: parameters[name] for name in self.changed_names(method)}), file)
        return file

    def site_index(self, names: Sequence[str], site: str) -> int:
        """Return the place of `site` among the sites' `names`, -1 for ''. Raises NotFoundError."""
        if not site:
            return -1
        if site in names:
            return list(names).index(site)
        raise NotFoundError(
            LocalText(ja=f"拠点「{site}」はありません。", en=f"There is no site '{site}'."),
            where="site",
            cure=_sites_there_are(names),
        )

    def _one_site(self) -> NetworkT:
        return next(iter(self.by_site.values()), self.network)


def _sites_there_are(names: Sequence[str]) -> LocalText:
    if not names:
        return LocalText(
            ja="このデータには拠点がありません。拠点を指定せずに実行してください。",
            en="This data has no sites: run it without naming one.",
        )
    some = ", ".join(names[:SITES_TOLD]) + (" …" if len(names) > SITES_TOLD else "")
    return LocalText(ja=f"次のいずれかを指定してください: {some}", en=f"Choose one of: {some}.")


def _tensors(named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone().contiguous() for name, value in named.items()}
