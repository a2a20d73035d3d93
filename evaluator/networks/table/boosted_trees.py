"""`boosted_trees`: scikit-learn's HistGradientBoosting, the rival that tables ask for. Saved as arrays, never pickled.

A step is a boosting round. Trees are added ten at a time, so that validation is watched and the time to target is
measured as it is for networks. FLOPs are modelled: additions into histograms.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from evaluator.networks.protocol import AnyFitted, EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.networks.table.trees import Forest, forest_from_hist, unpacked, values_from_raw
from evaluator.networks.table.trees_finetuning import MOST_VALUES, continue_boosting
from evaluator.records import Limits, SettingValue
from evaluator.tasks.prepared import facts_text
from evaluator.tasks.table import TableData, TableFacts, TablePart
from evaluator.tasks.table.scores import Floats, main_score
from evaluator.tasks.table.targets import tree_inputs
from evaluator.training_clock import Clock

if TYPE_CHECKING:
    import optuna
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

NAME = "boosted_trees"
MODEL_FILE = "model.safetensors"
SETTINGS_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"
MOST_ROUNDS = 400
ROUNDS_BETWEEN = 10
PATIENCE = 5
"""Evaluations without a better score: 50 rounds."""
WARMUP_ROWS = 200


@dataclass(frozen=True)
class BoostedTrees:
    """The variant."""

    name: str = NAME

    def applies(self, data: TableData) -> bool:
        """Trees apply to every table with inputs."""
        return bool(data.facts.numeric or data.facts.categorical)

    def defaults(self, data: TableData) -> Mapping[str, SettingValue]:
        """Return scikit-learn's defaults."""
        return {"learning_rate": 0.1, "max_leaf_nodes": 31, "min_samples_leaf": 20, "l2_regularization": 0.0}

    def suggest(self, trial: optuna.Trial, data: TableData) -> Mapping[str, SettingValue]:
        """Return settings from the usual space."""
        return {
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
            "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 4, 63, log=True),
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 60, log=True),
            "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 10.0, log=True),
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
        """Add trees until validation no longer improves; keep the best number of them."""
        settings = {**self.defaults(data), **settings}
        warmup = Clock()
        few = data.train.take(slice(0, WARMUP_ROWS))
        if len(np.unique(few.y)) > 1:
            _fit(_model(data, settings, seed), tree_inputs(few), few.y, 1)
        warmup_seconds = warmup.seconds()

        clock = Clock()
        inputs, validation = tree_inputs(data.train), tree_inputs(data.validation)
        model = _model(data, settings, seed)
        curve: list[TracePoint] = []
        best, best_rounds, waited, rounds = -math.inf, ROUNDS_BETWEEN, 0, 0
        reached: TracePoint | None = None
        while (ended_by := _ended_by(limits, rounds, waited, clock.seconds())) is None:
            rounds += ROUNDS_BETWEEN
            _fit(model, inputs, data.train.y, rounds)
            score = main_score(data.target_kind, data.validation.y, _predict(model, validation, data.facts))
            waited = 0 if score > best else waited + 1
            if score > best:
                best, best_rounds = score, rounds
            curve.append(TracePoint(rounds, clock.seconds(), score))
            if reached is None and target is not None and score >= target:
                reached = curve[-1]
            if report is not None:
                report(curve[-1])
        model._predictors = model._predictors[:best_rounds]
        trace = TrainingTrace(
            seconds=clock.seconds(),
            cpu_seconds=clock.cpu_seconds(),
            warmup_seconds=warmup_seconds,
            steps=rounds,
            seconds_to_target=math.inf if reached is None else reached.seconds,
            steps_to_target=math.inf if reached is None else float(reached.step),
            best_score=best if math.isfinite(best) else math.nan,
            flops=histogram_flops(inputs.shape, rounds * data.facts.outputs, int(settings["max_leaf_nodes"])),
            flops_how="modelled",
            curve=tuple(curve),
            ended_by=ended_by,
        )
        forest = forest_from_hist(model, _places(model, data.facts), data.facts.outputs)
        return TreesFitted(forest, data.facts, trace, settings)

    def load(self, folder: Path, data: TableData) -> AnyFitted:
        """Load what `save` wrote."""
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))["settings"]
        forest = unpacked(load_file(folder / MODEL_FILE))
        nothing = TrainingTrace(0.0, 0.0, 0.0, 0, math.inf, math.inf, math.nan, 0.0, "modelled", ())
        return TreesFitted(forest, data.facts, nothing, settings)


@dataclass(eq=False)
class TreesFitted:
    """Trained trees; after fine-tuning, `added` holds each site's further trees (key -1: no sites)."""

    forest: Forest
    facts: TableFacts
    trace: TrainingTrace
    settings: Mapping[str, SettingValue]
    added: Mapping[int, Forest] = field(default_factory=dict)

    def parameters(self) -> int:
        """Return the number of values that the trees' nodes store."""
        return self.forest.stored_values()

    def generates(self) -> bool:
        """Trees generate nothing."""
        return False

    def generate_weights(self) -> None:
        """Do nothing: there is nothing to generate."""

    def predict(self, part: TablePart) -> Floats:
        """Return class probabilities (rows, classes) or values (rows,); a fine-tuned site has its added trees."""
        inputs = tree_inputs(part)
        raw = self.forest.raw(inputs)
        for site, forest in self.added.items():
            chosen = part.site == site
            if chosen.any():
                raw[chosen] += forest.raw(inputs[chosen])
        return values_from_raw(self.facts, raw)

    def predictor(self, *, cached: bool) -> Callable[[TablePart], Floats]:
        """Return `predict`: nothing is generated, so nothing is cached."""
        return self.predict

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.safetensors, model.json and preprocessing.json; fine-tuned, with the first site's added trees."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / SETTINGS_FILE, folder / PREPROCESSING_FILE)
        added = next(iter(self.added.values()), None)
        save_file((self.forest if added is None else self.forest.plus(added)).packed(), files[0])
        files[1].write_text(json.dumps({"variant": NAME, "settings": dict(self.settings)}), encoding="utf-8")
        files[2].write_text(facts_text(self.facts), encoding="utf-8")
        return files

    def finetune_methods(self) -> tuple[str, ...]:
        """Trees have one way: to go on boosting on the new rows."""
        return ("all_weights",)

    def trainable_parameters(self, method: str) -> int:
        """Return the most values that the added trees may hold."""
        _refuse_other(method)
        return MOST_VALUES * self.facts.outputs

    def finetune(
        self,
        method: str,
        train: TablePart,
        validation: TablePart,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> TreesFitted:
        """Return a copy that goes on boosting, for every site of `train` by itself; its own trees stay as they are."""
        _refuse_other(method)
        added, trace = continue_boosting(
            self.forest,
            self.facts,
            train,
            validation,
            seed=seed,
            limits=limits,
            target=target,
            learning_rate=0.1 * learning_rate_factor,
            report=report,
        )
        return TreesFitted(self.forest, self.facts, trace, self.settings, added)

    def save_update(self, method: str, folder: Path) -> Path | None:
        """Write a file for each fine-tuned site that got trees; return the first, None where no site got any."""
        _refuse_other(method)
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for site, forest in self.added.items():
            if forest.trees:
                files.append(folder / f"update_{method}_{site}.safetensors")
                save_file(forest.packed(), files[-1])
        return files[0] if files else None


def histogram_flops(shape: tuple[int, ...], trees: int, leaves: int) -> float:
    """Return modelled FLOPs: on each of log2(leaves) levels every value adds its gradient and hessian to a bin."""
    return 2.0 * float(np.prod(shape)) * math.log2(max(leaves, 2)) * trees


def _ended_by(limits: Limits, rounds: int, waited: int, seconds: float) -> EndedBy | None:
    if rounds >= MOST_ROUNDS:
        return "steps"
    if waited >= PATIENCE:
        return "patience"
    return "seconds" if rounds and seconds >= limits.max_seconds else None  # without a round there is no model


def _refuse_other(method: str) -> None:
    if method != "all_weights":
        raise ValueError(f"boosted trees are fine-tuned by 'all_weights' only, not {method!r}")


def _model(
    data: TableData, settings: Mapping[str, SettingValue], seed: int
) -> HistGradientBoostingClassifier | HistGradientBoostingRegressor:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    regression = data.target_kind == "regression"
    return (HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier)(
        learning_rate=float(settings["learning_rate"]),
        max_leaf_nodes=int(settings["max_leaf_nodes"]),
        min_samples_leaf=int(settings["min_samples_leaf"]),
        l2_regularization=float(settings["l2_regularization"]),
        early_stopping=False,  # done here, on the validation rows that every variant uses
        warm_start=True,
        random_state=seed,
    )


def _fit(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
    inputs: NDArray[np.float32],
    y: NDArray[np.int64] | NDArray[np.float64],
    rounds: int,
) -> None:
    model.set_params(max_iter=rounds)
    model.fit(inputs, y)


def _places(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor, facts: TableFacts
) -> NDArray[np.int64]:
    """Return which outputs the model's raw scores are: only a multi-class model may have missed some."""
    if facts.target_kind != "multiclass":
        return np.zeros(1, dtype=np.int64)
    return np.asarray(model.classes_, dtype=np.int64)


def _predict(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
    inputs: NDArray[np.float32],
    facts: TableFacts,
) -> Floats:
    if facts.target_kind == "regression":
        return np.asarray(model.predict(inputs), dtype=np.float64)
    full = np.zeros((len(inputs), len(facts.classes)))
    full[:, np.asarray(model.classes_, dtype=np.int64)] = model.predict_proba(inputs)
    return full


VARIANT = BoostedTrees()
