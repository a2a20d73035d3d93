"""Fine-tuning a TaskNetwork to new sites: every site gets its own copy of what the method changes.

In each step every site's copy takes one step on its own rows alone, so the result is the one it would reach by itself.
The time is that of all sites: who wants to know what one costs fine-tunes one. Each site keeps its copy with the lowest
validation loss; doing nothing counts as a candidate. Without sites the later part of the data plays the one new site.
Dropout is off.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.task_network import TaskNetwork, answers, trainable_names
from evaluator.records import Limits
from evaluator.tasks.protocol import TaskData
from evaluator.training import Evaluation, ParameterGroup, Plan, train, warm_up

LEARNING_RATES = {"all_weights": 1e-3, "head_only": 5e-3, "generator": 1e-3, "embedding_only": 3e-2}
BATCH = 32
EVALUATE_EVERY = 3
PATIENCE = 10
"""Evaluations without a lower validation loss at any site."""
VALIDATION_ROWS = 200
"""Most validation rows of a site that are looked at during fine-tuning."""


def finetune_sites(
    network: TaskNetwork,
    data: TaskData,
    method: str,
    train_part: Any,
    validation_part: Any,
    *,
    seed: int,
    limits: Limits,
    target: float | None,
    learning_rate_factor: float,
    rows_at_once: int,
    report: ReportPoint | None,
) -> tuple[dict[int, TaskNetwork], TrainingTrace]:
    """Return each new site's network and what fine-tuning all of them cost.

    limits.finetune_max_seconds and finetune_max_steps bound the loop over all sites. The scores of the trace are of
    all sites' validation rows together, each site answered by its best copy so far.
    """
    learning_rate = LEARNING_RATES[method] * learning_rate_factor
    validation_part = _some_of_each_site(validation_part, train_part)
    learner, rehearsal = (
        SiteCopies(network, data, method, train_part, validation_part, learning_rate, seed, rows_at_once)
        for _ in range(2)
    )
    plan = Plan(
        max_steps=limits.finetune_max_steps,
        max_seconds=limits.finetune_max_seconds,
        evaluate_every=EVALUATE_EVERY,
        patience=PATIENCE,
        schedule="constant",
        score_start=True,
    )
    rehearsal.start()
    warmup = warm_up(rehearsal.loss, rehearsal.evaluate, rehearsal.groups(), count_flops=False)
    trace = train(learner, plan, warmup=warmup, target=target, report=report)
    return learner.networks(), trace


def _some_of_each_site(part: Any, train_part: Any) -> Any:
    chosen = [np.flatnonzero(part.site == site)[:VALIDATION_ROWS] for site in np.unique(train_part.site)]
    return part.take(np.sort(np.concatenate(chosen)))


class SiteCopies:
    """The copies of what a method changes, one a site (a `training.Learner`)."""

    def __init__(
        self,
        network: TaskNetwork,
        data: TaskData,
        method: str,
        train_part: Any,
        validation_part: Any,
        learning_rate: float,
        seed: int,
        rows_at_once: int,
    ) -> None:
        self.network, self.data = network.eval(), data
        self.learning_rate, self.rows_at_once = learning_rate, rows_at_once
        self.parts = train_part, validation_part
        self.sites = [int(site) for site in np.unique(train_part.site)]
        self.orders = [torch.Generator().manual_seed(seed) for _ in self.sites]
        names = trainable_names(network, method)
        state = dict(network.named_parameters())
        self.copies = [{name: state[name].detach().clone().requires_grad_() for name in names} for _ in self.sites]
        self.best = [{name: value.detach().clone() for name, value in one.items()} for one in self.copies]
        self.best_loss = [math.inf] * len(self.sites)

    def start(self) -> None:
        """Turn each site's rows into tensors; score the network as it is, the first candidate of every site."""
        train_part, validation = self.parts
        self.rows = [self.network.batch(train_part.take(np.flatnonzero(train_part.site == s))) for s in self.sites]
        self.origin = [np.flatnonzero(validation.site == site) for site in self.sites]
        self.validation = [self.network.batch(validation.take(where)) for where in self.origin]
        self.kept = answers(self.network, self.network.batch(validation), self.rows_at_once).numpy()
        with torch.no_grad():
            self.best_loss = [self.network.loss(rows).item() if rows.rows else math.inf for rows in self.validation]

    def groups(self) -> tuple[ParameterGroup, ...]:
        """Return all copies; Adam works element by element, so the sites stay apart."""
        values = tuple(value for one in self.copies for value in one.values())
        return (ParameterGroup(values, self.learning_rate),)

    def loss(self) -> Tensor:
        """Return the sum over the sites of each one's mean loss."""
        self.network.eval()
        losses = [
            functional_call(self.network, copy_, (_mini_batch(rows, order), "loss"))
            for copy_, rows, order in zip(self.copies, self.rows, self.orders, strict=True)
        ]
        return torch.stack(losses).sum()

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        """Keep the copies of the sites whose validation loss fell; score all validation rows by the kept ones."""
        improved = False
        for number, (copy_, rows) in enumerate(zip(self.copies, self.validation, strict=True)):
            loss = functional_call(self.network, copy_, (rows, "loss")).item() if rows.rows else math.nan
            if loss >= self.best_loss[number]:
                continue
            self.best_loss[number] = loss if rows.rows else math.inf  # without validation rows: the latest copy
            improved = improved or bool(rows.rows)
            for name, value in copy_.items():
                self.best[number][name].copy_(value)
            if rows.rows:
                self.kept[self.origin[number]] = functional_call(self.network, copy_, (rows, "answer")).cpu().numpy()
        return Evaluation(self.data.main_score(self.parts[1], self.kept), improved)

    def networks(self) -> dict[int, TaskNetwork]:
        """Return each site's network with its best copy."""
        found = {}
        for site, best in zip(self.sites, self.best, strict=True):
            network = copy.deepcopy(self.network)
            parameters = dict(network.named_parameters())
            with torch.no_grad():
                for name, value in best.items():
                    parameters[name].copy_(value)
            found[site] = network
        return found


def _mini_batch(rows: Any, order: torch.Generator) -> Any:
    if rows.rows <= BATCH:
        return rows
    return rows.take(torch.randperm(rows.rows, generator=order)[:BATCH])
