"""`small_dense`: an LSTM that stores as many parameters as `hyper_dynamic`, the paper's comparison.

A HyperLSTM stores more than an LSTM of the same hidden size, so this one is wider than `dense`; it is called as in the
other tasks, where a hypernetwork stores less.
"""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.stroke import hyper_dynamic
from evaluator.networks.stroke.lstm_stroke import LSTMPen
from evaluator.networks.stroke.mixture_density import outputs
from evaluator.networks.stroke.pace import PACE, SPACE
from evaluator.networks.stroke.stroke_network import POINT
from evaluator.records import SettingValue
from evaluator.tasks.stroke.data import StrokeData

NORM = 2 * GATES + 2
"""Values of layer normalisation a unit: gain and shift of each gate and of the state."""


def dense_parameters(data: StrokeData, hidden: int) -> int:
    """Return how many values an LSTM of this hidden size stores, head included."""
    asked = data.facts.architecture
    inputs = POINT + (asked.layers - 1) * hidden
    recurrent = GATES * hidden * (inputs + asked.layers * (hidden + 1))
    norms = asked.layers * NORM * hidden if asked.layer_norm else 0
    return recurrent + norms + (hidden + 1) * outputs(asked.mixtures)


def same_size(data: StrokeData) -> int:
    """Return the hidden size whose LSTM stores as many parameters as `hyper_dynamic`, as nearly as it can."""
    wanted = sum(parameter.numel() for parameter in hyper_dynamic.network(data, {}).parameters())
    return min(
        range(2, 4 * data.facts.architecture.hidden), key=lambda hidden: abs(dense_parameters(data, hidden) - wanted)
    )


def network(data: StrokeData, _settings: Mapping[str, SettingValue]) -> LSTMPen:
    """Return the untrained network."""
    return LSTMPen(data, hidden=same_size(data))


VARIANT = NetworkVariant("small_dense", network, PACE, SPACE)
