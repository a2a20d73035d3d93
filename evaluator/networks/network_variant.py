"""The variant that any TaskNetwork makes: settings, training, loading. One for all tasks but the table."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from evaluator.networks.device import device
from evaluator.networks.network_fitted import NetworkFitted
from evaluator.networks.protocol import ReportPoint
from evaluator.networks.stored_network import MODEL_FILE, SETTINGS_FILE, untrained_trace
from evaluator.networks.task_network import TaskNetwork, answers
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import TaskData
from evaluator.training import Evaluation, ParameterGroup, Plan, Warmup, batches, train, warm_up

if TYPE_CHECKING:
    import optuna

MakeNetwork = Callable[[Any, Mapping[str, SettingValue]], TaskNetwork]
"""(prepared data, settings) → the untrained network."""


@dataclass(frozen=True)
class Range:
    """Where a setting is searched; `log`: on the logarithmic scale."""

    default: float
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Pace:
    """How a task's networks are trained, the same for every variant of the task.

    batch: rows a step; evaluations: an epoch has this many; fewest_steps: steps between two evaluations at least;
    validation_rows: most rows scored each time; rows_at_once: rows answered in one go; clip: norm of the gradient.
    """

    batch: int
    evaluations: int = 2
    fewest_steps: int = 10
    validation_rows: int = 1_000
    rows_at_once: int = 256
    clip: float | None = None


@dataclass(frozen=True)
class NetworkVariant:
    """A variant whose network `make(data, settings)` gives; `needs_sites`: makes sense from two known sites on."""

    name: str
    make: MakeNetwork
    pace: Pace
    space: Mapping[str, Range] = field(default_factory=dict)
    needs_sites: bool = False
    fits: Callable[[Any], bool] = lambda _data: True

    def applies(self, data: TaskData) -> bool:
        """Tell whether the variant makes sense for the data."""
        return (not self.needs_sites or data.known_sites >= 2) and self.fits(data)

    def defaults(self, data: TaskData) -> Mapping[str, SettingValue]:
        """Return the settings used before tuning."""
        return {name: found.default for name, found in self.space.items()}

    def suggest(self, trial: optuna.Trial, data: TaskData) -> Mapping[str, SettingValue]:
        """Return settings drawn from the search space: the architecture is fixed, so sizes are too."""
        return {
            name: trial.suggest_float(name, found.low, found.high, log=found.log) for name, found in self.space.items()
        }

    def train(
        self,
        data: TaskData,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> NetworkFitted:
        """Train on `data.train`, early stopping on `data.validation` only. Sets torch's global seed."""
        settings = {**self.defaults(data), **settings}
        torch.manual_seed(seed)
        network = self.make(data, settings).to(device())
        plan = self._plan(data, limits)
        warmup = self._warm_up(network, data, settings, seed)
        learner = NetworkLearner(network, data, settings, seed, self.pace)
        torch.manual_seed(seed)
        trace = train(learner, plan, warmup=warmup, target=target, report=report)
        learner.restore_best()
        if network.sites is not None:
            network.sites.start_new_at_mean()
        return NetworkFitted(network.eval(), data, trace, self.name, settings, self.pace.rows_at_once)

    def _plan(self, data: TaskData, limits: Limits) -> Plan:
        steps_an_epoch = max(data.train.rows // self.pace.batch, 1)
        most = limits.max_epochs * steps_an_epoch
        every = max(steps_an_epoch // self.pace.evaluations, self.pace.fewest_steps)
        return Plan(
            max_steps=min(most, limits.max_steps) if limits.max_steps else most,
            max_seconds=limits.max_seconds,
            evaluate_every=every,
            patience=max(limits.patience_epochs * steps_an_epoch // every, 3),
        )

    def _warm_up(self, network: TaskNetwork, data: TaskData, settings: Mapping[str, SettingValue], seed: int) -> Warmup:
        rehearsal = NetworkLearner(copy.deepcopy(network), data, settings, seed, self.pace)
        rehearsal.start()
        by_formula = network.step_flops(min(self.pace.batch, data.train.rows))
        found = warm_up(rehearsal.loss, rehearsal.evaluate, rehearsal.groups(), count_flops=by_formula is None)
        if by_formula is None:
            return found
        evaluation = by_formula / 3 * rehearsal.validation.rows / min(self.pace.batch, data.train.rows)
        return Warmup(found.seconds, by_formula, evaluation, "modelled")

    def load(self, folder: Path, data: TaskData) -> NetworkFitted:
        """Load what `save` wrote."""
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))["settings"]
        network = self.make(data, settings)
        network.load_state_dict(load_file(folder / MODEL_FILE))
        return NetworkFitted(
            network.to(device()).eval(), data, untrained_trace(), self.name, settings, self.pace.rows_at_once
        )


class NetworkLearner:
    """A TaskNetwork that learns from its task's data (a `training.Learner`)."""

    def __init__(
        self, network: TaskNetwork, data: TaskData, settings: Mapping[str, SettingValue], seed: int, pace: Pace
    ) -> None:
        self.network, self.data, self.settings, self.pace = network, data, settings, pace
        self.seed = seed
        self.best_score = -math.inf
        self.best = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def start(self) -> None:
        """Turn the arrays into tensors; from here on the data is touched."""
        validation = self.data.validation
        if validation.rows > self.pace.validation_rows:
            chosen = np.random.default_rng(0).permutation(validation.rows)[: self.pace.validation_rows]
            validation = validation.take(np.sort(chosen))
        self.validation, self.validation_batch = validation, self.network.batch(validation)
        self.rows = self.network.batch(self.data.train)
        self.batches = batches(self.rows.rows, self.pace.batch, torch.Generator().manual_seed(self.seed))

    def groups(self) -> tuple[ParameterGroup, ...]:
        """Decay what the network says is to be decayed; leave the rest."""
        decayed = set(self.network.decayed_names())
        named = dict(self.network.named_parameters())
        rate = float(self.settings["learning_rate"])
        return (
            ParameterGroup(
                tuple(value for name, value in named.items() if name in decayed),
                rate,
                float(self.settings.get("weight_decay", 0.0)),
            ),
            ParameterGroup(tuple(value for name, value in named.items() if name not in decayed), rate),
        )

    def loss(self) -> Tensor:
        """Return the next mini-batch's mean loss."""
        self.network.train()
        return self.network.loss(self.rows.take(next(self.batches)))

    def before_step(self) -> None:
        """Clip the gradient where the task asks for it."""
        if self.pace.clip is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.pace.clip)

    def evaluate(self) -> Evaluation:
        """Score validation; keep the weights when the main score is the best so far."""
        prediction = answers(self.network, self.validation_batch, self.pace.rows_at_once).numpy()
        score = self.data.main_score(self.validation, prediction)
        improved = score > self.best_score or math.isnan(score)  # what can't be scored keeps the latest weights
        if improved:
            self.best_score = max(self.best_score, score)
            for name, value in self.network.state_dict().items():
                self.best[name].copy_(value)
        return Evaluation(score, improved)

    def restore_best(self) -> None:
        """Go back to the best weights."""
        self.network.load_state_dict(self.best)
