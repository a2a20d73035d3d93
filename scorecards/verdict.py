"""From measurements to the verdict. Reads like a recipe: criteria → rivals → money → verdict.

a must fails                                           No-Go
a must is undecided, not measured or in error          Undecided
every must passes, and the money is negative even at its 90 % end        No-Go
every must passes, but: a simpler rival or no fine-tuning at all does as well, or a must rests on modelled or
assumed figures, or a want does not pass, or the money is negative at its 10 % end,
    or is positive only by savings that nobody measured or was quoted      Conditional
none of these                                          Go

Simpler ways that do as well are named in every verdict, behind the first reasons that decide it; and every verdict says
so where the money is positive only by assumption, or the candidate is not shown to beat the rival that knows the sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from scorecards.assumptions import Assumptions
from scorecards.business import evaluate
from scorecards.criteria import Scorecard
from scorecards.gates import Contest, judge_criterion, needed_metrics
from scorecards.judgement import (
    BusinessResult,
    CriterionResult,
    Judgement,
    Reason,
    State,
    Verdict,
    VerdictState,
)
from scorecards.record import TrialFailure
from scorecards.rivals import SIMPLE_METHOD, as_is_as_good, judge_rivals, rivals_as_good, unbeaten_site_rival
from scorecards.rows import Rows

FIRST_DECIDING = 2
"""How many of the reasons that decide stand before the simpler ways, which nobody should have to look for."""

_OPEN_MUST = {
    State.UNDECIDED: "must_undecided",
    State.NOT_MEASURED: "must_not_measured",
    State.ERROR: "must_error",
}
_OPEN_WANT = {
    State.FAIL: "want_failed",
    State.UNDECIDED: "want_undecided",
    State.NOT_MEASURED: "want_not_measured",
    State.ERROR: "want_not_measured",
}


def judge(
    measurements: pd.DataFrame,
    *,
    scorecard: Scorecard,
    assumptions: Assumptions,
    main_metric: str,
    variants: Sequence[str],
    failures: Sequence[TrialFailure] = (),
    confidence: float | None = None,
) -> Judgement:
    """Judge the scorecard's candidate on `measurements` (columns of `Measurement`; the order of rows doesn't matter).

    `variants`: those of the PoC. `confidence`: of this look; overrides the scorecard's.
    """
    contest = Contest(
        rows=Rows.of(measurements, needed_metrics(scorecard, main_metric)),
        variant=scorecard.candidate,
        baseline=scorecard.baseline,
        main_metric=main_metric,
        confidence=scorecard.confidence if confidence is None else confidence,
        failures=tuple(failures),
    )
    criteria = tuple(judge_criterion(criterion, contest) for criterion in scorecard.criteria)
    rivals = judge_rivals(scorecard, contest, variants)
    as_good = rivals_as_good(scorecard, contest, criteria, rivals)
    business = evaluate(measurements, scorecard=scorecard, assumptions=assumptions, main_metric=main_metric)
    as_is, site_rival = as_is_as_good(scorecard, contest), unbeaten_site_rival(contest)
    verdict = decide(scorecard, criteria, business, as_good, as_is=as_is, site_rival=site_rival)
    return Judgement(verdict, criteria, business, rivals, contest.confidence)


def rejudge(
    judgement: Judgement,
    measurements: pd.DataFrame,
    *,
    scorecard: Scorecard,
    assumptions: Assumptions,
    main_metric: str,
) -> Judgement:
    """Return the judgement under other assumptions: only the money and the verdict change. For sliders."""
    business = evaluate(measurements, scorecard=scorecard, assumptions=assumptions, main_metric=main_metric)
    before = {reason.code: reason for reason in judgement.verdict.reasons}
    as_is, site_rival = "as_is_as_good" in before, before.get("site_rival_not_beaten")
    as_good = judgement.verdict.rivals
    verdict = decide(scorecard, judgement.criteria, business, as_good, as_is=as_is, site_rival=site_rival)
    return replace(judgement, verdict=verdict, business=business)


def decide(
    scorecard: Scorecard,
    criteria: Sequence[CriterionResult],
    business: BusinessResult,
    rivals: Sequence[str],
    *,
    as_is: bool = False,
    site_rival: Reason | None = None,
) -> Verdict:
    """Return the verdict by the rules at the top, its reasons with the strongest first.

    `rivals`: simpler variants that do as well. `as_is`: the baseline without fine-tuning does as well. `site_rival`:
    the reason that the candidate is not shown to beat the rival that knows the sites (told, but deciding nothing).
    """
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    must_results = [result for result in criteria if result.id in musts]
    want_results = [result for result in criteria if result.id not in musts]
    failed = [Reason("must_failed", {"criterion": r.id}) for r in must_results if r.state is State.FAIL]
    still_open = list(_open_musts(must_results))
    wants = list(_open_wants(want_results))
    money = list(_money_reasons(business))
    all_pass = Reason("all_musts_pass", {"count": float(len(must_results))})
    simpler = list(_simpler_ways(rivals, as_is, scorecard, partly=bool(failed or still_open)))
    remarks = [site_rival] if site_rival is not None and site_rival.figures["rival"] not in rivals else []
    if failed or still_open:
        state = VerdictState.NO_GO if failed else VerdictState.UNDECIDED
        deciding = [*failed, *still_open]
        first, rest = deciding[:FIRST_DECIDING], deciding[FIRST_DECIDING:]
        reasons = [*first, *simpler, *remarks, *rest, *wants, *money]
    elif business.npv_p90 < 0:
        state, reasons = VerdictState.NO_GO, [*money, all_pass, *simpler, *remarks, *wants]
    else:
        conditions = [*simpler, *_assumed_musts(must_results), *wants]
        conditions += [reason for reason in money if reason.code != "npv_positive"]
        state = VerdictState.CONDITIONAL if conditions else VerdictState.GO
        reasons = [*conditions, *remarks, all_pass, *(reason for reason in money if reason not in conditions)]
    return Verdict(state, tuple(reasons), rivals[0] if rivals else None, weighted_score(scorecard, criteria))


def weighted_score(scorecard: Scorecard, criteria: Sequence[CriterionResult]) -> float | None:
    """Return 0 to 100: the weighted mean of the criteria's points; one without a value counts as 0, None if all are."""
    weights = {criterion.id: criterion.weight for criterion in scorecard.criteria}
    total = sum(weights.values())
    if total == 0 or all(result.points is None for result in criteria):
        return None
    return sum(weights[result.id] * (result.points or 0.0) for result in criteria) / total


def _open_musts(results: Sequence[CriterionResult]) -> Iterator[Reason]:
    for result in results:
        if result.state not in _OPEN_MUST:
            continue
        figures: dict[str, str | float] = {"criterion": result.id}
        if result.more_seeds is not None:
            figures["more_seeds"] = float(result.more_seeds)
        yield Reason(_OPEN_MUST[result.state], figures)
    if any(result.reason is not None and result.reason.code == "single_seed" for result in results):
        yield Reason("single_seed", {})


def _open_wants(results: Sequence[CriterionResult]) -> Iterator[Reason]:
    for result in results:
        if result.state in _OPEN_WANT:
            yield Reason(_OPEN_WANT[result.state], {"criterion": result.id})


def _assumed_musts(results: Sequence[CriterionResult]) -> Iterator[Reason]:
    for result in results:
        if result.how in ("modelled", "assumed"):
            yield Reason("rests_on_assumptions", {"criterion": result.id})


def _simpler_ways(rivals: Sequence[str], as_is: bool, scorecard: Scorecard, *, partly: bool) -> Iterator[Reason]:
    """`partly`: the rivals are as good only on those required criteria that the candidate passes."""
    if rivals:
        figures: dict[str, str | float] = {"rival": rivals[0]}
        if len(rivals) > 1:
            figures["rivals"] = ",".join(rivals)
        if rivals[0] == scorecard.baseline:
            figures["method"] = SIMPLE_METHOD
        if partly:
            figures["scope"] = "passed"
        yield Reason("rival_as_good", figures)
    if as_is:
        yield Reason("as_is_as_good", {"baseline": scorecard.baseline})


def _money_reasons(business: BusinessResult) -> Iterator[Reason]:
    """Yield what the money says; a gain that rests on assumptions is never told as a plain gain."""
    quantiles = {"p10": business.npv_p10, "p50": business.npv_p50, "p90": business.npv_p90}
    if business.npv_p90 < 0:
        yield Reason("npv_negative", quantiles)
    elif business.npv_p10 < 0:
        yield Reason("npv_uncertain", quantiles)
    elif not business.rests_on_assumptions:
        yield Reason("npv_positive", quantiles)
    if business.rests_on_assumptions:
        yield Reason("npv_rests_on_assumptions", {**quantiles, "npv": business.npv_without_assumed})
