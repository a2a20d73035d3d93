"""`shared`: one set of weights for all recurrent layers; biases stay each layer's own, as in `hyper`."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.series.lstm_forecaster import LayerSource, LSTMForecaster, ordinary_layers
from evaluator.networks.series.pace import PACE, SPACE
from evaluator.networks.series.target_network import Shape, shape_of
from evaluator.records import SettingValue
from evaluator.tasks.series.data import SeriesData


class SharedLayers(LayerSource):
    """The weights of one layer, used by every layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.layers = shape.layers
        inputs, states = ordinary_layers(shape, 1)
        self.inputs, self.states = nn.Parameter(inputs), nn.Parameter(states)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return the one layer's weights, seen `layers` times."""
        return self.inputs.expand(self.layers, -1, -1), self.states.expand(self.layers, -1, -1)


def network(data: SeriesData, _settings: Mapping[str, SettingValue]) -> LSTMForecaster:
    """Return the untrained network."""
    shape = shape_of(data)
    return LSTMForecaster(shape, data.known_sites, SharedLayers(shape))


VARIANT = NetworkVariant("shared", network, PACE, SPACE)
