"""The candidate beside simpler variants: the table, what it shows in a sentence, and doing nothing."""

from __future__ import annotations

import math

from scorecards.charts.evidence import select
from scorecards.formats import MISSING, format_value
from scorecards.judgement import CriterionResult, State
from scorecards.local_text import Language
from scorecards.phrases import criterion_of, setting_name, state_sign, value_text, variant_name
from scorecards.record import Record
from scorecards.reports.words import word

_SCORE = "finetune.score_after"
_AS_IS = "as_is"


def rival_table(record: Record, language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heads and lines of the table of rivals: a criterion a line, the candidate first, then each rival.

    Two more lines follow where the as-is model was measured: the score without and with fine-tuning.
    """
    rivals = {name: {r.id: r for r in results} for name, results in record.judgement.rivals.items()}
    shown = _measured(record)
    own = {result.id: result for result in record.judgement.criteria}
    heads = (
        word("criterion", language),
        variant_name(record.scorecard.candidate, language),
        *(rival_name(record, name, language) for name in shown),
    )
    lines = []
    for criterion in record.scorecard.criteria:
        results = [own.get(criterion.id), *(rivals[name].get(criterion.id) for name in shown)]
        if any(result is not None and result.value is not None for result in results):
            title = " ".join(criterion.title.in_language(language).split())
            lines.append((title, *(_cell(r, language) for r in results)))
    return heads, (*lines, *_as_is_lines(record, shown, language)) if shown else ()


def rival_name(record: Record, rival: str, language: Language) -> str:
    """Return a rival's name; the baseline is a rival by fine-tuning its head only."""
    name = variant_name(rival, language)
    return f"{name} ({setting_name('head_only', language)})" if rival == record.scorecard.baseline else name


def rivals_sentence(record: Record, language: Language) -> str:
    """Return which simpler variants pass every required criterion, or that none does; '' where none was measured."""
    shown = _measured(record)
    if not shown:
        return ""
    musts = {criterion.id for criterion in record.scorecard.criteria if criterion.must}
    passing = [
        rival_name(record, name, language)
        for name in shown
        if all(r.state is State.PASS for r in record.judgement.rivals[name] if r.id in musts)
    ]
    if language == "ja":
        if not passing:
            return f"必須基準をすべて満たすと判定できた、より単純な方式はありません ({len(shown)} 方式を測定)。"
        return f"必須基準をすべて満たす、より単純な方式は、{'、'.join(passing)}です。"
    if passing:
        return f"Simpler variants that pass every required criterion: {', '.join(passing)}."
    return f"None of the {len(shown)} simpler variants measured is shown to pass every required criterion."


def as_is_sentence(record: Record, language: Language) -> str:
    """Return a sentence where the candidate does as well without fine-tuning (means over seeds); '' otherwise."""
    candidate = record.scorecard.candidate
    untouched, tuned = _mean(record, candidate, _AS_IS), _tuned(record, candidate)
    if untouched is None or tuned is None or untouched < tuned[0]:
        return ""
    scores = [format_value(value, "score", language) for value in (untouched, tuned[0])]
    method, name = setting_name(tuned[1], language), variant_name(candidate, language)
    if language == "ja":
        return (
            f"{name}は、新しい拠点・期間で、調整なしのスコア {scores[0]} が調整後 ({method}) の {scores[1]} 以上です。"
            "調整しないことも選択肢です。"
        )
    return (
        f"On new sites or later data the {name} scores {scores[0]} as it is and {scores[1]} after fine-tuning "
        f"({method}): leaving it as it is remains an option."
    )


def simpler_sentence(record: Record, result: CriterionResult, title: str, language: Language) -> str:
    """Return which simpler variants pass one criterion too; '' where none was measured for it.

    The baseline counts only by a simpler fine-tuning: it does not compete with itself.
    """
    criterion = criterion_of(record.scorecard, result.id)
    itself = "" if criterion and criterion.baseline_setting == "all_weights" else record.scorecard.baseline
    judged = {
        name: other
        for name in _measured(record)
        for other in record.judgement.rivals[name]
        if name != itself and other.id == result.id and other.value is not None
    }
    if not judged:
        return ""
    passing = [
        f"{rival_name(record, name, language)} {value_text(other, language)}"
        for name, other in judged.items()
        if other.state is State.PASS
    ]
    if language == "ja":
        if not passing:
            return f"「{title}」の基準を満たすと判定できた、より単純な方式はありません。"
        return f"「{title}」の基準は、より単純な方式も満たします: {'、'.join(passing)}。"
    if not passing:
        return f"No simpler variant is shown to meet the criterion “{title}”."
    return f"Simpler variants meet the criterion “{title}” too: {'; '.join(passing)}."


def _measured(record: Record) -> list[str]:
    rivals = record.judgement.rivals
    return [name for name, results in rivals.items() if any(r.value is not None for r in results)]


def _cell(result: CriterionResult | None, language: Language) -> str:
    if result is None or result.value is None:
        return state_sign(State.NOT_MEASURED)
    return f"{state_sign(result.state)} {value_text(result, language)}"


def _as_is_lines(record: Record, shown: list[str], language: Language) -> list[tuple[str, ...]]:
    """Return the mean score without and with fine-tuning, each variant by the method that it is judged with."""
    names = [record.scorecard.candidate, *shown]
    untouched = [_mean(record, name, _AS_IS) for name in names]
    if all(score is None for score in untouched):
        return []
    tuned = [_tuned(record, name) for name in names]
    return [
        (word("as_is", language), *(_score(score, "", language) for score in untouched)),
        (word("tuned", language), *(_score(*found, language) if found else MISSING for found in tuned)),
    ]


def _score(score: float | None, setting: str, language: Language) -> str:
    if score is None:
        return MISSING
    text = format_value(score, "score", language)
    return f"{text} ({setting_name(setting, language)})" if setting else text


def _tuned(record: Record, variant: str) -> tuple[float, str] | None:
    """Return score and method after fine-tuning: the method of the scorecard, else the head only, else all weights."""
    wanted = [c.candidate_setting for c in record.scorecard.criteria if c.metric == _SCORE]
    if variant == record.scorecard.baseline:
        wanted = []
    for setting in (*wanted, "head_only", "all_weights"):
        score = _mean(record, variant, setting)
        if score is not None and setting != _AS_IS:
            return score, setting
    return None


def _mean(record: Record, variant: str, setting: str) -> float | None:
    rows = select(record.measurements, _SCORE, setting)
    score = float(rows.loc[rows["variant"] == variant, "value"].mean())
    return score if math.isfinite(score) else None
