"""The verdict in one sentence, and a sentence for each of its reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scorecards.criteria import Scorecard
from scorecards.formats import format_money_together, interval
from scorecards.judgement import BusinessResult, CriterionResult, Judgement, Reason, VerdictState
from scorecards.local_text import LANGUAGES, Language, LocalText
from scorecards.phrases.criterion import (
    benefit,
    criterion_of,
    is_better_score,
    judged_title,
    more_seeds_text,
    span_text,
)
from scorecards.phrases.criterion_reasons import NOTHING_TO_MEASURE, criterion_reason
from scorecards.phrases.names import metric_name, variant_name
from scorecards.phrases.open_musts import open_sentences
from scorecards.phrases.possible import possible_difference
from scorecards.vocabulary import MAIN_METRIC, METRIC_UNITS

Figures = Mapping[str, str | float]


def headline(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return the verdict in one or two sentences: who is compared, what is gained, and what decides."""
    gains = _gains(scorecard, judgement, language)
    turn = _turning_point(scorecard, judgement, language)
    go = judgement.verdict.state is VerdictState.GO
    candidate, baseline = (variant_name(name, language) for name in (scorecard.candidate, scorecard.baseline))
    if language == "ja":
        if not gains:
            return f"{candidate}を{baseline}と比べた結果、{turn}"
        return f"{candidate}は{baseline}に比べ、{gains} {'です。' if go else 'ですが、'}{turn}"
    lead = f"With the {candidate} in place of the {baseline}, "
    if not gains:
        return f"{lead}{_lower_first(turn)}"
    return f"{lead}{gains}{f'. {turn}' if go else f'; however, {_lower_first(turn)}'}"


def rival_names(rivals: Sequence[str], scorecard: Scorecard, language: Language) -> str:
    """Return rivals as a sentence names them; the baseline is one by fine-tuning its head only."""
    if language == "ja":
        head = " (出力層だけの調整) "
        return "".join(f"「{variant_name(name, 'ja')}」{head if name == scorecard.baseline else ''}" for name in rivals)
    names = [
        f"the {variant_name(name, 'en')}{' with only its head fine-tuned' if name == scorecard.baseline else ''}"
        for name in rivals
    ]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


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

    def rank(result: CriterionResult) -> tuple[bool, bool, float]:
        value = result.value if result.value is not None else 1.0
        return not is_better_score(result), result.id not in musts, value

    ranked = sorted(judgement.criteria, key=rank)
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


def _title(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    name, result = str(figures.get("criterion", "")), _result(figures, judgement)
    if result is None:
        return LocalText(ja=name, en=name)
    return LocalText(ja=judged_title(result, scorecard, "ja"), en=judged_title(result, scorecard, "en"))


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
    """Return why nothing was measured where the data itself left nothing to measure, else ''."""
    result = _result(figures, judgement)
    if result is None or result.reason is None or result.reason.code not in NOTHING_TO_MEASURE:
        return LocalText(ja="", en="")
    return LocalText(ja=criterion_reason(result.reason, "ja"), en=" " + criterion_reason(result.reason, "en"))


def _about_criterion(ja: str, en: str) -> Callable[[Figures, Scorecard, Judgement], LocalText]:
    def build(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
        title, shown = _title(figures, scorecard, judgement), _shown(figures, scorecard, judgement)
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
            quantiles = dict(_npv(figures, business))
            amounts = format_money_together(tuple(quantiles.values()), business.currency, language)
            money = {f"p{q}": amount for q, amount in zip(quantiles, amounts, strict=True)}
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
    first = str(figures.get("rival", judgement.verdict.rival or ""))
    rivals = tuple(str(figures.get("rivals", first)).split(","))
    ja, en = rival_names(rivals, scorecard, "ja"), _upper_first(rival_names(rivals, scorecard, "en"))
    several = len(rivals) > 1
    if figures.get("scope") == "passed":
        candidate = LocalText(ja=variant_name(scorecard.candidate, "ja"), en=variant_name(scorecard.candidate, "en"))
        return LocalText(
            ja=f"{candidate.ja}が満たした必須基準は、より単純な{ja}でもすべて満たしており、"
            f"性能でも{candidate.ja}が上回るとは確かめられません。",
            en=f"{en}, which {'are' if several else 'is'} simpler, also {'pass' if several else 'passes'} every "
            f"required criterion that the {candidate.en} passes, and the {candidate.en} is not shown to perform "
            "better.",
        )
    return LocalText(
        ja=f"{ja}でも同等の結果が出ているため、そちらを先に検討してください。",
        en=f"{en} {'do' if several else 'does'} as well: consider {'them' if several else 'it'} first.",
    )


def _site_rival(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    rival, metric = str(figures.get("rival", "dense_site")), str(figures.get("metric", MAIN_METRIC))
    score = "score" if METRIC_UNITS.get(metric) == "score" else ""
    factor, unit = (100.0, "pt") if score else (1.0, METRIC_UNITS.get(metric, ""))

    def said(language: Language, text: str, brackets: str) -> str:
        span = ""
        if "low" in figures and "high" in figures:
            ends = float(figures["low"]) * factor, float(figures["high"]) * factor
            ends = possible_difference(metric, unit, *ends)
            span = brackets.format(span=interval(*ends, unit, language))
        return text.format(
            rival=variant_name(rival, language),
            candidate=variant_name(scorecard.candidate, language),
            metric=metric_name(metric, language),
            span=span,
        )

    return LocalText(
        ja=said(
            "ja",
            "{candidate}の主指標 ({metric}) が、重みを生成せずに拠点を区別する「{rival}」を"
            "上回るとは確かめられません{span}。",
            " (差の区間 {span})",
        ),
        en=said(
            "en",
            "The {candidate}'s {metric} is not shown to be above that of the {rival}, which knows the sites without "
            "generating weights{span}.",
            " (interval of the difference {span})",
        ),
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
    median = dict(_npv(figures, business))[50]
    ja, en = (format_money_together((median, npv), business.currency, language) for language in LANGUAGES)
    return LocalText(
        ja=f"{business.horizon_years} 年間の NPV (中央値 {ja[0]}) がプラスになるのは、実測も見積もりもない効果 "
        f"(人手の削減や性能向上の価値) を仮定しているためです (それを除くと {ja[1]})。"
        "作業時間や性能 1 ポイントの価値を確かめてから判断してください。",
        en=f"The NPV over {business.horizon_years} years ({en[0]} at the median) is positive only through savings "
        "that are assumed, neither measured nor quoted: labour, or the worth of a better score "
        f"(without them: {en[1]}). Establish these figures before you decide.",
    )


def _single(figures: Figures, scorecard: Scorecard, judgement: Judgement) -> LocalText:
    return LocalText(
        ja="シードが 1 つだけのため、証拠とは言えません。シードを増やしてください。",
        en="A single seed is no evidence; please run more seeds.",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(_LOWERED) else text


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


_LOWERED = ("The ", "All ", "About ", "Even ", "A ")


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
    "site_rival_not_beaten": _site_rival,
    "npv_rests_on_assumptions": _assumed_money,
    "rests_on_assumptions": _about_criterion(
        "必須基準「{title}」は、実測ではなく仮定または推計の値に基づいています。",
        "The required criterion “{title}” rests on assumed or modelled figures, not on measurements.",
    ),
    "single_seed": _single,
}
REASON_CODES: tuple[str, ...] = tuple(_REASONS)
