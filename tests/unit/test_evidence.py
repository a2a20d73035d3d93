"""Intervals against known values, their coverage, infinite times, looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scorecards.evidence import (
    candidate_value,
    look_confidences,
    more_seeds,
    paired_difference,
    paired_ratio,
)
from scorecards.judgement import Interval

CANDIDATE = {1: 0.871, 2: 0.866, 3: 0.882, 4: 0.874, 5: 0.869}
BASELINE = {1: 0.868, 2: 0.859, 3: 0.883, 4: 0.866, 5: 0.867}


def by_seed(values: list[float] | np.ndarray) -> dict[int, float]:
    return dict(enumerate((float(value) for value in values), start=1))


def test_difference_is_scipys_paired_t() -> None:
    ours = paired_difference(CANDIDATE, BASELINE, 0.95)
    theirs = stats.ttest_rel(list(CANDIDATE.values()), list(BASELINE.values())).confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-12)
    assert ours.value == pytest.approx(0.0038)
    assert (ours.n, ours.method) == (5, "paired_t")


def test_difference_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, s = 1, t(0.975; 2) = 4.3027."""
    ours = paired_difference({1: 1.0, 2: 2.0, 3: 3.0}, {1: 0.0, 2: 0.0, 3: 0.0}, 0.95)
    assert (ours.low, ours.high) == pytest.approx((2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)), rel=1e-6)


def test_ratio_is_the_paired_t_of_the_logarithms() -> None:
    candidate, baseline = by_seed([2.0, 2.4, 1.9, 2.2]), by_seed([1.0, 1.1, 1.0, 1.3])
    ours = paired_ratio(candidate, baseline, 0.9)
    logs = stats.ttest_rel(np.log(list(candidate.values())), np.log(list(baseline.values()))).confidence_interval(0.9)
    assert (ours.low, ours.high) == pytest.approx((math.exp(logs.low), math.exp(logs.high)), rel=1e-12)
    geometric = stats.gmean(np.array(list(candidate.values())) / np.array(list(baseline.values())))
    assert ours.value == pytest.approx(geometric)


def test_value_is_the_one_sample_t() -> None:
    ours = candidate_value(CANDIDATE, 0.95)
    theirs = stats.ttest_1samp(list(CANDIDATE.values()), 0).confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_one_seed_is_no_evidence() -> None:
    assert paired_difference({1: 0.9}, {1: 0.5}, 0.95) == Interval(0.4, -math.inf, math.inf, 1, "single_seed")
    ratio = paired_ratio({1: 2.0}, {1: 1.0}, 0.95)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((2.0, 0.0, math.inf))


def test_only_common_seeds_are_paired() -> None:
    ours = paired_difference({1: 1.0, 2: 2.0, 9: 100.0}, {2: 1.0, 1: 0.0, 7: -50.0}, 0.95)
    assert (ours.value, ours.n) == (1.0, 2)


def test_equal_pairs_have_an_interval_of_no_width() -> None:
    """File sizes do not vary with the seed."""
    ours = paired_ratio({1: 148.0, 2: 148.0}, {1: 248_900.0, 2: 248_900.0}, 0.95)
    assert ours.low == ours.value == ours.high == pytest.approx(148 / 248_900)


@pytest.mark.parametrize("candidate", [{}, {1: math.nan}, {2: 1.0}])
def test_no_interval_without_a_common_number(candidate: dict[int, float]) -> None:
    with pytest.raises(ValueError, match=r"seed|number"):
        paired_difference(candidate, {1: 1.0}, 0.95)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_ratio_needs_positive_values(value: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        paired_ratio({1: 1.0, 2: value}, {1: 1.0, 2: 1.0}, 0.95)


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_coverage_is_nominal(seeds: int) -> None:
    """4,000 experiments with a true difference of 0.3: 95 % intervals hold it in 95 % (± 3 standard errors, 1 %)."""
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(4_000):
        shared = generator.normal(0, 5, seeds)
        candidate = shared + generator.normal(0.3, 1, seeds)
        baseline = shared + generator.normal(0, 2, seeds)
        interval = paired_difference(by_seed(candidate), by_seed(baseline), 0.95)
        held += interval.low <= 0.3 <= interval.high
    assert 0.94 <= held / 4_000 <= 0.96


@pytest.mark.parametrize("seeds", [3, 5, 8])
@pytest.mark.parametrize("cap", [1.2, 1.5, 2.0])
def test_the_lower_end_keeps_its_error_rate_when_slow_trials_are_cut_off(seeds: int, cap: float) -> None:
    """Times above the cap count as infinite; the true mean log ratio is 0: 2.5 % of lower ends above it, ± 0.75 %."""
    generator = np.random.default_rng(11)
    baseline, caps = by_seed([1.0] * seeds), by_seed([cap] * seeds)
    above = infinite = 0
    for _ in range(2_000):
        times = np.exp(generator.normal(0, 0.4, seeds))
        infinite += bool((times > cap).any())
        recorded = by_seed(np.where(times > cap, np.inf, times))
        above += paired_ratio(recorded, baseline, 0.95, candidate_caps=caps).low > 1.0
    assert infinite > 200
    assert above / 2_000 <= 0.0325


class TestInfiniteTimes:
    finite = by_seed([10.0, 11.0, 9.0])
    caps = by_seed([20.0, 22.0, 18.0])

    def test_a_candidate_that_never_got_there_has_no_upper_end(self) -> None:
        """Log ratios 0, ln 2 (the cap), 0: mean ln 2 / 3, and t with 1 degree, as only two pairs got there."""
        candidate = {**self.finite, 2: math.inf}
        ours = paired_ratio(candidate, self.finite, 0.95, candidate_caps=self.caps)
        logs = np.array([0.0, math.log(2), 0.0])
        assert ours.high == math.inf
        assert math.log(ours.low) == pytest.approx(
            logs.mean() - stats.t.ppf(0.975, 1) * logs.std(ddof=1) / math.sqrt(2)
        )
        assert ours.value == pytest.approx(1.0)  # the median of 1, never, 1

    def test_a_baseline_that_never_got_there_has_no_lower_end(self) -> None:
        baseline = {**self.finite, 2: math.inf}
        ours = paired_ratio(self.finite, baseline, 0.95, baseline_caps=self.caps)
        turned = paired_ratio(baseline, self.finite, 0.95, candidate_caps=self.caps)
        assert (ours.low, ours.high) == (0.0, pytest.approx(1 / turned.low))

    def test_never_in_every_trial_is_evidence_from_six_trials_on(self) -> None:
        """2⁻⁵ = 3.1 % is above, 2⁻⁶ = 1.6 % within the 2.5 % of one end."""
        for seeds, low in ((5, 0.0), (6, 3.0)):
            never, caps = by_seed([math.inf] * seeds), by_seed([6.0, 3.0, 5.0, 4.0, 3.5, 8.0][:seeds])
            ours = paired_ratio(never, by_seed([1.0] * seeds), 0.95, candidate_caps=caps)
            assert (ours.value, ours.low, ours.high) == (math.inf, pytest.approx(low), math.inf)

    def test_both_never_says_nothing(self) -> None:
        never = by_seed([math.inf] * 3)
        ours = paired_ratio(never, never, 0.95, candidate_caps=self.caps, baseline_caps=self.caps)
        assert (ours.low, ours.high) == (0.0, math.inf)
        assert math.isnan(ours.value)

    def test_unknown_caps_give_no_lower_end(self) -> None:
        ours = paired_ratio({**self.finite, 2: math.inf}, self.finite, 0.95)
        assert (ours.low, ours.high) == (0.0, math.inf)

    def test_differences_work_alike(self) -> None:
        candidate = {1: 10.0, 2: math.inf, 3: 12.0, 4: 11.0}
        ours = paired_difference(candidate, dict.fromkeys(candidate, 10.0), 0.95, candidate_caps={2: 15.0})
        spread = float(np.std([0.0, 5.0, 2.0, 1.0], ddof=1))
        assert ours.high == math.inf
        assert ours.low == pytest.approx(2.0 - float(stats.t.ppf(0.975, 2)) * spread / math.sqrt(3))


scores = st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)), min_size=2, max_size=8)


@given(scores, st.floats(0.001, 10))
def test_a_worse_candidate_moves_the_whole_interval_down(pairs: list[tuple[float, float]], loss: float) -> None:
    candidate, baseline = by_seed([c for c, _ in pairs]), by_seed([b for _, b in pairs])
    before = paired_difference(candidate, baseline, 0.95)
    after = paired_difference({seed: value - loss for seed, value in candidate.items()}, baseline, 0.95)
    assert after.low < before.low + 1e-9
    assert after.high < before.high + 1e-9


@given(scores)
def test_the_interval_holds_its_value_and_turns_round_with_the_sides(pairs: list[tuple[float, float]]) -> None:
    candidate, baseline = by_seed([c for c, _ in pairs]), by_seed([b for _, b in pairs])
    ratio, turned = paired_ratio(candidate, baseline, 0.95), paired_ratio(baseline, candidate, 0.95)
    assert ratio.low <= ratio.value <= ratio.high
    assert turned.value == pytest.approx(1 / ratio.value, rel=1e-9)
    if math.isfinite(ratio.high) and ratio.low > 1e-200:
        assert (turned.low, turned.high) == (
            pytest.approx(1 / ratio.high, rel=1e-6),
            pytest.approx(1 / ratio.low, rel=1e-6),
        )


@given(scores, st.randoms())
def test_the_order_of_trials_does_not_matter(pairs: list[tuple[float, float]], random: object) -> None:
    candidate, baseline = by_seed([c for c, _ in pairs]), by_seed([b for _, b in pairs])
    seeds = list(candidate)
    random.shuffle(seeds)  # type: ignore[attr-defined]
    shuffled = {seed: candidate[seed] for seed in seeds}
    assert paired_ratio(shuffled, baseline, 0.95) == paired_ratio(candidate, baseline, 0.95)


@given(scores, st.data())
def test_never_getting_there_cannot_help(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    candidate, baseline = by_seed([c for c, _ in pairs]), by_seed([b for _, b in pairs])
    lost = data.draw(st.sampled_from(sorted(candidate)))
    before = paired_ratio(candidate, baseline, 0.95)
    after = paired_ratio({**candidate, lost: math.inf}, baseline, 0.95, candidate_caps=candidate)
    assert after.high == math.inf >= before.high


class TestLooks:
    def test_all_looks_together_spend_alpha(self) -> None:
        for looks in ((3,), (3, 5, 8), (5, 8, 12, 20), (3, 5, 8, 12, 20)):
            spent = sum(1 - confidence for confidence in look_confidences(looks, 0.95))
            assert spent == pytest.approx(0.05)

    def test_pocock_type_spending_by_hand(self) -> None:
        """At 3 of 8 seeds: 0.05 · ln(1 + 1.71828 · 0.375) = 0.024867."""
        first = look_confidences((3, 5, 8), 0.95)[0]
        assert 1 - first == pytest.approx(0.05 * math.log(1 + (math.e - 1) * 3 / 8))
        assert 1 - first == pytest.approx(0.024867, abs=1e-6)

    @pytest.mark.parametrize("looks", [(), (3, 3), (5, 3), (0, 2)])
    def test_looks_must_rise(self, looks: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="rising"):
            look_confidences(looks, 0.95)

    def test_peeking_does_not_make_a_winner(self) -> None:
        """At no difference from the gate, stopping at the first decided look errs in at most 5 % of 1,500 experiments;
        the same peeking without spending errs more often than that."""
        generator = np.random.default_rng(5)
        looks = (3, 5, 8, 12, 20)
        planned = look_confidences(looks, 0.95)
        wrong = naive = 0
        for _ in range(1_500):
            candidate, baseline = by_seed(generator.normal(0, 1, 20)), by_seed(np.zeros(20))
            wrong += _decides(candidate, baseline, looks, planned)
            naive += _decides(candidate, baseline, looks, (0.95,) * len(looks))
        assert wrong / 1_500 <= 0.05
        assert naive / 1_500 > 0.08


def _decides(
    candidate: dict[int, float], baseline: dict[int, float], looks: tuple[int, ...], planned: tuple[float, ...]
) -> bool:
    for look, confidence in zip(looks, planned, strict=True):
        seen = {seed: value for seed, value in candidate.items() if seed <= look}
        interval = paired_difference(seen, baseline, confidence)
        if interval.low > 0 or interval.high < 0:
            return True
    return False


class TestMoreSeeds:
    def test_it_is_the_first_number_that_settles(self) -> None:
        """s = 1, mean 0.8 above the gate: t(0.975; n − 1) / √n ≤ 0.8 first at n = 9 (0.769; n = 8: 0.836)."""
        interval = paired_difference({1: -0.2, 2: 0.8, 3: 1.8}, {1: 0.0, 2: 0.0, 3: 0.0}, 0.95)
        assert more_seeds(interval, 0.0, 0.95) == 9 - 3

    def test_ratios_are_counted_on_the_log_scale(self) -> None:
        logs = np.array([-0.2, 0.8, 1.8])
        interval = paired_ratio(by_seed(np.exp(logs)), by_seed([1.0] * 3), 0.95)
        assert more_seeds(interval, 1.0, 0.95) == 9 - 3

    def test_it_is_silent_where_it_cannot_tell(self) -> None:
        on_the_gate = paired_difference({1: -1.0, 2: 1.0}, {1: 0.0, 2: 0.0}, 0.95)
        single = paired_difference({1: -1.0}, {1: 0.0}, 0.95)
        endless = paired_ratio({1: 1.0, 2: math.inf}, {1: 1.0, 2: 1.0}, 0.95, candidate_caps={2: 3.0})
        assert more_seeds(on_the_gate, 0.0, 0.95) is None
        assert more_seeds(single, 0.0, 0.95) is None
        assert more_seeds(endless, 1.5, 0.95) is None

    @settings(max_examples=50)
    @given(st.floats(0.2, 3), st.floats(0.05, 2))
    def test_a_further_gate_needs_no_more_seeds(self, near: float, further: float) -> None:
        interval = paired_difference({1: -1.0, 2: 0.1, 3: 1.2}, {1: 0.0, 2: 0.0, 3: 0.0}, 0.95)
        a, b = more_seeds(interval, 0.1 - near, 0.95), more_seeds(interval, 0.1 - near - further, 0.95)
        assert a is not None
        assert b is not None
        assert b <= a
