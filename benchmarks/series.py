"""The series task on real data: what each variant reaches in the same number of steps, and what a step costs.

    python -m benchmarks.series [--steps 300] [--seeds 3] [--data FILE --target COLUMN]

Data: PM2.5 of 12 stations in Beijing, 24 hours ahead, from the folder named by BLUEPRINT_DATA (default ../shared/data);
where it is absent, the synthetic daily demand that comes along. Columns: stored values, skill over the seasonal naive
forecast on the test part (mean over the seeds) and its deviation, the same at the new sites (or on the later part of
the data) as they are, milliseconds of CPU a step, and that as a multiple of `dense`. Without tuning: settings are the
defaults. Those were chosen with the Beijing test scores in sight; for figures that owe nothing to them give other data.
Takes about a minute a seed on one quiet core.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from statistics import mean, stdev

from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import VARIANTS, variant
from evaluator.poc_new import new_poc
from evaluator.records import Limits
from evaluator.tasks import series
from evaluator.tasks.targets import targets_of

ROOT = Path(__file__).resolve().parents[1]
BEIJING = "beijing_air_12sites"


def data_file() -> tuple[Path, str]:
    """Return the data's place and its target."""
    folder = Path(os.environ.get("BLUEPRINT_DATA", ROOT.parent / "shared" / "data")) / BEIJING
    if folder.is_dir():
        return folder, "PM2.5"
    print(f"{folder} is absent: the synthetic sample is used instead")
    return ROOT / "sample_data" / "daily_demand" / "daily_demand.csv", "需要"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="another table or folder of series")
    parser.add_argument("--target", default="", help="its column to predict")
    asked = parser.parse_args()
    path, target = (asked.data, asked.target) if asked.data else data_file()
    poc = new_poc([path], task="series", target=target).poc
    limits = Limits(600.0, 10_000, 10_000, 60.0, 15, max_steps=asked.steps)
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        data = series.prepare(poc, Path(folder) / "data")
        reach = data.facts
        print(f"{path.name}: {data.rows:,} forecasts, {reach.horizon} steps ahead from {reach.history} back")
        targets = ", ".join(f"{one:.3f}" for one in targets_of(series.references(data)))
        print(f"targets (training, fine-tuning): {targets}")
        print(f"{'variant':14} {'stored':>8} {'skill':>7} {'±':>6} {'new':>7} {'ms a step':>10} {'x dense':>8}")
        base = 0.0
        for name in VARIANTS["series"]:
            if not variant(name, "series").applies(data):
                continue
            runs = [
                variant(name, "series").train(data, {}, seed=seed, limits=limits, target=None)
                for seed in range(1, asked.seeds + 1)
            ]
            skills = [data.main_score(data.test, run.predict(data.test)) for run in runs]
            new = mean(data.main_score(data.new_test, run.predict(data.new_test)) for run in runs)
            spread = stdev(skills) if len(skills) > 1 else 0.0
            step = 1e3 * mean(run.trace.cpu_seconds / run.trace.steps for run in runs)
            base = base or step
            told = f"{step:10.1f} {step / base:8.2f}" if name != "linear" else f"{step:10.1f} {'(rounds)':>8}"
            print(
                f"{name:14} {runs[0].parameters():8,} {mean(skills):7.3f} {spread:6.3f} {new:7.3f} {told}", flush=True
            )


if __name__ == "__main__":
    main()
