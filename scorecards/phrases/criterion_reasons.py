"""Why a criterion is undecided, not measured or in error, in a sentence; in a few words for a card."""

from __future__ import annotations

from collections.abc import Callable

from scorecards.judgement import Reason
from scorecards.local_text import Language, LocalText
from scorecards.phrases.names import variant_name

NOTHING_TO_MEASURE = frozenset({"no_tuning_needed", "no_usable_target"})
"""Reasons by which the data itself left nothing to measure: no further run would."""


def criterion_reason(reason: Reason, language: Language) -> str:
    """Return the sentence of a criterion's own reason (why it is undecided, not measured or in error)."""
    figures = {name: _plain(value) for name, value in reason.figures.items()}
    build = _CRITERION_REASONS.get(reason.code)
    return build(figures).in_language(language) if build else ""


def short_reason(reason: Reason | None, language: Language) -> str:
    """Return a reason for a missing value in a few words, as they stand in the value's place; '' where it has none."""
    words = _SHORT.get(reason.code) if reason else None
    return words.in_language(language) if words else ""


def _never_reached(figures: dict[str, str]) -> LocalText:
    count, ours, theirs = figures.get("n", ""), figures.get("candidate", "0"), figures.get("baseline", "0")
    unknown = figures.get("unknown")
    if unknown is None:
        return LocalText(
            ja=f"{count} シードのうち、候補は {ours} シード、通常モデルは {theirs} シードで、"
            "目標に到達しませんでした。",
            en=f"Seeds with which the target was never reached: candidate {ours} of {count}, "
            f"baseline {theirs} of {count}.",
        )
    ja, en = ("比", "ratio") if unknown == "ratio" else ("差", "difference")
    if ours != "0":
        return LocalText(
            ja=f"{count} シード中、候補は {ours} シード、通常モデルは {theirs} シードで目標に届かず、"
            f"{ja}を出せません。",
            en=f"The candidate missed the target with {ours} of {count} seeds and the baseline with {theirs}: "
            f"there is no {en} to give.",
        )
    return LocalText(
        ja=f"通常モデルは {count} シード中 {theirs} シードで目標に届かず、{ja}を出せません。",
        en=f"The baseline missed the target with {theirs} of {count} seeds: there is no {en} to give.",
    )


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, int | float) else value


_CRITERION_REASONS: dict[str, Callable[[dict[str, str]], LocalText]] = {
    "never_reached": _never_reached,
    "no_tuning_needed": lambda f: LocalText(
        ja="調整なしの状態で目標に達しているため、比べる調整時間がありません。",
        en="The untouched model already meets the target, so there is no tuning time to compare.",
    ),
    "no_usable_target": lambda f: LocalText(
        ja="使える目標がありません。参照モデルの性能が当て推量を上回らず、到達すべき目標を定められませんでした。",
        en="There is no usable target: the reference model does no better than guessing.",
    ),
    "invalid_value": lambda f: LocalText(
        ja=f"{variant_name(f.get('variant', ''), 'ja')}の測定値 {f.get('count', '')} 件が、比較できない値です。",
        en=f"{f.get('count', '')} measurement(s) of the {variant_name(f.get('variant', ''), 'en')} cannot be compared.",
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
        ja="シードが 1 つだけのため、証拠とは言えません。", en="A single seed is no evidence."
    ),
    "interval_crosses": lambda f: LocalText(
        ja="区間が基準をまたいでいます。", en="The interval lies on both sides of the threshold."
    ),
}

_SHORT = {
    "no_tuning_needed": LocalText(ja="調整なしで目標到達", en="meets the target untuned"),
    "no_usable_target": LocalText(ja="使える目標なし", en="no usable target"),
    "no_rows": LocalText(ja="測定値なし", en="not measured"),
    "trial_failed": LocalText(ja="試行がエラー", en="a trial failed"),
    "invalid_value": LocalText(ja="比較できない値", en="values not comparable"),
    "never_reached": LocalText(ja="目標に届かず", en="target not reached"),
}
