"""`dense`: an LSTM whose weights are learned directly. The baseline."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.stroke.lstm_stroke import LSTMPen
from evaluator.networks.stroke.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.stroke.data import StrokeData


def network(data: StrokeData, _settings: Mapping[str, SettingValue]) -> LSTMPen:
    """Return the untrained network."""
    return LSTMPen(data)


VARIANT = NetworkVariant("dense", network, PACE, SPACE)
