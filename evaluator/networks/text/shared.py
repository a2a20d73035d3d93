"""`shared`: one set of LSTM weights for all stacked layers."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.text.lstm_text import LSTMText
from evaluator.networks.text.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.text.data import TextData
from evaluator.tasks.text.options import LAYERS_TO_SHARE


def network(data: TextData, _settings: Mapping[str, SettingValue]) -> LSTMText:
    """Return the untrained network."""
    return LSTMText(data, shared_layers=True)


def several_layers(data: TextData) -> bool:
    """Tell whether there are layers to share weights between."""
    return data.facts.architecture.layers >= LAYERS_TO_SHARE


VARIANT = NetworkVariant("shared", network, PACE, SPACE, fits=several_layers)
