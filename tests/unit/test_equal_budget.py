"""Quality at equal cost is read off the learning curves, within what the baseline's training of the same seed cost."""

from __future__ import annotations

import pandas as pd

from evaluator.equal_budget import with_equal_budgets
from scorecards.record import CURVE_COLUMNS, MEASUREMENT_COLUMNS

Curve = list[tuple[int, float, float]]  # (step, seconds, score)


def frames(trials: dict[tuple[str, int], Curve]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return measurements and curves of trainings whose curves are given; each cost what its last point says."""
    rows, points = [], []
    for (variant, seed), curve in trials.items():
        trial = f"{variant}-{seed}"
        for metric, value in (("train.seconds", curve[-1][1]), ("train.steps", curve[-1][0])):
            rows.append(("poc", trial, variant, seed, "", "", metric, value, "s", "measured", "train"))
        points += [(trial, variant, seed, "fit", step, seconds, score) for step, seconds, score in curve]
        points.append((trial, variant, seed, "all_weights", 1, 0.1, 0.99))  # fine-tuning's curve is another matter
    return (
        pd.DataFrame(rows, columns=list(MEASUREMENT_COLUMNS)),
        pd.DataFrame(points, columns=list(CURVE_COLUMNS)),
    )


def values(found: pd.DataFrame, metric: str) -> dict[str, float]:
    """Return trial → value of `metric`."""
    rows = found[found["metric"] == metric]
    return dict(zip(rows["trial"], rows["value"], strict=True))


def test_a_slower_variant_is_scored_within_the_baselines_seconds_and_steps() -> None:
    measured, curves = frames(
        {
            ("dense", 1): [(10, 1.0, 0.6), (20, 2.0, 0.8), (30, 3.0, 0.7)],
            ("hyper", 1): [(10, 2.0, 0.65), (20, 4.0, 0.85), (40, 8.0, 0.9)],
            ("small", 1): [(10, 0.5, 0.75)],
        }
    )
    found = with_equal_budgets(measured, curves, "dense", 0.5)
    assert values(found, "quality.at_equal_seconds") == {"dense-1": 0.8, "hyper-1": 0.65, "small-1": 0.75}
    assert values(found, "quality.at_equal_steps") == {"dense-1": 0.8, "hyper-1": 0.85, "small-1": 0.75}
    added = found[found["metric"].str.startswith("quality.")]
    assert set(added["phase"]) == {"quality"}
    assert set(added["unit"]) == {"score"}
    assert len(found) == len(measured) + len(added)


def test_each_seed_has_its_own_allowance() -> None:
    curve: Curve = [(10, 1.0, 0.5), (20, 2.0, 0.6)]
    measured, curves = frames({("dense", 1): curve, ("dense", 2): curve[:1], ("hyper", 1): curve, ("hyper", 2): curve})
    found = values(with_equal_budgets(measured, curves, "dense", 0.5), "quality.at_equal_seconds")
    assert found == {"dense-1": 0.6, "dense-2": 0.5, "hyper-1": 0.6, "hyper-2": 0.5}


def test_a_seed_without_a_score_by_then_counts_as_guessing_and_is_never_left_out() -> None:
    quick: Curve = [(10, 0.9, 0.8)]
    late: Curve = [(10, 1.2, 0.9)]
    measured, curves = frames(
        {
            **{("dense", seed): [(10, 1.0, 0.75)] for seed in (1, 2, 3)},
            **{("hyper", seed): late if seed > 1 else quick for seed in (1, 2, 3)},
        }
    )
    found = with_equal_budgets(measured, curves, "dense", 0.5)
    of_hyper = found[(found["metric"] == "quality.at_equal_seconds") & (found["variant"] == "hyper")]
    assert list(of_hyper["value"]) == [0.8, 0.5, 0.5]
    assert list(of_hyper["how"]) == ["measured", "modelled", "modelled"]
    assert values(found, "quality.at_equal_steps")["hyper-2"] == 0.9
    unknown = with_equal_budgets(measured, curves, "dense", None)
    assert not [trial for trial in values(unknown, "quality.at_equal_seconds") if trial.startswith("hyper")]
    assert len(values(unknown, "quality.at_equal_seconds")) == 3


def test_without_the_baseline_nothing_is_added() -> None:
    measured, curves = frames({("hyper", 1): [(10, 1.0, 0.5)]})
    pd.testing.assert_frame_equal(with_equal_budgets(measured, curves, "dense", 0.5), measured)
    pd.testing.assert_frame_equal(with_equal_budgets(measured[:0], curves[:0], "dense", 0.5), measured[:0])
