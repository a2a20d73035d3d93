"""What every report says, in one language: the record turned into words and figures once, laid out by each format.

All texts are plain text. A format must never read them as markup, formulas or HTML.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from scorecards.charts.theme import state_colour, verdict_colour
from scorecards.criteria import Criterion
from scorecards.formats import (
    RATIO_UNITS,
    format_date,
    format_money_together,
    format_months,
    format_probability,
    format_sites,
    interval,
    significant,
    unit_label,
)
from scorecards.judgement import CriterionResult
from scorecards.local_text import Language
from scorecards.phrases import (
    MeetingSentences,
    assumption_name,
    break_even_text,
    compared_text,
    criterion_of,
    criterion_sentence,
    gate_text,
    headline,
    how_name,
    known_interval_text,
    meeting_sentences,
    state_name,
    state_sign,
    value_pair,
    value_text,
    verdict_name,
    verdict_sign,
)
from scorecards.phrases.meeting import break_even_sentence
from scorecards.phrases.tasks import rows_text
from scorecards.record import Record
from scorecards.reports.conditions import environment_rows, load_sentence, protocol_rows
from scorecards.reports.rival_table import as_is_sentence, rival_table, rivals_sentence, simpler_sentence
from scorecards.reports.words import GLOSSARY, METHOD, word

__all__ = [
    "Contents",
    "CriterionRow",
    "Figure",
    "QuestionBlock",
    "contents_of",
    "environment_rows",
    "one_line",
    "protocol_rows",
    "shortened",
]

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
    """A question of the scorecard with its criteria, musts first.

    `simpler`: which simpler variants pass the main criterion too ('' where none was measured). `main`: that criterion.
    """

    title: str
    rows: tuple[CriterionRow, ...]
    main: CriterionRow
    simpler: str


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
    rivals_lead: str
    ratio_note: str
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
    record = _named_once(record)
    verdict = record.judgement.verdict
    heads, rivals = rival_table(record, language)
    sentences = meeting_sentences(record, language)
    load = load_sentence(record, language)
    questions = _questions(record, language)
    return Contents(
        language=language,
        title=record.title,
        facts=_facts(record, language),
        stamp=_stamp(record, language),
        verdict=verdict_name(verdict.state, language),
        verdict_sign=verdict_sign(verdict.state),
        verdict_colour=verdict_colour(verdict.state),
        headline=headline(record.scorecard, record.judgement, language),
        sentences=replace(sentences, risk=(*sentences.risk, load)) if load else sentences,
        questions=questions,
        figures=_figures(record, language),
        assumptions=_assumptions(record, language),
        rival_heads=heads,
        rivals=rivals,
        rivals_lead=joined_sentences(rivals_sentence(record, language), as_is_sentence(record, language)),
        ratio_note=_ratio_note(questions, language),
        boundary=_boundary(record, language),
        method=tuple(line.in_language(language) for line in METHOD),
        environment=tuple(environment_rows(record, language)),
        hashes=tuple((name, value) for name, value in record.hashes.items()),
        glossary=tuple((term.in_language(language), text.in_language(language)) for term, text in GLOSSARY),
    )


def joined_sentences(*sentences: str) -> str:
    """Return sentences as one text; between Japanese ones stands no blank."""
    kept = [sentence for sentence in sentences if sentence]
    return ("" if all(sentence.endswith("。") for sentence in kept) else " ").join(kept)


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


def _named_once(record: Record) -> Record:
    """Return the record with its title on one line; data that bears the same name need not be named again."""
    title, name = one_line(record.title), one_line(record.dataset.name)
    return replace(
        record, title=shortened(title), dataset=replace(record.dataset, name="" if name == title else shortened(name))
    )


def _facts(record: Record, language: Language) -> str:
    data = record.dataset
    parts = [
        *([data.name] if data.name else []),
        rows_text(record.task, data.rows).in_language(language),
        *([f"{data.columns:,} {word('columns', language)}"] if data.columns else []),
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
            main = next((row for row in rows if row.result.value is not None), rows[0])
            simpler = simpler_sentence(record, main.result, main.title, language)
            blocks.append(QuestionBlock(one_line(question.title.in_language(language)), tuple(rows), main, simpler))
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
        interval_words=known_interval_text(result, language),
        gate=gate_text(criterion, language),
        how=how_name(result.how, language) if known_interval_text(result, language) else "",
        sentence=criterion_sentence(result, record.scorecard, language),
        explanation=one_line(criterion.explanation.in_language(language)),
        result=result,
        criterion=criterion,
    )


def _ratio_note(questions: tuple[QuestionBlock, ...], language: Language) -> str:
    """Return how a ratio comes from pairs where the two medians beside it give another one; '' otherwise."""
    results = [row.result for block in questions for row in block.rows if row.result.unit in RATIO_UNITS]
    if not any(_differs(result) for result in results):
        return ""
    return word("ratio_note", language)


def _differs(result: CriterionResult) -> bool:
    if not result.value or not result.candidate_value or not result.baseline_value:
        return False
    ends = (result.value, result.candidate_value, result.baseline_value)
    if not all(math.isfinite(end) for end in ends):
        return False
    return significant(result.candidate_value / result.baseline_value) != significant(result.value)


def _interval_cell(result: CriterionResult, language: Language) -> str:
    if result.n >= 2 and result.low is not None and result.low == result.high:
        return "全シードで同じ" if language == "ja" else "same with all seeds"
    if result.value is not None and result.n < 2:
        return "不明" if language == "ja" else "not known"
    return interval(result.low, result.high, result.unit, language)


def _figures(record: Record, language: Language) -> tuple[Figure, ...]:
    money = record.judgement.business
    p10, p50, p90 = format_money_together((money.npv_p10, money.npv_p50, money.npv_p90), money.currency, language)
    until = " 〜 " if language == "ja" else " to "
    years = f"{money.horizon_years} 年" if language == "ja" else f"{money.horizon_years} years"
    sites = record.assumptions.values.get("sites")
    now = format_sites(round(sites.likely), language) if sites else ""
    basis = ""
    if money.rests_on_assumptions:
        basis = f" ({how_name('assumed', language)})" if language == "en" else f"（{how_name('assumed', language)}）"
    assumed = (f"前提は {now}" if language == "ja" else f"assumed: {now}") if now else ""
    return (
        Figure(
            f"{word('npv', language)}, {years}" if language == "en" else f"{years} {word('npv', language)}",
            p50,
            f"{word('npv_interval', language)} {p10}{until}{p90}{basis}",
        ),
        Figure(word("chance", language), format_probability(money.probability_positive, language)),
        Figure(word("payback", language), format_months(money.payback_months, language)),
        Figure(word("break_even", language), break_even_text(money, language), assumed),
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


def _boundary(record: Record, language: Language) -> tuple[str, ...]:
    """Return where the money turns: the assumptions whose range crosses zero, the break-even number of sites."""
    money, lines = record.judgement.business, []
    for bar in money.tornado:
        low, high = sorted((bar.npv_at_low, bar.npv_at_high))
        if low < 0 < high:
            name = assumption_name(bar, language)
            span = format_money_together((low, high), money.currency, language)
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
        lines.append(break_even_sentence(money, language))
    return tuple(lines)
