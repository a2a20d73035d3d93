"""The training loop: one for every torch variant, and for fine-tuning.

A `Learner` knows its loss and how to evaluate itself; the loop knows time. The clock starts when the data is first
touched and stops with the last step; validation is evaluated at the same steps for every variant and counts as time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.autograd.graph import increment_version
from torch.utils.flop_counter import FlopCounterMode

from evaluator.networks.protocol import EndedBy, ReportPoint, TracePoint, TrainingTrace
from evaluator.training_clock import Clock

WARMUP_SHARE = 0.05
"""Share of the steps over which the learning rate rises from 0."""
FINAL_RATE = 0.02
"""Share of the learning rate left at the end of the cosine."""


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters that are trained alike; `weight_decay` as AdamW takes it (decoupled, times the learning rate)."""

    parameters: tuple[Tensor, ...]
    learning_rate: float
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Evaluation:
    """Main score on validation, and whether it is the best so far (the learner has then kept its weights)."""

    score: float
    improved: bool


class Learner(Protocol):
    """What the loop trains. One with a method `before_step()` may change the gradients before each step."""

    def start(self) -> None:
        """Touch the data: the clock runs from here."""
        ...

    def groups(self) -> tuple[ParameterGroup, ...]:
        """Return what is trained, and how fast."""
        ...

    def loss(self) -> Tensor:
        """Return the loss of the next mini-batch."""
        ...

    def evaluate(self) -> Evaluation:
        """Score the validation rows and keep the weights if they are the best so far."""
        ...


@dataclass(frozen=True)
class Plan:
    """How long to train. `patience`: evaluations without a better score after which to stop.

    `score_start`: score before the first step as well, so that what needs no step is told as needing none.
    The schedule follows the steps; only where time would run out before them does it follow time.
    """

    max_steps: int
    max_seconds: float
    evaluate_every: int
    patience: int
    schedule: Literal["cosine", "constant"] = "cosine"
    score_start: bool = False

    def ended_by(self, step: int, waited: int, seconds: float) -> EndedBy | None:
        """Return what ends the training now, None while it goes on; what doesn't depend on the load comes first."""
        if step >= self.max_steps:
            return "steps"
        if waited >= self.patience:
            return "patience"
        return "seconds" if seconds >= self.max_seconds else None


def train(
    learner: Learner, plan: Plan, *, warmup: Warmup, target: float | None, report: ReportPoint | None = None
) -> TrainingTrace:
    """Train until patience, steps or time run out; the learner keeps its best weights. Times in seconds.

    `warmup`: what was spent, and counted, before the clock starts (see `warm_up`).
    """
    clock = Clock()
    learner.start()
    groups = learner.groups()
    optimizer = make_optimizer(groups)
    before_step = getattr(learner, "before_step", None)
    curve: list[TracePoint] = []
    best, waited, step = -math.inf, 0, 0
    reached: TracePoint | None = None

    def score_validation() -> bool:
        nonlocal best, reached
        evaluation = learner.evaluate()
        best = max(best, evaluation.score)
        point = TracePoint(step, clock.seconds(), evaluation.score)
        curve.append(point)
        if reached is None and target is not None and evaluation.score >= target:
            reached = point
        if report is not None:
            report(point)
        return evaluation.improved

    if plan.score_start:
        score_validation()
    while (ended_by := plan.ended_by(step, waited, clock.seconds())) is None:
        done = max((step + 1) / plan.max_steps, clock.seconds() / plan.max_seconds)
        for group, settings in zip(optimizer.param_groups, groups, strict=True):
            group["lr"] = settings.learning_rate * rate(done, plan.schedule)
        learner.loss().backward()  # type: ignore[no-untyped-call]
        if before_step is not None:
            before_step()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1

        if step % plan.evaluate_every == 0 or step == plan.max_steps:
            waited = 0 if score_validation() else waited + 1

    return TrainingTrace(
        seconds=clock.seconds(),
        cpu_seconds=clock.cpu_seconds(),
        warmup_seconds=warmup.seconds,
        steps=step,
        seconds_to_target=math.inf if reached is None else reached.seconds,
        steps_to_target=math.inf if reached is None else float(reached.step),
        best_score=best if math.isfinite(best) else math.nan,
        flops=warmup.flops_a_step * step + warmup.flops_an_evaluation * len(curve),
        flops_how=warmup.flops_how,
        curve=tuple(curve),
        ended_by=ended_by,
    )


def rate(done: float, schedule: Literal["cosine", "constant"]) -> float:
    """Return the learning rate's factor when `done` (0 to 1) of the training is over."""
    rise = min(1.0, done / WARMUP_SHARE)
    if schedule == "constant":
        return 1.0
    return rise * (FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


def make_optimizer(groups: tuple[ParameterGroup, ...]) -> torch.optim.Optimizer:
    """Return AdamW, all parameters updated in one fused call that raises their versions.

    torch's own fused call leaves the versions as they were, and caches that watch them would never notice.
    """
    optimizer = torch.optim.AdamW(
        [
            {"params": list(group.parameters), "lr": group.learning_rate, "weight_decay": group.weight_decay}
            for group in groups
        ],
        betas=(0.9, 0.98),
        fused=True,
    )
    changed = [parameter for group in groups for parameter in group.parameters]
    optimizer.register_step_post_hook(lambda *_: increment_version(changed))
    return optimizer


@dataclass(frozen=True)
class Warmup:
    """What a first step cost, apart from the training: seconds, and the FLOPs of a step and of an evaluation.

    `flops_how`: counted by torch, or by formula where its counter is blind (recurrent layers).
    """

    seconds: float
    flops_a_step: float
    flops_an_evaluation: float
    flops_how: Literal["measured", "modelled"] = "measured"


def warm_up(
    loss: Callable[[], Tensor],
    evaluate: Callable[[], object],
    groups: tuple[ParameterGroup, ...],
    *,
    count_flops: bool = True,
) -> Warmup:
    """Take one step and one evaluation on a *copy* of what will be trained, under torch's FLOP counter.

    The counter knows matrix products, which is all that counts here; it says 0 for LSTM and fused attention. Counting
    costs more than the step itself: with `count_flops` False the FLOPs are NaN.
    """
    clock = Clock()
    if not count_flops:
        loss().backward()  # type: ignore[no-untyped-call]
        make_optimizer(groups).step()
        evaluate()
        return Warmup(clock.seconds(), math.nan, math.nan)
    with FlopCounterMode(display=False) as step_counter:
        loss().backward()  # type: ignore[no-untyped-call]
    make_optimizer(groups).step()
    with FlopCounterMode(display=False) as evaluation_counter:
        evaluate()
    return Warmup(clock.seconds(), float(step_counter.get_total_flops()), float(evaluation_counter.get_total_flops()))


def batches(rows: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Yield row indices (size,) for ever, each epoch in a new order; a rest smaller than `size` is skipped.

    Equal sizes keep every step's cost and FLOPs the same; the order changes, so no row is skipped for good.
    """
    size = min(size, rows)
    while True:
        order = torch.randperm(rows, generator=generator)
        for start in range(0, rows - size + 1, size):
            yield order[start : start + size]
