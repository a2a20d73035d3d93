"""Each measured quantity on a small real model: names, units, settings, and values checked another way."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from evaluator.measure import QUANTITIES, measure_all
from evaluator.measure import finetuning as finetuning_quantity
from evaluator.measure.context import TrialContext, first_rows
from evaluator.measure.lone_site import timed_site, told_by_lone_site
from evaluator.measure.size import loaded_bytes
from evaluator.measure.timing import Timing
from evaluator.networks.protocol import EndedBy, TracePoint, TrainingTrace
from evaluator.tasks.table import TablePart
from scorecards.record import Measurement
from scorecards.vocabulary import METRIC_UNITS, PREDICT_SETTINGS
from tests.numpy_variant import LIMITS, SITES, LinearFitted, LinearVariant, small_context, small_data


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> TrialContext:
    return small_context(tmp_path_factory.mktemp("trial"))


def by_metric(rows: list[Measurement]) -> dict[tuple[str, str, str], Measurement]:
    keyed = {(row.metric, row.setting, row.site): row for row in rows}
    assert len(keyed) == len(rows), "two rows say the same"
    return keyed


def test_every_row_carries_the_trial_and_its_phase(context: TrialContext) -> None:
    rows = measure_all(context)
    assert {(row.poc, row.trial, row.variant, row.seed) for row in rows} == {("poc", "linear-1", "linear", 1)}
    assert all(row.phase == row.metric.split(".")[0] for row in rows)
    assert {row.phase for row in rows} == {"train", "quality", "generate", "predict", "finetune", "size"}
    assert not [row for row in rows if math.isnan(row.value)]
    by_metric(rows)


def test_a_variant_that_generates_has_every_metric_of_the_vocabulary_in_its_unit(context: TrialContext) -> None:
    told = {row.metric: row.unit for row in measure_all(context)}
    of_tuning = {metric for metric in METRIC_UNITS if metric.startswith("tune.")}
    scores = {metric for metric in METRIC_UNITS if metric.startswith("quality.")}
    of_two_classes = {"quality.auc", "quality.accuracy", "quality.log_loss"}
    assert told.keys() == METRIC_UNITS.keys() - of_tuning - scores | of_two_classes
    assert all(unit == METRIC_UNITS[metric] for metric, unit in told.items())
    assert {row.setting for row in measure_all(context) if row.metric == "predict.p50_seconds"} == set(PREDICT_SETTINGS)


def test_training_rows_repeat_the_trace(context: TrialContext) -> None:
    rows = by_metric(QUANTITIES["training"](context))
    trace = context.fitted.trace
    assert rows["train.seconds", "", ""].value == trace.seconds
    assert rows["train.steps_to_target", "", ""].value == trace.steps_to_target < math.inf
    assert rows["train.flops", "", ""].how == "modelled"


def test_a_target_that_is_never_reached_stays_in_the_count_as_infinite(tmp_path: Path) -> None:
    rows = by_metric(QUANTITIES["training"](small_context(tmp_path, target=1.01)))
    assert rows["train.seconds_to_target", "", ""].value == math.inf
    assert rows["train.steps_to_target", "", ""].value == math.inf
    assert rows["train.seconds", "", ""].value < math.inf


@pytest.mark.parametrize("target", [None, math.nan])
def test_without_a_target_nothing_is_said_of_the_way_to_it(tmp_path: Path, target: float | None) -> None:
    rows = measure_all(small_context(tmp_path, target=target, finetune_target=target))
    assert not [row for row in rows if "target" in row.metric or row.metric == "finetune.success_share"]


def test_quality_agrees_with_scikit_learn_and_tells_each_site(context: TrialContext) -> None:
    rows = by_metric(QUANTITIES["quality"](context))
    test = context.data.test
    chance = context.fitted.predict(test)
    assert rows["quality.auc", "", ""].value == pytest.approx(roc_auc_score(test.y, chance[:, 1]))
    assert rows["quality.log_loss", "", ""].value == pytest.approx(log_loss(test.y, chance), rel=1e-5)
    for index, site in enumerate(SITES[:2]):
        here = test.site == index
        assert rows["quality.auc", "", site].value == pytest.approx(roc_auc_score(test.y[here], chance[here, 1]))
    assert {row.site for row in rows.values()} == {"", *SITES[:2]}, "the new sites have no rows in the test part"


def test_a_site_with_one_class_has_no_auc(context: TrialContext) -> None:
    test = context.data.test
    one_class = replace(test, y=np.where(test.site == 0, 1, test.y))
    rows = QUANTITIES["quality"](replace(context, data=replace(context.data, test=one_class)))
    assert {row.site for row in rows} == {"", SITES[1]}


def test_uncached_predictions_and_generation_belong_to_variants_that_generate(
    context: TrialContext, tmp_path: Path
) -> None:
    assert [row.metric for row in QUANTITIES["generation"](context)] == ["generate.seconds"]
    settings = {row.setting for row in QUANTITIES["prediction"](context)}
    assert settings == {"", "cached", "uncached", "batch_cached", "batch_uncached"}
    plain = small_context(tmp_path, generates=False)
    assert QUANTITIES["generation"](plain) == []
    assert {row.setting for row in QUANTITIES["prediction"](plain)} == {"", "cached", "batch_cached"}


def test_each_latency_is_that_of_the_predictor_it_names(context: TrialContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each predictor answers on a clock of its own pace, so a row measured with the other one shows."""
    pace = {(True, 1): 1.0, (False, 1): 2.0, (True, 256): 3.0, (False, 256): 4.0}

    def predictor(self: LinearFitted, *, cached: bool) -> Callable[[TablePart], tuple[bool, int]]:
        return lambda part: (cached, part.rows)

    def timed(calls: Mapping[str, Callable[[], tuple[bool, int]]]) -> dict[str, Timing]:
        return {name: Timing(pace[call()], pace[call()], 0.0, 1, 1) for name, call in calls.items()}

    monkeypatch.setattr(LinearFitted, "predictor", predictor)
    monkeypatch.setattr("evaluator.measure.prediction.time_in_turn", timed)
    rows = by_metric(QUANTITIES["prediction"](context))
    settings = ("cached", "uncached", "batch_cached", "batch_uncached")
    assert [rows["predict.p50_seconds", name, ""].value for name in settings] == [1.0, 2.0, 3.0, 4.0]


def test_latencies_are_ordered_and_measured_on_the_saved_files(context: TrialContext) -> None:
    rows = by_metric(QUANTITIES["prediction"](context))
    for setting in ("cached", "uncached", "batch_cached", "batch_uncached"):
        median, p95 = (rows[f"predict.{name}_seconds", setting, ""].value for name in ("p50", "p95"))
        assert 0 < median <= p95
    with pytest.raises(FileNotFoundError):
        QUANTITIES["prediction"](replace(context, folder=context.folder / "elsewhere"))


def test_a_batch_larger_than_the_part_repeats_its_rows() -> None:
    part = small_data(rows=100).test
    batch = first_rows(part, 256)
    assert batch.rows == 256
    np.testing.assert_array_equal(batch.x_num[100:200], part.x_num)


def test_fine_tuning_learns_the_new_sites_and_doing_nothing_stays_on_the_list(context: TrialContext) -> None:
    rows = by_metric(QUANTITIES["finetuning"](context))
    before = rows["finetune.score_before", "as_is", ""].value
    assert rows["finetune.score_after", "as_is", ""].value == before < 0.5, "the new sites turn the label round"
    assert {row.setting for row in rows.values()} == {"as_is", "all_weights", "embedding_only"}
    assert rows["finetune.score_before", "all_weights", ""].value == before
    assert rows["finetune.score_after", "all_weights", ""].value > 0.8
    assert rows["finetune.trainable_parameters", "embedding_only", ""].value == 3
    assert rows["finetune.seconds_to_target", "all_weights", ""].value < math.inf
    assert rows["finetune.target_met_as_is", "as_is", ""].value == 0.0


def test_fine_tuning_is_timed_on_a_site_alone_and_not_as_a_share_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together a step takes 10 s, at the site alone 4 s, which is not its half."""
    original = LinearFitted.finetune

    def clocked(self: LinearFitted, method: str, train: TablePart, *rest: object, **options: object) -> LinearFitted:
        tuned = original(self, method, train, *rest, **options)  # type: ignore[arg-type]
        sites = np.unique(train.site)
        pace = 10.0 if len(sites) > 1 else 4.0
        curve = tuple(replace(point, seconds=pace * point.step) for point in tuned.trace.curve)
        steps = tuned.trace.steps_to_target
        tuned.trace = replace(
            tuned.trace, curve=curve, seconds=pace * len(curve), cpu_seconds=pace, seconds_to_target=pace * steps
        )
        return tuned

    monkeypatch.setattr(LinearFitted, "finetune", clocked)
    context = small_context(tmp_path)
    rows = by_metric(QUANTITIES["finetuning"](context))
    for method in ("all_weights", "embedding_only"):
        steps = rows["finetune.steps_to_target", method, ""].value
        assert 0 < steps < 40
        assert rows["finetune.seconds", method, ""].value == 4.0 * 40
        assert rows["finetune.cpu_seconds", method, ""].value == 4.0
        assert rows["finetune.seconds_to_target", method, ""].value == 4.0 * steps
        assert [point.seconds for point in context.fine_tuned[method].trace.curve[:2]] == [4.0, 8.0]


def test_a_site_that_ended_before_the_others_met_the_target_took_its_own_time() -> None:
    def trace(pace: float, steps: int, ended_by: EndedBy = "patience") -> TrainingTrace:
        curve = tuple(TracePoint(step, pace * step, 0.1 * step) for step in range(steps + 1))
        return TrainingTrace(pace * steps, 0.0, 0.0, steps, 80.0, 8.0, 1.0, 0.0, "measured", curve, ended_by)

    data = small_data()

    def told(together: TrainingTrace, alone: TrainingTrace) -> TrainingTrace:
        return told_by_lone_site(together, data.new_train, data.new_validation, lambda *_: alone)

    longer = told(trace(10.0, 10), trace(1.5, 10))
    assert (longer.seconds, longer.seconds_to_target, longer.steps_to_target) == (15.0, 12.0, 8.0)
    assert longer.ended_by == "patience"
    shorter = told(trace(10.0, 10), trace(2.0, 5, "seconds"))
    assert (shorter.seconds, shorter.seconds_to_target, shorter.steps_to_target) == (10.0, 10.0, 8.0)
    assert shorter.ended_by == "seconds"
    never = replace(trace(10.0, 10), steps_to_target=math.inf, seconds_to_target=math.inf)
    assert told(never, trace(1.0, 10)).seconds == 10.0
    assert told(never, trace(1.0, 10)).seconds_to_target == math.inf


def test_the_site_that_is_timed_is_of_usual_size() -> None:
    rows = np.repeat(np.arange(10, 21), np.arange(210, 100, -10))
    assert timed_site(rows, rows) == 15
    assert timed_site(rows, rows[rows > 17]) == 19, "those without validation rows are left out"


def test_skill_is_the_share_of_learning_rates_that_reach_the_target(tmp_path: Path) -> None:
    def share(target: float, steps: int = 12) -> float:
        limits = replace(LIMITS, finetune_max_steps=steps)
        rows = by_metric(QUANTITIES["finetuning"](small_context(tmp_path, finetune_target=target, limits=limits)))
        return rows["finetune.success_share", "all_weights", ""].value

    assert share(1.01) == 0.0
    assert share(0.85) == 0.8, "a tenth of the learning rate doesn't turn the label round in the steps allowed"
    assert share(0.85, steps=300) == 1.0


def test_a_run_of_the_skill_grid_has_the_same_limits_and_ends_at_its_target(
    context: TrialContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[object, object, int]] = []
    original = LinearFitted.finetune

    def watched(self: LinearFitted, method: str, *arguments: object, **options: object) -> LinearFitted:
        steps = 0

        def count(point: object) -> None:
            nonlocal steps
            steps += 1
            options_report(point)

        options_report = options["report"]
        try:
            return original(self, method, *arguments, **{**options, "report": count})
        finally:
            seen.append((options["learning_rate_factor"], options["limits"], steps))

    monkeypatch.setattr(LinearFitted, "finetune", watched)
    validation = context.data.new_validation
    before = context.main_score(validation, context.fitted.predict(validation))
    assert before is not None
    request = replace(context.request, finetune_target=before + 1e-6)
    finetuning_quantity.measure(replace(context, request=request))
    assert [(factor, limits) for factor, limits, _ in seen] == 2 * [
        (factor, context.request.limits) for factor in (0.1, 0.3, 3.0, 10.0)
    ]
    assert max(steps for _, _, steps in seen) < context.request.limits.finetune_max_steps
    assert seen[2][2] == 1, "at three times the learning rate the first step is enough"


def test_a_target_that_the_untouched_model_meets_leaves_nothing_to_time(tmp_path: Path) -> None:
    rows = by_metric(QUANTITIES["finetuning"](small_context(tmp_path, finetune_target=0.0)))
    assert rows["finetune.target_met_as_is", "as_is", ""].value == 1.0
    told = {metric for metric, _, _ in rows}
    assert {"finetune.seconds", "finetune.score_after"} <= told
    assert not told & {"finetune.seconds_to_target", "finetune.steps_to_target", "finetune.success_share"}


def test_a_training_that_the_clock_ended_says_so(context: TrialContext) -> None:
    def told(ended_by: EndedBy) -> list[tuple[str, str, float]]:
        traced = {
            name: replace(tuned, trace=replace(tuned.trace, ended_by=ended_by))  # type: ignore[type-var]
            for name, tuned in context.fine_tuned.items()
        }
        fitted = replace(context.fitted, trace=replace(context.fitted.trace, ended_by=ended_by))  # type: ignore[type-var]
        ended = replace(context, fitted=fitted, fine_tuned=traced)
        rows = QUANTITIES["training"](ended) + QUANTITIES["finetuning"](ended)
        return [(row.metric, row.setting, row.value) for row in rows if row.metric.endswith("ended_by_clock")]

    assert told("steps") == told("patience") == []
    methods = ("all_weights", "embedding_only")
    expected = [("train.ended_by_clock", "", 1.0), *(("finetune.ended_by_clock", name, 1.0) for name in methods)]
    assert told("seconds") == expected


def test_without_a_new_part_there_is_no_fine_tuning(tmp_path: Path) -> None:
    context = small_context(tmp_path, data=small_data(new_rows=0))
    assert context.fine_tuned == {}
    assert QUANTITIES["finetuning"](context) == []


def test_sizes_are_those_of_the_real_files(context: TrialContext) -> None:
    rows = by_metric(QUANTITIES["size"](context))
    assert rows["size.parameters", "", ""].value == 6 * 3 + 3
    assert rows["size.install_bytes", "", ""].value == sum(
        (context.folder / name).stat().st_size for name in ("model.npz", "model.json")
    )
    small, large = (rows["size.update_bytes", method, ""].value for method in ("embedding_only", "all_weights"))
    assert 0 < small < large
    assert not list(context.folder.glob("update_*")), "the update's folder is gone"


def test_an_update_weighs_the_mean_of_its_files_and_without_one_there_is_no_row(
    context: TrialContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_two_sites(self: LinearFitted, method: str, folder: Path) -> Path | None:
        if method == "embedding_only":
            return None
        for name, size in (("a", 100), ("b", 400)):
            (folder / name).write_bytes(bytes(size))
        return folder / "a"

    monkeypatch.setattr(LinearFitted, "save_update", of_two_sites)
    rows = [row for row in QUANTITIES["size"](context) if row.metric == "size.update_bytes"]
    assert [(row.setting, row.value) for row in rows] == [("all_weights", 250.0)]


def test_loaded_bytes_weighs_what_is_held(tmp_path: Path) -> None:
    megabyte = 1_000_000
    assert loaded_bytes(lambda: np.ones(4 * megabyte // 8)) == pytest.approx(4 * megabyte, rel=0.1)
    assert loaded_bytes(lambda: np.ones(16_000 // 8)) == pytest.approx(16_000, rel=0.3), "four pages"
    variant = LinearVariant(ballast=2 * megabyte // 8)
    data = small_data()
    variant.train(data, {}, seed=1, limits=small_context(tmp_path).request.limits, target=None).save(tmp_path)
    assert loaded_bytes(lambda: variant.load(tmp_path, data)) == pytest.approx(2 * megabyte, rel=0.15)
