"""Sentences about one criterion, filled with its measured figures."""

from __future__ import annotations

import math

from scorecards.criteria import Criterion, Scorecard
from scorecards.formats import RATIO_UNITS, fold, format_value, interval, significant
from scorecards.judgement import CriterionResult, Reason, State
from scorecards.local_text import Language, LocalText
from scorecards.phrases.criterion_reasons import criterion_reason, short_reason
from scorecards.phrases.names import metric_name, setting_name, variant_name
from scorecards.phrases.possible import SCORES_OF_MAIN, possible_interval
from scorecards.phrases.terms import VALIDATION
from scorecards.vocabulary import AT_EQUAL_COST, HIGHER_IS_BETTER

LARGEST_BUDGET_SEEDS = 20
"""The most seeds that a budget offers (`thorough`)."""
MOST_DIGITS = 7


def criterion_of(scorecard: Scorecard, criterion_id: str) -> Criterion | None:
    """Return the criterion with this id, or None."""
    return next((criterion for criterion in scorecard.criteria if criterion.id == criterion_id), None)


def criterion_title(scorecard: Scorecard, criterion_id: str, language: Language) -> str:
    """Return a criterion's title; an unknown id keeps its own name."""
    criterion = criterion_of(scorecard, criterion_id)
    return criterion.title.in_language(language) if criterion else criterion_id


def judged_title(result: CriterionResult, scorecard: Scorecard, language: Language, main_metric: str = "") -> str:
    """Return a criterion's title with the score that it speaks of: '性能差 (AUC)' / 'Performance (AUC)'.

    `main_metric`: the record's; with it a score after fine-tuning is named too.
    """
    title = criterion_title(scorecard, result.id, language)
    metric = main_metric if result.metric in SCORES_OF_MAIN and main_metric else result.metric
    if not metric.startswith("quality.") or metric in SCORES_OF_MAIN:
        return title
    name = metric_name(metric, language)
    return title if name in title else f"{title} ({name})"


def gate_text(criterion: Criterion, language: Language) -> str:
    """Return the boundary in words: '0.25 倍以下' / 'at most 0.25×'."""
    boundary = format_value(criterion.gate.boundary, criterion.unit, language)
    if language == "ja":
        gap = " " if boundary[-1].isascii() else ""
        return f"{boundary}{gap}{'以上' if criterion.gate.direction == 'higher' else '以下'}"
    return f"at {'least' if criterion.gate.direction == 'higher' else 'most'} {boundary}"


def compared_text(result: CriterionResult, scorecard: Scorecard, language: Language) -> str:
    """Return who is compared with whom, with settings and their typical values; '' where nothing was measured."""
    criterion = criterion_of(scorecard, result.id)
    if criterion is None or result.candidate_value is None:
        return ""
    candidate = _named_value(
        scorecard.candidate, criterion.candidate_setting, result.candidate_value, result.metric_unit, language
    )
    part = _part_of_data(result, language)
    if criterion.compare == "value" or result.baseline_value is None:
        return f"{candidate}{part}"
    baseline = _named_value(
        scorecard.baseline, criterion.baseline_setting, result.baseline_value, result.metric_unit, language
    )
    return f"{candidate} {'対' if language == 'ja' else 'against'} {baseline}{part}"


def value_pair(result: CriterionResult, language: Language) -> str:
    """Return the two plain values for a card: '32 B 対 9.3 kB' / '32 B against 9.3 kB'; '' where either is missing."""
    if result.candidate_value is None or result.baseline_value is None:
        return ""
    pair = [format_value(v, result.metric_unit, language) for v in (result.candidate_value, result.baseline_value)]
    return f" {'対' if language == 'ja' else 'against'} ".join(pair) + _part_of_data(result, language)


def _part_of_data(result: CriterionResult, language: Language) -> str:
    """Return ' (検証データ)' / ' (validation data)' behind scores that are not of the test data; else ''."""
    if result.metric not in AT_EQUAL_COST:
        return ""
    name = VALIDATION.name.in_language(language)
    return f" ({name if language == 'ja' else name.lower()})"


def value_or_reason(result: CriterionResult, language: Language) -> str:
    """Return the criterion's value, or in its place, in a few words, why there is none; '—' where that isn't known."""
    why = short_reason(result.reason, language) if result.value is None else ""
    return why or value_text(result, language)


def value_text(result: CriterionResult, language: Language) -> str:
    """Return the criterion's value; a ratio below a tenth as '1,680 分の 1' / '1/1,680'."""
    if result.unit in RATIO_UNITS and result.value is not None and 0 < result.value < 0.1:
        return fold(result.value, language)
    return format_value(result.value, result.unit, language, digits=_digits(result.value, result))


def _digits(figure: float | None, result: CriterionResult) -> int:
    """Return how many digits keep a figure apart from the boundary that it lies beside: 3, or more where needed."""
    if figure is None or not math.isfinite(figure) or figure == result.threshold:
        return 3
    apart = (d for d in range(3, MOST_DIGITS) if significant(figure, d) != significant(result.threshold, d))
    return next(apart, MOST_DIGITS)


def interval_text(result: CriterionResult, language: Language) -> str:
    """Return '95 % 区間 −0.1 〜 +0.9 pt、5 シード' / '95 % interval −0.1 to +0.9 pt, 5 seeds'."""
    seeds = seeds_text(result.n, language)
    if result.low is None or result.high is None:
        return seeds
    if result.n < 2:
        return f"{seeds}のみ、区間は不明" if language == "ja" else f"{seeds} only, interval not known"
    if result.low == result.high:
        return f"シードによる差なし、{seeds}" if language == "ja" else f"the same with all {seeds}"
    return f"{span_text(result, language)}{'、' if language == 'ja' else ', '}{seeds}"


def known_interval_text(result: CriterionResult, language: Language) -> str:
    """Return `interval_text` where there is a value, or an interval that bounds it on one side at least; else ''."""
    if result.value is None and not _is_bounded(result):
        return ""
    return interval_text(result, language)


def _is_bounded(result: CriterionResult) -> bool:
    if result.low is None or result.high is None or result.n < 2:
        return False
    least = 0.0 if result.unit in RATIO_UNITS else -math.inf
    return result.low > least or result.high < math.inf


def span_text(result: CriterionResult, language: Language) -> str:
    """Return the interval with its confidence, without the seeds; a ratio's end at 0 is an open one.

    A difference of shares or accuracies is shown within what is possible.
    """
    word = confidence_text(result.confidence, language)
    low, high = possible_interval(result)
    if result.unit in RATIO_UNITS and result.low == 0 and result.high is not None:
        if math.isinf(result.high):
            return f"{word}は不明" if language == "ja" else f"{word} not known"
        most = format_value(result.high, result.unit, language, digits=_digits(result.high, result))
        return f"{word} {most}以下" if language == "ja" else f"{word} up to {most}"
    digits = _digits(low, result), _digits(high, result)
    return f"{word} {interval(low, high, result.unit, language, digits=digits)}"


def confidence_text(confidence: float | None, language: Language) -> str:
    """Return '95 % 区間' / '95 % interval'; without the per cent where the confidence is not known."""
    word = "区間" if language == "ja" else "interval"
    if confidence is None:
        return word
    share = f"{confidence * 100:.3g}"
    return f"{share if float(share) < 100 else f'{confidence * 100:.5g}'} % {word}"


def seeds_text(count: int, language: Language) -> str:
    """Return the number of seeds (each one trial a variant): '5 シード' / '5 seeds'."""
    return f"{count} シード" if language == "ja" else f"{count} seed{'' if count == 1 else 's'}"


def never_reached_text(result: CriterionResult, language: Language) -> str:
    """Return with how many seeds the target was never reached; '' where it always was."""
    candidate, baseline = result.never_reached
    if candidate == 0 and baseline == 0:
        return ""
    figures: dict[str, str | float] = {"candidate": candidate, "baseline": baseline, "n": result.n}
    return criterion_reason(Reason("never_reached", figures), language)


def met_as_is_text(result: CriterionResult, language: Language) -> str:
    """Return that the comparison leaves out seeds with which an untouched model met the target; '' where it doesn't."""
    left_out = result.met_as_is
    if not left_out:
        return ""
    if language == "ja":
        return (
            f"{left_out} シードでは調整前のモデルがすでに目標に達していたため、"
            f"残りの {result.n} シードだけで比べています。"
        )
    return (
        f"With {seeds_text(left_out, 'en')} an untouched model already met the target, so the comparison uses the "
        f"other {result.n} alone."
    )


def remark_text(result: CriterionResult, language: Language) -> str:
    """Return what a reader must know beside value and interval: why there is no value, what never got there, which
    seeds were left out; '' where there is nothing of the kind.
    """
    why = criterion_reason(result.reason, language) if result.value is None and result.reason else ""
    parts = (why or never_reached_text(result, language), met_as_is_text(result, language))
    return ("" if language == "ja" else " ").join(part for part in parts if part)


def criterion_sentence(result: CriterionResult, scorecard: Scorecard, language: Language) -> str:
    """Return one or two sentences on a criterion: value, interval, gate, state, and what would settle it."""
    criterion = criterion_of(scorecard, result.id)
    if criterion is None:
        return ""
    title = judged_title(result, scorecard, language)
    if result.state in (State.NOT_MEASURED, State.ERROR):
        return _unmeasured_sentence(result, title, language)
    if result.value is None:
        return _no_value_sentence(result, criterion, title, language)
    sentence = (_sentence_ja if language == "ja" else _sentence_en)(result, criterion, title)
    gap = "" if language == "ja" else " "
    return gap.join(part for part in (sentence, remark_text(result, language), _settling(result, language)) if part)


def benefit(result: CriterionResult, language: Language) -> str:
    """Return what a passed criterion brings: 'updates are 1/290 of the size', 'the AUC is 2.7 pt higher'.

    '' unless the whole interval bears it out: a ratio below 1, a score above the baseline's. A score at equal time or
    steps is no gain of its own beside the score.
    """
    if result.metric in AT_EQUAL_COST:
        return ""
    if is_better_score(result):
        name, points = metric_name(result.metric, language), value_text(result, language)
        return (
            f"{beside_japanese(name)}は {points}"
            if language == "ja"
            else f"the {name} is {points.removeprefix('+')} higher"
        )
    words = _BENEFITS.get(result.metric)
    if words is None or result.state is not State.PASS or result.value is None or result.high is None:
        return ""
    if result.unit not in RATIO_UNITS or not 0 < result.value <= result.high < 1:
        return ""
    return words.in_language(language).format(fold=fold(result.value, language))


def is_better_score(result: CriterionResult) -> bool:
    """Tell whether a score's difference, in points, passes and is above 0 with its whole interval."""
    scored = result.metric.startswith("quality.") and result.metric in HIGHER_IS_BETTER and result.unit == "pt"
    return scored and result.state is State.PASS and result.value is not None and (result.low or 0.0) > 0


def beside_japanese(name: str) -> str:
    """Return a name as it stands before a Japanese particle: Latin letters keep a blank."""
    return f"{name} " if name[-1:].isascii() else name


def _named_value(variant: str, setting: str, value: float, unit: str, language: Language) -> str:
    name = variant_name(variant, language)
    where = f" ({setting_name(setting, language)})" if setting_name(setting, language) else ""
    return f"{name}{where} {format_value(value, unit, language)}"


_OUTCOMES = {
    State.PASS: LocalText(ja="を満たします。", en="this meets the criterion"),
    State.FAIL: LocalText(ja="を満たしません。", en="this does not meet the criterion"),
    State.UNDECIDED: LocalText(
        ja="を満たすかどうか、まだ判定できません。", en="whether this meets the criterion is still open"
    ),
}


def _no_value_sentence(result: CriterionResult, criterion: Criterion, title: str, language: Language) -> str:
    """Return the sentence of a criterion that has an interval but no value."""
    why = remark_text(result, language)
    outcome, gate = _OUTCOMES[result.state].in_language(language), gate_text(criterion, language)
    if language == "ja":
        return f"「{title}」は値を出せません ({interval_text(result, 'ja')})。{why}基準 ({gate}) {outcome}"
    return " ".join(
        part for part in (f"{title}: no value ({interval_text(result, 'en')}); {outcome} ({gate}).", why) if part
    )


def _sentence_ja(result: CriterionResult, criterion: Criterion, title: str) -> str:
    value = value_text(result, "ja")
    outcome = _OUTCOMES[result.state].ja
    if result.value is not None and math.isinf(result.value):
        reached = f"「{title}」は、候補が目標に到達しなかったため値がありません ({interval_text(result, 'ja')})。"
        return f"{reached}基準 ({gate_text(criterion, 'ja')}) {outcome}"
    return f"「{title}」は {value} ({interval_text(result, 'ja')}) で、基準 ({gate_text(criterion, 'ja')}) {outcome}"


def _sentence_en(result: CriterionResult, criterion: Criterion, title: str) -> str:
    value = value_text(result, "en")
    outcome = _OUTCOMES[result.state].en
    if result.value is not None and math.isinf(result.value):
        value = "no value, because the candidate never reached the target"
    return f"{title}: {value} ({interval_text(result, 'en')}); {outcome} ({gate_text(criterion, 'en')})."


def _unmeasured_sentence(result: CriterionResult, title: str, language: Language) -> str:
    why = criterion_reason(result.reason, language) if result.reason else ""
    if result.state is State.ERROR:
        text = LocalText(
            ja=f"「{title}」は測定中のエラーで判定できません。", en=f"{title}: an error stopped the measurement."
        )
    else:
        text = LocalText(ja=f"「{title}」は測定していません。", en=f"{title}: not measured.")
    sentence = text.in_language(language)
    return sentence if not why else f"{sentence}{'' if language == 'ja' else ' '}{why}"


def _settling(result: CriterionResult, language: Language) -> str:
    if result.state is not State.UNDECIDED:
        return ""
    if result.more_seeds is not None and result.more_seeds > 0:
        return more_seeds_text(result.more_seeds, result.n, language)
    if result.n < 2:
        return single_seed_text(language)
    return ""


def more_seeds_text(more: int, seeds: int, language: Language) -> str:
    """Return about how many `more` seeds would settle it, an estimate from the `seeds` so far; beyond the largest
    budget it says that no budget offers them.
    """
    if seeds + more > LARGEST_BUDGET_SEEDS:
        if language == "ja":
            return (
                f"判定には、最大の予算で実行できる {LARGEST_BUDGET_SEEDS} シードより多くのシードが必要な見込みです "
                f"(これまでの {seeds} シードからの推定)。{other_cure_text('ja')}"
            )
        return (
            f"A decision would take more than the {LARGEST_BUDGET_SEEDS} seeds that the largest budget offers "
            f"(estimate from {seeds_text(seeds, 'en')} so far). {other_cure_text('en')}"
        )
    if language == "ja":
        return f"目安: あと約 {more} シードで判定できる見込みです (これまでの {seeds} シードからの推定)。"
    return (
        f"Roughly {more} more seed{'' if more == 1 else 's'} may be enough to decide "
        f"(estimate from {seeds_text(seeds, 'en')} so far)."
    )


def other_cure_text(language: Language) -> str:
    """Return what would settle a criterion where no budget offers enough seeds."""
    if language == "ja":
        return "基準値を緩めるか、データを増やすことをご検討ください。"
    return "Consider a looser threshold or more data."


def single_seed_text(language: Language) -> str:
    """Return the sentence that one seed proves nothing."""
    return criterion_reason(Reason("single_seed", {}), language)


_BENEFITS = {
    "size.update_bytes": LocalText(ja="更新の配布量は {fold}", en="updates are {fold} of the size"),
    "size.install_bytes": LocalText(ja="初回導入の配布量は {fold}", en="the install is {fold} of the size"),
    "finetune.seconds_to_target": LocalText(ja="現場調整の時間は {fold}", en="fine-tuning takes {fold} of the time"),
    "finetune.seconds": LocalText(ja="現場調整の時間は {fold}", en="fine-tuning takes {fold} of the time"),
    "train.seconds_to_target": LocalText(ja="初期学習の時間は {fold}", en="training takes {fold} of the time"),
    "train.cpu_seconds": LocalText(ja="学習の計算費用は {fold}", en="training costs {fold} of the computing"),
}
