"""`hyper_dynamic`: the pen network on HyperLSTM layers, whose weights are scaled anew at every point.

With sites, the site's vector conditions the hyper cells (eq. 10-13 of the paper, with one more input).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent import HyperLSTM, HyperState
from evaluator.networks.site_embedding import SITE_EMBEDDING
from evaluator.networks.stroke.pace import PACE, SPACE
from evaluator.networks.stroke.stroke_network import POINT, PenNetwork
from evaluator.records import SettingValue
from evaluator.tasks.stroke.data import StrokeData

_GENERATING = ("hyper_", "embed_", "scale_")


class HyperPen(PenNetwork):
    """The target network with HyperLSTM layers. Weights differ in every step, so none can be kept for prediction."""

    def __init__(self, data: StrokeData) -> None:
        asked, conditioned = data.facts.architecture, data.known_sites >= 2
        super().__init__(data, asked.hidden, conditioned=conditioned)
        self.layers = nn.ModuleList(
            HyperLSTM(
                asked.hidden if layer else POINT,
                asked.hidden,
                hyper_hidden=asked.hyper_hidden,
                embedding=asked.hyper_embedding,
                layer_norm=asked.layer_norm,
                recurrent_dropout=asked.recurrent_dropout,
                site=SITE_EMBEDDING if conditioned else 0,
            )
            for layer in range(asked.layers)
        )

    def encode(
        self, x: Tensor, site: Tensor, state: Sequence[HyperState] | None = None
    ) -> tuple[Tensor, Sequence[HyperState]]:
        """Return the last layer's states (steps, rows, hidden) and each layer's last one."""
        vectors = None if self.sites is None else self.sites(site)
        after = []
        for number, layer in enumerate(self._hyper_layers()):
            if state is not None and len(x) == 1:
                last = layer.step(x[0], state[number], site=vectors)
                x = last.h.unsqueeze(0)
            else:
                x, last = layer(x, None if state is None else state[number], site=vectors)
            after.append(last)
        return x, after

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the hyper cells' parameters and of what turns their state into scales."""
        return tuple(
            name
            for name, _ in self.named_parameters()
            if name.startswith("layers.") and name.split(".")[2].startswith(_GENERATING)
        )

    def recurrent_flops(self, steps: int, rows: int) -> float:
        """Return the products of all layers."""
        return sum(layer.flops(steps, rows) for layer in self._hyper_layers())

    def _hyper_layers(self) -> list[HyperLSTM]:
        return [layer for layer in self.layers if isinstance(layer, HyperLSTM)]


def network(data: StrokeData, _settings: Mapping[str, SettingValue]) -> HyperPen:
    """Return the untrained network."""
    return HyperPen(data)


VARIANT = NetworkVariant("hyper_dynamic", network, PACE, SPACE)
