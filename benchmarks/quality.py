"""Is `dense` a strong baseline? Its AUC and accuracy beside scikit-learn's HistGradientBoosting, over several splits.

    python -m benchmarks.quality [--splits 5] [--variants dense hyper]

Real data from the folder named by BLUEPRINT_DATA (default ../shared/data): telco_churn and ai4i2020 without the columns
that leak the target. Where it is absent, scikit-learn's breast cancer table stands in.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np

from evaluator.intake.profile import profile
from evaluator.intake.propose import propose
from evaluator.intake.read import detect, read_table
from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import VARIANTS, variant
from evaluator.records import Limits, PoC, SplitPlan, TargetKind
from evaluator.tasks.table import TableData, prepare, score
from evaluator.tasks.table.targets import reference_model

LIMITS = Limits(max_seconds=90.0, max_epochs=40, patience_epochs=10, finetune_max_seconds=1.0, finetune_max_steps=100)


@dataclass(frozen=True)
class Question:
    """A table and what is asked of it; `left_out`: columns that give the answer away."""

    name: str
    files: tuple[Path, ...]
    target: str
    kind: TargetKind
    left_out: tuple[str, ...] = ()


def questions(folder: Path, scratch: Path) -> list[Question]:
    if not (folder / "telco_churn").exists():
        print(f"{folder} is not here: scikit-learn's breast cancer table instead")
        return [Question("breast_cancer", (_breast_cancer(scratch),), "target", "binary")]
    leaks = ("TWF", "HDF", "PWF", "OSF", "RNF")
    telco = folder / "telco_churn" / "Telco-Customer-Churn.csv"
    return [
        Question("telco_churn", (telco,), "Churn", "binary"),
        Question("ai4i2020", (folder / "ai4i2020" / "ai4i2020.csv",), "Machine failure", "binary", leaks),
    ]


def _breast_cancer(scratch: Path) -> Path:
    from sklearn.datasets import load_breast_cancer

    file = scratch / "breast_cancer.csv"
    load_breast_cancer(as_frame=True).frame.to_csv(file, index=False)
    return file


def splits(question: Question, count: int, scratch: Path) -> Iterator[TableData]:
    source = detect(question.files)
    frame = read_table(source)
    kinds = dict(propose(profile(frame, source), frame).columns)
    columns = {name: "ignored" if name in question.left_out else kind for name, kind in kinds.items()}
    for seed in range(count):
        poc = SimpleNamespace(
            data=source,
            site="",
            target=question.target,
            target_kind=question.kind,
            columns=columns,
            split=SplitPlan("random", "", seed),
        )
        yield prepare(cast(PoC, poc), scratch / f"{question.name}-{seed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--variants", nargs="+", default=["dense"], choices=VARIANTS["table"])
    options = parser.parse_args()
    folder = Path(os.environ.get("BLUEPRINT_DATA", "../shared/data"))
    with tempfile.TemporaryDirectory() as scratch, fixed_threads(1):
        for question in questions(folder, Path(scratch)):
            compare(question, options.splits, options.variants, Path(scratch))


def compare(question: Question, count: int, names: list[str], scratch: Path) -> None:
    reference: list[dict[str, float]] = []
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for seed, data in enumerate(splits(question, count, scratch)):
        predict = reference_model(data, [data.train], with_site=False)
        reference.append(score(data.target_kind, data.test.y, predict(data.test)))
        for name in names:
            fitted = variant(name).train(data, {}, seed=seed, limits=LIMITS, target=None)
            found[name].append(score(data.target_kind, data.test.y, fitted.predict(data.test)))
            seconds[name].append(fitted.trace.cpu_seconds)
    for name in names:
        print(f"{question.name}: {name}, {count} splits, one thread, {np.mean(seconds[name]):.1f} CPU s a training")
        for metric in ("quality.auc", "quality.accuracy"):
            own = np.array([scores[metric] for scores in found[name]])
            other = np.array([scores[metric] for scores in reference])
            print(
                f"  {metric:17s} {name} {own.mean():.4f}  HistGradientBoosting {other.mean():.4f}"
                f"  difference {100 * (own - other).mean():+.2f} points"
                f"  (worst split {100 * (own - other).min():+.2f})"
            )


if __name__ == "__main__":
    main()
