"""`small_dense`: a narrower `dense` that stores as many parameters as `hyper`. Does it do as well?"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.series import hyper
from evaluator.networks.series.lstm_forecaster import LSTMForecaster, StoredLayers, ordinary_layers
from evaluator.networks.series.pace import PACE, SPACE
from evaluator.networks.series.target_network import HIDDEN, Shape, shape_of
from evaluator.records import SettingValue
from evaluator.tasks.series.data import SeriesData


def dense_parameters(shape: Shape) -> int:
    """Return how many values a dense forecaster of `shape` stores."""
    enter = (shape.channels + 1) * shape.hidden
    layer = GATES * shape.hidden * (2 * shape.hidden + 1)
    return enter + shape.layers * layer + (shape.head_inputs + 1) * shape.horizon


def same_size_shape(data: SeriesData) -> Shape:
    """Return the shape whose dense forecaster stores as many parameters as `hyper`, as nearly as its width allows."""
    wanted = sum(parameter.numel() for parameter in hyper.network(data, {}).parameters())
    shapes = [shape_of(data, hidden) for hidden in range(2, 2 * HIDDEN)]
    return min(shapes, key=lambda shape: abs(dense_parameters(shape) - wanted))


def network(data: SeriesData, _settings: Mapping[str, SettingValue]) -> LSTMForecaster:
    """Return the untrained network."""
    shape = same_size_shape(data)
    return LSTMForecaster(shape, data.known_sites, StoredLayers(*ordinary_layers(shape, shape.layers)))


VARIANT = NetworkVariant("small_dense", network, PACE, SPACE)
