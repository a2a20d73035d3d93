"""`layer_norm_lstm`: `dense` with layer normalisation, the paper's rival to the HyperLSTM."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.text.lstm_text import LSTMText
from evaluator.networks.text.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.text.data import TextData


def network(data: TextData, _settings: Mapping[str, SettingValue]) -> LSTMText:
    """Return the untrained network."""
    return LSTMText(data, layer_norm=True)


VARIANT = NetworkVariant("layer_norm_lstm", network, PACE, SPACE)
