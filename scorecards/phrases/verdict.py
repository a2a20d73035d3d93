"""The verdict in one sentence, and a sentence for each of its reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scorecards.criteria import Scorecard
from scorecards.formats import format_money, format_money_together
from scorecards.judgement import BusinessResult, CriterionResult, Judgement, Reason, VerdictState
from scorecards.local_text import LANGUAGES, Language, LocalText
from scorecards.phrases.criterion import (
    benefit,
    criterion_of,
    criterion_reason,
    criterion_title,
    more_seeds_text,
    span_text,
)
from scorecards.phrases.names import variant_name
from scorecards.phrases.open_musts import open_sentences

Figures = Mapping[str, str | float]


def headline(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return the verdict in one or two sentences: what is gained, and what stands against it."""
    gains = _gains(scorecard, judgement, language)
    turn = _turning_point(scorecard, judgement, language)
    state = judgement.verdict.state
    if state in (VerdictState.NO_GO, VerdictState.UNDECIDED) or not gains:
        return turn
    baseline = variant_name(scorecard.baseline, language)
    if language == "ja":
        joint = "" if state is VerdictState.GO else "ただし、"
        return f"{baseline}に比べ、{gains} で済みます。{joint}{turn}"
    joint = "" if state is VerdictState.GO else "However, "
    return f"Compared with the {baseline}, {gains}. {joint}{_lower_first(turn) if joint else turn}"


def reason_sentence(reason: Reason, scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return the sentence of one reason of the verdict; an unknown code gives its code, so that nothing is hidden."""
    build = _REASONS.get(reason.code)
    if build is None:
        return reason.code
    return build(reason.figures, scorecard, judgement).in_language(language)


def npv_text(business: BusinessResult, language: Language) -> str:
    """Return '中央値で ¥420万 (80 % 区間 …)' / '¥4.2M at the median (80 % interval …)'."""
    p10, p50, p90 = format_money_together(_quantiles(business), business.currency, language)
    if language == "ja":
        return f"中央値で {p50} (80 % 区間 {p10} 〜 {p90})"
    return f"{p50} at the median (80 % interval {p10} to {p90})"


def _gains(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    ranked = sorted(judgement.criteria, key=lambda r: (r.id not in musts, r.value if r.value is not None else 1.0))
    found = [text for text in dict.fromkeys(benefit(result, language) for result in ranked) if text][:2]
    return ("、" if language == "ja" else " and ").join(found)


def _turning_point(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return the sentence of the reason that decides; a Go adds its money."""
    if judgement.verdict.state is VerdictState.GO:
        npv = npv_text(judgement.business, language)
        years = judgement.business.horizon_years
        if language == "ja":
            return f"必須基準をすべて満たし、{years} 年間の NPV は{npv} です。"
        return f"All required criteria pass, and the NPV over {years} years is {npv}."
    if judgement.verdict.state is VerdictState.UNDECIDED:
        return open_sentences(scorecard, judgement, language)
    reasons = judgement.verdict.reasons
    order = _DECIDING.get(judgement.verdict.state, ())
    ranked = sorted(reasons, key=lambda r: order.index(r.code) if r.code in order else len(order))
    return reason_sentence(ranked[0], scorecard, judgement, language) if ranked else ""


_DECIDING: dict[VerdictState, tuple[str, ...]] = {
    VerdictState.NO_GO: ("must_failed", "npv_negative"),
    VerdictState.CONDITIONAL: (
        "rival_as_good",
        "as_is_as_good",
        "rests_on_assumptions",
        "npv_rests_on_assumptions",
        "npv_uncertain",
        "want_failed",
        "want_undecided",
        "want_not_measured",
    ),
}


def _quantiles(business: BusinessResult) -> tuple[float, float, float]:
    return business.npv_p10, business.npv_p50, business.npv_p90


def _title(figures: Figures, scorecard: Scorecard) -> LocalText:
    name = str(figures.get("criterion", ""))
    return LocalText(ja=criterion_title(scorecard, name, "ja"), en=criterion_title(scorecard, name, "en"))


def _shown(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    """Return the criterion's interval in brackets, or '' where there is none."""
    result = _result(figures, judgement)
    if result is None or result.low is None or result.n < 2 or criterion_of(scorecard, result.id) is None:
        return LocalText(ja="", en="")
    return LocalText(ja=f" ({span_text(result, 'ja')})", en=f" ({span_text(result, 'en')})")


def _result(figures: Figures, judgement: Judgement) -> CriterionResult | None:
    name = str(figures.get("criterion", ""))
    return next((result for result in judgement.criteria if result.id == name), None)


def _unmeasured(figures: Figures, judgement: Judgement) -> LocalText:
    """Return why nothing was measured where the untouched model already meets the target, else ''."""
    result = _result(figures, judgement)
    if result is None or result.reason is None or result.reason.code != "no_tuning_needed":
        return LocalText(ja="", en="")
    return LocalText(ja=criterion_reason(result.reason, "ja"), en=" " + criterion_reason(result.reason, "en"))


def _about_criterion(ja: str, en: str) -> Callable[[Figures, Scorecard, Judgement], LocalText]:
    def build(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
        title, shown = _title(figures, scorecard), _shown(figures, scorecard, judgement)
        more, result = figures.get("more_seeds"), _result(figures, judgement)
        settle, why = LocalText(ja="", en=""), _unmeasured(figures, judgement)
        if more is not None and result is not None:
            texts = {language: more_seeds_text(int(float(more)), result.n, language) for language in LANGUAGES}
            settle = LocalText(ja=texts["ja"], en=" " + texts["en"])
        return LocalText(
            ja=ja.format(title=title.ja, shown=shown.ja, settle=settle.ja, why=why.ja),
            en=en.format(title=title.en, shown=shown.en, settle=settle.en, why=why.en),
        )

    return build


def _about_money(ja: str, en: str) -> Callable[[Figures, Scorecard, Judgement], LocalText]:
    def build(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
        business = judgement.business

        def filled(text: str, language: Language) -> str:
            money = {f"p{q}": format_money(x, business.currency, language) for q, x in _npv(figures, business)}
            return text.format(years=business.horizon_years, npv=npv_text(business, language), **money)

        return LocalText(ja=filled(ja, "ja"), en=filled(en, "en"))

    return build


def _uncertain_money(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    if dict(_npv(figures, judgement.business))[50] < 0:
        build = _about_money(
            "{years} 年間の NPV は{npv} で、マイナスになる見込みのほうが高くなっています。",
            "The NPV over {years} years is {npv}: a loss is more likely than a gain.",
        )
    else:
        build = _about_money(
            "{years} 年間の NPV は{npv} で、マイナスになる可能性が残ります。",
            "The NPV over {years} years is {npv}: a loss is possible.",
        )
    return build(figures, scorecard, judgement)


def _npv(figures: Figures, business: BusinessResult) -> tuple[tuple[int, float], ...]:
    own = zip((10, 50, 90), _quantiles(business), strict=True)
    return tuple((q, float(figures.get(f"p{q}", value))) for q, value in own)


def _all_pass(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    count = int(float(figures.get("count", 0)))
    return LocalText(
        ja=f"必須基準 {count} 件をすべて満たしています。",
        en=f"All {count} required criteria pass." if count != 1 else "The one required criterion passes.",
    )


def _rival(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    rival = str(figures.get("rival", judgement.verdict.rival or ""))
    if figures.get("scope") == "passed":
        return _rival_in_what_passed(rival, figures.get("method") == "head_only")
    if figures.get("method") == "head_only":
        return LocalText(
            ja=f"「{variant_name(rival, 'ja')}」の出力層だけを調整しても同等の結果が出ているため、"
            "そちらを先に検討してください。",
            en=f"The {variant_name(rival, 'en')} with only its head fine-tuned does as well: consider it first.",
        )
    return LocalText(
        ja=f"「{variant_name(rival, 'ja')}」でも同等の結果が出ているため、そちらを先に検討してください。",
        en=f"The {variant_name(rival, 'en')} does as well: consider it first.",
    )


def _rival_in_what_passed(rival: str, by_head: bool) -> LocalText:
    """Return the sentence where the candidate itself does not pass everything."""
    ja, en = variant_name(rival, "ja"), variant_name(rival, "en")
    how_ja, how_en = (
        ("の出力層だけの調整", f"The {en} with only its head fine-tuned") if by_head else ("", f"The simpler {en}")
    )
    return LocalText(
        ja=f"候補が満たした基準は、「{ja}」{how_ja}でもすべて満たしており、性能でも候補が上回るとは確かめられません。",
        en=f"{how_en} also passes every criterion that the candidate passes, and the candidate is not shown to "
        "perform better.",
    )


def _as_is(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    baseline = str(figures.get("baseline", scorecard.baseline))
    ja, en = variant_name(scorecard.candidate, "ja"), variant_name(scorecard.candidate, "en")
    return LocalText(
        ja=f"現場調整をした{ja}の性能が、{variant_name(baseline, 'ja')}で現場調整をしない場合を上回ると"
        "確かめられません。",
        en=f"The fine-tuned {en} is not shown to perform better than the {variant_name(baseline, 'en')} without any "
        "fine-tuning.",
    )


def _assumed_money(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    business, npv = judgement.business, float(figures.get("npv", judgement.business.npv_without_assumed))
    ja, en = format_money(npv, business.currency, "ja"), format_money(npv, business.currency, "en")
    return LocalText(
        ja="NPV がプラスになるのは、実測も見積もりもない効果 (人手の削減や性能向上の価値) を仮定しているためです "
        f"(それを除くと {ja})。作業時間や性能 1 pt の価値を確かめてから判断してください。",
        en="The NPV is positive only through savings that are assumed, neither measured nor quoted: labour, or the "
        f"worth of a better score (without them: {en}). Establish these figures before you decide.",
    )


def _single(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    return LocalText(
        ja="シードが 1 つだけのため、証拠とは言えません。シードを増やしてください。",
        en="A single seed is no evidence; please run more seeds.",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("The ", "All ", "About ")) else text


_REASONS: dict[str, Callable[[Figures, Scorecard, Judgement], LocalText]] = {
    "all_musts_pass": _all_pass,
    "must_failed": _about_criterion(
        "必須基準「{title}」を満たしていません{shown}。", "The required criterion “{title}” is not met{shown}."
    ),
    "must_undecided": _about_criterion(
        "必須基準「{title}」は、今のシード数では判定できません{shown}。{settle}",
        "The required criterion “{title}” cannot be decided with the seeds so far{shown}.{settle}",
    ),
    "must_not_measured": _about_criterion(
        "必須基準「{title}」が測定されていません。{why}", "The required criterion “{title}” was not measured.{why}"
    ),
    "must_error": _about_criterion(
        "必須基準「{title}」は、測定中のエラーのため判定できません。",
        "The required criterion “{title}” cannot be decided because of an error in the measurement.",
    ),
    "want_failed": _about_criterion(
        "希望基準「{title}」を満たしていません{shown}。", "The desired criterion “{title}” is not met{shown}."
    ),
    "want_undecided": _about_criterion(
        "希望基準「{title}」は、まだ判定できません{shown}。{settle}",
        "The desired criterion “{title}” is still undecided{shown}.{settle}",
    ),
    "want_not_measured": _about_criterion(
        "希望基準「{title}」が測定されていません。{why}", "The desired criterion “{title}” was not measured.{why}"
    ),
    "npv_negative": _about_money(
        "{years} 年間の NPV は 90 % 点でも {p90} にとどまり、投資を回収できない見込みです。",
        "Even at its 90 % point the NPV over {years} years is {p90}: the investment is unlikely to pay back.",
    ),
    "npv_uncertain": _uncertain_money,
    "npv_positive": _about_money(
        "{years} 年間の NPV は{npv} で、10 % 点でもプラスです。",
        "The NPV over {years} years is {npv}: positive even at its 10 % point.",
    ),
    "rival_as_good": _rival,
    "as_is_as_good": _as_is,
    "npv_rests_on_assumptions": _assumed_money,
    "rests_on_assumptions": _about_criterion(
        "必須基準「{title}」は、実測ではなく仮定または推計の値に基づいています。",
        "The required criterion “{title}” rests on assumed or modelled figures, not on measurements.",
    ),
    "single_seed": _single,
}
REASON_CODES: tuple[str, ...] = tuple(_REASONS)
