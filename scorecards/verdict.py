"""From measurements to the verdict. Reads like a recipe: criteria → rivals → money → verdict.

a must fails                                           No-Go
a must is undecided, not measured or in error          Undecided
every must passes, and the money is negative even at its 90 % end        No-Go
every must passes, but: a simpler rival or no fine-tuning at all does as well, or a must rests on modelled or
assumed figures, or a want does not pass, or the money is negative at its 10 % end,
    or is positive only by savings that nobody measured or was quoted      Conditional
none of these                                          Go

Simpler ways that do as well are named in every verdict, behind the reasons that decide it.
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
from scorecards.rivals import SIMPLE_METHOD, as_is_as_good, judge_rivals, rival_as_good
from scorecards.rows import Rows

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
    rival = rival_as_good(scorecard, contest, criteria, rivals)
    business = evaluate(measurements, scorecard=scorecard, assumptions=assumptions, main_metric=main_metric)
    verdict = decide(scorecard, criteria, business, rival, as_is=as_is_as_good(scorecard, contest))
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
    as_is = any(reason.code == "as_is_as_good" for reason in judgement.verdict.reasons)
    verdict = decide(scorecard, judgement.criteria, business, judgement.verdict.rival, as_is=as_is)
    return replace(judgement, verdict=verdict, business=business)


def decide(
    scorecard: Scorecard,
    criteria: Sequence[CriterionResult],
    business: BusinessResult,
    rival: str | None,
    *,
    as_is: bool = False,
) -> Verdict:
    """Return the verdict by the rules at the top, its reasons with the strongest first.

    `rival`: a simpler variant that does as well. `as_is`: the baseline without fine-tuning does as well.
    """
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    must_results = [result for result in criteria if result.id in musts]
    want_results = [result for result in criteria if result.id not in musts]
    failed = [Reason("must_failed", {"criterion": r.id}) for r in must_results if r.state is State.FAIL]
    still_open = list(_open_musts(must_results))
    wants = list(_open_wants(want_results))
    money = _money_reason(business)
    all_pass = Reason("all_musts_pass", {"count": float(len(must_results))})
    simpler = list(_simpler_ways(rival, as_is, scorecard, partly=bool(failed or still_open)))
    if failed:
        state, reasons = VerdictState.NO_GO, [*failed, *still_open, *simpler, *wants]
    elif still_open:
        state, reasons = VerdictState.UNDECIDED, [*still_open, *simpler, *wants]
    elif money.code == "npv_negative":
        state, reasons = VerdictState.NO_GO, [money, all_pass, *simpler, *wants]
    else:
        conditions = [*simpler, *_assumed_musts(must_results), *wants]
        if money.code == "npv_uncertain":
            conditions.append(money)
        elif business.npv_without_assumed <= 0:
            conditions.append(Reason("npv_rests_on_assumptions", {"npv": business.npv_without_assumed}))
        state = VerdictState.CONDITIONAL if conditions else VerdictState.GO
        reasons = [*conditions, all_pass]
    if money not in reasons:
        reasons.append(money)
    return Verdict(state, tuple(reasons), rival, weighted_score(scorecard, criteria))


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


def _simpler_ways(rival: str | None, as_is: bool, scorecard: Scorecard, *, partly: bool) -> Iterator[Reason]:
    """`partly`: the rival is as good only on those criteria that the candidate passes."""
    if rival is not None:
        figures: dict[str, str | float] = {"rival": rival}
        if rival == scorecard.baseline:
            figures["method"] = SIMPLE_METHOD
        if partly:
            figures["scope"] = "passed"
        yield Reason("rival_as_good", figures)
    if as_is:
        yield Reason("as_is_as_good", {"baseline": scorecard.baseline})


def _money_reason(business: BusinessResult) -> Reason:
    code = "npv_positive"
    if business.npv_p90 < 0:
        code = "npv_negative"
    elif business.npv_p10 < 0:
        code = "npv_uncertain"
    return Reason(code, {"p10": business.npv_p10, "p50": business.npv_p50, "p90": business.npv_p90})
