"""`dense`: an LSTM forecaster whose weights are learned directly. The baseline."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.series.lstm_forecaster import LSTMForecaster, StoredLayers, ordinary_layers
from evaluator.networks.series.pace import PACE, SPACE
from evaluator.networks.series.target_network import shape_of
from evaluator.records import SettingValue
from evaluator.tasks.series.data import SeriesData


def network(data: SeriesData, _settings: Mapping[str, SettingValue]) -> LSTMForecaster:
    """Return the untrained network."""
    shape = shape_of(data)
    return LSTMForecaster(shape, data.known_sites, StoredLayers(*ordinary_layers(shape, shape.layers)))


VARIANT = NetworkVariant("dense", network, PACE, SPACE)
