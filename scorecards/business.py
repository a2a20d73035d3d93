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
REALISTIC_FACTOR = 10.0
MOST_SITES_FACTOR = 100.0
"""How far from an assumption's range a turning point, and a number of sites that breaks even, is still told."""


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
        payback_months=_payback_months(flows, float(likely["discount_rate"][0])),
        break_even_sites=_break_even_sites(likely, years, most=MOST_SITES_FACTOR * assumptions.values["sites"].high),
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

    None where it doesn't cross between a tenth of the assumption's low and ten times its high value (nor within the
    accepted limits, nor with one site or more), or where the assumption doesn't matter. The NPV is a straight line in
    every assumption (in the sites from the first one on) but the discount rate, which is searched.
    """
    inputs = measured_inputs(measurements, scorecard=scorecard, main_metric=main_metric)
    likely = likely_numbers(inputs, assumptions)
    item, (least, most) = assumptions.values[assumption], ASSUMPTION_LIMITS[assumption]
    least, most = max(least, item.low / REALISTIC_FACTOR), min(most, item.high * REALISTIC_FACTOR)
    origin = 1.0 if assumption == "sites" else 0.0
    least = max(least, origin)

    def npv(value: float) -> float:
        changed = {**likely, assumption: np.array([value])}
        return float(net_present_value(changed, assumptions.horizon_years)[0])

    low, high = npv(least), npv(most)
    if low == high or (low > 0) == (high > 0):
        return None
    if assumption != "discount_rate":
        start = npv(origin)
        return origin - start / (npv(origin + 1.0) - start)
    for _ in range(100):
        middle = (least + most) / 2
        least, most = (middle, most) if (npv(middle) > 0) == (low > 0) else (least, middle)
    return (least + most) / 2


def pays_anyway(business: BusinessResult) -> bool:
    """Tell whether it may be said that it pays with any number of sites, a single one included.

    The likely NPV at one site says so, and neither a bad draw nor the loss of what nobody measured or was quoted makes
    the NPV negative.
    """
    return business.break_even_sites == 1 and business.npv_p10 >= 0 and not business.npv_without_assumed < 0


def hinges_on_an_assumption(business: BusinessResult) -> bool:
    """Tell whether it breaks even at one site already, but only where the assumptions hold: their figures decide then,
    not the number of sites.
    """
    return business.break_even_sites == 1 and not pays_anyway(business)


def counts_assumed_savings(business: BusinessResult) -> bool:
    """Tell whether NPV and probability of a gain include assumed savings without which the NPV is negative."""
    return business.npv_without_assumed < min(0.0, business.npv_likely)


def _histogram_range(drawn: Numbers) -> tuple[float, float]:
    """Return the span of the middle 99 % of the draws (rare far draws would hide the rest), never of no width."""
    low, high = (float(value) for value in np.quantile(drawn, (0.005, 0.995)))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _npv_without_assumed(likely: Mapping[str, Numbers], assumptions: Assumptions) -> float:
    """Return the likely NPV without the savings that nobody measured or was quoted; losses still count.

    Labour that is assumed is the same for both variants; a better score whose worth is assumed is worth nothing.
    """
    level = dict(likely)
    for kind in ("update", "finetune"):
        ours, theirs = f"labour_minutes_per_{kind}_candidate", f"labour_minutes_per_{kind}_baseline"
        if "assumed" in (assumptions.values[ours].source, assumptions.values[theirs].source):
            level[ours] = np.maximum(likely[ours], likely[theirs])
    if assumptions.values["value_per_point"].source == "assumed":
        level["quality"] = np.minimum(likely["quality"], 0.0)
    return float(net_present_value(level, assumptions.horizon_years)[0])


def _payback_months(flows: Mapping[str, tuple[float, ...]], rate: float) -> float | None:
    """Return the months until the discounted flows have earned back the outlay of year 0; None if not in the horizon.

    A year's amount is discounted at its end, as in the NPV, and comes in evenly over the year. So there is a payback
    exactly where the likely NPV is not negative.
    """
    yearly = [sum(line[year] for line in flows.values()) for year in range(len(next(iter(flows.values()))))]
    discounted = [amount / (1.0 + rate) ** year for year, amount in enumerate(yearly)]
    if discounted[0] >= 0:
        return 0.0 if sum(discounted) >= 0 else None
    balance = discounted[0]
    for year, amount in enumerate(discounted[1:]):
        if balance + amount >= 0:
            return 12 * (year - balance / amount)
        balance += amount
    return None


def _break_even_sites(likely: Mapping[str, Numbers], years: int, *, most: float) -> int | None:
    """Return the fewest sites (at least 1) with a likely NPV of zero or more; from 1 on the NPV is linear in them.

    1 says that it pays with any number of sites. None where each further site costs money (then there could only be a
    largest number that still pays), where their number doesn't matter and the NPV is negative, and where it would take
    more than `most`.
    """
    at_one, at_two = (
        float(net_present_value({**likely, "sites": np.array([sites])}, years)[0]) for sites in (1.0, 2.0)
    )
    a_site = at_two - at_one
    if a_site < 0:
        return None
    if at_one >= 0:
        return 1
    if a_site == 0:
        return None
    sites = math.ceil(1 - at_one / a_site - 1e-9)
    return sites if sites <= most else None


def _tornado(likely: Mapping[str, Numbers], assumptions: Assumptions) -> tuple[TornadoBar, ...]:
    """Return one bar an assumption that moves the NPV, the widest first."""
    bars = []
    for name, assumption in assumptions.values.items():
        at_low, at_high = (
            float(net_present_value({**likely, name: np.array([end])}, assumptions.horizon_years)[0])
            for end in (assumption.low, assumption.high)
        )
        if at_low != at_high:
            bars.append(TornadoBar(name, at_low, at_high, assumption.title))
    return tuple(sorted(bars, key=lambda bar: (-abs(bar.npv_at_high - bar.npv_at_low), bar.assumption)))
