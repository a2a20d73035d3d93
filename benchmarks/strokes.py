"""The stroke task on real data: what each variant reaches in the same number of steps, and what a step costs.

    python -m benchmarks.strokes [--steps 500] [--seeds 1] [--rate 0.02] [--hidden 128]

Data: Omniglot's pen traces of 20 drawers, from the folder named by BLUEPRINT_DATA (default ../shared/data); where it is
absent, the synthetic drawings that come along. Columns: stored values, log loss of the test part in nats a point (mean,
and each seed), the same in nats a drawing, that of the new sites as they are, accuracy of the pen's state, milliseconds
of CPU a step, and that as a multiple of `dense`. Without tuning: every variant has the same learning rate.
`small_dense` is the LSTM of as many parameters as the HyperLSTM.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from statistics import mean

from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import VARIANTS, variant
from evaluator.poc_new import new_poc
from evaluator.records import Limits
from evaluator.tasks import stroke
from evaluator.tasks.targets import targets_of

ROOT = Path(__file__).resolve().parents[1]
PAPER = """
The paper's log loss on IAM handwriting (Ha, Dai, Le 2017), a drawing, densities of offsets in units of their deviation:
  LSTM 900 -1,055   LN-LSTM 900 -1,096   LSTM 2 x 650 -1,135   HyperLSTM 900 -1,162   LN-HyperLSTM 900 -1,067
Other data, sizes and lengths of training, and drawings of about 700 points, which were not simplified: only the order
may be compared."""


def data_file() -> Path:
    """Return the traces' place."""
    folder = Path(os.environ.get("BLUEPRINT_DATA", ROOT.parent / "shared" / "data")) / "omniglot_strokes"
    if folder.is_dir():
        return folder
    print(f"{folder} is absent: the synthetic sample is used instead")
    return ROOT / "sample_data" / "pen_shapes" / "pen_shapes.ndjson"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--hidden", type=int, default=128)
    asked = parser.parse_args()
    path = data_file()
    poc = new_poc([path], task="stroke", options={"hidden": asked.hidden}).poc
    limits = Limits(7_200.0, 10**6, 10**6, 60.0, 15, max_steps=asked.steps)
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        data = stroke.prepare(poc, Path(folder) / "data")
        points = data.test.there.sum() / data.test.rows
        print(f"{path.name}: {data.rows:,} drawings of {points:.1f} points (test), {len(data.site_names)} sites")
        print(f"hidden {asked.hidden}, {asked.steps} steps, {asked.seeds} seeds, learning rate {asked.rate:g}")
        targets = ", ".join(f"{one:.3f}" for one in targets_of(stroke.references(data)))
        print(f"targets (training, fine-tuning): {targets}")
        print(
            f"{'variant':14} {'stored':>8} {'log loss':>9} {'each seed':22} {'a drawing':>10} {'new':>7} {'pen':>6}"
            f" {'ms a step':>10} {'x dense':>8}"
        )
        base = 0.0
        for name in VARIANTS["stroke"]:
            chosen = variant(name, "stroke")
            if not chosen.applies(data):
                continue
            runs = [
                chosen.train(data, {"learning_rate": asked.rate}, seed=seed, limits=limits, target=None)
                for seed in range(1, asked.seeds + 1)
            ]
            scores = [data.scores(data.test, run.predict(data.test)) for run in runs]
            losses = [one["quality.log_loss"] for one in scores]
            new = mean(-data.main_score(data.new_test, run.predict(data.new_test)) for run in runs)
            pen = mean(one["quality.end_accuracy"] for one in scores)
            step = 1e3 * mean(run.trace.cpu_seconds / run.trace.steps for run in runs)
            base = base or step
            each = ", ".join(f"{one:.3f}" for one in losses)
            print(
                f"{name:14} {runs[0].parameters():8,} {mean(losses):9.3f} {each:22} {points * mean(losses):10.1f}"
                f" {new:7.3f} {pen:6.3f} {step:10.1f} {step / base:8.2f}",
                flush=True,
            )
    print(PAPER)


if __name__ == "__main__":
    main()
