"""Sentences about one criterion, filled with its measured figures."""

from __future__ import annotations

import math
from collections.abc import Callable

from scorecards.criteria import Criterion, Scorecard
from scorecards.formats import RATIO_UNITS, fold, format_value, interval
from scorecards.judgement import CriterionResult, Reason, State
from scorecards.local_text import Language, LocalText
from scorecards.phrases.names import setting_name, variant_name


def criterion_of(scorecard: Scorecard, criterion_id: str) -> Criterion | None:
    """Return the criterion with this id, or None."""
    return next((criterion for criterion in scorecard.criteria if criterion.id == criterion_id), None)


def criterion_title(scorecard: Scorecard, criterion_id: str, language: Language) -> str:
    """Return a criterion's title; an unknown id keeps its own name."""
    criterion = criterion_of(scorecard, criterion_id)
    return criterion.title.in_language(language) if criterion else criterion_id


def gate_text(criterion: Criterion, language: Language) -> str:
    """Return the boundary in words: '0.25 倍以下' / 'at most 0.25×'."""
    boundary = format_value(criterion.gate.boundary, criterion.unit, language)
    if language == "ja":
        gap = " " if boundary[-1].isascii() else ""
        return f"{boundary}{gap}{'以上' if criterion.gate.direction == 'higher' else '以下'}"
    return f"at {'least' if criterion.gate.direction == 'higher' else 'most'} {boundary}"


def compared_text(result: CriterionResult, scorecard: Scorecard, language: Language) -> str:
    """Return who is compared with whom, with settings and median values; '' where nothing was measured."""
    criterion = criterion_of(scorecard, result.id)
    if criterion is None or result.candidate_value is None:
        return ""
    candidate = _named_value(
        scorecard.candidate, criterion.candidate_setting, result.candidate_value, result.metric_unit, language
    )
    if criterion.compare == "value" or result.baseline_value is None:
        return candidate
    baseline = _named_value(
        scorecard.baseline, criterion.baseline_setting, result.baseline_value, result.metric_unit, language
    )
    return f"{candidate} {'対' if language == 'ja' else 'against'} {baseline}"


def value_pair(result: CriterionResult, language: Language) -> str:
    """Return the two plain values for a card: '32 B 対 9.3 kB' / '32 B against 9.3 kB'; '' where either is missing."""
    if result.candidate_value is None or result.baseline_value is None:
        return ""
    pair = [format_value(v, result.metric_unit, language) for v in (result.candidate_value, result.baseline_value)]
    return f" {'対' if language == 'ja' else 'against'} ".join(pair)


def value_text(result: CriterionResult, language: Language) -> str:
    """Return the criterion's value; a ratio below a tenth as '1,680 分の 1' / '1/1,680'."""
    if result.unit in RATIO_UNITS and result.value is not None and 0 < result.value < 0.1:
        return fold(result.value, language)
    return format_value(result.value, result.unit, language)


def interval_text(result: CriterionResult, language: Language) -> str:
    """Return the interval in words: '区間 −0.1 〜 +0.9 pt、5 試行' / 'interval −0.1 to +0.9 pt, 5 trials'."""
    trials = trials_text(result.n, language)
    if result.low is None or result.high is None:
        return trials
    if result.n < 2:
        return f"{trials}のみ、区間は不明" if language == "ja" else f"{trials} only, interval not known"
    if result.low == result.high:
        return f"試行による差なし、{trials}" if language == "ja" else f"the same in all {result.n} trials"
    span = interval(result.low, result.high, result.unit, language)
    return f"区間 {span}、{trials}" if language == "ja" else f"interval {span}, {trials}"


def trials_text(count: int, language: Language) -> str:
    """Return '5 試行' / '5 trials'."""
    return f"{count} 試行" if language == "ja" else f"{count} trial{'' if count == 1 else 's'}"


def never_reached_text(result: CriterionResult, language: Language) -> str:
    """Return how many trials never reached the target; '' where all did."""
    candidate, baseline = result.never_reached
    if candidate == 0 and baseline == 0:
        return ""
    if language == "ja":
        return f"{result.n} 試行のうち、候補は {candidate} 回、通常モデルは {baseline} 回、目標に到達しませんでした。"
    return (
        f"Trials that never reached the target: candidate {candidate} of {result.n}, baseline {baseline} of {result.n}."
    )


def criterion_sentence(result: CriterionResult, scorecard: Scorecard, language: Language) -> str:
    """Return one or two sentences on a criterion: value, interval, gate, state, and what would settle it."""
    criterion = criterion_of(scorecard, result.id)
    if criterion is None:
        return ""
    title = criterion.title.in_language(language)
    if result.state in (State.NOT_MEASURED, State.ERROR) or result.value is None:
        return _unmeasured_sentence(result, title, language)
    sentence = (_sentence_ja if language == "ja" else _sentence_en)(result, criterion, title)
    gap = "" if language == "ja" else " "
    return gap.join(
        part for part in (sentence, never_reached_text(result, language), _settling(result, language)) if part
    )


def criterion_reason(reason: Reason, language: Language) -> str:
    """Return the sentence of a criterion's own reason (why it is undecided, not measured or in error)."""
    figures = {name: _plain(value) for name, value in reason.figures.items()}
    build = _CRITERION_REASONS.get(reason.code)
    return build(figures).in_language(language) if build else ""


def benefit(result: CriterionResult, language: Language) -> str:
    """Return what a passed ratio criterion saves ('updates are 1/290 of the size'); '' unless all of it is below 1."""
    words = _BENEFITS.get(result.metric)
    if words is None or result.state is not State.PASS or result.value is None or result.high is None:
        return ""
    if result.unit not in RATIO_UNITS or not 0 < result.value <= result.high < 1:
        return ""
    return words.in_language(language).format(fold=fold(result.value, language))


def _named_value(variant: str, setting: str, value: float, unit: str, language: Language) -> str:
    name = variant_name(variant, language)
    where = f" ({setting_name(setting, language)})" if setting_name(setting, language) else ""
    return f"{name}{where} {format_value(value, unit, language)}"


def _sentence_ja(result: CriterionResult, criterion: Criterion, title: str) -> str:
    value = value_text(result, "ja")
    outcome = {
        State.PASS: "を満たします。",
        State.FAIL: "を満たしません。",
        State.UNDECIDED: "を満たすかどうか、まだ判定できません。",
    }[result.state]
    if result.value is not None and math.isinf(result.value):
        reached = f"「{title}」は、候補が目標に到達しなかったため値がありません ({interval_text(result, 'ja')})。"
        return f"{reached}基準 ({gate_text(criterion, 'ja')}) {outcome}"
    return f"「{title}」は {value} ({interval_text(result, 'ja')}) で、基準 ({gate_text(criterion, 'ja')}) {outcome}"


def _sentence_en(result: CriterionResult, criterion: Criterion, title: str) -> str:
    value = value_text(result, "en")
    outcome = {
        State.PASS: "this meets the criterion",
        State.FAIL: "this does not meet the criterion",
        State.UNDECIDED: "whether this meets the criterion is still open",
    }[result.state]
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
        return more_seeds_text(result.more_seeds, language)
    if result.n < 2:
        return criterion_reason(Reason("single_seed", {}), language)
    return ""


def more_seeds_text(count: float, language: Language) -> str:
    """Return about how many further trials would settle it."""
    number = math.ceil(count)
    if language == "ja":
        return f"あと約 {number} 回の試行で判定できる見込みです。"
    return f"About {number} more trial{'' if number == 1 else 's'} should settle it."


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, int | float) else value


_CRITERION_REASONS: dict[str, Callable[[dict[str, str]], LocalText]] = {
    "never_reached": lambda f: LocalText(
        ja=f"{f.get('n', '')} 試行のうち、候補は {f.get('candidate', '0')} 回、"
        f"通常モデルは {f.get('baseline', '0')} 回、目標に到達しませんでした。",
        en=f"Trials that never reached the target: candidate {f.get('candidate', '0')} of {f.get('n', '')}, "
        f"baseline {f.get('baseline', '0')} of {f.get('n', '')}.",
    ),
    "no_rows": lambda f: LocalText(
        ja=f"{variant_name(f.get('variant', ''), 'ja')}の測定値がありません。",
        en=f"There are no measurements of the {variant_name(f.get('variant', ''), 'en')}.",
    ),
    "trial_failed": lambda f: LocalText(
        ja=f"{variant_name(f.get('variant', ''), 'ja')}の試行が {f.get('count', '')} 回、エラーで終わりました。",
        en=f"{f.get('count', '')} trial(s) of the {variant_name(f.get('variant', ''), 'en')} ended in an error.",
    ),
    "single_seed": lambda f: LocalText(
        ja="試行が 1 回だけのため、証拠とは言えません。", en="A single trial is no evidence."
    ),
    "interval_crosses": lambda f: LocalText(
        ja="区間が基準をまたいでいます。", en="The interval lies on both sides of the threshold."
    ),
}

_BENEFITS = {
    "size.update_bytes": LocalText(ja="更新の配布量は {fold}", en="updates are {fold} of the size"),
    "size.install_bytes": LocalText(ja="初回導入の配布量は {fold}", en="the install is {fold} of the size"),
    "finetune.seconds_to_target": LocalText(ja="現場調整の時間は {fold}", en="fine-tuning takes {fold} of the time"),
    "finetune.seconds": LocalText(ja="現場調整の時間は {fold}", en="fine-tuning takes {fold} of the time"),
    "train.seconds_to_target": LocalText(ja="初期学習の時間は {fold}", en="training takes {fold} of the time"),
    "train.cpu_seconds": LocalText(ja="学習の計算費用は {fold}", en="training costs {fold} of the computing"),
}
