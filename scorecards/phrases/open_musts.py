"""What keeps a verdict Undecided, and what would settle it: said alike in the headline and in the decision asked."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.criteria import Scorecard
from scorecards.formats import format_money
from scorecards.judgement import CriterionResult, Judgement, State
from scorecards.local_text import Language
from scorecards.phrases.criterion import criterion_title, more_seeds_text, single_seed_text


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
        most = format_money(money.npv_p90, money.currency, language)
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
    return "" if found.more_seeds is None else more_seeds_text(found.more_seeds, found.seeds, language)


def undecided_decision(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return what the meeting is asked to decide: first the assumptions, what is missing, or more seeds."""
    found, hopeless = open_musts(scorecard, judgement), judgement.business.npv_p90 < 0
    settle = settling_sentence(scorecard, judgement, language)
    if language == "ja":
        ask = "前提を見直し" if hopeless else "不足している測定を補い" if found.missing else "シードを追加し"
        text = (
            f"必須基準 {found.total} 件のうち {len(found.all)} 件がまだ判定できないため、{ask}、"
            "改めて判定することをご承認ください。"
        )
    else:
        ask = "revisiting the assumptions" if hopeless else "completing the missing measurements"
        if not hopeless and not found.missing:
            ask = "further seeds"
        text = (
            f"{len(found.all)} of {found.total} required criteria cannot be decided yet: "
            f"please approve {ask} and a new judgement."
        )
    return _joined((text, settle), language)


def _titles(results: tuple[CriterionResult, ...], scorecard: Scorecard, language: Language) -> str:
    titles = [criterion_title(scorecard, result.id, language) for result in results]
    return "".join(f"「{title}」" for title in titles) if language == "ja" else ", ".join(f"“{t}”" for t in titles)


def _joined(parts: tuple[str, ...], language: Language) -> str:
    return ("" if language == "ja" else " ").join(part for part in parts if part)
