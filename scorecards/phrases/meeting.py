"""The sentences to say in the meeting, in the order of a ringi sheet: purpose, result, risk, cost, decision asked."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.business import counts_assumed_savings, hinges_on_an_assumption, pays_anyway
from scorecards.criteria import Scorecard
from scorecards.formats import (
    format_money_beside,
    format_money_together,
    format_months,
    format_probability,
    format_sites,
)
from scorecards.judgement import BusinessResult, Judgement, TornadoBar, VerdictState
from scorecards.local_text import Language
from scorecards.phrases.criterion import criterion_sentence
from scorecards.phrases.names import assumption_name, metric_name, variant_name
from scorecards.phrases.open_musts import undecided_decision
from scorecards.phrases.tasks import rows_text
from scorecards.phrases.verdict import headline, npv_text, reason_sentence, rival_names
from scorecards.record import Record

_SITES, _WORTH = "sites", "value_per_point"
_GOOD_NEWS = frozenset({"all_musts_pass", "npv_positive"})


@dataclass(frozen=True)
class MeetingSentences:
    """What to say, by the five parts of a ringi sheet; each a tuple of whole sentences."""

    purpose: tuple[str, ...]
    result: tuple[str, ...]
    risk: tuple[str, ...]
    cost: tuple[str, ...]
    decision: tuple[str, ...]


def meeting_sentences(record: Record, language: Language) -> MeetingSentences:
    """Return the sentences that the record's figures bear out."""
    return MeetingSentences(
        purpose=_purpose(record, language),
        result=_result(record, language),
        risk=risk_sentences(record, language),
        cost=cost_sentences(record.judgement.business, language),
        decision=(decision_sentence(record.scorecard, record.judgement, language),),
    )


def decision_sentence(scorecard: Scorecard, judgement: Judgement, language: Language) -> str:
    """Return what the meeting is asked to decide."""
    candidate = variant_name(scorecard.candidate, language)
    state, rival = judgement.verdict.state, judgement.verdict.rival
    if state is VerdictState.GO:
        return (
            f"{candidate}の導入を承認くださいますようお願いいたします。"
            if language == "ja"
            else f"Please approve the adoption of the {candidate}."
        )
    if state is VerdictState.NO_GO:
        kept = variant_name(scorecard.baseline, language)
        return (
            f"{candidate}の導入を見送り、{kept}での運用を続けることをご承認ください。"
            if language == "ja"
            else f"Please approve not adopting the {candidate} and staying with the {kept}."
        )
    if state is VerdictState.UNDECIDED:
        return undecided_decision(scorecard, judgement, language)
    if rival is not None:
        names = rival_names(judgement.verdict.rivals, scorecard, language)
        return (
            f"より単純な{names}を先に評価し、その結果を踏まえて{candidate}の導入を判断することをご承認ください。"
            if language == "ja"
            else f"Please approve evaluating {names} first, as the simpler way, and then deciding on the {candidate}."
        )
    if any(reason.code == "as_is_as_good" for reason in judgement.verdict.reasons):
        return (
            f"現場調整をしない運用を先に確かめ、その結果を踏まえて{candidate}の導入を判断することをご承認ください。"
            if language == "ja"
            else f"Please approve trying operation without fine-tuning first and then deciding on the {candidate}."
        )
    return (
        f"下記のリスクに対応することを条件として、{candidate}の導入をご承認ください。"
        if language == "ja"
        else f"Please approve the adoption of the {candidate} on condition that the risks named here are dealt with."
    )


def risk_sentences(record: Record, language: Language) -> tuple[str, ...]:
    """Return what stands against the verdict: reasons, open criteria, failures, thin or synthetic data."""
    judgement = record.judgement
    lines = [
        reason_sentence(reason, record.scorecard, judgement, language)
        for reason in judgement.verdict.reasons
        if reason.code not in _GOOD_NEWS
    ]
    if record.dataset.synthetic:
        lines.append(synthetic_sentence(language))
    if record.failures:
        count = len(record.failures)
        lines.append(
            f"{count} 回の試行がエラーで終わりました。記録に残しています。"
            if language == "ja"
            else f"Trials that ended in an error and are kept in the record: {count}."
        )
    if judgement.business.missing:
        lines.append(_missing_sentence(judgement.business, language))
    unsteady = _unsteady_sentence(record, language)
    if unsteady:
        lines.append(unsteady)
    turning = _turning_assumption(judgement.business, language)
    if turning:
        lines.append(turning)
    if not lines:
        lines.append(
            "判定を妨げる事項は見つかっていません。"
            if language == "ja"
            else "Nothing was found that stands against this verdict."
        )
    return tuple(dict.fromkeys(lines))


def cost_sentences(business: BusinessResult, language: Language) -> tuple[str, ...]:
    """Return NPV, probability of a gain, payback, break-even, and the first outlay."""
    probability = format_probability(business.probability_positive, language)
    outlay = sum(flow[0] for flow in business.cash_flows.values() if flow)
    largest = max(abs(amount) for amount in (business.npv_p10, business.npv_p50, business.npv_p90))
    basis = assumed_savings_text(business, language)
    spent = format_money_beside(-outlay, largest, business.currency, language)
    if language == "ja":
        lines = [
            f"{business.horizon_years} 年間の NPV は{npv_text(business, language)} で、"
            f"プラスになる確率は {probability}{f' ({basis})' if basis else ''} です。",
            f"割引回収期間は {format_months(business.payback_months, language)}です。"
            if business.payback_months is not None
            else f"割引後の金額では、{business.horizon_years} 年の間に投資を回収できません。",
            break_even_sentence(business, language),
        ]
        if outlay < 0:
            lines.append(f"最初に必要な支出は {spent} です。")
        return tuple(lines)
    lines = [
        f"The NPV over {business.horizon_years} years is {npv_text(business, language)}; "
        f"the probability of a gain is {probability}{f' ({basis})' if basis else ''}.",
        f"The discounted payback time is {format_months(business.payback_months, language)}."
        if business.payback_months is not None
        else f"The investment does not pay back within {business.horizon_years} years (discounted).",
        break_even_sentence(business, language),
    ]
    if outlay < 0:
        lines.append(f"The first outlay is {spent}.")
    return tuple(lines)


def assumed_savings_text(business: BusinessResult, language: Language) -> str:
    """Return that a figure includes assumed savings, where the NPV is negative without them; else ''."""
    if not counts_assumed_savings(business):
        return ""
    return "仮定した効果を含む" if language == "ja" else "on assumed values"


def break_even_text(business: BusinessResult, language: Language) -> str:
    """Return the break-even for a tile: '18 拠点' / '18 sites', or that it pays with any number of sites, or none; or
    what decides in the place of the sites.
    """
    if pays_anyway(business):
        return "拠点数によらず" if language == "ja" else "any number of sites"
    if hinges_on_an_assumption(business):
        bar = _deciding_assumption(business)
        if bar is not None and bar.assumption == _WORTH:
            return "性能の価値による" if language == "ja" else "depends on the value of quality"
        return "前提による" if language == "ja" else "depends on the assumptions"
    return format_sites(business.break_even_sites, language)


def break_even_sentence(business: BusinessResult, language: Language) -> str:
    """Return at how many sites it breaks even, or that their number doesn't decide, or that none does."""
    sites = business.break_even_sites
    if sites is None:
        return _no_break_even(business, language)
    if hinges_on_an_assumption(business):
        return _hinges_sentence(business, language)
    if sites == 1:
        if language == "ja":
            return "最も起こりやすい前提では、拠点数によらず NPV はマイナスになりません。"
        return "Under the likely assumptions the NPV is not negative with any number of sites."
    named = format_sites(sites, language)
    return f"損益分岐は {named}です。" if language == "ja" else f"It breaks even at {named}."


def _hinges_sentence(business: BusinessResult, language: Language) -> str:
    bar = _deciding_assumption(business)
    if bar is None:
        if language == "ja":
            return "採算は、拠点数ではなく、仮定した効果が実際に得られるかどうかによります。"
        return "Whether it pays depends on the assumed savings, not on the number of sites."
    name = assumption_name(bar, language)
    if bar.assumption != _WORTH:
        if language == "ja":
            return f"採算は、拠点数ではなく、前提「{name}」の見積もりによります。"
        return f"Whether it pays depends on the estimate of “{name}”, not on the number of sites."
    if language == "ja":
        return f"採算は、拠点数ではなく、性能の価値 (前提「{name}」) の見積もりによります。"
    return f"Whether it pays depends on the value of quality (“{name}”), not on the number of sites."


def _deciding_assumption(business: BusinessResult) -> TornadoBar | None:
    """Return the assumption whose range turns the NPV negative: the value of quality first, else the widest."""
    turning = [bar for bar in business.tornado if min(bar.npv_at_low, bar.npv_at_high) < 0 and bar.assumption != _SITES]
    worth = next((bar for bar in turning if bar.assumption == _WORTH), None)
    return worth or max(turning, key=_swing, default=None)


def _no_break_even(business: BusinessResult, language: Language) -> str:
    bar = next((bar for bar in business.tornado if bar.assumption == _SITES), None)
    if bar is not None and bar.npv_at_high < bar.npv_at_low:
        if language == "ja":
            return "拠点が増えるほど NPV は下がるため、損益分岐となる最小の拠点数はありません。"
        return "Each further site lowers the NPV, so there is no smallest number of sites that pays."
    if language == "ja":
        return "現実的な拠点数では損益分岐に達しません。"
    return "No realistic number of sites makes it break even."


def tornado_sentence(business: BusinessResult, language: Language) -> str:
    """Return which assumption moves the NPV most, and how far; '' where none does."""
    if not business.tornado:
        return ""
    bar = max(business.tornado, key=_swing)
    if _swing(bar) == 0:
        return ""
    ends = sorted((bar.npv_at_low, bar.npv_at_high))
    low, high = format_money_together(ends, business.currency, language)
    name = assumption_name(bar, language)
    if language == "ja":
        return f"最も効く前提は「{name}」で、NPV は {low} 〜 {high} の間で動きます。"
    return f"The assumption that matters most is “{name}”: it moves the NPV between {low} and {high}."


def synthetic_sentence(language: Language) -> str:
    """Return the warning that the data is synthetic."""
    if language == "ja":
        return "データは合成データです。実際の業務での効果を示すものではありません。"
    return "The data is synthetic: it does not show the effect in real operation."


def _purpose(record: Record, language: Language) -> tuple[str, ...]:
    facts = record.dataset
    candidate, baseline = (
        variant_name(name, language) for name in (record.scorecard.candidate, record.scorecard.baseline)
    )
    named = facts.name not in ("", record.title)
    size = rows_text(record.task, facts.rows).in_language(language)
    if language == "ja":
        size += f"、{facts.sites:,} 拠点" if facts.sites else ""
        data = f"データは {facts.name} ({size}) で" if named else f"データは {size}で"
        return (
            f"「{record.title}」について、{candidate}が{baseline}に代わる価値があるかを確かめました。",
            f"{data}、両者を同じ条件で学習し、測定しました。",
        )
    size += f", {facts.sites:,} sites" if facts.sites else ""
    data = f"{facts.name} ({size})" if named else f"the data ({size})"
    return (
        f"For “{record.title}” we asked whether the {candidate} is worth adopting in place of the {baseline}.",
        f"Both were trained and measured under the same conditions on {data}.",
    )


def _result(record: Record, language: Language) -> tuple[str, ...]:
    musts = {criterion.id for criterion in record.scorecard.criteria if criterion.must}
    ordered = sorted(record.judgement.criteria, key=lambda result: result.id not in musts)
    sentences = (criterion_sentence(result, record.scorecard, language) for result in ordered)
    return (headline(record.scorecard, record.judgement, language), *(text for text in sentences if text))


def _missing_sentence(business: BusinessResult, language: Language) -> str:
    names = [metric_name(metric, language) for metric in business.missing]
    if language == "ja":
        return f"「{'」「'.join(names)}」は測定していないため、金額の計算では差がないものとしています。"
    return f"Not measured, and taken as no difference in the money: {', '.join(names)}."


def _unsteady_sentence(record: Record, language: Language) -> str:
    """Return which timings of the two compared variants varied too much from seed to seed; '' where none did."""
    compared = (record.scorecard.candidate, record.scorecard.baseline)
    flags = record.environment.get("unstable")
    metrics = [
        metric_name(str(flag["metric"]), language)
        for flag in (flags if isinstance(flags, list) else [])
        if isinstance(flag, dict) and flag.get("variant") in compared
    ]
    if not metrics:
        return ""
    names = list(dict.fromkeys(metrics))
    if language == "ja":
        return f"シードによって大きくばらついた時間があります ({'、'.join(names)})。"
    return f"Some timings varied much from seed to seed: {', '.join(names)}."


def _turning_assumption(business: BusinessResult, language: Language) -> str:
    """Return which assumption's range turns the sign of the NPV; '' where none does."""
    turning = [bar for bar in business.tornado if min(bar.npv_at_low, bar.npv_at_high) < 0 < business.npv_likely]
    if not turning:
        return ""
    names = [assumption_name(bar, language) for bar in sorted(turning, key=_swing, reverse=True)[:2]]
    if language == "ja":
        return f"前提のうち「{'」「'.join(names)}」は、想定の幅の中で NPV をマイナスに転じさせます。"
    if len(names) == 1:
        return f"Within its assumed range, “{names[0]}” can turn the NPV negative."
    return f"Within their assumed ranges, “{names[0]}” and “{names[1]}” can each turn the NPV negative."


def _swing(bar: TornadoBar) -> float:
    return abs(bar.npv_at_high - bar.npv_at_low)
