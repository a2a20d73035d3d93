"""States of criteria and verdicts: the rules one by one, and what must never happen."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.assumptions import Assumptions, with_likely
from scorecards.criteria import Gate, Scorecard
from scorecards.gates import Contest, gate_state, judge_criterion
from scorecards.judgement import CriterionResult, Interval, Judgement, State, VerdictState
from scorecards.record import TrialFailure
from scorecards.rows import Rows, SeedValues
from scorecards.verdict import judge, rejudge
from tests.example_record import (
    KINDS,
    MAIN_METRIC,
    Kind,
    example_measurements,
    example_record,
    example_scorecard,
)

RANK = {VerdictState.NO_GO: 0, VerdictState.UNDECIDED: 1, VerdictState.CONDITIONAL: 2, VerdictState.GO: 3}


def judged(
    kind: Kind = "go",
    *,
    seeds: int = 5,
    measurements: pd.DataFrame | None = None,
    scorecard: Scorecard | None = None,
    assumptions: Assumptions | None = None,
    failures: tuple[TrialFailure, ...] = (),
    confidence: float | None = None,
) -> Judgement:
    card, money = example_scorecard(kind)
    rows = example_measurements(kind, seeds) if measurements is None else measurements
    return judge(
        rows,
        scorecard=scorecard or card,
        assumptions=assumptions or money,
        main_metric=MAIN_METRIC,
        variants=tuple(rows["variant"].unique()),
        failures=failures,
        confidence=confidence,
    )


@lru_cache
def untouched(kind: Kind) -> Judgement:
    return judged(kind)


def criterion(judgement: Judgement, name: str) -> CriterionResult:
    return next(result for result in judgement.criteria if result.id == name)


def codes(judgement: Judgement) -> list[str]:
    return [reason.code for reason in judgement.verdict.reasons]


def rows_of(rows: pd.DataFrame, variant: str, metric: str, setting: str | None = None) -> pd.Series:
    chosen = (rows["variant"] == variant) & (rows["metric"] == metric)
    return chosen if setting is None else chosen & (rows["setting"] == setting)


def without(rows: pd.DataFrame, variant: str, metric: str) -> pd.DataFrame:
    return rows[~rows_of(rows, variant, metric)]


def moved(rows: pd.DataFrame, variant: str, metric: str, by: float) -> pd.DataFrame:
    changed = rows.copy()
    changed.loc[rows_of(rows, variant, metric), "value"] += by
    return changed


class TestGate:
    higher = Gate(threshold=0.0, direction="higher", margin=1.0)
    lower = Gate(threshold=1.2, direction="lower")

    @pytest.mark.parametrize(
        ("low", "high", "state"),
        [
            (-1.0, 0.5, State.PASS),
            (-1.01, 0.5, State.UNDECIDED),
            (-3.0, -1.0, State.UNDECIDED),
            (-3.0, -1.01, State.FAIL),
            (-math.inf, math.inf, State.UNDECIDED),
        ],
    )
    def test_the_lower_end_decides_where_higher_is_better(self, low: float, high: float, state: State) -> None:
        assert gate_state(Interval((low + high) / 2, low, high, 5, "paired_t"), self.higher) is state

    @pytest.mark.parametrize(
        ("low", "high", "state"),
        [(0.9, 1.2, State.PASS), (1.1, 1.3, State.UNDECIDED), (1.21, 1.4, State.FAIL), (1.3, math.inf, State.FAIL)],
    )
    def test_the_upper_end_decides_where_lower_is_better(self, low: float, high: float, state: State) -> None:
        assert gate_state(Interval(low, low, high, 5, "paired_t_log"), self.lower) is state

    def test_one_seed_never_passes_nor_fails(self) -> None:
        assert gate_state(Interval(0.5, 0.5, 0.5, 1, "paired_t"), self.higher) is State.UNDECIDED


class TestVerdicts:
    def test_the_example_records_are_what_they_are_called(self) -> None:
        expected = dict(zip(KINDS, ("conditional", "go", "no_go", "undecided", "conditional"), strict=True))
        assert {kind: example_record(kind).judgement.verdict.state.value for kind in KINDS} == expected

    def test_go(self) -> None:
        judgement = judged("go")
        assert judgement.verdict.state is VerdictState.GO
        assert codes(judgement) == ["all_musts_pass", "npv_positive"]
        assert all(result.state is State.PASS for result in judgement.criteria)

    def test_a_failed_must_is_no_go_even_beside_an_open_one(self) -> None:
        judgement = judged("no_go", measurements=without(example_measurements("no_go"), "hyper", "size.update_bytes"))
        assert judgement.verdict.state is VerdictState.NO_GO
        told = codes(judgement)
        assert told[:2] == ["must_failed", "must_failed"]
        assert "must_not_measured" in told

    def test_a_must_that_was_not_measured_is_undecided(self) -> None:
        judgement = judged(measurements=without(example_measurements("go"), "dense", "size.update_bytes"))
        assert criterion(judgement, "update_bytes").state is State.NOT_MEASURED
        reason = criterion(judgement, "update_bytes").reason
        assert reason is not None
        assert (reason.code, reason.figures) == ("no_rows", {"variant": "dense"})
        assert judgement.verdict.state is VerdictState.UNDECIDED
        assert judgement.business.missing == ("size.update_bytes",)

    def test_a_failed_trial_is_an_error_not_a_smaller_sample(self) -> None:
        rows = example_measurements("go")
        rows = rows[~((rows["variant"] == "hyper") & (rows["seed"] == 2))]
        judgement = judged(measurements=rows, failures=(TrialFailure("hyper-2", "hyper", 2, "killed"),))
        assert {result.state for result in judgement.criteria} == {State.ERROR}
        assert judgement.verdict.state is VerdictState.UNDECIDED
        assert codes(judgement)[0] == "must_error"

    def test_a_failure_that_was_made_up_for_does_not_count(self) -> None:
        assert judged("go", failures=(TrialFailure("hyper-2", "hyper", 2, "killed"),)).verdict.state is VerdictState.GO

    @pytest.mark.parametrize("value", [math.nan, 0.0])
    def test_an_impossible_value_is_an_error(self, value: float) -> None:
        rows = example_measurements("go")
        rows.loc[rows_of(rows, "hyper", "predict.p50_seconds", "cached") & (rows["seed"] == 1), "value"] = value
        result = criterion(judged(measurements=rows), "prediction_overhead")
        assert result.state is State.ERROR
        assert result.reason is not None
        assert result.reason.figures == {"variant": "hyper", "count": 1.0}

    def test_one_seed_is_no_evidence(self) -> None:
        judgement = judged(seeds=1)
        assert judgement.verdict.state is VerdictState.UNDECIDED
        assert "single_seed" in codes(judgement)
        assert {result.state for result in judgement.criteria} == {State.UNDECIDED}

    def test_a_want_that_fails_makes_a_go_conditional(self) -> None:
        rows = example_measurements("go")
        rows.loc[rows_of(rows, "hyper", "size.install_bytes"), "value"] *= 10
        judgement = judged(measurements=rows)
        assert judgement.verdict.state is VerdictState.CONDITIONAL
        assert codes(judgement)[0] == "want_failed"

    def test_a_must_on_modelled_figures_makes_a_go_conditional(self) -> None:
        rows = example_measurements("go")
        rows.loc[rows_of(rows, "hyper", "size.update_bytes"), "how"] = "modelled"
        judgement = judged(measurements=rows)
        assert judgement.verdict.state is VerdictState.CONDITIONAL
        assert codes(judgement)[0] == "rests_on_assumptions"
        assert criterion(judgement, "update_bytes").how == "modelled"

    def test_money_that_is_surely_lost_is_no_go(self) -> None:
        _, money = example_scorecard("go")
        judgement = judged(assumptions=with_likely(money, {"adoption_hours": 100_000}))
        assert judgement.verdict.state is VerdictState.NO_GO
        assert codes(judgement)[0] == "npv_negative"

    def test_money_that_may_be_lost_is_conditional(self) -> None:
        _, money = example_scorecard("go")
        p50 = judged().business.npv_p50
        hours = 0.5 * p50 / money.values["engineer_price_per_hour"].likely
        judgement = judged(assumptions=with_likely(money, {"adoption_hours": hours}))
        assert judgement.business.npv_p10 < 0 < judgement.business.npv_p50
        assert judgement.verdict.state is VerdictState.CONDITIONAL
        assert "npv_uncertain" in codes(judgement)

    def test_a_go_cannot_rest_on_labour_that_nobody_measured(self) -> None:
        _, money = example_scorecard("go")
        labour = {"labour_minutes_per_finetune_baseline": 500.0, "labour_minutes_per_finetune_candidate": 5.0}
        free = ("value_per_point", "transfer_price_per_gb", "site_compute_price_per_hour", "compute_price_per_hour")
        assumed = with_likely(money, labour | dict.fromkeys(free, 0.0))
        guessed = {name: replace(item, source="assumed") for name, item in assumed.values.items()}
        assumed = replace(assumed, values=guessed)
        told = judged(assumptions=assumed)
        assert told.business.npv_p10 > 0 >= told.business.npv_without_assumed
        assert told.verdict.state is VerdictState.CONDITIONAL
        assert "npv_rests_on_assumptions" in codes(told)
        assert judged().business.npv_without_assumed == judged().business.npv_likely
        measured = {
            name: replace(item, source="measured") if name in labour else item for name, item in assumed.values.items()
        }
        assert judged(assumptions=replace(assumed, values=measured)).verdict.state is VerdictState.GO

    @pytest.mark.parametrize("kind", ["no_go", "undecided"])
    def test_no_verdict_tells_assumed_money_as_a_plain_gain(self, kind: Kind) -> None:
        _, money = example_scorecard(kind)
        labour = {"labour_minutes_per_finetune_baseline": 5000.0, "labour_minutes_per_finetune_candidate": 5.0}
        assumed = with_likely(money, labour)
        guessed = {name: replace(item, source="assumed") for name, item in assumed.values.items()}
        told = judged(kind, assumptions=replace(assumed, values=guessed))
        assert told.business.npv_p10 > 0 and told.business.rests_on_assumptions
        assert told.verdict.state.value == kind
        assert "npv_rests_on_assumptions" in codes(told) and "npv_positive" not in codes(told)
        quoted = {name: replace(item, source="quoted") for name, item in assumed.values.items()}
        told = judged(kind, assumptions=replace(assumed, values=quoted))
        assert "npv_positive" in codes(told) and "npv_rests_on_assumptions" not in codes(told)

    def test_without_a_usable_target_both_sides_say_so(self) -> None:
        rows = example_measurements("go")
        needs = rows["metric"].isin(["train.seconds_to_target", "finetune.seconds_to_target", "finetune.success_share"])
        judgement = judged(measurements=rows[~needs])
        for name in ("training_time", "finetune_time", "finetune_skill"):
            reason = criterion(judgement, name).reason
            assert reason is not None and reason.code == "no_usable_target"
        one_side = judged(measurements=without(rows, "hyper", "train.seconds_to_target"))
        reason = criterion(one_side, "training_time").reason
        assert reason is not None and reason.code == "no_rows"

    def test_the_pair_goes_with_the_value(self) -> None:
        """Skewed seeds: medians would give another difference and another ratio than the mean over the pairs."""
        rows = example_measurements("go")
        skewed = rows_of(rows, "hyper", MAIN_METRIC) & (rows["site"] == "") & (rows["seed"] == 1)
        rows.loc[skewed, "value"] -= 0.1
        slow = rows_of(rows, "hyper", "train.cpu_seconds") & (rows["seed"] == 2)
        rows.loc[slow, "value"] *= 8
        judgement = judged(measurements=rows)
        score, cpu = criterion(judgement, "quality_difference"), criterion(judgement, "training_cpu")
        assert score.candidate_value is not None and score.baseline_value is not None
        assert cpu.candidate_value is not None and cpu.baseline_value is not None
        assert score.value == pytest.approx(100 * (score.candidate_value - score.baseline_value))
        assert cpu.value == pytest.approx(cpu.candidate_value / cpu.baseline_value)

    def test_infinite_times_are_told(self) -> None:
        result = criterion(example_record("infinite").judgement, "finetune_time")
        assert (result.state, result.value, result.high) == (State.UNDECIDED, math.inf, math.inf)
        assert result.never_reached == (5, 0)
        assert result.points == 0.0
        assert result.reason is not None
        assert result.reason.figures == {"candidate": 5.0, "baseline": 0.0, "n": 5.0}

    def test_a_baseline_that_mostly_never_got_there_gives_no_ratio(self) -> None:
        rows = example_measurements("go", 4)
        never = rows_of(rows, "dense", "finetune.seconds_to_target", "all_weights") & (rows["seed"] % 2 == 0)
        rows.loc[never, "value"] = math.inf
        result = criterion(judged(measurements=rows, seeds=4), "finetune_time")
        assert (result.value, result.points, result.low, result.never_reached) == (None, None, 0.0, (0, 2))
        assert result.state is State.UNDECIDED
        assert result.reason is not None
        assert result.reason.figures == {"candidate": 0.0, "baseline": 2.0, "n": 4.0, "unknown": "ratio"}

    def test_a_baseline_that_missed_once_still_has_a_median_ratio(self) -> None:
        rows = example_measurements("go", 5)
        never = rows_of(rows, "dense", "finetune.seconds_to_target", "all_weights") & (rows["seed"] == 2)
        rows.loc[never, "value"] = math.inf
        result = criterion(judged(measurements=rows), "finetune_time")
        assert result.value is not None
        assert 0.1 < result.value < 0.5
        assert result.never_reached == (0, 1)

    def test_an_end_that_says_nothing_is_left_open(self) -> None:
        """Times 1, 1, 10,000 times the baseline's: the t interval reaches from 10⁻⁹ to 10¹¹."""
        rows = example_measurements("go", 3)
        slow = rows_of(rows, "hyper", "train.seconds_to_target") & (rows["seed"] == 2)
        rows.loc[slow, "value"] *= 1e4
        result = criterion(judged(measurements=rows, seeds=3), "training_time")
        assert (result.low, result.high, result.state) == (0.0, math.inf, State.UNDECIDED)
        assert result.value is not None
        assert 10 < result.value < 100

    def test_sizes_that_differ_widely_keep_their_ratio(self) -> None:
        rows = example_measurements("go")
        rows.loc[rows_of(rows, "dense", "size.update_bytes", "all_weights"), "value"] = 148e6
        result = criterion(judged(measurements=rows), "update_bytes")
        assert [result.low, result.high] == pytest.approx([1e-6, 1e-6])

    def test_what_needs_no_tuning_is_told(self) -> None:
        """The measuring writes no time and no share for a trial whose untouched model meets the target."""
        rows = example_measurements("go")
        as_is = rows[rows_of(rows, "dense", "finetune.score_after", "as_is")]
        for met, code in ((1.0, "no_tuning_needed"), (0.0, "no_rows")):
            facts = as_is.assign(metric="finetune.target_met_as_is", unit="share", value=met)
            tuned = rows_of(rows, "dense", "finetune.seconds_to_target") | rows_of(
                rows, "dense", "finetune.success_share"
            )
            judgement = judged(measurements=pd.concat([rows[~tuned], facts]))
            for name in ("finetune_time", "finetune_skill"):
                result = criterion(judgement, name)
                assert result.state is State.NOT_MEASURED
                assert result.reason is not None
                assert result.reason.code == code
            assert codes(judgement)[:2] == ["want_not_measured", "want_not_measured"]

    def test_one_seed_that_needed_tuning_is_not_called_a_single_seed(self) -> None:
        rows = example_measurements("go")
        as_is = rows[rows_of(rows, "dense", "finetune.score_after", "as_is")]
        met = as_is["seed"].gt(1)
        facts = as_is.assign(metric="finetune.target_met_as_is", unit="share", value=met.astype(float))
        untold = rows_of(rows, "dense", "finetune.seconds_to_target") & rows["seed"].gt(1)
        result = criterion(judged(measurements=pd.concat([rows[~untold], facts])), "finetune_time")
        assert result.state is State.NOT_MEASURED
        assert result.reason is not None
        assert result.reason.code == "no_tuning_needed"
        assert result.met_as_is == 0

    def test_seeds_that_needed_no_tuning_are_counted_where_the_rest_is_compared(self) -> None:
        rows = example_measurements("go")
        as_is = rows[rows_of(rows, "dense", "finetune.score_after", "as_is")]
        facts = as_is.assign(metric="finetune.target_met_as_is", unit="share", value=as_is["seed"].gt(3).astype(float))
        untold = rows_of(rows, "dense", "finetune.seconds_to_target") & rows["seed"].gt(3)
        judgement = judged(measurements=pd.concat([rows[~untold], facts]))
        result = criterion(judgement, "finetune_time")
        assert (result.n, result.met_as_is) == (3, 2)
        assert result.state in (State.PASS, State.UNDECIDED)
        others = {one.met_as_is for one in judgement.criteria if one.id != "finetune_time"}
        assert others == {0}

    def test_rows_of_single_sites_do_not_count(self) -> None:
        rows = example_measurements("go")
        wild = rows.copy()
        wild.loc[(rows["site"] != "") & (rows["variant"] == "hyper"), "value"] = 0.01
        assert judged(measurements=wild) == judged(measurements=rows)

    def test_the_confidence_of_a_look_overrides_the_scorecards(self) -> None:
        wide, narrow = judged(confidence=0.999), judged(confidence=0.8)
        assert (wide.confidence, narrow.confidence, judged().confidence) == (0.999, 0.8, 0.95)
        a, b = criterion(wide, "quality_difference"), criterion(narrow, "quality_difference")
        assert a.low is not None and b.low is not None
        assert a.low < b.low


class TestRivals:
    def test_a_rival_that_does_as_well_is_named(self) -> None:
        judgement = judged("conditional")
        assert judgement.verdict.rival == "dense_site"
        assert codes(judgement)[0] == "rival_as_good"
        assert {result.id for result in judgement.rivals["dense_site"]} == {result.id for result in judgement.criteria}

    def test_a_rival_that_fails_a_must_is_not(self) -> None:
        rows = example_measurements("conditional")
        rows.loc[rows_of(rows, "dense_site", "predict.p50_seconds"), "value"] *= 5
        judgement = judged("conditional", measurements=rows)
        assert judgement.verdict.rival is None

    def test_a_rival_that_the_candidate_beats_is_not(self) -> None:
        assert judged("conditional", measurements=moved(
            example_measurements("conditional"), "hyper", MAIN_METRIC, 0.02
        )).verdict.rival is None  # fmt: skip

    def test_a_lead_within_the_noise_is_no_lead(self) -> None:
        """A mean lead of 0.2 points whose interval reaches below 0: the rival stays named; a sure one: it goes."""
        rows = example_measurements("conditional")
        hyper = rows.loc[rows_of(rows, "hyper", MAIN_METRIC) & (rows["site"] == ""), "value"].to_numpy()
        rival = rows_of(rows, "dense_site", MAIN_METRIC) & (rows["site"] == "")
        for lead, named in (([0.006, -0.002, 0.004, -0.001, 0.003], True), ([0.002] * 5, False)):
            rows.loc[rival, "value"] = hyper - np.array(lead)
            assert (judged("conditional", measurements=rows).verdict.rival == "dense_site") is named

    def test_the_baseline_with_its_head_tuned_is_a_rival_too(self) -> None:
        rows = moved(example_measurements("conditional"), "dense_site", MAIN_METRIC, -0.2)
        better_head = rows_of(rows, "dense", "finetune.score_after", "head_only")
        rows.loc[better_head, "value"] = rows.loc[
            rows_of(rows, "dense", "finetune.score_after", "all_weights"), "value"
        ].to_numpy()
        rows.loc[rows_of(rows, "hyper", MAIN_METRIC), "value"] = rows.loc[
            rows_of(rows, "dense", MAIN_METRIC), "value"
        ].to_numpy()
        judgement = judged("conditional", measurements=rows)
        assert judgement.verdict.rival == "dense"
        assert judgement.verdict.reasons[0].figures == {"rival": "dense", "method": "head_only"}

    def test_a_rival_is_named_beside_a_no_go_and_an_undecided_too(self) -> None:
        failed = judged("no_go")
        assert failed.verdict.state is VerdictState.NO_GO
        assert failed.verdict.rival == "small_dense"
        assert codes(failed)[:4] == ["must_failed", "must_failed", "rival_as_good", "as_is_as_good"]
        rows = without(example_measurements("conditional"), "hyper", "size.update_bytes")
        still_open = judged("conditional", measurements=rows)
        assert still_open.verdict.state is VerdictState.UNDECIDED
        assert still_open.verdict.rival == "dense_site"
        assert codes(still_open)[:2] == ["must_not_measured", "rival_as_good"]
        assert still_open.verdict.reasons[1].figures["scope"] == "passed"

    def test_a_rival_need_not_pass_the_wants(self) -> None:
        """An open must does not ask more of a rival than a passed one: wants never count."""
        rows = without(example_measurements("conditional"), "hyper", "size.update_bytes")
        rows.loc[rows_of(rows, "dense_site", "train.cpu_seconds"), "value"] *= 50
        judgement = judged("conditional", measurements=rows)
        want = next(one for one in judgement.rivals["dense_site"] if one.id == "training_cpu")
        assert (want.state, criterion(judgement, "training_cpu").state) == (State.FAIL, State.PASS)
        assert judgement.verdict.rival == "dense_site"

    def test_all_rivals_that_do_as_well_are_named(self) -> None:
        rows = example_measurements("conditional")
        twin = rows[rows["variant"] == "dense_site"].assign(variant="small_dense")
        rows = pd.concat([rows[rows["variant"] != "small_dense"], twin])
        card, money = example_scorecard("conditional")
        judgement = judged("conditional", measurements=rows)
        assert judgement.verdict.rival == "small_dense"
        assert judgement.verdict.rivals == ("small_dense", "dense_site")
        assert codes(judgement).count("rival_as_good") == 1
        again = rejudge(judgement, rows, scorecard=card, assumptions=money, main_metric=MAIN_METRIC)
        assert again.verdict.rivals == judgement.verdict.rivals

    @pytest.mark.parametrize("bytes_factor", [1.0, 3000.0])
    @pytest.mark.parametrize("lead", [0.0, 0.05])
    def test_a_site_rival_that_is_not_beaten_is_always_told(self, bytes_factor: float, lead: float) -> None:
        """Too large an update keeps it from doing as well; that its score is not beaten is told all the same."""
        rows = example_measurements("go")
        hyper = rows.loc[rows_of(rows, "hyper", MAIN_METRIC) & (rows["site"] == ""), "value"].to_numpy()
        noise = np.array([0.002, -0.002, 0.001, -0.001, 0.0])
        rows.loc[rows_of(rows, "dense_site", MAIN_METRIC) & (rows["site"] == ""), "value"] = hyper - lead + noise
        rows.loc[rows_of(rows, "dense_site", "finetune.score_after"), "value"] += 0.03
        rows.loc[rows_of(rows, "dense_site", "size.update_bytes"), "value"] *= bytes_factor
        judgement = judged(measurements=rows)
        as_good = "dense_site" in judgement.verdict.rivals
        assert as_good is (lead == 0.0 and bytes_factor == 1.0)
        assert ("site_rival_not_beaten" in codes(judgement)) is (lead == 0.0 and not as_good)
        assert (judgement.verdict.state is VerdictState.GO) is not as_good
        if lead == 0.0 and not as_good:
            card, money = example_scorecard("go")
            again = rejudge(judgement, rows, scorecard=card, assumptions=money, main_metric=MAIN_METRIC)
            assert again == judgement

    def test_where_the_candidate_passes_nothing_no_rival_is_named(self) -> None:
        assert judged("conditional", seeds=1).verdict.rival is None

    def test_doing_nothing_may_be_as_good_as_fine_tuning(self) -> None:
        rows = example_measurements("go")
        tuned = rows_of(rows, "hyper", "finetune.score_after", "embedding_only")
        untouched = rows_of(rows, "dense", "finetune.score_after", "as_is")
        for lead, told in (([0.006, -0.002, 0.004, -0.001, 0.003], True), ([0.002] * 5, False)):
            rows.loc[untouched, "value"] = rows.loc[tuned, "value"].to_numpy() - np.array(lead)
            judgement = judged(measurements=rows)
            assert judgement.verdict.state is (VerdictState.CONDITIONAL if told else VerdictState.GO)
            assert ("as_is_as_good" in codes(judgement)) is told
            again = rejudge(
                judgement, rows, scorecard=example_scorecard("go")[0], assumptions=example_scorecard("go")[1],
                main_metric=MAIN_METRIC,
            )  # fmt: skip
            assert again == judgement

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_rivals_presence_never_raises_the_verdict(self, kind: Kind) -> None:
        rows = example_measurements(kind)
        card, _ = example_scorecard(kind)
        for rival in card.rivals:
            alone = judged(kind, measurements=rows[rows["variant"] != rival])
            assert RANK[untouched(kind).verdict.state] <= RANK[alone.verdict.state]


class TestProperties:
    @settings(max_examples=10, deadline=None)
    @given(st.sampled_from(KINDS), st.integers(0, 2**31))
    def test_the_order_of_rows_does_not_matter(self, kind: Kind, seed: int) -> None:
        rows = example_measurements(kind)
        shuffled = rows.sample(frac=1, random_state=seed)
        assert judged(kind, measurements=shuffled) == untouched(kind)

    @settings(max_examples=10, deadline=None)
    @given(st.sampled_from(KINDS), st.integers(0, 1_000))
    def test_a_row_given_twice_counts_once(self, kind: Kind, position: int) -> None:
        rows = example_measurements(kind)
        twice = pd.concat([rows, rows.iloc[[position]]])
        assert judged(kind, measurements=twice) == untouched(kind)

    @settings(max_examples=10, deadline=None)
    @given(
        st.sampled_from(KINDS),
        st.sampled_from([MAIN_METRIC, "finetune.score_after", "finetune.success_share"]),
        st.floats(0.0001, 0.2),
    )
    def test_a_worse_result_never_improves_the_verdict(self, kind: Kind, metric: str, loss: float) -> None:
        rows = example_measurements(kind)
        before, after = untouched(kind), judged(kind, measurements=moved(rows, "hyper", metric, -loss))
        assert RANK[after.verdict.state] <= RANK[before.verdict.state]
        assert (after.verdict.score or 0) <= (before.verdict.score or 0) + 1e-9

    @settings(max_examples=10, deadline=None)
    @given(
        st.sampled_from(KINDS),
        st.sampled_from(["train.seconds_to_target", "finetune.seconds_to_target", "predict.p50_seconds"]),
        st.floats(1.001, 20),
    )
    def test_a_slower_candidate_never_improves_the_verdict(self, kind: Kind, metric: str, factor: float) -> None:
        rows = example_measurements(kind)
        slower = rows.copy()
        slower.loc[rows_of(rows, "hyper", metric), "value"] *= factor
        before, after = untouched(kind), judged(kind, measurements=slower)
        assert RANK[after.verdict.state] <= RANK[before.verdict.state]

    @settings(max_examples=10, deadline=None)
    @given(st.sampled_from(KINDS), st.data())
    def test_what_is_missing_never_improves_the_verdict_beyond_undecided(self, kind: Kind, data: st.DataObject) -> None:
        rows = example_measurements(kind)
        metric = data.draw(st.sampled_from([
            MAIN_METRIC, "train.seconds_to_target", "size.update_bytes", "finetune.score_after", "predict.p50_seconds"
        ]))  # fmt: skip
        variant = data.draw(st.sampled_from(["hyper", "dense"]))
        before = untouched(kind)
        after = judged(kind, measurements=without(rows, variant, metric))
        gone = [result for result in after.criteria if result.metric == metric]
        assert {result.state for result in gone} == {State.NOT_MEASURED}
        assert RANK[after.verdict.state] <= max(RANK[before.verdict.state], RANK[VerdictState.UNDECIDED])

    def test_the_better_end_of_noise_never_decides(self) -> None:
        """Of 2,000 candidates exactly at the gate, at most 2.5 % (± 3 standard errors) pass it at 95 %."""
        generator = np.random.default_rng(3)
        card, _ = example_scorecard("go")
        passed = 0
        for _ in range(2_000):
            dense = {seed: 0.8 + float(generator.normal(0, 0.02)) for seed in range(1, 6)}
            hyper = {seed: value - 0.01 + float(generator.normal(0, 0.01)) for seed, value in dense.items()}
            table = {
                ("dense", MAIN_METRIC): {"": SeedValues(dense, "score")},
                ("hyper", MAIN_METRIC): {"": SeedValues(hyper, "score")},
            }
            contest = Contest(Rows(table), "hyper", "dense", MAIN_METRIC, 0.95, ())
            passed += judge_criterion(card.criteria[0], contest).state is State.PASS
        assert passed / 2_000 <= 0.025 + 0.0105


class TestRejudge:
    def test_unchanged_assumptions_change_nothing(self) -> None:
        for kind in KINDS:
            record = example_record(kind)
            again = rejudge(
                record.judgement,
                record.measurements,
                scorecard=record.scorecard,
                assumptions=record.assumptions,
                main_metric=MAIN_METRIC,
            )
            assert again == record.judgement

    def test_a_slider_gives_what_a_full_judgement_gives(self) -> None:
        record = example_record("conditional")
        money = with_likely(record.assumptions, {"sites": 400, "value_per_point": 250_000})
        again = rejudge(
            record.judgement, record.measurements, scorecard=record.scorecard, assumptions=money,
            main_metric=MAIN_METRIC,
        )  # fmt: skip
        assert again == judged("conditional", assumptions=money)
        assert again.business.npv_p50 > record.judgement.business.npv_p50
