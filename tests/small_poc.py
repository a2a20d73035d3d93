"""A small PoC, and trials that measure nothing but count, for tests of the store, the engine and the run."""

from __future__ import annotations

from dataclasses import replace

from evaluator.records import DataSource, Limits, PoC, SplitPlan, TrialRequest, TrialResult
from scorecards.criteria import Criterion, Gate, Question, Scale, Scorecard
from scorecards.local_text import LocalText
from scorecards.record import CurvePoint, Measurement
from scorecards.scorecard_file import load_template

LIMITS = Limits(max_seconds=1.0, max_epochs=2, patience_epochs=1, finetune_max_seconds=0.1, finetune_max_steps=5)


def small_poc(**changes: object) -> PoC:
    """Return a PoC on a file that needn't exist."""
    text = LocalText(ja="性能差", en="Quality difference")
    criterion = Criterion(
        id="quality_difference",
        question="training",
        title=text,
        explanation=text,
        metric="quality.main",
        compare="difference",
        unit="pt",
        gate=Gate(threshold=0.0, direction="higher", margin=1.0),
        must=True,
        weight=1.0,
        scale=Scale(zero=-2.0, full=2.0),
        display_factor=100.0,
    )
    poc = PoC(
        id="small",
        title="小さな PoC",
        task="table",
        data=DataSource(("/nowhere/data.csv",), "csv", "utf-8", ",", ".", True, "0" * 64),
        target="y",
        target_kind="binary",
        site="",
        columns={"x": "numeric", "y": "categorical"},
        split=SplitPlan("random", "", 1),
        budget="quick",
        variants=("dense", "hyper"),
        scorecard=Scorecard("test", text, 0.95, "hyper", "dense", (), (Question("training", text),), (criterion,)),
        assumptions=load_template("meeting")[1],
    )
    return replace(poc, **changes)  # type: ignore[arg-type]


def request(poc: str, variant: str = "dense", seed: int = 1, **changes: object) -> TrialRequest:
    """Return a measuring request of `poc`."""
    plain = TrialRequest(
        poc=poc,
        trial=f"{variant}-{seed}",
        purpose="measure",
        task="table",
        variant=variant,
        seed=seed,
        data="",
        folder="",
        limits=LIMITS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def result(asked: TrialRequest, value: float = 0.8, *, costs: bool = False) -> TrialResult:
    """Return what a trial for `asked` may return: two measurements, two points (a tuning trial: what it cost).

    costs: with what the training cost besides.
    """
    quality = (("", "quality.auc", value, "score", "quality"), ("cached", "predict.p50_seconds", 0.001, "s", "predict"))
    training = (("", "train.seconds", 0.2, "s", "train"), ("", "train.steps", 2.0, "steps", "train"))
    cost = (("", "tune.seconds", 1.5, "s", "tune"), ("", "tune.trials", 4.0, "trials", "tune"))
    rows = tuple(
        Measurement(
            asked.poc, asked.trial, asked.variant, asked.seed, "", setting, metric, number, unit, "measured", phase
        )
        for setting, metric, number, unit, phase in (
            cost if asked.purpose == "tune" else (*quality, *training) if costs else quality
        )
    )
    points = tuple(CurvePoint(asked.trial, asked.variant, asked.seed, "fit", step, step / 10, value) for step in (1, 2))
    return TrialResult(asked.trial, rows, points, {"learning_rate": 0.001} if asked.purpose == "tune" else {})
