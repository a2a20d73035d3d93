"""What every report says, in one language: the record turned into words and figures once, laid out by each format.

All texts are plain text. A format must never read them as markup, formulas or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from scorecards.charts.theme import state_colour, verdict_colour
from scorecards.criteria import Criterion
from scorecards.formats import (
    format_date,
    format_money,
    format_months,
    format_probability,
    format_share,
    format_sites,
    interval,
    significant,
    unit_label,
)
from scorecards.judgement import CriterionResult, State
from scorecards.local_text import Language
from scorecards.phrases import (
    MeetingSentences,
    assumption_name,
    compared_text,
    criterion_of,
    criterion_sentence,
    gate_text,
    headline,
    how_name,
    interval_text,
    meeting_sentences,
    metric_name,
    setting_name,
    state_name,
    state_sign,
    value_pair,
    value_text,
    variant_name,
    verdict_name,
    verdict_sign,
)
from scorecards.record import Json, Record
from scorecards.reports.words import GLOSSARY, METHOD, word

_TITLE_WIDTH = 84
_WIDE = 0x2E80


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as text; `result` and `criterion` are there for charts and numbers."""

    title: str
    kind: str
    sign: str
    state: str
    colour: str
    value: str
    pair: str
    compared: str
    interval: str
    interval_words: str
    gate: str
    how: str
    sentence: str
    explanation: str
    result: CriterionResult
    criterion: Criterion


@dataclass(frozen=True)
class QuestionBlock:
    """A question of the scorecard with its criteria, musts first."""

    title: str
    rows: tuple[CriterionRow, ...]


@dataclass(frozen=True)
class Figure:
    """A headline figure: its name, the figure, a remark."""

    name: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Contents:
    """A report's texts. `stamp` is the record's date and version."""

    language: Language
    title: str
    facts: str
    stamp: str
    verdict: str
    verdict_sign: str
    verdict_colour: str
    headline: str
    sentences: MeetingSentences
    questions: tuple[QuestionBlock, ...]
    figures: tuple[Figure, ...]
    assumptions: tuple[tuple[str, ...], ...]
    rival_heads: tuple[str, ...]
    rivals: tuple[tuple[str, ...], ...]
    boundary: tuple[str, ...]
    method: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    glossary: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[CriterionRow, ...]:
        """Every criterion in the order of the questions."""
        return tuple(row for block in self.questions for row in block.rows)

    def word(self, key: str) -> str:
        """Return a fixed word in the report's language."""
        return word(key, self.language)


def contents_of(record: Record, language: Language) -> Contents:
    """Return what a report on `record` says in `language`."""
    record = replace(record, title=shortened(one_line(record.title)))
    verdict = record.judgement.verdict
    heads, rivals = _rivals(record, language)
    return Contents(
        language=language,
        title=record.title,
        facts=_facts(record, language),
        stamp=_stamp(record, language),
        verdict=verdict_name(verdict.state, language),
        verdict_sign=verdict_sign(verdict.state),
        verdict_colour=verdict_colour(verdict.state),
        headline=headline(record.scorecard, record.judgement, language),
        sentences=meeting_sentences(record, language),
        questions=_questions(record, language),
        figures=_figures(record, language),
        assumptions=_assumptions(record, language),
        rival_heads=heads,
        rivals=rivals,
        boundary=_boundary(record, language),
        method=tuple(line.in_language(language) for line in METHOD),
        environment=_environment(record, language),
        hashes=tuple((name, value) for name, value in record.hashes.items()),
        glossary=tuple((term.in_language(language), text.in_language(language)) for term, text in GLOSSARY),
    )


def one_line(text: str) -> str:
    """Return user text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shortened(text: str, most: int = _TITLE_WIDTH) -> str:
    """Return a text of at most `most` Latin widths (a Japanese character is two); a longer one ends in '…'."""
    width = 0
    for position, letter in enumerate(text):
        width += 2 if ord(letter) >= _WIDE else 1
        if width > most:
            return f"{text[: position - 1].rstrip()}…"
    return text


def flattened(mapping: Mapping[str, Json], prefix: str = "") -> tuple[tuple[str, str], ...]:
    """Return nested settings as ('a.b', 'value') lines; lists are joined, empty values left out."""
    lines: list[tuple[str, str]] = []
    for key, value in mapping.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            lines.extend(flattened(value, f"{name}."))
        elif isinstance(value, list):
            if value:
                lines.append((name, ", ".join(_setting_text(item) for item in value)))
        elif value not in (None, ""):
            lines.append((name, _setting_text(value)))
    return tuple(lines)


def _environment(record: Record, language: Language) -> tuple[tuple[str, str], ...]:
    """Return the environment's lines; unsteady timings, one a line, come last."""
    lines = flattened({name: value for name, value in record.environment.items() if name != "unstable"})
    flags = record.environment.get("unstable")
    unsteady = []
    for flag in flags if isinstance(flags, list) else []:
        if isinstance(flag, dict) and isinstance(flag.get("relative_deviation"), float):
            names = (variant_name(str(flag.get("variant")), language), metric_name(str(flag.get("metric")), language))
            setting = setting_name(str(flag.get("setting", "")), language)
            spread = format_share(cast(float, flag["relative_deviation"]), language)
            unsteady.append((word("unsteady", language), f"{' · '.join(filter(None, (*names, setting)))}: ±{spread}"))
    return (*lines, *unsteady)


def _setting_text(value: Json) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {text}" for name, text in flattened(value))
    if isinstance(value, float):
        return significant(value, 4)
    return one_line(str(value))


def _facts(record: Record, language: Language) -> str:
    data = record.dataset
    parts = [
        one_line(data.name),
        f"{data.rows:,} {word('rows', language)}",
        f"{data.columns:,} {word('columns', language)}",
    ]
    if data.sites:
        parts.append(f"{data.sites:,} {word('sites', language)}")
    if data.synthetic:
        parts.append(word("synthetic", language))
    return " · ".join(parts)


def _stamp(record: Record, language: Language) -> str:
    date = format_date(record.finished)
    return f"{date} 確定 第 {record.version} 版" if language == "ja" else f"frozen {date}, version {record.version}"


def _questions(record: Record, language: Language) -> tuple[QuestionBlock, ...]:
    blocks = []
    for question in record.scorecard.questions:
        rows = [
            _criterion_row(record, result, criterion, language)
            for result in record.judgement.criteria
            if (criterion := criterion_of(record.scorecard, result.id)) is not None
            and criterion.question == question.id
        ]
        rows.sort(key=lambda row: not row.criterion.must)
        if rows:
            blocks.append(QuestionBlock(one_line(question.title.in_language(language)), tuple(rows)))
    return tuple(blocks)


def _criterion_row(record: Record, result: CriterionResult, criterion: Criterion, language: Language) -> CriterionRow:
    return CriterionRow(
        title=one_line(criterion.title.in_language(language)),
        kind=word("must" if criterion.must else "want", language),
        sign=state_sign(result.state),
        state=state_name(result.state, language),
        colour=state_colour(result.state),
        value=value_text(result, language),
        pair=value_pair(result, language),
        compared=compared_text(result, record.scorecard, language),
        interval=_interval_cell(result, language),
        interval_words=interval_text(result, language) if result.value is not None else "",
        gate=gate_text(criterion, language),
        how=how_name(result.how, language) if result.value is not None else "",
        sentence=criterion_sentence(result, record.scorecard, language),
        explanation=one_line(criterion.explanation.in_language(language)),
        result=result,
        criterion=criterion,
    )


def _interval_cell(result: CriterionResult, language: Language) -> str:
    if result.n >= 2 and result.low is not None and result.low == result.high:
        return "全試行で同じ" if language == "ja" else "same in all trials"
    if result.value is not None and result.n < 2:
        return "不明" if language == "ja" else "not known"
    return interval(result.low, result.high, result.unit, language)


def _figures(record: Record, language: Language) -> tuple[Figure, ...]:
    money = record.judgement.business
    p10, p50, p90 = (format_money(v, money.currency, language) for v in (money.npv_p10, money.npv_p50, money.npv_p90))
    until = " 〜 " if language == "ja" else " to "
    years = f"{money.horizon_years} 年" if language == "ja" else f"{money.horizon_years} years"
    sites = record.assumptions.values.get("sites")
    now = format_sites(round(sites.likely), language) if sites else ""
    assumed = (f"前提は {now}" if language == "ja" else f"assumed: {now}") if now else ""
    return (
        Figure(
            f"{word('npv', language)}, {years}" if language == "en" else f"{years} {word('npv', language)}",
            p50,
            f"{word('npv_interval', language)} {p10}{until}{p90}",
        ),
        Figure(word("chance", language), format_probability(money.probability_positive, language)),
        Figure(word("payback", language), format_months(money.payback_months, language)),
        Figure(word("break_even", language), format_sites(money.break_even_sites, language), assumed),
    )


def _assumptions(record: Record, language: Language) -> tuple[tuple[str, ...], ...]:
    lines = []
    for item in record.assumptions.values.values():
        factor = 100 if item.unit == "share" else 1
        numbers = [significant(value * factor) for value in (item.low, item.likely, item.high)]
        unit = "%" if item.unit == "share" else unit_label(item.unit, language, record.assumptions.currency)
        remark = one_line(item.note or (item.basis.in_language(language) if item.basis else ""))
        lines.append(
            (one_line(item.title.in_language(language)), *numbers, unit, how_name(item.source, language), remark)
        )
    return tuple(lines)


def _rivals(record: Record, language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heads and lines of the table of rivals: a criterion a line, the candidate first, then each rival."""
    rivals = {name: {r.id: r for r in results} for name, results in record.judgement.rivals.items()}
    shown = [name for name, results in rivals.items() if any(r.value is not None for r in results.values())]
    own = {result.id: result for result in record.judgement.criteria}
    names = [variant_name(name, language) for name in (record.scorecard.candidate, *shown)]
    if record.scorecard.baseline in shown:
        names[1 + shown.index(record.scorecard.baseline)] += f" ({setting_name('head_only', language)})"
    heads = (word("criterion", language), *names)
    lines = []
    for criterion in record.scorecard.criteria:
        results = [own.get(criterion.id), *(rivals[name].get(criterion.id) for name in shown)]
        if any(result is not None and result.value is not None for result in results):
            lines.append(
                (one_line(criterion.title.in_language(language)), *(_rival_cell(r, language) for r in results))
            )
    return heads, tuple(lines) if shown else ()


def _rival_cell(result: CriterionResult | None, language: Language) -> str:
    if result is None or result.value is None:
        return state_sign(State.NOT_MEASURED)
    return f"{state_sign(result.state)} {value_text(result, language)}"


def _boundary(record: Record, language: Language) -> tuple[str, ...]:
    """Return where the money turns: the assumptions whose range crosses zero, the break-even number of sites."""
    money, lines = record.judgement.business, []
    for bar in money.tornado:
        low, high = sorted((bar.npv_at_low, bar.npv_at_high))
        if low < 0 < high:
            name = assumption_name(bar.assumption, language)
            span = [format_money(end, money.currency, language) for end in (low, high)]
            lines.append(
                f"「{name}」の想定の幅の中で、NPV の符号が変わります ({span[0]} 〜 {span[1]})。"
                if language == "ja"
                else f"The NPV changes sign within the range of “{name}” ({span[0]} to {span[1]})."
            )
    if not lines:
        lines.append(
            "どの前提も、ひとつだけを想定の幅で動かしたのでは、NPV の符号は変わりません。"
            if language == "ja"
            else "No single assumption, moved over its range, changes the sign of the NPV."
        )
    if money.break_even_sites is not None:
        sites = format_sites(money.break_even_sites, language)
        lines.append(f"損益分岐は {sites}です。" if language == "ja" else f"It breaks even at {sites}.")
    return tuple(lines)
