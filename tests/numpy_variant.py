"""A small real variant without torch: logistic regression whose weights come from a linear generator, and its data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.measure.context import MemoryUse, TrainingCost, TrialContext
from evaluator.measure.finetuning import fine_tune
from evaluator.networks.protocol import ReportPoint, TracePoint, TrainingTrace
from evaluator.records import Limits, SettingValue, TrialRequest
from evaluator.tasks.table import TableData, TableFacts, TablePart
from evaluator.tasks.table.scores import main_score

if TYPE_CHECKING:
    import optuna

SITES = ("京都", "大阪", "神戸", "奈良")
NUMBERS = 6
LIMITS = Limits(max_seconds=5.0, max_epochs=40, patience_epochs=40, finetune_max_seconds=5.0, finetune_max_steps=40)


def small_data(rows: int = 400, *, sites: bool = True, new_rows: int = 200) -> TableData:
    """Return a binary table: the label follows the numbers' sum; on the two new sites it follows its negative."""
    rng = np.random.default_rng(7)
    facts = TableFacts(
        target="y",
        target_kind="binary",
        classes=("no", "yes"),
        target_mean=0.0,
        target_deviation=1.0,
        numeric=(),
        categorical=(),
        sites=SITES if sites else (),
        known_sites=2 if sites else 0,
        data_hash="0" * 64,
    )

    def part(count: int, first_site: int, sign: float) -> TablePart:
        x = rng.normal(size=(count, NUMBERS)).astype(np.float32)
        chance = 1 / (1 + np.exp(-2 * sign * x.sum(axis=1)))
        y = (rng.random(count) < chance).astype(np.int64)
        site = (first_site + np.arange(count) % 2) if sites else np.full(count, -1)
        return TablePart(x, np.zeros((count, 0), dtype=np.int32), y, site.astype(np.int32))

    known = [part(rows, 0, 1.0) for _ in range(3)]
    new = [part(new_rows, 2, -1.0) for _ in range(3)]
    return TableData(facts, *known, *new)


def small_request(folder: Path, **changes: object) -> TrialRequest:
    """Return a measuring request that writes into `folder`."""
    request = TrialRequest(
        poc="poc",
        trial="linear-1",
        purpose="measure",
        task="table",
        variant="linear",
        seed=1,
        data=str(folder),
        folder=str(folder),
        limits=LIMITS,
        target=0.7,
        finetune_target=0.7,
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def small_context(folder: Path, data: TableData | None = None, **changes: object) -> TrialContext:
    """Return a trained, saved and fine-tuned stand-in, ready to be measured."""
    generates = bool(changes.pop("generates", True))
    request, data = small_request(folder, **changes), data or small_data()
    variant = LinearVariant(generates=generates)
    fitted = variant.train(data, {}, seed=request.seed, limits=request.limits, target=request.target)
    files = fitted.save(folder)
    tuned = fine_tune(fitted, data, request)
    cost = TrainingCost(MemoryUse(1000, 24), None)
    return TrialContext(request, data, variant, fitted, cost, folder, files, tuned)


@dataclass
class LinearFitted:
    """weights (p,) = generator (p, 3) @ embedding (3,), or the weights themselves where nothing is generated."""

    generator: NDArray[np.float64]
    embedding: NDArray[np.float64]
    trace: TrainingTrace
    generated: bool
    ballast: NDArray[np.float64]

    def parameters(self) -> int:
        return self.generator.size + self.embedding.size

    def weights(self) -> NDArray[np.float64]:
        return self.generator @ self.embedding

    def predict(self, part: TablePart) -> NDArray[np.float64]:
        return probabilities(part.x_num, self.weights())

    def predictor(self, *, cached: bool) -> Callable[[TablePart], NDArray[np.float64]]:
        if not cached:
            return self.predict
        weights = self.weights()
        return lambda part: probabilities(part.x_num, weights)

    def generates(self) -> bool:
        return self.generated

    def generate_weights(self) -> None:
        self.weights()

    def save(self, folder: Path) -> tuple[Path, ...]:
        arrays, facts = folder / "model.npz", folder / "model.json"
        np.savez(arrays, generator=self.generator, embedding=self.embedding, ballast=self.ballast)
        facts.write_text(json.dumps({"generated": self.generated}))
        return arrays, facts

    def finetune_methods(self) -> tuple[str, ...]:
        return ("all_weights", "embedding_only")

    def trainable_parameters(self, method: str) -> int:
        return self.embedding.size + (self.generator.size if method == "all_weights" else 0)

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
    ) -> LinearFitted:
        return descend(
            self,
            train,
            validation,
            steps=limits.finetune_max_steps,
            seconds=limits.finetune_max_seconds,
            rate=0.5 * learning_rate_factor,
            target=target,
            report=report,
            generator_too=method == "all_weights",
        )

    def save_update(self, method: str, folder: Path) -> Path:
        file = folder / f"{method}.npz"
        changed = {"embedding": self.embedding}
        np.savez(file, **changed, **({"generator": self.generator} if method == "all_weights" else {}))
        return file


@dataclass(frozen=True)
class LinearVariant:
    """`ballast`: float64 values that every copy carries, to have something to weigh."""

    generates: bool = True
    ballast: int = 0
    name: str = "linear"

    def applies(self, data: TableData) -> bool:
        return True

    def defaults(self, data: TableData) -> Mapping[str, SettingValue]:
        return {"learning_rate": 0.5}

    def suggest(self, trial: optuna.Trial, data: TableData) -> Mapping[str, SettingValue]:
        return {"learning_rate": trial.suggest_float("learning_rate", 0.1, 1.0)}

    def train(
        self,
        data: TableData,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> LinearFitted:
        rng = np.random.default_rng(seed)
        start = LinearFitted(
            rng.normal(size=(NUMBERS, 3)), rng.normal(size=3), NOTHING, self.generates, rng.normal(size=self.ballast)
        )
        return descend(
            start,
            data.train,
            data.validation,
            steps=limits.max_epochs,
            seconds=limits.max_seconds,
            rate=float(settings.get("learning_rate", 0.5)),
            target=target,
            report=report,
            generator_too=True,
        )

    def load(self, folder: Path, data: TableData) -> LinearFitted:
        arrays = np.load(folder / "model.npz", allow_pickle=False)
        generated = json.loads((folder / "model.json").read_text())["generated"]
        return LinearFitted(arrays["generator"], arrays["embedding"], NOTHING, generated, arrays["ballast"])


NOTHING = TrainingTrace(0.0, 0.0, 0.0, 0, float("inf"), float("inf"), float("nan"), 0.0, "modelled", ())


def probabilities(x: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    yes = 1 / (1 + np.exp(-np.clip(x @ weights, -500, 500)))
    return np.stack([1 - yes, yes], axis=1)


def descend(
    start: LinearFitted,
    train: TablePart,
    validation: TablePart,
    *,
    steps: int,
    seconds: float,
    rate: float,
    target: float | None,
    report: ReportPoint | None,
    generator_too: bool,
) -> LinearFitted:
    """Take whole-batch gradient steps; score validation after each."""
    begin, begin_cpu = time.perf_counter(), time.process_time()
    generator, embedding, curve = start.generator.copy(), start.embedding.copy(), []
    for step in range(1, steps + 1):
        error = probabilities(train.x_num, generator @ embedding)[:, 1] - train.y
        slope = train.x_num.T @ error / len(error)
        slope_embedding = generator.T @ slope
        if generator_too:
            generator -= rate * np.outer(slope, embedding)
        embedding -= rate * slope_embedding
        prediction = probabilities(validation.x_num, generator @ embedding)
        point = TracePoint(step, time.perf_counter() - begin, main_score("binary", validation.y, prediction))
        curve.append(point)
        if report is not None:
            report(point)
        if point.seconds >= seconds:
            break
    reached = next((point for point in curve if target is not None and point.score >= target), None)
    trace = TrainingTrace(
        seconds=time.perf_counter() - begin,
        cpu_seconds=time.process_time() - begin_cpu,
        warmup_seconds=0.0,
        steps=len(curve),
        seconds_to_target=float("inf") if reached is None else reached.seconds,
        steps_to_target=float("inf") if reached is None else reached.step,
        best_score=max(point.score for point in curve),
        flops=4.0 * train.x_num.size * len(curve),
        flops_how="modelled",
        curve=tuple(curve),
    )
    return LinearFitted(generator, embedding, trace, start.generated, start.ballast)
