"""Fine-tuning to new sites: every site gets its own copy of what the method changes, and sees its own rows alone.

The sites' copies are trained in the same steps (torch.func.vmap over the sites): since they share no trainable value,
the result is the one they would reach one by one, each stopped at its own best validation loss (doing nothing counts
as a candidate). The time is that of all of them, and less than they would take one by one: who wants to know what one
site costs fine-tunes one. Without sites the later part of the data plays the one new site. Dropout is off. Known sites'
embeddings don't belong to a new site and never change.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, vmap

from evaluator.networks.protocol import ReportPoint, TrainingTrace
from evaluator.networks.site_embedding import KNOWN_SITES, NEW_SITE
from evaluator.networks.table.outputs import loss_of, predict_rows, target_tensor, values_from_outputs
from evaluator.networks.table.target_network import Rows, TargetNetwork, rows_of
from evaluator.networks.task_network import METHODS
from evaluator.records import Limits
from evaluator.tasks.table import TableFacts, TablePart
from evaluator.tasks.table.scores import main_score
from evaluator.training import Evaluation, ParameterGroup, Plan, train, warm_up

LEARNING_RATES = {"all_weights": 1e-3, "head_only": 1e-2, "generator": 1e-3, "embedding_only": 5e-2}
LAYER_EMBEDDING_RATE = 1e-2
"""Without sites `embedding_only` changes the layer embeddings, all of them, so it goes more slowly."""
BATCH = 256
EVALUATE_EVERY = 1
PATIENCE = 40
"""Evaluations, and so steps, without a lower validation loss at any site."""


def trainable_names(network: TargetNetwork, method: str) -> tuple[str, ...]:
    """Return the names of the parameters that `method` changes; none where it doesn't apply.

    embedding_only: the new site's vector, or without sites the layer embeddings. generator: all that makes weights.
    """
    if method not in METHODS:
        raise ValueError(f"no fine-tuning method {method!r}; methods are {', '.join(METHODS)}")
    names = [name for name, _ in network.named_parameters() if name != KNOWN_SITES]
    if method == "all_weights":
        return tuple(names)
    if method == "head_only":
        return tuple(name for name in names if name.startswith("head."))
    embeddings = {f"source.{name}" for name in network.source.embedding_names()}
    if method == "generator":
        made = [name for name in names if name.startswith("source.") and name not in embeddings]
        return tuple(made) if network.source.generates else ()
    if network.sites is not None:
        return (NEW_SITE,)
    return tuple(name for name in names if name in embeddings)


def finetune_sites(
    network: TargetNetwork,
    facts: TableFacts,
    method: str,
    train_part: TablePart,
    validation_part: TablePart,
    *,
    seed: int,
    limits: Limits,
    target: float | None,
    learning_rate_factor: float,
    report: ReportPoint | None,
) -> tuple[dict[int, TargetNetwork], TrainingTrace]:
    """Return each new site's network and what fine-tuning them together cost.

    limits.finetune_max_seconds and finetune_max_steps bound the loop over all sites. The scores of the trace are of
    all sites' validation rows together, each site answered by its best copy so far.
    """
    learning_rate = LEARNING_RATES[method]
    if method == "embedding_only" and network.sites is None:
        learning_rate = LAYER_EMBEDDING_RATE
    learner, rehearsal = (
        SiteCopies(network, facts, method, train_part, validation_part, learning_rate * learning_rate_factor, seed)
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


class SiteCopies:
    """The copies of what a method changes, one a site (a `training.Learner`)."""

    def __init__(
        self,
        network: TargetNetwork,
        facts: TableFacts,
        method: str,
        train_part: TablePart,
        validation_part: TablePart,
        learning_rate: float,
        seed: int,
    ) -> None:
        self.network = network.eval()
        self.facts = facts
        self.learning_rate = learning_rate
        self.parts = train_part, validation_part
        self.sites = [int(site) for site in np.unique(train_part.site)]
        self.order = torch.Generator().manual_seed(seed)
        names = trainable_names(network, method)
        state = {**dict(network.named_parameters()), **dict(network.named_buffers())}
        self.frozen = {name: value.detach() for name, value in state.items() if name not in names}
        copies = (len(self.sites),)
        self.trained = {
            name: state[name].detach().expand(copies + state[name].shape).clone().requires_grad_() for name in names
        }
        self.best = {name: value.detach().clone() for name, value in self.trained.items()}

    def start(self) -> None:
        """Lay the sites' rows side by side; score the network as it is, the first candidate of every site."""
        train_part, validation = self.parts
        self.train_rows = SideBySide(self.facts, train_part, self.sites)
        self.validation_rows = SideBySide(self.facts, validation, self.sites)
        self.kept = predict_rows(self.network, self.facts, rows_of(validation, sites=False))
        with torch.no_grad():
            self.best_loss = self._mean_loss(self.validation_rows, slice(None)).numpy()

    def groups(self) -> tuple[ParameterGroup, ...]:
        """Return the stacked copies; Adam works element by element, so the sites stay apart."""
        return (ParameterGroup(tuple(self.trained.values()), self.learning_rate),)

    def loss(self) -> Tensor:
        """Return the sum over the sites of each one's mean loss."""
        most = self.train_rows.rows
        index = slice(None) if most <= BATCH else torch.randint(most, (BATCH,), generator=self.order)
        return self._mean_loss(self.train_rows, index).nansum()

    def _mean_loss(self, rows: SideBySide, index: Tensor | slice) -> Tensor:
        """Return (sites,): mean loss, NaN for a site without rows."""
        here = rows.present[:, index]
        outputs = self._outputs(rows.x_num[:, index], rows.x_cat[:, index])
        losses = loss_of(self.facts.target_kind, outputs.flatten(0, 1), rows.y[:, index].flatten()).view(here.shape)
        return (losses * here).sum(1) / here.sum(1)

    def _outputs(self, x_num: Tensor, x_cat: Tensor) -> Tensor:
        """Return (sites, rows, outputs), each site by its own copy."""

        def one_site(trained: dict[str, Tensor], numbers: Tensor, categories: Tensor) -> Tensor:
            rows = Rows(numbers, categories, None)
            output: Tensor = functional_call(self.network, {**self.frozen, **trained}, (rows,), tie_weights=False)
            return output

        if len(self.sites) == 1:  # a site alone pays for no batching over sites
            return one_site({name: value[0] for name, value in self.trained.items()}, x_num[0], x_cat[0])[None]
        outputs: Tensor = vmap(one_site)(self.trained, x_num, x_cat)
        return outputs

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        """Keep the copies of the sites whose validation loss fell; score all validation rows by the kept ones."""
        rows = self.validation_rows
        outputs = self._outputs(rows.x_num, rows.x_cat)
        losses = loss_of(self.facts.target_kind, outputs.flatten(0, 1), rows.y.flatten()).view(rows.present.shape)
        loss = ((losses * rows.present).sum(1) / rows.present.sum(1)).numpy()
        better = ~(loss >= self.best_loss)  # a site without validation rows (NaN) keeps the latest copy
        self.best_loss = np.where(better, loss, self.best_loss)
        chosen = torch.from_numpy(better)
        for name, value in self.trained.items():
            self.best[name][chosen] = value[chosen]
        values = values_from_outputs(self.facts, outputs)
        for position in np.flatnonzero(better):
            where = rows.origin[position]
            self.kept[where] = values[position, : len(where)]
        score = main_score(self.facts.target_kind, self.parts[1].y, self.kept)
        return Evaluation(score, bool((better & np.isfinite(loss)).any()))

    def networks(self) -> dict[int, TargetNetwork]:
        """Return each site's network with its best copy."""
        copies = {}
        for position, site in enumerate(self.sites):
            network = copy.deepcopy(self.network)
            with torch.no_grad():
                parameters = dict(network.named_parameters())
                for name, value in self.best.items():
                    parameters[name].copy_(value[position])
            copies[site] = network
        return copies


class SideBySide:
    """Rows of several sites as (sites, most rows, …); shorter sites repeat rows, `present` marks the real ones.

    In training a repeated row counts as little as an absent one: `present` weights it 0.
    """

    def __init__(self, facts: TableFacts, part: TablePart, sites: list[int]) -> None:
        self.origin: list[NDArray[np.int64]] = [np.flatnonzero(part.site == site) for site in sites]
        self.rows = max(1, *(len(where) for where in self.origin))
        index = np.zeros((len(sites), self.rows), dtype=np.int64)
        present = np.zeros((len(sites), self.rows), dtype=np.float32)
        for position, where in enumerate(self.origin):
            present[position, : len(where)] = 1.0
            if len(where):
                index[position] = np.resize(where, self.rows)
        whole = rows_of(part, sites=False)
        chosen = torch.from_numpy(index)
        self.x_num, self.x_cat = whole.x_num[chosen], whole.x_cat[chosen]
        self.y = target_tensor(facts, part)[chosen]
        self.present = torch.from_numpy(present)
