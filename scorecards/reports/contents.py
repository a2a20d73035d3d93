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
    interval,
    significant,
)
from scorecards.judgement import CriterionResult
from scorecards.local_text import Language
from scorecards.phrases import (
    MeetingSentences,
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
    value_or_reason,
    value_pair,
    verdict_name,
    verdict_sign,
)
from scorecards.phrases.possible import as_shown
from scorecards.phrases.tasks import rows_text
from scorecards.phrases.terms import terms_line
from scorecards.record import Record
from scorecards.reports.conditions import environment_rows, load_sentence, protocol_rows
from scorecards.reports.exhibits import Exhibits, exhibits_of
from scorecards.reports.money_contents import Figure, assumption_lines, boundary_lines, money_figures
from scorecards.reports.plain_text import one_line, shortened
from scorecards.reports.rival_table import as_is_sentence, rival_table, rivals_sentence, simpler_sentence
from scorecards.reports.score_table import score_table
from scorecards.reports.words import GLOSSARY, HASHES, METHOD, word

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
class Contents:
    """A report's texts. `stamp` is the record's date and version.

    `terms`: what seeds and points are, in one line, for the first page that shows them. `repairs`: what was mended or
    left out while the data was prepared.
    """

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
    score_heads: tuple[str, ...]
    scores: tuple[tuple[str, ...], ...]
    ratio_note: str
    terms: str
    boundary: tuple[str, ...]
    method: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    repairs: tuple[str, ...]
    exhibits: Exhibits | None
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
    record = as_shown(_named_once(record))
    verdict = record.judgement.verdict
    heads, rivals = rival_table(record, language)
    score_heads, scores = score_table(record, language)
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
        figures=money_figures(record, language),
        assumptions=assumption_lines(record, language),
        rival_heads=heads,
        rivals=rivals,
        rivals_lead=joined_sentences(rivals_sentence(record, language), as_is_sentence(record, language)),
        score_heads=score_heads,
        scores=scores,
        ratio_note=_ratio_note(questions, language),
        terms=terms_line(language),
        boundary=boundary_lines(record, language),
        method=tuple(line.in_language(language) for line in METHOD),
        environment=tuple(environment_rows(record, language)),
        repairs=tuple(one_line(text.in_language(language)) for text in record.dataset.repairs),
        exhibits=exhibits_of(record, language),
        hashes=tuple((_hash_name(name, language), value) for name, value in record.hashes.items()),
        glossary=tuple((term.in_language(language), text.in_language(language)) for term, text in GLOSSARY),
    )


def joined_sentences(*sentences: str) -> str:
    """Return sentences as one text; between Japanese ones stands no blank."""
    kept = [sentence for sentence in sentences if sentence]
    return ("" if all(sentence.endswith("。") for sentence in kept) else " ").join(kept)


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
        value=value_or_reason(result, language),
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
    """Return how ratios are formed where one differs from that of the two values beside it; '' otherwise.

    Geometric means keep to it. Where a seed never reached its target all three are medians, which need not.
    """
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


def _hash_name(name: str, language: Language) -> str:
    return HASHES[name].in_language(language) if name in HASHES else name
