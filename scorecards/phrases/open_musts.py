"""What keeps a verdict Undecided, and what would settle it: said alike in the headline and in the decision asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scorecards.criteria import Scorecard
from scorecards.formats import RATIO_UNITS, format_money_together
from scorecards.judgement import CriterionResult, Judgement, State
from scorecards.local_text import Language, LocalText
from scorecards.phrases.criterion import (
    LARGEST_BUDGET_SEEDS,
    judged_title,
    more_seeds_text,
    other_cure_text,
    single_seed_text,
)
from scorecards.phrases.criterion_reasons import NOTHING_TO_MEASURE


@dataclass(frozen=True)
class OpenMusts:
    """The required criteria that are neither passed nor failed, of `total`; `seeds` were run so far.

    `more_seeds`: about how many further seeds would settle them all (the most that one of them needs); None where one
    of them can't be settled by seeds or nothing can be said.
    """

    total: int
    undecided: tuple[CriterionResult, ...]
    unmeasured: tuple[CriterionResult, ...]
    errors: tuple[CriterionResult, ...]
    more_seeds: int | None
    seeds: int

    @property
    def all(self) -> tuple[CriterionResult, ...]:
        """Return every open one."""
        return (*self.undecided, *self.unmeasured, *self.errors)

    @property
    def missing(self) -> bool:
        """Tell whether a measurement is missing, so that more seeds alone settle nothing."""
        return bool(self.unmeasured or self.errors)

    @property
    def unmeasurable(self) -> bool:
        """Tell whether all that is missing is what this data leaves nothing to measure for."""
        codes = {result.reason.code if result.reason else "" for result in self.unmeasured}
        return bool(codes) and not self.errors and codes <= NOTHING_TO_MEASURE

    @property
    def beyond(self) -> tuple[CriterionResult, ...]:
        """Return the undecided ones that need more seeds than any budget offers."""
        return tuple(result for result in self.undecided if (seeds_needed(result) or 0) > LARGEST_BUDGET_SEEDS)


def seeds_needed(result: CriterionResult) -> float | None:
    """Return about how many seeds in all would settle an undecided criterion: infinite where they are beyond count,
    None where nothing can be said (a single seed, an open interval).
    """
    if result.more_seeds is not None:
        return float(result.n + result.more_seeds)
    known = result.low is not None and result.high is not None and result.n >= 2
    if not known or not math.isfinite(result.low or 0.0) or not math.isfinite(result.high or 0.0):
        return None
    return None if result.unit in RATIO_UNITS and result.low == 0 else math.inf


def open_musts(scorecard: Scorecard, judgement: Judgement) -> OpenMusts:
    """Return the required criteria that are still open."""
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    results = [result for result in judgement.criteria if result.id in musts]
    undecided, unmeasured, errors = (
        tuple(result for result in results if result.state is state)
        for state in (State.UNDECIDED, State.NOT_MEASURED, State.ERROR)
    )
    needed = [result.more_seeds for result in undecided if result.more_seeds is not None]
    countable = bool(undecided) and len(needed) == len(undecided) and not unmeasured and not errors
    return OpenMusts(
        len(musts),
        undecided,
        unmeasured,
        errors,
        max(needed) if countable else None,
        min((result.n for result in undecided), default=0),
    )


def open_sentences(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return how many required criteria are open, which, and what is missing."""
    found = open_musts(scorecard, judgement)
    named = _titles(found.all, scorecard, language)
    if language == "ja":
        text = f"必須基準 {found.total} 件のうち {len(found.all)} 件 ({named}) は、まだ判定できません。"
        if found.errors:
            text += f"測定中にエラーが起きたものがあります ({_titles(found.errors, scorecard, language)})。"
        if found.unmeasured:
            text += f"測定していないものがあります ({_titles(found.unmeasured, scorecard, language)})。"
    else:
        text = f"{len(found.all)} of {found.total} required criteria cannot be decided yet ({named})."
        if found.errors:
            text += f" An error stopped the measurement of {_titles(found.errors, scorecard, language)}."
        if found.unmeasured:
            text += f" Not measured: {_titles(found.unmeasured, scorecard, language)}."
    settle = settling_sentence(scorecard, judgement, language)
    return _joined((text, settle), language)


def settling_sentence(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return about how many seeds would settle the open criteria, or that under a sure loss none would.

    '' where that is not known.
    """
    money, found = judgement.business, open_musts(scorecard, judgement)
    if money.npv_p90 < 0:
        most = format_money_together((money.npv_p10, money.npv_p50, money.npv_p90), money.currency, language)[2]
        if language == "ja":
            return (
                f"NPV は 90 % 点でも {most} のため、今の前提のままでは、シードを増やすだけでは「導入」になりません。"
                "先に前提を見直してください。"
            )
        return (
            f"Even at its 90 % point the NPV is {most}: under the present assumptions more seeds alone cannot lead to "
            "Go. Revisit the assumptions first."
        )
    if any(result.n == 1 for result in found.undecided):
        return single_seed_text(language)
    if found.more_seeds is not None:
        return more_seeds_text(found.more_seeds, found.seeds, language)
    if not found.beyond:
        return ""
    named, cure = _titles(found.beyond, scorecard, language), other_cure_text(language)
    if language == "ja":
        return f"{named}は、用意されている予算でシードを増やしても判定できない見込みです。{cure}"
    return f"No budget offered here has enough seeds to decide {named}. {cure}"


def undecided_decision(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return what the meeting is asked to decide: first the assumptions, what is missing, or more seeds."""
    found = open_musts(scorecard, judgement)
    asked = _asked(found, hopeless=judgement.business.npv_p90 < 0).in_language(language)
    settle = settling_sentence(scorecard, judgement, language)
    if language == "ja":
        text = (
            f"必須基準 {found.total} 件のうち {len(found.all)} 件がまだ判定できないため、{asked}、"
            "改めて判定することをご承認ください。"
        )
    else:
        text = (
            f"{len(found.all)} of {found.total} required criteria cannot be decided yet: "
            f"please approve {asked} and a new judgement."
        )
    return _joined((text, settle), language)


def _asked(found: OpenMusts, hopeless: bool) -> LocalText:
    """Return what has to be approved: never seeds that cannot decide."""
    if hopeless:
        return LocalText(ja="前提を見直し", en="revisiting the assumptions")
    if found.unmeasurable:
        return LocalText(
            ja="このデータでは測定できない基準を見直し",
            en="revising the criteria that this data leaves nothing to measure for",
        )
    if found.missing:
        return LocalText(ja="不足している測定を補い", en="completing the missing measurements")
    if found.beyond:
        return LocalText(ja="基準値の緩和またはデータの追加を行い", en="a looser threshold or more data")
    return LocalText(ja="シードを追加し", en="further seeds")


def _titles(results: tuple[CriterionResult, ...], scorecard: Scorecard, language: Language) -> str:
    titles = [judged_title(result, scorecard, language) for result in results]
    return "".join(f"「{title}」" for title in titles) if language == "ja" else ", ".join(f"“{t}”" for t in titles)


def _joined(parts: tuple[str, ...], language: Language) -> str:
    return ("" if language == "ja" else " ").join(part for part in parts if part)
