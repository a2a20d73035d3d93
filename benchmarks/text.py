"""HyperLSTM against LSTM on characters: at equal steps, and at equal seconds, beside the paper's table.

    python -m benchmarks.text [--variants small_dense …] [--steps 500] [--seeds 3] [--rate 0.01] [--pieces 20]

Data: tiny shakespeare from the folder named by BLUEPRINT_DATA (default ../shared/data), as one stream without sites;
where it is absent, the synthetic report log that comes along. The text is cut into pieces; of each the first 80 % are
learned from, the next 10 % choose the weights, the last 10 % are the test part. With `--pieces 1` the test part is the
whole text's last tenth, as is usual for this text: other plays than those learned from, and harder by a quarter of a
bit. Training: windows of 100 characters, each from a state of zeros, 32 a step, one layer, one thread, no tuning, no
dropout; the learning rate is the text task's default for all. `small_dense` is the LSTM of as many parameters as the
HyperLSTM, embeddings and head included.

Bits per character of the test part are taken twice: with the state carried on from window to window (the test part read
as 32 streams from beginning to end, the usual figure for character models and the one held to the goal), and with every
window read from zeros, as the text task scores it. The validation part's stand beside them, from zeros. Equal seconds:
each rival trained anew with as many steps as fit into the CPU seconds that the HyperLSTM's steps took. The default, one
rival, takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import AnyFitted
from evaluator.networks.registry import variant
from evaluator.networks.text.text_network import CharacterNetwork
from evaluator.records import Limits
from evaluator.tasks.text import Architecture, TextData, TextFacts, TextPart
from evaluator.tasks.text.prepare import cut
from evaluator.tasks.text.symbols import encode, vocabulary, windows

ROOT = Path(__file__).resolve().parents[1]
CANDIDATE = "hyper_dynamic"
RIVALS = ("small_dense", "layer_norm_lstm", "dense")
SHARES = (0.8, 0.1, 0.1)
LENGTH, STREAMS = 100, 32
MOST_SYMBOLS = 1_000
SCORED_ROWS = 160
"""Windows of the validation part that are scored during a training, spread over it."""
GOAL, GOAL_STEPS = 2.37, 500
"""Bits per character that the HyperLSTM is to stay below after so many steps."""
PAPER = """
The paper's (Ha, Dai, Le 2017), bits per character on the test parts, parameters:
  character PTB   LSTM 1000   1.312 (4.25M)    enwik8   LSTM 1800      1.470 (14.8M)
                  LN-LSTM     1.267 (4.26M)             LN-LSTM        1.402 (14.8M)
                  HyperLSTM   1.265 (4.91M)             HyperLSTM      1.391 (18.7M)
                  LN-HyperLSTM 1.250 (4.92M)            LN-HyperLSTM   1.353 (18.8M)
Other data, sizes and lengths of training: only the order may be compared."""


def data_file() -> Path:
    """Return the text's place."""
    file = Path(os.environ.get("BLUEPRINT_DATA", ROOT.parent / "shared" / "data")) / "tiny_shakespeare" / "input.txt"
    if file.is_file():
        return file
    print(f"{file} is absent: the synthetic sample is used instead")
    return ROOT / "sample_data" / "reports_text" / "reports.txt"


def prepared(content: str, architecture: Architecture, pieces: int) -> TextData:
    """Return the text in SHARES for training, validation and test, without sites and without a later part."""
    parted = [cut(piece, SHARES) for piece in cut(content, (1.0 / pieces,) * pieces)]
    symbols = vocabulary([shares[0] for shares in parted], MOST_SYMBOLS)
    train, validation, test = (_part([shares[role] for shares in parted], symbols) for role in range(len(SHARES)))
    none = test.take(slice(0, 0))
    facts = TextFacts(symbols, LENGTH, (), 0, architecture, "", ())
    few = validation.take(np.linspace(0, validation.rows - 1, min(SCORED_ROWS, validation.rows)).astype(np.int64))
    return TextData(facts, train, few, test, none, none, none)


def _part(pieces: Sequence[str], symbols: tuple[str, ...]) -> TextPart:
    rows = np.concatenate([windows(encode(piece, symbols), LENGTH) for piece in pieces])
    return TextPart(rows, np.full(len(rows), -1, np.int32), np.arange(len(rows)) * LENGTH)


def train(name: str, data: TextData, seed: int, steps: int, rate: float) -> AnyFitted:
    """Return a variant trained for so many steps, at the same rate as every other."""
    limits = Limits(7_200.0, 10**6, 10**6, 60.0, 6, max_steps=steps)
    return variant(name, "text").train(data, {"learning_rate": rate}, seed=seed, limits=limits, target=None)


def bits_from_zeros(data: TextData, part: TextPart, run: AnyFitted) -> float:
    """Return bits per character where every window is read from a state of zeros."""
    return -data.main_score(part, run.predict(part)) / math.log(2.0)


@torch.no_grad()
def bits_carried_on(part: TextPart, run: AnyFitted) -> float:
    """Return bits per character where the part is read on as STREAMS streams, their states carried along.

    The characters that don't fill a stream's last window are left out.
    """
    network: Any = run.network  # type: ignore[attr-defined]
    assert isinstance(network, CharacterNetwork)
    steps = part.rows // STREAMS
    streams = torch.from_numpy(np.asarray(part.windows[: steps * STREAMS]).astype(np.int64))
    streams = streams.view(STREAMS, steps, -1)
    site = torch.full((STREAMS,), -1)
    state, nats = None, 0.0
    weights = network.generate() if network.generates else None
    for step in range(steps):
        read, wanted = streams[:, step, :-1].t(), streams[:, step, 1:].t()
        states, state = network.encode(network.enter(read), site, weights, state)
        nats += float(F.cross_entropy(network.head(states.flatten(0, 1)), wanted.flatten()))
    return nats / steps / math.log(2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", nargs="*", choices=RIVALS, default=RIVALS[:1])
    parser.add_argument("--steps", type=int, default=GOAL_STEPS)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--hyper-hidden", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--pieces", type=int, default=20)
    asked = parser.parse_args()
    path = data_file()
    architecture = Architecture(1, asked.hidden, True, 0.0, asked.hyper_hidden, 8)
    data = prepared(path.read_text(encoding="utf-8"), architecture, asked.pieces)
    print(f"{path.parent.name}: {data.train.rows:,} windows to learn from, {data.test.rows:,} of the test part")
    print(f"hidden {asked.hidden}, {asked.steps} steps, {asked.seeds} seeds, learning rate {asked.rate:g}")
    print("bits per character of the test part, state carried on (each seed; from zeros in every window; validation)")
    with fixed_threads(1):
        seconds = compared(CANDIDATE, data, asked, asked.steps)
        for name in asked.variants:
            own = compared(name, data, asked, asked.steps)
            steps = round(seconds / own * asked.steps)
            compared(name, data, asked, steps, note=", as many seconds")
    print(PAPER)


def compared(name: str, data: TextData, asked: argparse.Namespace, steps: int, *, note: str = "") -> float:
    """Train a variant once a seed, print its line, and return the CPU seconds of a training (mean)."""
    runs = [train(name, data, seed, steps, asked.rate) for seed in range(1, asked.seeds + 1)]
    carried = [bits_carried_on(data.test, run) for run in runs]
    zeros = mean(bits_from_zeros(data, data.test, run) for run in runs)
    validation = -mean(run.trace.best_score for run in runs) / math.log(2.0)
    seconds = mean(run.trace.cpu_seconds for run in runs)
    each = ", ".join(f"{one:.3f}" for one in carried)
    print(
        f"{name:16} {runs[0].parameters():9,} values  {steps:5,} steps {seconds:6.1f} s{note}:"
        f" {mean(carried):.3f} ({each}; {zeros:.3f}; {validation:.3f})",
        flush=True,
    )
    if name == CANDIDATE:
        reached = "reached" if mean(carried) < GOAL else "missed"
        print(f"goal: below {GOAL} after {GOAL_STEPS} steps: {reached} (after {steps})", flush=True)
    return seconds


if __name__ == "__main__":
    main()
