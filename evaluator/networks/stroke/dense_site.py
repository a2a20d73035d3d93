"""`dense_site`: `dense` with the site's embedding as a further input of every step. It ships the same 8 floats."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.stroke.lstm_stroke import LSTMPen
from evaluator.networks.stroke.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.stroke.data import StrokeData


def network(data: StrokeData, _settings: Mapping[str, SettingValue]) -> LSTMPen:
    """Return the untrained network."""
    return LSTMPen(data, site_input=True)


VARIANT = NetworkVariant("dense_site", network, PACE, SPACE, needs_sites=True)
