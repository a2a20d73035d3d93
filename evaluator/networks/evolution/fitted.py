"""A trained `hyperneat`: predicts, saves itself as JSON, and fine-tunes its head. No torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from evaluator.networks.evolution.files import network_dict, network_of
from evaluator.networks.evolution.head import Head
from evaluator.networks.evolution.head_finetuning import METHOD, finetune_heads
from evaluator.networks.evolution.network import Encoding, EvolvedNetwork, hidden_values
from evaluator.networks.evolution.substrate import LayerWeights
from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import Floats, Part, TaskData

NAME = "hyperneat"
MODEL_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"


@dataclass(eq=False)
class HyperneatFitted:
    """An evolved network; `by_site`: each fine-tuned site's own head (key -1: no sites)."""

    network: EvolvedNetwork
    encoding: Encoding[Any]
    data: TaskData
    trace: TrainingTrace
    settings: Mapping[str, SettingValue]
    by_site: Mapping[int, Head] = field(default_factory=dict)

    @cached_property
    def layer(self) -> LayerWeights:
        """Generate the hidden layer's weights once: nothing that they come from ever changes."""
        return self.network.generate_weights()

    def parameters(self) -> int:
        """Return the number of stored values: the CPPN's, the head's, and the inputs' order where it was learned."""
        return self.network.stored_values() + len(self.encoding.order)

    def generates(self) -> bool:
        """Tell that the hidden layer's weights are generated."""
        return True

    def generate_weights(self) -> None:
        """Evaluate the CPPN for all pairs of neurons, without keeping the weights."""
        self.network.generate_weights()

    def predict(self, part: Part) -> Floats:
        """Return what the task scores, first axis rows; a fine-tuned site has its own head."""
        return self._predict(part, self.layer)

    def predictor(self, *, cached: bool) -> Callable[[Part], Floats]:
        """Return a function that predicts; with `cached` False the weights are generated at every call."""
        if not cached:
            return lambda part: self._predict(part, self.network.generate_weights())
        layer = self.layer
        return lambda part: self._predict(part, layer)

    def _predict(self, part: Part, layer: LayerWeights) -> Floats:
        features = hidden_values(self.encoding.inputs(part), layer)
        outputs = self.network.head.outputs(features)
        for site, head in self.by_site.items():
            chosen = part.site == site
            if chosen.any():
                outputs[chosen] = head.outputs(features[chosen])
        return self.encoding.answers(outputs)

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.json and preprocessing.json; fine-tuned, with the first site's head."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / PREPROCESSING_FILE)
        head = self._one_head()
        stored = {
            "variant": NAME,
            "settings": dict(self.settings),
            "network": network_dict(self.network.substrate, self.network.cppn),
            "head": {"weight": _short(head.weight), "bias": _short(head.bias)},
            "order": list(self.encoding.order),
        }
        files[0].write_text(json.dumps(stored, separators=(",", ":"), allow_nan=False), encoding="utf-8")
        files[1].write_text(self.data.facts_text(), encoding="utf-8")
        return files

    def finetune_methods(self) -> tuple[str, ...]:
        """Return the one way that is taken: the head by gradient descent, on features that stay as they evolved."""
        return (METHOD,)

    def trainable_parameters(self, method: str) -> int:
        """Return how many values the head has."""
        _refuse_other(method)
        return self.network.head.values()

    def finetune(
        self,
        method: str,
        train: Part,
        validation: Part,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> HyperneatFitted:
        """Return a copy with a head of its own for every site of `train` (see head_finetuning.py); nothing is drawn."""
        _refuse_other(method)
        by_site, trace = finetune_heads(
            self.network.head,
            self.layer,
            self.encoding,
            self.data,
            train,
            validation,
            limits=limits,
            target=target,
            learning_rate_factor=learning_rate_factor,
            report=report,
        )
        return HyperneatFitted(self.network, self.encoding, self.data, trace, self.settings, by_site)

    def save_update(self, method: str, folder: Path) -> Path:
        """Write the first fine-tuned site's head as safetensors and return the file."""
        _refuse_other(method)
        folder.mkdir(parents=True, exist_ok=True)
        file, head = folder / f"update_{method}.safetensors", self._one_head()
        save_file({"weight": np.ascontiguousarray(head.weight), "bias": np.ascontiguousarray(head.bias)}, file)
        return file

    def _one_head(self) -> Head:
        return next(iter(self.by_site.values()), self.network.head)


def read_network(folder: Path) -> tuple[EvolvedNetwork, tuple[int, ...], dict[str, SettingValue]]:
    """Return the network, the inputs' order and the settings that `save` wrote. Raises ValueError for other files."""
    stored = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
    try:
        substrate, cppn = network_of(stored["network"])
        head = Head(
            np.array(stored["head"]["weight"], dtype=np.float32), np.array(stored["head"]["bias"], dtype=np.float32)
        )
        return EvolvedNetwork(substrate, cppn, head), tuple(int(place) for place in stored["order"]), stored["settings"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"the stored network is incomplete: {error}") from error


def _short(values: NDArray[np.float32]) -> Any:
    """Return nested lists of the shortest decimals that read back as the same float32."""
    if values.ndim > 1:
        return [_short(row) for row in values]
    return [float(str(value)) for value in values]


def _refuse_other(method: str) -> None:
    if method != METHOD:
        raise ValueError(f"hyperneat is fine-tuned by {METHOD!r} only, not {method!r}")
