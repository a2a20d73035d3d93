"""`dense`: an LSTM encoder and decoder whose weights are learned directly. The baseline."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.translation.lstm_translation import LSTMTranslation
from evaluator.networks.translation.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.translation.data import TranslationData


def network(data: TranslationData, _settings: Mapping[str, SettingValue]) -> LSTMTranslation:
    """Return the untrained network."""
    return LSTMTranslation(data)


VARIANT = NetworkVariant("dense", network, PACE, SPACE)
