"""HyperLSTM against LSTM on characters: at equal steps, and at equal seconds, beside the paper's table.

    python -m benchmarks.text [--steps 500] [--hidden 256] [--seeds 3] [--rate 0.01]

Data: tiny shakespeare from the folder named by BLUEPRINT_DATA (default ../shared/data), as one stream without sites;
where it is absent, the synthetic report log that comes along. Windows of 100 characters, 32 a step, one layer, one
thread. `small_dense` is the LSTM of as many parameters as the HyperLSTM, embeddings and head included. Columns: stored
values, bits per character of the test part after the steps (mean, and each seed), milliseconds of CPU a step, and bits
after as many CPU seconds as the HyperLSTM's steps took (each variant trained anew with as many steps as fit in).
Without tuning: every variant has the same learning rate.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
from pathlib import Path
from statistics import mean

from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import AnyFitted
from evaluator.networks.registry import variant
from evaluator.poc_new import new_poc
from evaluator.records import Limits
from evaluator.tasks import text
from evaluator.tasks.text import TextData

ROOT = Path(__file__).resolve().parents[1]
CANDIDATE = "hyper_dynamic"
VARIANTS = (CANDIDATE, "dense", "small_dense", "layer_norm_lstm")
PAPER = """
The paper's (Ha, Dai, Le 2017), bits per character on the test parts, parameters:
  character PTB   LSTM 1000   1.312 (4.25M)    enwik8   LSTM 1800      1.470 (14.8M)
                  LN-LSTM     1.267 (4.26M)             LN-LSTM        1.402 (14.8M)
                  HyperLSTM   1.265 (4.91M)             HyperLSTM      1.391 (18.7M)
                  LN-HyperLSTM 1.250 (4.92M)            LN-HyperLSTM   1.353 (18.8M)
Other data, sizes and lengths of training: only the order may be compared."""


def data_file() -> Path:
    """Return the text's place."""
    folder = Path(os.environ.get("BLUEPRINT_DATA", ROOT.parent / "shared" / "data")) / "tiny_shakespeare"
    if folder.is_dir():
        return folder
    print(f"{folder} is absent: the synthetic sample is used instead")
    return ROOT / "sample_data" / "reports_text" / "reports.txt"


def train(name: str, data: TextData, seed: int, steps: int, rate: float) -> AnyFitted:
    """Return a variant trained for so many steps, at the same rate as every other."""
    limits = Limits(7_200.0, 10**6, 10**6, 60.0, 6, max_steps=steps)
    return variant(name, "text").train(data, {"learning_rate": rate}, seed=seed, limits=limits, target=None)


def bits(data: TextData, run: AnyFitted) -> float:
    """Return bits per character of the test part."""
    return -data.main_score(data.test, run.predict(data.test)) / math.log(2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--hyper-hidden", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.01)
    asked = parser.parse_args()
    path = data_file()
    options = {"hidden": asked.hidden, "hyper_hidden": asked.hyper_hidden, "hyper_embedding": 8}
    poc = new_poc([path], task="text", site="", options=options).poc
    seeds = range(1, asked.seeds + 1)
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        data = text.prepare(poc, Path(folder) / "data")
        print(f"{path.name}: {data.train.rows:,} windows to learn from, {len(data.facts.symbols)} symbols")
        print(f"hidden {asked.hidden}, {asked.steps} steps, {asked.seeds} seeds, learning rate {asked.rate:g}")
        print(
            f"{'variant':16} {'stored':>9} {'bits':>6} {'each seed':24} {'ms a step':>10} {'bits, equal seconds':>20}"
        )
        budget = 0.0
        for name in VARIANTS:
            runs = [train(name, data, seed, asked.steps, asked.rate) for seed in seeds]
            found = [bits(data, run) for run in runs]
            step = mean(run.trace.cpu_seconds / run.trace.steps for run in runs)
            budget = budget or step * asked.steps
            steps = int(budget / step)
            equal = (
                found
                if name == CANDIDATE
                else [bits(data, train(name, data, seed, steps, asked.rate)) for seed in seeds]
            )
            each = ", ".join(f"{one:.3f}" for one in found)
            print(
                f"{name:16} {runs[0].parameters():9,} {mean(found):6.3f} {each:24} {1e3 * step:10.1f}"
                f" {mean(equal):10.3f} ({steps:,} steps)",
                flush=True,
            )
    print(PAPER)


if __name__ == "__main__":
    main()
