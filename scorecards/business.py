"""Money: what the assumptions make of the measurements.

The formulas stand in `cash_flow.py` (closed form, line by line), the draws in `monte_carlo.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from scorecards.assumptions import ASSUMPTION_LIMITS, Assumptions
from scorecards.cash_flow import (
    Numbers,
    cash_flows,
    likely_numbers,
    measured_inputs,
    net_present_value,
)
from scorecards.criteria import Scorecard
from scorecards.judgement import BusinessResult, TornadoBar
from scorecards.monte_carlo import draw_numbers

HISTOGRAM_BINS = 40


def evaluate(
    measurements: pd.DataFrame,
    *,
    scorecard: Scorecard,
    assumptions: Assumptions,
    main_metric: str,
    seed: int = 0,
    draws: int = 10_000,
) -> BusinessResult:
    """Return the money that the candidate saves or costs against the baseline over the horizon.

    Same inputs, same seed: the same result to the last digit. Amounts in `assumptions.currency`.
    """
    inputs = measured_inputs(measurements, scorecard=scorecard, main_metric=main_metric)
    likely = likely_numbers(inputs, assumptions)
    years = assumptions.horizon_years
    drawn = net_present_value(draw_numbers(inputs, assumptions, seed=seed, draws=draws), years)
    p10, p50, p90 = (float(value) for value in np.quantile(drawn, (0.1, 0.5, 0.9)))
    counts, edges = np.histogram(drawn, bins=HISTOGRAM_BINS, range=_histogram_range(drawn))
    flows = cash_flows(likely, years)
    return BusinessResult(
        currency=assumptions.currency,
        horizon_years=years,
        npv_p10=p10,
        npv_p50=p50,
        npv_p90=p90,
        npv_likely=float(net_present_value(likely, years)[0]),
        probability_positive=float(np.mean(drawn > 0)),
        payback_months=_payback_months(flows),
        break_even_sites=_break_even_sites(likely, years),
        tornado=_tornado(likely, assumptions),
        cash_flows=flows,
        histogram=(tuple(map(float, edges)), tuple(map(int, counts))),
        missing=tuple(item.metric for item in inputs.values() if item.n == 0),
        npv_without_assumed=_npv_without_assumed(likely, assumptions),
    )


def turning_point(
    measurements: pd.DataFrame, *, scorecard: Scorecard, assumptions: Assumptions, main_metric: str, assumption: str
) -> float | None:
    """Return the value of one assumption at which the likely NPV crosses zero, all others at their likely values.

    None where it doesn't cross within the accepted limits, or where the assumption doesn't matter. The NPV is a
    straight line in every assumption but the discount rate, which is searched.
    """
    inputs = measured_inputs(measurements, scorecard=scorecard, main_metric=main_metric)
    likely = likely_numbers(inputs, assumptions)
    least, most = ASSUMPTION_LIMITS[assumption]

    def npv(value: float) -> float:
        changed = {**likely, assumption: np.array([value])}
        return float(net_present_value(changed, assumptions.horizon_years)[0])

    low, high = npv(least), npv(most)
    if low == high or (low > 0) == (high > 0):
        return None
    if assumption != "discount_rate":
        start = npv(0.0)
        return -start / (npv(1.0) - start)
    for _ in range(100):
        middle = (least + most) / 2
        least, most = (middle, most) if (npv(middle) > 0) == (low > 0) else (least, middle)
    return (least + most) / 2


def _histogram_range(drawn: Numbers) -> tuple[float, float]:
    """Return the span of the middle 99 % of the draws (rare far draws would hide the rest), never of no width."""
    low, high = (float(value) for value in np.quantile(drawn, (0.005, 0.995)))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _npv_without_assumed(likely: Mapping[str, Numbers], assumptions: Assumptions) -> float:
    """Return the likely NPV in which labour that nobody measured or was quoted is the same for both variants."""
    level = dict(likely)
    for kind in ("update", "finetune"):
        ours, theirs = f"labour_minutes_per_{kind}_candidate", f"labour_minutes_per_{kind}_baseline"
        if "assumed" in (assumptions.values[ours].source, assumptions.values[theirs].source):
            level[ours] = np.maximum(likely[ours], likely[theirs])
    return float(net_present_value(level, assumptions.horizon_years)[0])


def _payback_months(flows: Mapping[str, tuple[float, ...]]) -> float | None:
    """Return the months until the undiscounted outlay of year 0 is earned back; None if not within the horizon."""
    first = sum(line[0] for line in flows.values())
    yearly = sum(line[1] for line in flows.values())
    years = len(next(iter(flows.values()))) - 1
    if first >= 0:
        return 0.0 if first + years * yearly >= 0 else None
    if yearly <= 0 or -first / yearly > years:
        return None
    return -first / yearly * 12


def _break_even_sites(likely: Mapping[str, Numbers], years: int) -> int | None:
    """Return the fewest sites (at least 1) with a likely NPV of zero or more; the NPV is linear in the sites."""
    at_none, at_one = (
        float(net_present_value({**likely, "sites": np.array([sites])}, years)[0]) for sites in (0.0, 1.0)
    )
    a_site = at_one - at_none
    if at_one >= 0:
        return 1
    if a_site <= 0:
        return None
    return max(1, math.ceil(-at_none / a_site - 1e-9))


def _tornado(likely: Mapping[str, Numbers], assumptions: Assumptions) -> tuple[TornadoBar, ...]:
    """Return one bar an assumption that moves the NPV, the widest first."""
    bars = []
    for name, assumption in assumptions.values.items():
        at_low, at_high = (
            float(net_present_value({**likely, name: np.array([end])}, assumptions.horizon_years)[0])
            for end in (assumption.low, assumption.high)
        )
        if at_low != at_high:
            bars.append(TornadoBar(name, at_low, at_high))
    return tuple(sorted(bars, key=lambda bar: (-abs(bar.npv_at_high - bar.npv_at_low), bar.assumption)))
