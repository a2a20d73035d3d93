"""The shapes of a judgement: intervals, criterion states, verdict, money. Data only; the judging is in `verdict.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from scorecards.local_text import LocalText

How = Literal["measured", "modelled", "assumed", "quoted"]


class State(StrEnum):
    """The five states of a criterion. Missing is not pass."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"
    NOT_MEASURED = "not_measured"
    ERROR = "error"


class VerdictState(StrEnum):
    """What the meeting is told."""

    GO = "go"
    CONDITIONAL = "conditional"
    NO_GO = "no_go"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval from `n` seeds; `low`/`high` are infinite where nothing is known."""

    value: float
    low: float
    high: float
    n: int
    method: str


@dataclass(frozen=True)
class Reason:
    """Why: a code of the table in `phrases.py` and the figures that its sentence is filled with."""

    code: str
    figures: Mapping[str, str | float]


@dataclass(frozen=True)
class CriterionResult:
    """A criterion judged. `value`, `low`, `high` and `threshold` (the gate's boundary) are in the criterion's unit.

    `candidate_value` and `baseline_value`, in the metric's stored unit (`metric_unit`), go with the value: means over
    the seeds that are compared, geometric means for a ratio; medians where a seed never reached the target.
    `never_reached`: how many of the candidate's / baseline's seeds never reached the target.
    `value` and `points` are None where no value can be formed: not measured, or a baseline that mostly never got there.
    `more_seeds`: about how many further seeds would settle an undecided criterion; None where that can't be said.
    `confidence`: of its interval; None in records that don't tell.
    `met_as_is`: how many seeds the comparison leaves out because an untouched model already met the target with them.
    """

    id: str
    state: State
    value: float | None
    low: float | None
    high: float | None
    threshold: float
    unit: str
    n: int
    how: How
    points: float | None
    candidate_value: float | None
    baseline_value: float | None
    metric: str
    metric_unit: str
    method: str
    never_reached: tuple[int, int] = (0, 0)
    more_seeds: int | None = None
    reason: Reason | None = None
    confidence: float | None = None
    met_as_is: int = 0


@dataclass(frozen=True)
class Verdict:
    """The verdict and its reasons, the strongest first.

    `rival` is the first simpler variant that does as well on the required criteria that the candidate passed.
    """

    state: VerdictState
    reasons: tuple[Reason, ...]
    rival: str | None
    score: float | None

    @property
    def rivals(self) -> tuple[str, ...]:
        """Return every simpler variant that does as well, in the order in which the reason names them."""
        named = next((reason.figures for reason in self.reasons if reason.code == "rival_as_good"), {})
        listed = tuple(name for name in str(named.get("rivals", "")).split(",") if name)
        return listed or ((self.rival,) if self.rival is not None else ())


@dataclass(frozen=True)
class TornadoBar:
    """NPV with one assumption at its low and at its high end, all others at their likely value.

    `title`: what the scorecard calls the assumption; None in records that don't tell.
    """

    assumption: str
    npv_at_low: float
    npv_at_high: float
    title: LocalText | None = None


@dataclass(frozen=True)
class BusinessResult:
    """The money, in `currency`; NPV quantiles from a Monte Carlo with a fixed seed.

    `npv_likely`: NPV with every assumption at its likely value (the figure the workbook's formulas give).
    `cash_flows`: line name → one amount a year, year 0 first (positive: the candidate saves).
    `histogram`: (bin edges, counts) of the middle 99 % of the draws.
    `payback_months`: until the discounted flows have earned back the first outlay; None if not within the horizon.
    `break_even_sites`: the fewest sites that pay; 1 where it pays with any number of them; None where more sites don't
    help or no realistic number does.
    `missing`: metrics that were not measured on both sides, so that their money counts as 0.
    `npv_without_assumed`: `npv_likely` less the savings that rest on assumptions alone (labour that nobody measured,
    a better score whose worth nobody measured).
    """

    currency: str
    horizon_years: int
    npv_p10: float
    npv_p50: float
    npv_p90: float
    npv_likely: float
    probability_positive: float
    payback_months: float | None
    break_even_sites: int | None
    tornado: tuple[TornadoBar, ...]
    cash_flows: Mapping[str, tuple[float, ...]]
    histogram: tuple[tuple[float, ...], tuple[int, ...]]
    missing: tuple[str, ...] = ()
    npv_without_assumed: float = math.nan

    @property
    def rests_on_assumptions(self) -> bool:
        """Tell whether the money is positive only by savings that nobody measured or was quoted."""
        return max(self.npv_likely, self.npv_p50) > 0 >= self.npv_without_assumed


@dataclass(frozen=True)
class Judgement:
    """Everything that follows from measurements, scorecard and assumptions. `rivals`: their own criterion results.

    `confidence`: of every interval in it (at a look before the last it is above the scorecard's).
    """

    verdict: Verdict
    criteria: tuple[CriterionResult, ...]
    business: BusinessResult
    rivals: Mapping[str, tuple[CriterionResult, ...]]
    confidence: float = 0.95
