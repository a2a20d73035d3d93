"""What measuring adds to a training: a watched training against the same training written as a bare loop.

    python -m benchmarks.overhead [--rounds 12] [--variants dense,hyper]

The watched side is what a trial runs: clock, learning curve, points sent to another process, memory and energy meters.
The bare side is a plain loop with the same network, seed, batches, learning rates and validation scores, and nothing
else; both end with the same best score, which is checked. A round runs both, in random order; printed is the median of
the rounds' ratios with its quartiles. The warm-up, reported apart in a trial, is taken off. The goal: at most 1.05.

Then whole trials with the quick budget: how long one takes besides its training.
"""

from __future__ import annotations

import argparse
import gc
import math
import multiprocessing
import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch

from evaluator.measure.memory import release_free_memory
from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import variant as find_variant
from evaluator.networks.table.outputs import loss_of, predict_rows, target_tensor
from evaluator.networks.table.target_network import rows_of
from evaluator.networks.table.torch_variant import (
    BATCH,
    EVALUATIONS_AN_EPOCH,
    FEWEST_STEPS_BETWEEN,
    PENALTY,
    SMALLEST_EPOCH,
    TableLearner,
    TorchVariant,
)
from evaluator.poc_new import new_poc
from evaluator.records import TrialRequest
from evaluator.tasks.table import TableData, prepare, references
from evaluator.tasks.table.budgets import BUDGETS
from evaluator.tasks.table.scores import main_score
from evaluator.tasks.targets import targets_of
from evaluator.training import batches, make_optimizer, rate, warm_up
from evaluator.training_clock import Clock
from evaluator.trial import run_trial, train_watched
from sample_data import samples

GOAL = 1.05
REAL = Path("telco_churn") / "Telco-Customer-Churn.csv"
EPOCHS = 20
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--variants", default="dense,hyper")
    arguments = parser.parse_args()
    names = arguments.variants.split(",")
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        data = prepared_data(Path(folder) / "prepared")
        print(f"{data.train.rows:,} training rows, one thread, load {os.getloadavg()[0]:.1f}")
        with Listener() as listener:
            for name in names:
                compare(name, data, Path(folder), arguments.rounds, listener)
        for name in names:
            whole_trial(name, data, Path(folder))


def prepared_data(folder: Path) -> TableData:
    """Return telco_churn, or the first sample where the real data is absent."""
    real = Path(os.environ.get("BLUEPRINT_DATA", "../shared/data")) / REAL
    if real.exists():
        files, target = [real.resolve()], "Churn"
    else:
        print(f"{real} is absent (set BLUEPRINT_DATA): the first of sample_data instead")
        sample = samples()[0]
        files, target = [Path(sample.path)], sample.target
    poc = new_poc(files, target=target, site="").poc
    return prepare(poc, folder)


def request_for(name: str, data: TableData, folder: Path) -> TrialRequest:
    """Return a request whose training is ended by its steps, so that both sides do the same."""
    target, finetune_target = targets_of(references(data))
    limits = replace(BUDGETS["quick"].limits, max_seconds=1e9, max_epochs=EPOCHS, patience_epochs=EPOCHS)
    return TrialRequest(
        poc="overhead",
        trial=f"{name}-{SEED}",
        purpose="measure",
        task="table",
        variant=name,
        seed=SEED,
        data=str(folder / "prepared"),
        folder=str(folder),
        limits=limits,
        target=target,
        finetune_target=finetune_target,
    )


def compare(name: str, data: TableData, folder: Path, rounds: int, listener: Listener) -> None:
    """Print the ratio of watched to bare for one variant."""
    variant, request = find_variant(name), request_for(name, data, folder)
    assert isinstance(variant, TorchVariant), f"{name} has no training loop of ours"

    def watched() -> tuple[float, float, float]:
        clock = Clock()
        fitted, _ = train_watched(request, variant, data, listener.tell)
        return clock.seconds() - fitted.trace.warmup_seconds, clock.cpu_seconds(), fitted.trace.best_score

    def bare() -> tuple[float, float, float]:
        clock = Clock()
        score = bare_training(variant, data)
        seconds = clock.seconds()
        rehearse(variant, data)
        return seconds, clock.cpu_seconds(), score

    def in_fresh_memory(side: Callable[[], tuple[float, float, float]]) -> tuple[float, float, float]:
        gc.collect()
        release_free_memory()  # as a trial's own process starts; without it only the watched side would fault its pages
        return side()

    watched(), bare()
    wall, cpu = [], []
    for _ in range(rounds):
        sides = [watched, bare]
        random.shuffle(sides)
        told = {side: in_fresh_memory(side) for side in sides}
        (wall_watched, cpu_watched, score), (wall_bare, cpu_bare, same) = told[watched], told[bare]
        assert math.isclose(score, same, rel_tol=1e-6), f"not the same training: {score} and {same}"
        wall.append(wall_watched / wall_bare)
        cpu.append(cpu_watched / cpu_bare)
    low, middle, high = np.percentile(wall, [25, 50, 75])
    verdict = "within" if middle <= GOAL else "ABOVE"
    print(f"{name}: watched / bare = {middle:.3f} [{low:.3f}, {high:.3f}] over {rounds} rounds; {verdict} {GOAL}")
    print(f"{name}: in CPU seconds, warm-up on both sides, less disturbed by a busy machine: {np.median(cpu):.3f}")


def bare_training(variant: TorchVariant, data: TableData) -> float:
    """Train as `variant.train` does, written out and without a warm-up; return the best score."""
    settings = variant.defaults(data)
    torch.manual_seed(SEED)
    network = variant.network(data.facts, settings)
    groups = TableLearner(network, data, settings, SEED).groups()

    torch.manual_seed(SEED)
    sites = network.sites is not None
    rows, y = rows_of(data.train, sites=sites), target_tensor(data.facts, data.train)
    validation = rows_of(data.validation, sites=sites)
    order = batches(data.train.rows, BATCH, torch.Generator().manual_seed(SEED))
    optimizer = make_optimizer(groups)
    steps_an_epoch = max(data.train.rows // BATCH, SMALLEST_EPOCH)
    every = max(steps_an_epoch // EVALUATIONS_AN_EPOCH, FEWEST_STEPS_BETWEEN)
    steps = EPOCHS * steps_an_epoch
    best = -math.inf
    for step in range(steps):
        for group, planned in zip(optimizer.param_groups, groups, strict=True):
            group["lr"] = planned.learning_rate * rate((step + 1) / steps, "cosine")
        network.train()
        index = next(order)
        batch = rows.take(index)
        weights = network.block_weights(batch.site)
        loss = loss_of(data.target_kind, network(batch, weights), y[index]).mean()
        penalty = network.source.penalty(weights.up, weights.down)
        if penalty is not None:
            loss = loss + PENALTY * float(settings["weight_decay"]) * penalty
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if (step + 1) % every == 0 or step + 1 == steps:
            score = main_score(
                data.target_kind, data.validation.y, predict_rows(network.eval(), data.facts, validation)
            )
            if score > best:
                best = score
                kept = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_state_dict(kept)
    return best


def rehearse(variant: TorchVariant, data: TableData) -> None:
    """Take the warm-up that a trial's clock leaves out."""
    settings = variant.defaults(data)
    rehearsal = TableLearner(variant.network(data.facts, settings), data, settings, SEED)
    rehearsal.start()
    warm_up(rehearsal.loss, rehearsal.evaluate, rehearsal.groups())


def whole_trial(name: str, data: TableData, folder: Path) -> None:
    """Print how long a whole quick trial takes besides its training."""
    request = replace(request_for(name, data, folder), limits=BUDGETS["quick"].limits)
    clock = Clock()
    result = run_trial(request)
    whole = clock.seconds()
    training = sum(row.value for row in result.measurements if row.metric in ("train.seconds", "train.warmup_seconds"))
    print(f"{name}: a quick trial takes {whole:.1f} s, of which {whole - training:.1f} s besides its training")


class Listener:
    """Another process that takes the learning curve's points, as the one that started a trial does."""

    def __enter__(self) -> Listener:
        receiver, self._sender = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("spawn").Process(target=drain, args=(receiver,), daemon=True)
        self._process.start()
        receiver.close()
        return self

    def tell(self, point: object) -> None:
        """Send one point."""
        self._sender.send(point)

    def __exit__(self, *_: object) -> None:
        self._sender.send(None)
        self._process.join()


def drain(receiver: Connection) -> None:
    while receiver.recv() is not None:
        pass


if __name__ == "__main__":
    main()
