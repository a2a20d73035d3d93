"""`hyper_dynamic`: HyperLSTMs as encoder and as decoder, whose weights are scaled anew at every token.

With sites, the site's vector conditions the hyper cells (eq. 10-13 of the paper, with one more input).
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from evaluator.networks.network_variant import NetworkVariant
from evaluator.networks.recurrent import HyperLSTM, HyperState
from evaluator.networks.site_embedding import SITE_EMBEDDING
from evaluator.networks.translation.pace import PACE, SPACE
from evaluator.networks.translation.translation_network import TranslationNetwork
from evaluator.records import SettingValue
from evaluator.tasks.translation.data import TranslationData

_LAYERS = ("encoder", "decoder")
_GENERATING = ("hyper_", "embed_", "scale_")


class HyperTranslation(TranslationNetwork):
    """The target network with HyperLSTMs. Weights differ in every step, so none can be kept for prediction."""

    def __init__(self, data: TranslationData) -> None:
        asked, conditioned = data.facts.architecture, data.has_sites
        super().__init__(data, asked.hidden, conditioned=conditioned)
        self.encoder, self.decoder = (
            HyperLSTM(
                asked.hidden,
                asked.hidden,
                hyper_hidden=asked.hyper_hidden,
                embedding=asked.hyper_embedding,
                layer_norm=asked.layer_norm,
                site=SITE_EMBEDDING if conditioned else 0,
            )
            for _ in _LAYERS
        )

    def read(self, x: Tensor, site: Tensor) -> Tensor:
        """Return the encoder's states (steps, rows, hidden)."""
        states: Tensor = self.encoder(x, site=self._vectors(site))[0]
        return states

    def write(self, x: Tensor, h: Tensor, c: Tensor, site: Tensor) -> Tensor:
        """Return the decoder's states (steps, rows, hidden)."""
        states: Tensor = self.decoder(x, self.first_state(h, c), site=self._vectors(site))[0]
        return states

    def first_state(self, h: Tensor, c: Tensor) -> HyperState:
        """Return the decoder's state before the first step: the hyper cell starts from zeros."""
        zeros = self.decoder.initial_state(len(h))
        return HyperState(h, c, zeros.hyper_h, zeros.hyper_c)

    def write_step(self, x: Tensor, state: HyperState, site: Tensor) -> tuple[Tensor, HyperState]:
        """Return h (rows, hidden) and the state after one step."""
        after = self.decoder.step(x, state, site=self._vectors(site))
        return after.h, after

    def generator_names(self) -> tuple[str, ...]:
        """Return the names of the hyper cells' parameters and of what turns their state into scales."""
        return tuple(
            name
            for name, _ in self.named_parameters()
            if name.startswith(_LAYERS) and name.split(".")[1].startswith(_GENERATING)
        )

    def recurrent_flops(self, source_steps: float, target_steps: float, rows: int) -> float:
        """Return the products of both HyperLSTMs."""
        return source_steps * self.encoder.flops(1, rows) + target_steps * self.decoder.flops(1, rows)

    def _vectors(self, site: Tensor) -> Tensor | None:
        return None if self.sites is None else self.sites(site)


def network(data: TranslationData, _settings: Mapping[str, SettingValue]) -> HyperTranslation:
    """Return the untrained network."""
    return HyperTranslation(data)


VARIANT = NetworkVariant("hyper_dynamic", network, PACE, SPACE)
