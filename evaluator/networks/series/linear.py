"""`linear`: a linear forecaster on lags, the rival that often wins. Fitted in closed form, without torch.

A step is one round of reweighted least squares: the first is ridge regression, the further ones come closer to the
absolute error that is scored. FLOPs are modelled: the products of the normal equations.
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
from evaluator.networks.series.linear_finetuning import METHOD, refit_sites, refuse_other
from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import Floats
from evaluator.tasks.series.data import SeriesData, SeriesPart
from evaluator.tasks.series.lags import absolute_fits, forecasts, lag_inputs, targets
from evaluator.training_clock import Clock

if TYPE_CHECKING:
    import optuna

NAME = "linear"
MODEL_FILE = "model.safetensors"
SETTINGS_FILE = "model.json"
PREPROCESSING_FILE = "preprocessing.json"
MOST_ROUNDS = 8
PATIENCE = 3
WARMUP_ROWS = 200
PENALTY = (1e-2, 1e-4, 1.0)
"""Default, lowest and highest: a share of the inputs' mean square."""


@dataclass(frozen=True)
class LinearVariant:
    """The variant."""

    name: str = NAME

    def applies(self, data: SeriesData) -> bool:
        """It applies to every series."""
        return True

    def defaults(self, data: SeriesData) -> Mapping[str, SettingValue]:
        """Return the settings used before tuning."""
        return {"penalty": PENALTY[0]}

    def suggest(self, trial: optuna.Trial, data: SeriesData) -> Mapping[str, SettingValue]:
        """Return settings drawn from the search space."""
        return {"penalty": trial.suggest_float("penalty", *PENALTY[1:], log=True)}

    def train(
        self,
        data: SeriesData,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> AnyFitted:
        """Fit on `data.train`; stop when validation no longer improves. Nothing is random, so no seed counts."""
        settings = {**self.defaults(data), **settings}
        penalty = float(settings["penalty"])
        warmup = Clock()
        few = data.train.take(slice(0, WARMUP_ROWS))
        next(absolute_fits(lag_inputs(few), targets(few), penalty))
        warmup_seconds = warmup.seconds()

        clock = Clock()
        inputs, wanted = lag_inputs(data.train), targets(data.train)
        seen = lag_inputs(data.validation)
        curve: list[TracePoint] = []
        reached: TracePoint | None = None
        best, best_weights, waited = -math.inf, np.zeros((inputs.shape[1], wanted.shape[1])), 0
        fits = absolute_fits(inputs, wanted, penalty)
        while (ended_by := _ended_by(limits, len(curve), waited, clock.seconds())) is None:
            weights = next(fits)
            score = data.main_score(data.validation, forecasts(data.validation, seen, weights))
            waited = 0 if score > best else waited + 1
            if score > best or not curve:
                best, best_weights = score, weights
            curve.append(TracePoint(len(curve) + 1, clock.seconds(), score))
            if reached is None and target is not None and score >= target:
                reached = curve[-1]
            if report is not None:
                report(curve[-1])
        trace = TrainingTrace(
            seconds=clock.seconds(),
            cpu_seconds=clock.cpu_seconds(),
            warmup_seconds=warmup_seconds,
            steps=len(curve),
            seconds_to_target=math.inf if reached is None else reached.seconds,
            steps_to_target=math.inf if reached is None else float(reached.step),
            best_score=best if math.isfinite(best) else math.nan,
            flops=fit_flops(inputs.shape, wanted.shape[1], len(curve)),
            flops_how="modelled",
            curve=tuple(curve),
            ended_by=ended_by,
        )
        return LinearFitted(best_weights.astype(np.float32), data, trace, settings)

    def load(self, folder: Path, data: SeriesData) -> AnyFitted:
        """Load what `save` wrote."""
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))["settings"]
        nothing = TrainingTrace(0.0, 0.0, 0.0, 0, math.inf, math.inf, math.nan, 0.0, "modelled", ())
        return LinearFitted(load_file(folder / MODEL_FILE)["weights"], data, nothing, settings)


@dataclass(eq=False)
class LinearFitted:
    """A fitted linear forecaster: weights (inputs, horizon); `by_site`: each fine-tuned site's own (-1: no sites)."""

    weights: NDArray[np.float32]
    data: SeriesData
    trace: TrainingTrace
    settings: Mapping[str, SettingValue]
    by_site: Mapping[int, NDArray[np.float32]] = field(default_factory=dict)

    def parameters(self) -> int:
        """Return the number of weights."""
        return self.weights.size

    def generates(self) -> bool:
        """It generates nothing."""
        return False

    def generate_weights(self) -> None:
        """Do nothing: there is nothing to generate."""

    def predict(self, part: SeriesPart) -> Floats:
        """Return forecasts (rows, horizon) in the target's unit; a fine-tuned site has its own weights."""
        inputs = lag_inputs(part)
        found = forecasts(part, inputs, self.weights)
        for site, weights in self.by_site.items():
            chosen = part.site == site
            if chosen.any():
                found[chosen] = forecasts(part.take(chosen), inputs[chosen], weights)
        return found

    def predictor(self, *, cached: bool) -> Callable[[SeriesPart], Floats]:
        """Return `predict`: nothing is generated, so nothing is cached."""
        return self.predict

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write model.safetensors, model.json and preprocessing.json; fine-tuned, the first site's weights."""
        folder.mkdir(parents=True, exist_ok=True)
        files = (folder / MODEL_FILE, folder / SETTINGS_FILE, folder / PREPROCESSING_FILE)
        save_file({"weights": self._one_site()}, files[0])
        files[1].write_text(json.dumps({"variant": NAME, "settings": dict(self.settings)}), encoding="utf-8")
        files[2].write_text(self.data.facts_text(), encoding="utf-8")
        return files

    def finetune_methods(self) -> tuple[str, ...]:
        """Return the one way there is: to fit all weights anew, near the ones it has."""
        return (METHOD,)

    def trainable_parameters(self, method: str) -> int:
        """Return how many values `method` changes for one site."""
        refuse_other(method)
        return self.weights.size

    def finetune(
        self,
        method: str,
        train: SeriesPart,
        validation: SeriesPart,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> LinearFitted:
        """Return a copy fitted to every site of `train` by itself (see linear_finetuning.py)."""
        refuse_other(method)
        by_site, trace = refit_sites(
            self.weights.astype(np.float64),
            self.data,
            train,
            validation,
            limits=limits,
            target=target,
            looseness=learning_rate_factor,
            report=report,
        )
        return LinearFitted(self.weights, self.data, trace, self.settings, by_site)

    def save_update(self, method: str, folder: Path) -> Path:
        """Write the first fine-tuned site's weights as safetensors and return the file."""
        refuse_other(method)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"update_{method}.safetensors"
        save_file({"weights": self._one_site()}, file)
        return file

    def _one_site(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(next(iter(self.by_site.values()), self.weights))


def fit_flops(shape: tuple[int, ...], horizon: int, rounds: int) -> float:
    """Return modelled FLOPs: the first round shares one matrix of products, each further one has one a step ahead."""
    rows, width = shape
    products, solving = 2.0 * rows * width * width, 2.0 / 3.0 * width**3
    return products * (1 + horizon * max(rounds - 1, 0)) + rounds * horizon * (solving + 2.0 * rows * width)


def _ended_by(limits: Limits, rounds: int, waited: int, seconds: float) -> EndedBy | None:
    if rounds >= MOST_ROUNDS:
        return "steps"
    if waited >= PATIENCE:
        return "patience"
    return "seconds" if rounds and seconds >= limits.max_seconds else None


VARIANT = LinearVariant()
