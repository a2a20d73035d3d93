"""`hyper_dynamic`: the forecaster on HyperLSTM layers, whose weights are scaled anew at every time step (eq. 10–13)."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent import HyperLSTM
from evaluator.networks.series.pace import PACE, SPACE
from evaluator.networks.series.target_network import Forecaster, Shape, shape_of
from evaluator.networks.task_network import Weights
from evaluator.records import SettingValue
from evaluator.tasks.series.data import SeriesData

HYPER_HIDDEN = 16
EMBEDDING = 4
_GENERATING = ("hyper_", "embed_", "scale_")


class HyperForecaster(Forecaster):
    """The target network with HyperLSTM layers. Weights differ in every step, so none can be kept for prediction."""

    def __init__(self, shape: Shape, known_sites: int) -> None:
        super().__init__(shape, known_sites)
        self.layers = nn.ModuleList(
            HyperLSTM(shape.hidden, shape.hidden, hyper_hidden=HYPER_HIDDEN, embedding=EMBEDDING, layer_norm=False)
            for _ in range(shape.layers)
        )

    def encode(self, x: Tensor, site: Tensor, weights: Weights | None) -> Tensor:
        """Return the last state (rows, hidden)."""
        for layer in self.layers:
            x, _ = layer(x)
        return x[-1]

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the hyper cells' parameters and of what turns their state into scales."""
        return tuple(
            name
            for name, _ in self.named_parameters()
            if name.startswith("layers.") and name.split(".")[2].startswith(_GENERATING)
        )

    def recurrent_flops(self, rows: int) -> float:
        """Return the products of all layers."""
        total = 0.0
        for layer in self.layers:
            assert isinstance(layer, HyperLSTM)
            total += layer.flops(self.shape.history, rows)
        return total


def network(data: SeriesData, _settings: Mapping[str, SettingValue]) -> HyperForecaster:
    """Return the untrained network."""
    return HyperForecaster(shape_of(data), data.known_sites)


VARIANT = NetworkVariant("hyper_dynamic", network, PACE, SPACE)
