"""Simpler ways that may do as well: other variants, or no fine-tuning at all.

The candidate's Go does not stand where one of them does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scorecards.criteria import Criterion, Scorecard
from scorecards.evidence import paired_difference
from scorecards.gates import Contest, judge_criterion, resolve
from scorecards.judgement import CriterionResult, Interval, Reason, State
from scorecards.rows import Rows

SIMPLE_METHOD = "head_only"
AS_IS = "as_is"
TUNED_SCORE = "finetune.score_after"
SITE_RIVAL = "dense_site"


def judge_rivals(
    scorecard: Scorecard, contest: Contest, variants: Sequence[str]
) -> dict[str, tuple[CriterionResult, ...]]:
    """Return each measured rival's own results, judged against the baseline as the candidate is.

    The baseline itself is a rival too where it was fine-tuned by its head only: the same network, no new method.
    """
    names = [name for name in scorecard.rivals if name in variants]
    if _is_finetuned_simply(scorecard, contest.rows):
        names.append(scorecard.baseline)
    return {
        name: tuple(
            judge_criterion(_as_rival(criterion, name, contest), replace(contest, variant=name))
            for criterion in scorecard.criteria
        )
        for name in names
    }


def rivals_as_good(
    scorecard: Scorecard,
    contest: Contest,
    criteria: Sequence[CriterionResult],
    rivals: Mapping[str, Sequence[CriterionResult]],
) -> tuple[str, ...]:
    """Return the rivals that do as well, in the order of `rivals`.

    Such a rival passes every must that the candidate passes (at least one), and the candidate's main score does not
    beat its by evidence: the lower end of their paired difference is not above 0.
    """
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    passed = {result.id for result in criteria if result.id in musts and result.state is State.PASS}
    if not passed:
        return ()
    return tuple(
        name
        for name, results in rivals.items()
        if passed <= {result.id for result in results if result.state is State.PASS} and not _beaten(contest, name)
    )


def unbeaten_site_rival(contest: Contest) -> Reason | None:
    """Return the reason that the candidate's main score is not shown to be above that of the ordinary model which
    knows the sites too; None where it is, or where that model was not measured.

    Only this comparison tells what generating weights brings beyond knowing the site. `low` and `high`: the paired
    difference candidate − rival, in the main score's unit; left out where a single seed tells nothing.
    """
    lead = _lead(contest, SITE_RIVAL) if contest.variant != SITE_RIVAL else None
    if lead is None or lead.low > 0:
        return None
    figures: dict[str, str | float] = {"rival": SITE_RIVAL, "metric": contest.main_metric}
    if math.isfinite(lead.low):
        figures |= {"low": lead.low, "high": lead.high}
    return Reason("site_rival_not_beaten", figures)


def as_is_as_good(scorecard: Scorecard, contest: Contest) -> bool:
    """Tell whether the baseline without any fine-tuning scores on new sites as the fine-tuned candidate does.

    So it is when the lower end of the paired difference (candidate fine-tuned − baseline as it is) is not above 0.
    False where no criterion asks for the score after fine-tuning, or fewer than two seeds have both.
    """
    settings = [c.candidate_setting for c in scorecard.criteria if c.metric == TUNED_SCORE and c.candidate_setting]
    if not settings:
        return False
    tuned = contest.rows.get(contest.variant, TUNED_SCORE, settings[0]).values
    untouched = contest.rows.get(contest.baseline, TUNED_SCORE, AS_IS).values
    pairs = [(tuned[seed], untouched[seed]) for seed in tuned.keys() & untouched.keys()]
    if len(pairs) < 2 or not all(math.isfinite(score) for pair in pairs for score in pair):
        return False
    return paired_difference(tuned, untouched, contest.confidence).low <= 0


def _beaten(contest: Contest, rival: str) -> bool:
    lead = _lead(contest, rival)
    return lead is not None and lead.low > 0


def _lead(contest: Contest, rival: str) -> Interval | None:
    """Return the paired difference of the main scores, candidate − rival; None where no seed has both."""
    ours = contest.rows.get(contest.variant, contest.main_metric, "").values
    theirs = contest.rows.get(rival, contest.main_metric, "").values
    if not any(math.isfinite(ours[seed]) and math.isfinite(theirs[seed]) for seed in ours.keys() & theirs.keys()):
        return None
    return paired_difference(ours, theirs, contest.confidence)


def _as_rival(criterion: Criterion, name: str, contest: Contest) -> Criterion:
    """Return the criterion with the rival's own setting: the candidate's, else head_only, else the baseline's."""
    if not criterion.candidate_setting:
        return criterion
    metric = resolve(criterion.metric, contest.main_metric)
    for setting in (criterion.candidate_setting, SIMPLE_METHOD):
        if contest.rows.has(name, metric, setting):
            return replace(criterion, candidate_setting=setting)
    return replace(criterion, candidate_setting=criterion.baseline_setting)


def _is_finetuned_simply(scorecard: Scorecard, rows: Rows) -> bool:
    return any(
        criterion.baseline_setting == "all_weights" and rows.has(scorecard.baseline, criterion.metric, SIMPLE_METHOD)
        for criterion in scorecard.criteria
    )
