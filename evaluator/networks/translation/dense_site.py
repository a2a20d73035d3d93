"""`dense_site`: `dense` with the site's embedding as a further input of every step. It ships the same 8 floats."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.translation.lstm_translation import LSTMTranslation
from evaluator.networks.translation.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.translation.data import TranslationData


def network(data: TranslationData, _settings: Mapping[str, SettingValue]) -> LSTMTranslation:
    """Return the untrained network."""
    return LSTMTranslation(data, site_input=True)


VARIANT = NetworkVariant("dense_site", network, PACE, SPACE, needs_sites=True)
