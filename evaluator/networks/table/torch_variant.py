"""What all torch variants of a table share: settings, training, loading. Only their BlockSource differs."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from evaluator.networks.protocol import AnyFitted, ReportPoint
from evaluator.networks.stored_network import MODEL_FILE, SETTINGS_FILE, untrained_trace
from evaluator.networks.table.outputs import loss_of, predict_rows, target_tensor
from evaluator.networks.table.target_network import Shape, SourceMaker, TargetNetwork, rows_of
from evaluator.networks.table.torch_fitted import TorchFitted
from evaluator.records import Limits, SettingValue
from evaluator.tasks.table import TableData, TableFacts
from evaluator.tasks.table.scores import main_score
from evaluator.training import Evaluation, ParameterGroup, Plan, batches, train, warm_up

if TYPE_CHECKING:
    import optuna

BATCH = 256
EVALUATIONS_AN_EPOCH = 4
FEWEST_STEPS_BETWEEN = 5
"""Evaluate often enough to tell the time to target, seldom enough that evaluating doesn't dominate it."""
MOST_VALIDATION_ROWS = 10_000
"""Validation rows scored during training; the same ones for every variant."""
PENALTY = 1e-3
"""Turns AdamW's decay, which is scaled by the learning rate, into a share of the loss of about the same pull."""
SMALLEST_EPOCH = 8
"""Steps that small tables count as an epoch, so that patience in epochs gives them a chance."""


@dataclass(frozen=True)
class TorchVariant:
    """A variant whose blocks' weights come from `make_source(shape, sites)`."""

    name: str
    make_source: SourceMaker
    site_input: bool = False
    shape_for: Callable[[TableFacts], Shape] = lambda _facts: Shape()

    def applies(self, data: TableData) -> bool:
        """Tell whether the variant makes sense: one with a site input needs at least two sites to learn from."""
        return not self.site_input or data.facts.known_sites >= 2

    def defaults(self, data: TableData) -> Mapping[str, SettingValue]:
        """Return the settings used before tuning."""
        return self.settings()

    def settings(self) -> dict[str, SettingValue]:
        """Return default settings; they don't depend on the data."""
        return {"learning_rate": 8e-3, "weight_decay": 1e-2, "dropout": 0.2}

    def suggest(self, trial: optuna.Trial, data: TableData) -> Mapping[str, SettingValue]:
        """Return settings from the space that all torch variants share: the architecture is fixed, so sizes are too."""
        return {
            "learning_rate": trial.suggest_float("learning_rate", 1e-3, 3e-2, log=True),
            "weight_decay": trial.suggest_float("weight_decay", 1e-4, 0.3, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.4),
        }

    def train(
        self,
        data: TableData,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> AnyFitted:
        """Train on `data.train`, early stopping on `data.validation` only. Sets torch's global seed."""
        settings = {**self.defaults(data), **settings}
        torch.manual_seed(seed)
        network = self.network(data.facts, settings)
        learner = TableLearner(network, data, settings, seed)
        steps_an_epoch = max(data.train.rows // BATCH, SMALLEST_EPOCH)
        every = max(steps_an_epoch // EVALUATIONS_AN_EPOCH, FEWEST_STEPS_BETWEEN)
        plan = Plan(
            max_steps=limits.max_epochs * steps_an_epoch,
            max_seconds=limits.max_seconds,
            evaluate_every=every,
            patience=max(limits.patience_epochs * steps_an_epoch // every, 2),
        )
        rehearsal = TableLearner(copy.deepcopy(network), data, settings, seed)
        rehearsal.start()
        warmup = warm_up(rehearsal.loss, rehearsal.evaluate, rehearsal.groups())
        torch.manual_seed(seed)
        trace = train(learner, plan, warmup=warmup, target=target, report=report)
        learner.restore_best()
        if network.sites is not None:
            network.sites.start_new_at_mean()
        return TorchFitted(network.eval(), data.facts, trace, self.name, settings)

    def network(self, facts: TableFacts, settings: Mapping[str, SettingValue]) -> TargetNetwork:
        """Return the untrained network."""
        shape = self.shape_for(facts)
        source = self.make_source(shape, facts.known_sites >= 2)
        return TargetNetwork(facts, shape, source, site_input=self.site_input, dropout=float(settings["dropout"]))

    def load(self, folder: Path, data: TableData) -> AnyFitted:
        """Load what `save` wrote."""
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))["settings"]
        network = self.network(data.facts, settings)
        network.load_state_dict(load_file(folder / MODEL_FILE))
        return TorchFitted(network.eval(), data.facts, untrained_trace(), self.name, settings)


class TableLearner:
    """A target network that learns from a prepared table (a `training.Learner`)."""

    def __init__(
        self, network: TargetNetwork, data: TableData, settings: Mapping[str, SettingValue], seed: int
    ) -> None:
        self.network = network
        self.data = data
        self.settings = settings
        self.seed = seed
        self.best_score = -np.inf
        self.best = {name: value.detach().clone() for name, value in network.state_dict().items()}

    def start(self) -> None:
        """Turn the arrays into tensors; from here on the data is touched."""
        sites = self.network.sites is not None
        validation = self.data.validation
        if validation.rows > MOST_VALIDATION_ROWS:
            chosen = np.random.default_rng(0).permutation(validation.rows)[:MOST_VALIDATION_ROWS]
            validation = validation.take(np.sort(chosen))
        self.validation, self.validation_rows = validation, rows_of(validation, sites=sites)
        self.rows = rows_of(self.data.train, sites=sites)
        self.y = target_tensor(self.data.facts, self.data.train)
        order = torch.Generator().manual_seed(self.seed)
        self.batches = batches(self.data.train.rows, BATCH, order)

    def groups(self) -> tuple[ParameterGroup, ...]:
        """Decay what multiplies inputs; leave biases, norms and embeddings, and what `penalty` decays instead."""
        source = self.network.source
        up, down = source.weights()
        own_penalty = source.penalty(up, down) is not None
        decayed: list[Tensor] = []
        plain: list[Tensor] = []
        for name, parameter in self.network.named_parameters():
            matrix = name.startswith(("enter.weight", "head.weight")) or (
                name.startswith("source.") and not own_penalty
            )
            (decayed if matrix else plain).append(parameter)
        learning_rate = float(self.settings["learning_rate"])
        decay = float(self.settings["weight_decay"])
        return (
            ParameterGroup(tuple(decayed), learning_rate, decay),
            ParameterGroup(tuple(plain), learning_rate),
        )

    def loss(self) -> Tensor:
        """Return the next mini-batch's mean loss, plus the decay of generated weights where there are any."""
        self.network.train()
        index = next(self.batches)
        rows = self.rows.take(index)
        weights = self.network.block_weights(rows.site)
        loss = loss_of(self.data.target_kind, self.network(rows, weights), self.y[index]).mean()
        penalty = self.network.source.penalty(weights.up, weights.down)
        if penalty is not None:
            loss = loss + PENALTY * float(self.settings["weight_decay"]) * penalty
        return loss

    def evaluate(self) -> Evaluation:
        """Score validation; keep the weights when the main score is the best so far."""
        prediction = predict_rows(self.network.eval(), self.data.facts, self.validation_rows)
        score = main_score(self.data.target_kind, self.validation.y, prediction)
        improved = score > self.best_score or math.isnan(score)  # what can't be scored keeps the latest weights
        if improved:
            self.best_score = max(self.best_score, score)
            for name, value in self.network.state_dict().items():
                self.best[name].copy_(value)
        return Evaluation(score, improved)

    def restore_best(self) -> None:
        """Go back to the best weights."""
        self.network.load_state_dict(self.best)
