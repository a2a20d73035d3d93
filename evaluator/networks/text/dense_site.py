"""`dense_site`: `dense` with the site's embedding as a further input of every step. It ships the same 8 floats.

It is normalised as `hyper_dynamic` is (the task's option): what remains between the two is the generating of weights.
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.text.lstm_text import LSTMText
from evaluator.networks.text.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.text.data import TextData


def network(data: TextData, _settings: Mapping[str, SettingValue]) -> LSTMText:
    """Return the untrained network."""
    return LSTMText(data, layer_norm=data.facts.architecture.layer_norm, site_input=True)


VARIANT = NetworkVariant("dense_site", network, PACE, SPACE, needs_sites=True)
