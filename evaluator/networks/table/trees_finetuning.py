"""Fine-tuning boosted trees: boosting goes on with small trees on a site's own rows; the old trees stay untouched.

Each round fits one small tree an output to the gradient of the loss and sets its leaves by a Newton step (Friedman
2001). As for networks, every site stops at its own best validation loss and doing nothing is a candidate.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from evaluator.networks.protocol import EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.networks.table.trees import VALUES_A_NODE, Forest, Tree, forest_of, tree_from_regressor, values_from_raw
from evaluator.records import Limits
from evaluator.tasks.table import TableFacts, TablePart
from evaluator.tasks.table.scores import log_loss, main_score
from evaluator.tasks.table.targets import tree_inputs
from evaluator.training_clock import Clock

LEAVES = 8
MOST_ROUNDS = 100
PATIENCE = 20
MOST_VALUES = MOST_ROUNDS * (2 * LEAVES - 1) * VALUES_A_NODE
"""Values that the added trees of one output hold at most."""
SMALLEST_LEAF = 5
HESSIAN_FLOOR = 1e-6


def continue_boosting(
    forest: Forest,
    facts: TableFacts,
    train: TablePart,
    validation: TablePart,
    *,
    seed: int,
    limits: Limits,
    target: float | None,
    learning_rate: float,
    report: ReportPoint | None,
) -> tuple[dict[int, Forest], TrainingTrace]:
    """Return each site's added trees and what fine-tuning all of them cost; scores are of all sites' validation rows.

    The curve begins with step 0: the score of the forest as it is.
    """
    clock = Clock()
    sites = [int(site) for site in np.unique(train.site)]
    validation_raw = forest.raw(tree_inputs(validation))
    boosters = [
        SiteBooster(forest, facts, train.take(train.site == site), validation.take(validation.site == site), seed)
        for site in sites
    ]
    curve: list[TracePoint] = []
    reached: TracePoint | None = None
    rounds = waited = 0

    def score_validation() -> None:
        nonlocal reached
        for site, booster in zip(sites, boosters, strict=True):
            validation_raw[validation.site == site] = booster.kept_raw
        score = main_score(facts.target_kind, validation.y, values_from_raw(facts, validation_raw))
        curve.append(TracePoint(rounds, clock.seconds(), score))
        if reached is None and target is not None and score >= target:
            reached = curve[-1]
        if report is not None:
            report(curve[-1])

    score_validation()
    while (ended_by := _ended_by(limits, rounds, waited, clock.seconds())) is None:
        rounds += 1
        improved = [booster.step(learning_rate) for booster in boosters]
        waited = 0 if any(improved) else waited + 1
        score_validation()
    values = train.rows * (train.x_num.shape[1] + train.x_cat.shape[1])
    trace = TrainingTrace(
        seconds=clock.seconds(),
        cpu_seconds=clock.cpu_seconds(),
        warmup_seconds=0.0,
        steps=rounds,
        seconds_to_target=math.inf if reached is None else reached.seconds,
        steps_to_target=math.inf if reached is None else float(reached.step),
        best_score=max((point.score for point in curve), default=math.nan),
        flops=2.0 * values * math.log2(LEAVES) * rounds * facts.outputs,
        flops_how="modelled",
        curve=tuple(curve),
        ended_by=ended_by,
    )
    return {site: booster.added() for site, booster in zip(sites, boosters, strict=True)}, trace


def _ended_by(limits: Limits, rounds: int, waited: int, seconds: float) -> EndedBy | None:
    if rounds >= min(MOST_ROUNDS, limits.finetune_max_steps):
        return "steps"
    if waited >= PATIENCE:
        return "patience"
    return "seconds" if seconds >= limits.finetune_max_seconds else None


class SiteBooster:
    """The trees added for one site, and the best number of them."""

    def __init__(self, forest: Forest, facts: TableFacts, train: TablePart, validation: TablePart, seed: int) -> None:
        self.facts, self.seed = facts, seed
        self.y, self.validation_y = train.y, validation.y
        self.inputs, self.validation_inputs = tree_inputs(train), tree_inputs(validation)
        self.raw, self.validation_raw = forest.raw(self.inputs), forest.raw(self.validation_inputs)
        self.outputs = len(forest.baseline)
        self.trees: list[Tree] = []
        self.kept = 0
        self.kept_raw = self.validation_raw.copy()
        self.best_loss = mean_loss(facts, self.validation_y, self.validation_raw)

    def step(self, learning_rate: float) -> bool:
        """Add one tree an output; return whether the validation loss fell."""
        from sklearn.tree import DecisionTreeRegressor

        gradient, hessian = gradients(self.facts, self.y, self.raw)
        for output in range(self.outputs):
            model = DecisionTreeRegressor(
                max_leaf_nodes=LEAVES,
                min_samples_leaf=min(SMALLEST_LEAF, max(1, len(self.y) // 4)),
                random_state=self.seed,
            )
            model.fit(self.inputs, gradient[:, output])
            leaf = model.apply(self.inputs)
            count = model.tree_.node_count
            slope = np.bincount(leaf, gradient[:, output], count)
            curvature = np.bincount(leaf, hessian[:, output], count)
            values = learning_rate * slope / np.maximum(curvature, HESSIAN_FLOOR)
            self.trees.append(tree_from_regressor(model, values))
            self.raw[:, output] += values[leaf]
            if len(self.validation_y):
                self.validation_raw[:, output] += values[model.apply(self.validation_inputs)]
        loss = mean_loss(self.facts, self.validation_y, self.validation_raw)
        if loss >= self.best_loss:
            return False
        self.best_loss, self.kept = loss, len(self.trees)
        self.kept_raw = self.validation_raw.copy()
        return not math.isnan(loss)

    def added(self) -> Forest:
        """Return the trees up to the best round."""
        outputs = [index % self.outputs for index in range(self.kept)]
        return forest_of(self.trees[: self.kept], outputs, np.zeros(self.outputs))


def gradients(
    facts: TableFacts, y: NDArray[np.int64] | NDArray[np.float64], raw: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the negative gradient and the hessian of the loss in the raw scores, each (rows, outputs)."""
    if facts.target_kind == "regression":
        return (y[:, None] - raw), np.ones_like(raw)
    chance = values_from_raw(facts, raw)
    if facts.target_kind == "binary":
        chance = chance[:, 1:]
        truth = np.asarray(y, dtype=np.float64)[:, None]
    else:
        truth = np.eye(len(facts.classes))[np.asarray(y, dtype=np.int64)]
    return truth - chance, np.asarray(chance * (1.0 - chance))


def mean_loss(facts: TableFacts, y: NDArray[np.int64] | NDArray[np.float64], raw: NDArray[np.float64]) -> float:
    """Return the mean squared error or log loss; NaN without rows."""
    if len(y) == 0:
        return math.nan
    if facts.target_kind == "regression":
        return float(((y - raw[:, 0]) ** 2).mean())
    return log_loss(y, values_from_raw(facts, raw))
