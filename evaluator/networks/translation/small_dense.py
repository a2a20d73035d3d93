"""`small_dense`: LSTMs that store as many parameters as `hyper_dynamic`, the paper's comparison.

A HyperLSTM stores more than an LSTM of the same hidden size, so this network is wider than `dense`; it is called as in
the other tasks, where a hypernetwork stores less.
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.translation import hyper_dynamic
from evaluator.networks.translation.lstm_translation import LSTMTranslation
from evaluator.networks.translation.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.translation.data import TranslationData


def dense_parameters(data: TranslationData, hidden: int) -> int:
    """Return how many values an LSTM encoder and decoder of this hidden size store, embeddings and head included."""
    source, target = data.facts.source.count, data.facts.target.count
    norms = 2 * (GATES + 1) * hidden if data.facts.architecture.layer_norm else 0
    layers = 2 * (GATES * hidden * (2 * hidden + 1) + norms)
    bridge, attention = 2 * hidden * (hidden + 1), hidden * hidden + hidden * (2 * hidden + 1)
    return (source + target) * hidden + layers + bridge + attention + (hidden + 1) * target


def same_size(data: TranslationData) -> int:
    """Return the hidden size whose LSTMs store as many parameters as `hyper_dynamic`, as nearly as they can."""
    wanted = sum(parameter.numel() for parameter in hyper_dynamic.network(data, {}).parameters())
    return min(
        range(2, 4 * data.facts.architecture.hidden), key=lambda hidden: abs(dense_parameters(data, hidden) - wanted)
    )


def network(data: TranslationData, _settings: Mapping[str, SettingValue]) -> LSTMTranslation:
    """Return the untrained network."""
    return LSTMTranslation(data, hidden=same_size(data))


VARIANT = NetworkVariant("small_dense", network, PACE, SPACE)
