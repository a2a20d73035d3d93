"""The variant `hyperneat`, for any task whose rows an `Encoding` can lay out on a substrate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.errors import TrialError
from evaluator.networks.evolution.fitted import NAME, HyperneatFitted, read_network
from evaluator.networks.evolution.network import Encoding
from evaluator.networks.evolution.settings import EvolutionSettings
from evaluator.networks.evolution.substrate import Shape, Substrate
from evaluator.networks.evolution.training import evolve, generations_of
from evaluator.networks.protocol import AnyFitted, ReportPoint, TrainingTrace
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import TaskData
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    import optuna

POPULATION, SPECIES = 30, 5
SPACE: Mapping[str, tuple[float, float, float]] = {
    "weight_range": (3.0, 0.5, 6.0),
    "weight_power": (0.4, 0.1, 1.0),
    "add_node": (0.1, 0.03, 0.4),
}
"""Setting → default, lowest, highest: the length of a hidden neuron's weights, and how hard genomes are mutated."""


@dataclass(frozen=True)
class Layout:
    """What differs between tasks. `learned`: makes the encoding from the training rows; `again`: from a stored order.

    `shape`: the inputs on the substrate; `hidden`: the hidden neurons; `why_not`: what a user is told where it does not
    apply.
    """

    applies: Callable[[Any], bool]
    learned: Callable[[Any], Encoding[Any]]
    again: Callable[[Any, tuple[int, ...]], Encoding[Any]]
    shape: Callable[[Any], Shape]
    hidden: Shape
    why_not: LocalText


@dataclass(frozen=True)
class HyperneatVariant:
    """The variant of one task."""

    layout: Layout
    name: str = NAME

    def applies(self, data: TaskData) -> bool:
        """Tell whether the rows fit a substrate that evolution can cope with."""
        return self.layout.applies(data)

    def defaults(self, data: TaskData) -> Mapping[str, SettingValue]:
        """Return the settings used before tuning."""
        return {name: default for name, (default, _, _) in SPACE.items()}

    def suggest(self, trial: optuna.Trial, data: TaskData) -> Mapping[str, SettingValue]:
        """Return settings drawn from the search space."""
        return {name: trial.suggest_float(name, low, high, log=True) for name, (_, low, high) in SPACE.items()}

    def train(
        self,
        data: TaskData,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> AnyFitted:
        """Evolve on `data.train`; validation chooses the best generation. Raises TrialError where it doesn't apply."""
        if not self.applies(data):
            raise TrialError(self.layout.why_not, cure=_CURE)
        settings = {**self.defaults(data), **settings}
        evolution = EvolutionSettings(
            population=POPULATION,
            species=SPECIES,
            weight_power=float(settings["weight_power"]),
            add_node=float(settings["add_node"]),
        )

        def lay_out() -> tuple[Encoding[Any], Substrate]:
            layers = (self.layout.shape(data), self.layout.hidden)
            length = float(settings["weight_range"])
            return self.layout.learned(data), Substrate(layers, weight_range=length, separate_outputs=False)

        network, encoding, trace = evolve(
            lay_out, data, evolution, generations_of(limits), seed=seed, target=target, report=report
        )
        return HyperneatFitted(network, encoding, data, trace, settings)

    def load(self, folder: Path, data: TaskData) -> AnyFitted:
        """Load what `save` wrote."""
        network, order, settings = read_network(folder)
        nothing = TrainingTrace(0.0, 0.0, 0.0, 0, math.inf, math.inf, math.nan, 0.0, "modelled", ())
        return HyperneatFitted(network, self.layout.again(data, order), data, nothing, settings)


_CURE = LocalText(
    ja="PoC の variants から hyperneat を外して、もう一度実行してください。",
    en="Take hyperneat out of the PoC's variants and run it again.",
)
