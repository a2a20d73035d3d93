"""What every variant can do, whether it is a torch network or boosted trees. Torch-free, so that anyone may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from evaluator.records import Limits, SettingValue
from evaluator.tasks.protocol import Floats, Part, TaskData

if TYPE_CHECKING:
    import optuna

DataT = TypeVar("DataT", bound=TaskData, contravariant=True)
PartT = TypeVar("PartT", bound=Part, contravariant=True)


@dataclass(frozen=True)
class TracePoint:
    """Validation `score` after `step` optimiser steps (trees: boosting rounds) and `seconds` of training."""

    step: int
    seconds: float
    score: float


ReportPoint = Callable[[TracePoint], None]
EndedBy = Literal["patience", "steps", "seconds"]
"""What ended a training: no better score for long enough, the last step, or the clock (which depends on the load)."""


@dataclass(frozen=True)
class TrainingTrace:
    """What a training cost. Times in seconds; `*_to_target` are infinite when the target was never reached.

    The clock starts when the data is first touched and ends at the last step; `warmup_seconds` is reported apart.
    `flops`: floating point operations of the whole training (NaN: not counted, as in fine-tuning); `flops_how` tells
    counted from modelled by formula.
    `ended_by`: what ended it; 'seconds' means that on a faster or quieter machine it would have gone on.
    """

    seconds: float
    cpu_seconds: float
    warmup_seconds: float
    steps: int
    seconds_to_target: float
    steps_to_target: float
    best_score: float
    flops: float
    flops_how: Literal["measured", "modelled"]
    curve: tuple[TracePoint, ...]
    ended_by: EndedBy = "steps"


class Fitted(Protocol[PartT]):
    """A trained variant; `PartT` is its task's part."""

    trace: TrainingTrace

    def parameters(self) -> int:
        """Return the number of values that must be stored (not the generated ones)."""
        ...

    def predict(self, part: PartT) -> Floats:
        """Return what the task scores, first axis rows: e.g. class probabilities (rows, classes) or values (rows,)."""
        ...

    def predictor(self, *, cached: bool) -> Callable[[PartT], Floats]:
        """Return the fastest way to predict; with `cached` False the weights are generated at every call."""
        ...

    def generates(self) -> bool:
        """Tell whether weights are generated (so that cached and uncached differ)."""
        ...

    def generate_weights(self) -> None:
        """Generate all weights once, without keeping them; only where `generates()`."""
        ...

    def save(self, folder: Path) -> tuple[Path, ...]:
        """Write the files that a site receives (safetensors or npz, plus preprocessing as JSON); never pickle."""
        ...

    def finetune_methods(self) -> tuple[str, ...]:
        """Return the fine-tuning methods that apply, of all_weights, head_only, generator, embedding_only."""
        ...

    def trainable_parameters(self, method: str) -> int:
        """Return how many values `method` changes."""
        ...

    def finetune(
        self,
        method: str,
        train: PartT,
        validation: PartT,
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        learning_rate_factor: float = 1.0,
        report: ReportPoint | None = None,
    ) -> Fitted[PartT]:
        """Return a fine-tuned copy, its own `trace` set; this one stays as it is."""
        ...

    def save_update(self, method: str, folder: Path) -> Path | None:
        """Write what `method` changed (safetensors) and return the file, None where nothing was learned.

        Where sites' updates differ in size, `folder` then holds a file for each site that learned something.
        """
        ...


@runtime_checkable
class Exportable(Fitted[PartT], Protocol[PartT]):
    """A trained variant of which there may be a plain copy: what it generates stored, nothing generated any more."""

    def plain(self, site: str = "") -> Exportable[PartT] | None:
        """Return the task's `dense` variant that answers as this one does at `site`; '': at a site it never saw.

        None where weights are learned directly already, or made anew at every step. Raises NotFoundError where there is
        no such site.
        """
        ...

    def outputs(self, part: PartT) -> Floats:
        """Return what the network gives in its own unit, first axis rows, without decisions that the last bit can tip.

        Two networks are the same where these are; a prediction in the target's unit may hide it.
        """
        ...


class Variant(Protocol[DataT]):
    """How the target network's weights come to be (or a rival that has none)."""

    name: str

    def applies(self, data: DataT) -> bool:
        """Tell whether this variant makes sense for the data (e.g. `dense_site` needs sites)."""
        ...

    def defaults(self, data: DataT) -> Mapping[str, SettingValue]:
        """Return the settings used before tuning."""
        ...

    def suggest(self, trial: optuna.Trial, data: DataT) -> Mapping[str, SettingValue]:
        """Return settings drawn from this variant's search space."""
        ...

    def train(
        self,
        data: DataT,
        settings: Mapping[str, SettingValue],
        *,
        seed: int,
        limits: Limits,
        target: float | None,
        report: ReportPoint | None = None,
    ) -> AnyFitted:
        """Train on `data.train`, early stopping on `data.validation` only."""
        ...

    def load(self, folder: Path, data: DataT) -> AnyFitted:
        """Load what `save` wrote."""
        ...


AnyFitted: TypeAlias = Fitted[Any]
AnyVariant: TypeAlias = Variant[Any]
