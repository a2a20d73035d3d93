"""Money against figures worked out by hand, and the algebra that it must keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scorecards.assumptions import ASSUMPTION_LIMITS, Assumptions, with_likely
from scorecards.business import evaluate, hinges_on_an_assumption, pays_anyway, turning_point
from scorecards.cash_flow import LINES, cash_flow_lines, likely_numbers, measured_inputs, net_present_value
from scorecards.judgement import BusinessResult
from scorecards.monte_carlo import draw_numbers
from scorecards.record import MEASUREMENT_COLUMNS
from scorecards.scorecard_file import load_template

SCORECARD, TEMPLATE = load_template("meeting")
MAIN = "quality.auc"

# (metric, setting of dense, its value, setting of hyper, its value, unit)
MEASURED: tuple[tuple[str, str, float, str, float, str], ...] = (
    ("tune.cpu_seconds", "", 7_200.0, "", 10_800.0, "s"),
    ("train.seconds", "", 3_600.0, "", 7_200.0, "s"),
    ("size.install_bytes", "", 3e9, "", 1e9, "B"),
    ("size.update_bytes", "all_weights", 2e9, "embedding_only", 0.5e9, "B"),
    ("finetune.seconds", "all_weights", 1_800.0, "embedding_only", 360.0, "s"),
    (MAIN, "", 0.80, "", 0.81, "score"),
)
ROUND = {
    "sites": 10.0,
    "updates_per_year": 12.0,
    "finetunes_per_year": 4.0,
    "retrainings_per_year": 2.0,
    "production_scale": 3.0,
    "compute_price_per_hour": 100.0,
    "site_compute_price_per_hour": 50.0,
    "transfer_price_per_gb": 20.0,
    "engineer_price_per_hour": 6_000.0,
    "adoption_hours": 40.0,
    "labour_minutes_per_update_baseline": 10.0,
    "labour_minutes_per_update_candidate": 5.0,
    "labour_minutes_per_finetune_baseline": 60.0,
    "labour_minutes_per_finetune_candidate": 45.0,
    "value_per_point": 100_000.0,
    "discount_rate": 0.1,
}


def rows(noise: float = 0.0, seeds: int = 3) -> pd.DataFrame:
    return pd.DataFrame(list(_rows(noise, seeds)), columns=list(MEASUREMENT_COLUMNS))


def _rows(noise: float, seeds: int) -> Iterator[tuple[object, ...]]:
    generator = np.random.default_rng(1)
    for metric, dense_setting, dense, hyper_setting, hyper, unit in MEASURED:
        for variant, setting, value in (("dense", dense_setting, dense), ("hyper", hyper_setting, hyper)):
            for seed in [0] if metric.startswith("tune") else range(1, seeds + 1):
                drawn = value * (1 + noise * float(generator.normal()))
                yield ("p", f"{variant}-{seed}", variant, seed, "", setting, metric, drawn, unit, "measured", "x")


def fixed(values: dict[str, float], years: int = 3) -> Assumptions:
    """All ranges closed on the values given."""
    closed = {
        name: replace(item, low=values[name], likely=values[name], high=values[name])
        for name, item in TEMPLATE.values.items()
    }
    return Assumptions("JPY", years, closed)


def money(assumptions: Assumptions, measurements: pd.DataFrame | None = None, **options: int) -> BusinessResult:
    measurements = rows() if measurements is None else measurements
    return evaluate(measurements, scorecard=SCORECARD, assumptions=assumptions, main_metric=MAIN, **options)


def test_every_line_by_hand() -> None:
    """The formulas at the top of cash_flow.py with round figures."""
    flows = money(fixed(ROUND)).cash_flows
    assert tuple(flows) == LINES
    assert flows["adoption"] == (-240_000.0, 0.0, 0.0, 0.0)  # 40 h × ¥6,000
    # tuning +1 h, training +1 h, three times larger, ¥100: −600 once; 2 retrainings a year: −600 yearly
    assert flows["training"] == pytest.approx((-600.0, -600.0, -600.0, -600.0))
    # installing: −2 GB × 3 × 10 sites × ¥20 = 1,200 once; updates 1.5 GB × 12 + 2 GB × 2 retrainings = 22 GB: 13,200
    assert flows["transfer"] == pytest.approx((1_200.0, 13_200.0, 13_200.0, 13_200.0))
    # 0.4 h × 3 × 10 sites × 4 × ¥50
    assert flows["finetuning"] == pytest.approx((0.0, 2_400.0, 2_400.0, 2_400.0))
    # (12 × 5 min + 4 × 15 min) = 2 h × 10 sites × ¥6,000
    assert flows["labour"] == pytest.approx((0.0, 120_000.0, 120_000.0, 120_000.0))
    # one point better
    assert flows["quality"] == pytest.approx((0.0, 100_000.0, 100_000.0, 100_000.0))


def yearly_discounted(year: int) -> float:
    """What the round figures bring in a year, at 10 %."""
    return 235_000 / 1.1**year


def test_npv_by_hand() -> None:
    result = money(fixed(ROUND))
    first, yearly = -240_000 - 600 + 1_200, -600 + 13_200 + 2_400 + 120_000 + 100_000
    assert result.npv_likely == pytest.approx(first + yearly / 1.1 + yearly / 1.1**2 + yearly / 1.1**3)
    # the first year earns back 213,636 of 239,400, the second brings 194,215
    left = 239_400 - yearly_discounted(1)
    assert result.payback_months == pytest.approx(12 * (1 + left / yearly_discounted(2)))
    assert (result.currency, result.horizon_years, result.missing) == ("JPY", 3, ())


def test_without_any_range_every_quantile_is_the_likely_npv() -> None:
    result = money(fixed(ROUND))
    quantiles = [result.npv_p10, result.npv_p50, result.npv_p90]
    assert quantiles == pytest.approx([result.npv_likely] * 3)
    assert result.probability_positive == 1.0
    assert result.tornado == ()


def test_the_published_lines_add_up_to_the_npv() -> None:
    """What the workbook rebuilds: lines from inputs and assumptions, discounted at each year's end."""
    measurements = rows(noise=0.05)
    inputs = measured_inputs(measurements, scorecard=SCORECARD, main_metric=MAIN)
    lines = cash_flow_lines(likely_numbers(inputs, TEMPLATE))
    rate = TEMPLATE.values["discount_rate"].likely
    total = sum(
        float(once[0]) + sum(float(yearly[0]) / (1 + rate) ** year for year in range(1, TEMPLATE.horizon_years + 1))
        for once, yearly in lines.values()
    )
    assert money(TEMPLATE, measurements).npv_likely == pytest.approx(total, rel=1e-12)


def test_measured_inputs_are_paired_means() -> None:
    measurements = rows(noise=0.1, seeds=5)
    quality = measured_inputs(measurements, scorecard=SCORECARD, main_metric=MAIN)["quality"]
    table = measurements[measurements["metric"] == MAIN].pivot_table(index="seed", columns="variant", values="value")
    differences = table["hyper"] - table["dense"]
    assert quality.difference == pytest.approx(differences.mean())
    assert quality.standard_error == pytest.approx(stats.sem(differences))
    assert (quality.n, quality.unit) == (5, "score")


def test_what_was_not_measured_counts_nothing_and_is_told() -> None:
    measurements = rows()
    result = money(fixed(ROUND), measurements[measurements["metric"] != "finetune.seconds"])
    assert result.missing == ("finetune.seconds",)
    assert result.cash_flows["finetuning"] == (0.0, 0.0, 0.0, 0.0)
    assert result.cash_flows["labour"] == money(fixed(ROUND)).cash_flows["labour"]


def test_infinite_values_are_left_out_of_the_money() -> None:
    measurements = rows()
    measurements.loc[(measurements["metric"] == "train.seconds") & (measurements["seed"] == 2), "value"] = np.inf
    assert np.isfinite(money(fixed(ROUND), measurements).npv_likely)


class TestMonteCarlo:
    def test_the_same_seed_gives_the_same_money(self) -> None:
        measurements = rows(noise=0.02)
        assert money(TEMPLATE, measurements) == money(TEMPLATE, measurements)
        assert money(TEMPLATE, measurements).npv_p50 != money(TEMPLATE, measurements, seed=1).npv_p50

    def test_assumptions_are_triangular(self) -> None:
        inputs = measured_inputs(rows(), scorecard=SCORECARD, main_metric=MAIN)
        drawn = draw_numbers(inputs, TEMPLATE, seed=0, draws=20_000)
        for name, item in TEMPLATE.values.items():
            if item.high > item.low:
                width = item.high - item.low
                triangular = stats.triang((item.likely - item.low) / width, loc=item.low, scale=width)
                assert stats.kstest(drawn[name], triangular.cdf).pvalue > 0.001, name

    def test_measured_means_vary_by_students_t(self) -> None:
        inputs = measured_inputs(rows(noise=0.05, seeds=4), scorecard=SCORECARD, main_metric=MAIN)
        quality = inputs["quality"]
        drawn = draw_numbers(inputs, TEMPLATE, seed=0, draws=20_000)["quality"]
        student = stats.t(df=3, loc=quality.difference, scale=quality.standard_error)
        assert stats.kstest(drawn, student.cdf).pvalue > 0.001

    def test_moving_one_assumption_leaves_the_other_draws(self) -> None:
        inputs = measured_inputs(rows(), scorecard=SCORECARD, main_metric=MAIN)
        before = draw_numbers(inputs, TEMPLATE, seed=0, draws=100)
        after = draw_numbers(inputs, with_likely(TEMPLATE, {"sites": 77}), seed=0, draws=100)
        changed = [name for name in before if not np.array_equal(before[name], after[name])]
        assert changed == ["sites"]

    def test_quantiles_and_histogram_hang_together(self) -> None:
        result = money(TEMPLATE, rows(noise=0.02))
        edges, counts = result.histogram
        assert result.npv_p10 < result.npv_p50 < result.npv_p90
        assert len(edges) == len(counts) + 1
        assert 9_800 <= sum(counts) <= 10_000
        assert edges[0] < result.npv_p10
        assert result.npv_p90 < edges[-1]


class TestTurningPoints:
    def test_where_no_site_runs_the_model_nobody_gains_by_its_score(self) -> None:
        worth = 100_000 * sum(1.1**-year for year in (1, 2, 3))
        for sites, gain in ((0.0, 0.0), (1.0, worth), (50.0, worth)):
            with_worth, without = (
                money(fixed({**ROUND, "sites": sites, "value_per_point": value})).npv_likely
                for value in (100_000.0, 0.0)
            )
            assert with_worth - without == pytest.approx(gain, abs=1e-6)

    def test_a_gain_that_any_number_of_sites_brings_breaks_even_at_the_first(self) -> None:
        """The gain in quality alone pays: without a site it is a loss, and more sites are not needed."""
        paying = fixed({**ROUND, "value_per_point": 1_000_000.0})
        assert money(with_likely(paying, {"sites": 0.0})).npv_likely < 0
        assert money(paying).break_even_sites == 1

    def test_a_gain_by_an_assumed_worth_alone_is_not_said_to_come_with_any_number_of_sites(self) -> None:
        """A single site pays only where the worth of a point holds: nobody measured it, or it may be nothing."""
        paying = fixed({**ROUND, "sites": 1.0, "value_per_point": 150_000.0})
        for source, low, pays in (("assumed", 150_000.0, False), ("quoted", 0.0, False), ("quoted", 150_000.0, True)):
            worth = replace(paying.values["value_per_point"], low=low, source=source)  # type: ignore[arg-type]
            result = money(replace(paying, values={**paying.values, "value_per_point": worth}))
            assert result.break_even_sites == 1
            assert (pays_anyway(result), hinges_on_an_assumption(result)) == (pays, not pays)

    def test_break_even_is_the_first_number_of_sites_that_pays(self) -> None:
        assumptions = fixed({**ROUND, "adoption_hours": 400.0})
        sites = money(assumptions).break_even_sites
        assert sites is not None
        assert sites > 1
        assert money(with_likely(assumptions, {"sites": sites})).npv_likely >= 0
        assert money(with_likely(assumptions, {"sites": sites - 1})).npv_likely < 0

    def test_no_number_of_sites_pays_where_each_one_costs(self) -> None:
        costly = fixed({**ROUND, "labour_minutes_per_update_candidate": 60.0, "value_per_point": 0.0})
        result = money(costly)
        assert (result.break_even_sites, result.payback_months) == (None, None)

    def test_nothing_to_earn_back_is_paid_back_at_once(self) -> None:
        free = fixed({**ROUND, "adoption_hours": 0.0})
        assert (money(free).payback_months, money(free).break_even_sites) == (0.0, 1)

    def test_beyond_the_horizon_is_no_payback(self) -> None:
        """¥840,000 less ¥600 gained at once: 235,000 a year at 10 % bring 890,835 in five years, 584,410 in three."""
        assert money(fixed({**ROUND, "adoption_hours": 140.0}, years=5)).payback_months is not None
        assert money(fixed({**ROUND, "adoption_hours": 140.0}, years=3)).payback_months is None

    @settings(max_examples=30, deadline=None)
    @given(st.floats(0, 300), st.integers(1, 10))
    def test_there_is_a_payback_where_the_npv_is_not_negative(self, hours: float, years: int) -> None:
        """Undiscounted, 150 hours would be paid back in year 4 of 5 while the NPV is negative."""
        result = money(fixed({**ROUND, "adoption_hours": hours}, years=years), draws=10)
        assert (result.payback_months is not None) == (result.npv_likely >= 0)
        assert result.payback_months is None or result.payback_months <= 12 * years + 1e-9

    def test_a_number_of_sites_at_most_is_no_break_even(self) -> None:
        """Each site costs, but the quality pays for a few: the NPV crosses zero downwards."""
        costly = fixed({**ROUND, "labour_minutes_per_update_candidate": 60.0, "value_per_point": 400_000.0})
        few, many = (money(with_likely(costly, {"sites": sites})).npv_likely for sites in (1, 100))
        assert few > 0 > many
        assert money(costly).break_even_sites is None

    def test_an_unrealistic_number_of_sites_is_none(self) -> None:
        for hours, told in ((2_000.0, True), (200_000.0, False)):
            assumptions = fixed({**ROUND, "adoption_hours": hours})
            assert (money(assumptions).break_even_sites is not None) is told
            assert money(with_likely(assumptions, {"sites": 1e5})).npv_likely > 0

    def test_a_turning_point_far_from_the_range_is_none(self) -> None:
        """¥239,400 less what quality brings: 1.7 hours a site and year would be needed at 10 %."""
        for hours, told in ((400.0, True), (40_000.0, False)):
            assumptions = fixed({**ROUND, "adoption_hours": hours})
            point = turning_point(
                rows(), scorecard=SCORECARD, assumptions=assumptions, main_metric=MAIN, assumption="sites"
            )  # fmt: skip
            assert (point is not None) is told
            assert point is None or 1 <= point <= 100

    @pytest.mark.parametrize("name", ["value_per_point", "adoption_hours", "engineer_price_per_hour", "sites"])
    def test_the_likely_npv_is_zero_at_the_turning_point(self, name: str) -> None:
        assumptions = fixed({**ROUND, "adoption_hours": 100.0, "value_per_point": 50_000.0})
        point = turning_point(
            rows(), scorecard=SCORECARD, assumptions=assumptions, main_metric=MAIN, assumption=name
        )  # fmt: skip
        assert point is not None
        assert money(with_likely(assumptions, {name: point})).npv_likely == pytest.approx(0, abs=1e-3)

    def test_the_discount_rates_turning_point_is_the_internal_rate_of_return(self) -> None:
        assumptions = fixed(ROUND)
        rate = turning_point(
            rows(), scorecard=SCORECARD, assumptions=assumptions, main_metric=MAIN, assumption="discount_rate"
        )
        assert rate is not None
        first, yearly = -239_400.0, 235_000.0
        assert first + sum(yearly / (1 + rate) ** year for year in (1, 2, 3)) == pytest.approx(0, abs=1e-3)

    def test_what_does_not_matter_has_none(self) -> None:
        assumptions = fixed({**ROUND, "sites": 0.0})
        assert turning_point(
            rows(), scorecard=SCORECARD, assumptions=assumptions, main_metric=MAIN, assumption="updates_per_year"
        ) is None  # fmt: skip


class TestWithoutWhatIsAssumed:
    labour = tuple(name for name in ROUND if name.startswith("labour"))

    def sourced(self, source: Literal["quoted", "assumed"], names: tuple[str, ...], **changed: float) -> BusinessResult:
        assumptions = fixed({**ROUND, **changed})
        values = {
            name: replace(item, source=source if name in names else "quoted")
            for name, item in assumptions.values.items()
        }
        return money(replace(assumptions, values=values))

    def test_quoted_figures_count(self) -> None:
        result = self.sourced("quoted", ())
        assert result.npv_without_assumed == result.npv_likely

    def test_an_assumed_worth_of_a_better_score_does_not(self) -> None:
        result = self.sourced("assumed", ("value_per_point",))
        lost = sum(100_000 / 1.1**year for year in (1, 2, 3))
        assert result.npv_without_assumed == pytest.approx(result.npv_likely - lost)

    def test_a_loss_of_score_counts_all_the_same(self) -> None:
        worse = rows()
        worse.loc[(worse["metric"] == MAIN) & (worse["variant"] == "hyper"), "value"] = 0.78
        assert money(fixed({**ROUND, **dict.fromkeys(self.labour, 0.0)}), worse).npv_without_assumed == pytest.approx(
            money(fixed({**ROUND, **dict.fromkeys(self.labour, 0.0)}), worse).npv_likely
        )

    def test_assumed_savings_of_labour_do_not(self) -> None:
        result = self.sourced("assumed", self.labour)
        lost = sum(120_000 / 1.1**year for year in (1, 2, 3))
        assert result.npv_without_assumed == pytest.approx(result.npv_likely - lost)


class TestTornado:
    def test_bars_are_the_npv_at_the_ends_widest_first(self) -> None:
        measurements = rows(noise=0.01)
        bars = money(TEMPLATE, measurements).tornado
        widths = [abs(bar.npv_at_high - bar.npv_at_low) for bar in bars]
        assert widths == sorted(widths, reverse=True)
        assert len(bars) >= 8
        likely = likely_numbers(measured_inputs(measurements, scorecard=SCORECARD, main_metric=MAIN), TEMPLATE)
        for bar in bars:
            low = np.array([TEMPLATE.values[bar.assumption].low])
            assert bar.npv_at_low == pytest.approx(float(net_present_value({**likely, bar.assumption: low}, 3)[0]))


class TestAlgebra:
    @settings(max_examples=30, deadline=None)
    @given(st.floats(1, 1000), st.floats(1, 1000), st.floats(0, 1))
    def test_from_the_first_site_on_the_npv_is_straight_in_the_sites(self, a: float, b: float, share: float) -> None:
        values = [
            money(with_likely(TEMPLATE, {"sites": sites}), draws=10).npv_likely
            for sites in (a, b, share * a + (1 - share) * b)
        ]
        assert values[2] == pytest.approx(share * values[0] + (1 - share) * values[1], rel=1e-6, abs=1e-3)

    @settings(max_examples=20, deadline=None)
    @given(st.sampled_from([entry[0] for entry in MEASURED[:5]]), st.floats(1.01, 50))
    def test_a_costlier_candidate_never_earns_more(self, metric: str, factor: float) -> None:
        measurements = rows()
        worse = measurements.copy()
        worse.loc[(worse["metric"] == metric) & (worse["variant"] == "hyper"), "value"] *= factor
        before, after = money(TEMPLATE, measurements, draws=500), money(TEMPLATE, worse, draws=500)
        assert after.npv_likely < before.npv_likely
        assert after.npv_p10 <= before.npv_p10
        assert after.npv_p90 <= before.npv_p90

    def test_equal_variants_differ_by_the_adoption_only(self) -> None:
        same = rows()
        values = same.groupby("metric")["value"].transform("first")
        result = money(fixed({**ROUND, "labour_minutes_per_update_candidate": 10.0,
                              "labour_minutes_per_finetune_candidate": 60.0}),
                       same.assign(value=values))  # fmt: skip
        assert result.npv_likely == -240_000


class TestSliders:
    def test_a_range_moves_along(self) -> None:
        moved = with_likely(TEMPLATE, {"sites": 40}).values["sites"]
        assert (moved.low, moved.likely, moved.high) == (20, 40, 80)

    def test_a_range_from_zero_widens(self) -> None:
        nothing = with_likely(TEMPLATE, {"value_per_point": 0}).values["value_per_point"]
        assert (nothing.low, nothing.likely, nothing.high) == (0, 0, 0)
        start = replace(TEMPLATE, values={**TEMPLATE.values, "sites": replace(
            TEMPLATE.values["sites"], low=0, likely=0, high=5)})  # fmt: skip
        moved = with_likely(start, {"sites": 8}).values["sites"]
        assert (moved.low, moved.likely, moved.high) == (0, 8, 8)

    def test_limits_hold(self) -> None:
        with pytest.raises(ValueError, match="discount_rate"):
            with_likely(TEMPLATE, {"discount_rate": 1.5})
        assert with_likely(TEMPLATE, {"discount_rate": 0.9}).values["discount_rate"].high == 1.0
        with pytest.raises(KeyError):
            with_likely(TEMPLATE, {"no_such": 1.0})

    def test_the_template_names_every_assumption_of_the_formulas(self) -> None:
        assert set(TEMPLATE.values) == set(ASSUMPTION_LIMITS)
