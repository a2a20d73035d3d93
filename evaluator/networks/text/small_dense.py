"""`small_dense`: an LSTM that stores as many parameters as `hyper_dynamic`, the paper's comparison.

A HyperLSTM stores more than an LSTM of the same hidden size, so this one is wider than `dense`; it is called as in the
other tasks, where a hypernetwork stores less.
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.text import hyper_dynamic
from evaluator.networks.text.lstm_text import LSTMText
from evaluator.networks.text.pace import PACE, SPACE
from evaluator.records import SettingValue
from evaluator.tasks.text.data import TextData


def dense_parameters(data: TextData, hidden: int) -> int:
    """Return how many values an LSTM of this hidden size stores, embeddings and head included."""
    asked, symbols = data.facts.architecture, len(data.facts.symbols)
    layer = GATES * hidden * (2 * hidden + 1)
    return symbols * hidden + asked.layers * layer + (hidden + 1) * symbols


def same_size(data: TextData) -> int:
    """Return the hidden size whose LSTM stores as many parameters as `hyper_dynamic`, as nearly as it can."""
    wanted = sum(parameter.numel() for parameter in hyper_dynamic.network(data, {}).parameters())
    return min(
        range(2, 4 * data.facts.architecture.hidden), key=lambda hidden: abs(dense_parameters(data, hidden) - wanted)
    )


def network(data: TextData, _settings: Mapping[str, SettingValue]) -> LSTMText:
    """Return the untrained network."""
    return LSTMText(data, hidden=same_size(data))


VARIANT = NetworkVariant("small_dense", network, PACE, SPACE)
