"""The scorecard's questions as cards: state, key figure, interval as a bar, then the other criteria of the question."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.parts import chip, draw_kept, how_chip, state_mark
from dashboard.screen import Screen
from dashboard.wording import Words
from scorecards.charts import criterion_bar
from scorecards.criteria import Criterion, Question, Scorecard
from scorecards.formats import format_value
from scorecards.judgement import CriterionResult, State
from scorecards.phrases import (
    criterion_sentence,
    gate_text,
    known_interval_text,
    remark_text,
    seeds_text,
    value_pair,
    value_text,
)

_WORST_FIRST = (State.ERROR, State.FAIL, State.NOT_MEASURED, State.UNDECIDED, State.PASS)
Judged = tuple[Criterion, CriterionResult]


def judged(scorecard: Scorecard, results: Sequence[CriterionResult], question: Question) -> list[Judged]:
    """Return a question's criteria with their results, musts first."""
    by_id = {result.id: result for result in results}
    mine = [
        (criterion, by_id[criterion.id])
        for criterion in scorecard.criteria
        if criterion.question == question.id and criterion.id in by_id
    ]
    return sorted(mine, key=lambda pair: not pair[0].must)


def question_state(pairs: Sequence[Judged]) -> State:
    """Return the worst state among a question's musts (among its wants where it has no must)."""
    musts = [result.state for criterion, result in pairs if criterion.must]
    states = musts or [result.state for _, result in pairs]
    return next(state for state in _WORST_FIRST if state in states)


def question_cards(screen: Screen, scorecard: Scorecard, results: Sequence[CriterionResult]) -> None:
    """Show every question: three cards a row, a single last one as a strip."""
    asked = [(question, judged(scorecard, results, question)) for question in scorecard.questions]
    asked = [(question, pairs) for question, pairs in asked if pairs]
    in_rows = len(asked) - (1 if len(asked) % 3 == 1 else 0)
    for start in range(0, in_rows, 3):
        row = asked[start : min(start + 3, in_rows)]
        for place, (column, (question, pairs)) in enumerate(zip(st.columns(len(row)), row, strict=True)):
            with column.container(border=True, height="stretch"):
                _card(screen, scorecard, f"{start + place + 1}", question, pairs)
    if in_rows < len(asked):
        question, pairs = asked[-1]
        with st.container(border=True):
            _strip(screen, scorecard, f"{len(asked)}", question, pairs)


def _title(number: str, question: Question, pairs: Sequence[Judged], screen: Screen) -> str:
    title = escape(question.title.in_language(screen.language))
    state = state_mark(question_state(pairs), screen.language)
    return f'<p class="bp-title">{number}　{title}</p><div class="bp-state">{state}</div>'


def _card(screen: Screen, scorecard: Scorecard, number: str, question: Question, pairs: Sequence[Judged]) -> None:
    (criterion, result), *others = pairs
    st.html(
        f'{_title(number, question, pairs, screen)}<div class="bp-figure">{_figure(criterion, result, screen)}</div>'
    )
    _bar(screen, criterion, result)
    st.html(f'<div class="bp-muted">{escape(criterion_sentence(result, scorecard, screen.language))}</div>')
    for other in others:
        _row(screen, *other)
    st.space("stretch")
    st.html(_marks(screen, criterion, result))


def _row(screen: Screen, criterion: Criterion, result: CriterionResult) -> None:
    st.html(_row_text(screen, criterion, result))
    _bar(screen, criterion, result, height=44)


def _bar(screen: Screen, criterion: Criterion, result: CriterionResult, height: int = 64) -> None:
    name = ("bar", repr(result), repr(criterion.gate), screen.language, screen.theme, str(height))
    draw_kept(name, lambda: criterion_bar(result, criterion, screen.language, screen.theme, height=height))


def _row_text(screen: Screen, criterion: Criterion, result: CriterionResult) -> str:
    title = escape(criterion.title.in_language(screen.language))
    must = "must" if criterion.must else "want"
    mark = chip(screen.words(f"scorecard.{must}"), screen.words(f"scorecard.{must}_meaning"))
    value = escape(value_text(result, screen.language))
    about = escape(about_text(screen.words, criterion, result))
    return (
        f'<div class="bp-row"><span>{state_mark(result.state, screen.language, word=False)} {title} {mark}</span>'
        f'<b class="bp-nowrap">{value}</b></div><div class="bp-muted">{about}</div>'
    )


def about_text(words: Words, criterion: Criterion, result: CriterionResult) -> str:
    """Return what stands below a criterion: its two values, what is known of the interval, the gate, a remark."""
    language = words.language
    gate = words("scorecard.gate", gate=gate_text(criterion, language))
    parts = [value_pair(result, language), known_interval_text(result, language), gate]
    text = ("、" if language == "ja" else "; ").join(part for part in parts if part)
    remark = remark_text(result, language)
    return f"{text}{'。' if language == 'ja' else '. '}{remark}" if remark else text


def _figure(criterion: Criterion, result: CriterionResult, screen: Screen) -> str:
    pair = value_pair(result, screen.language)
    if criterion.compare == "ratio" and pair:
        return escape(pair)
    title = escape(criterion.title.in_language(screen.language))
    return f'{title} <span class="bp-nowrap">{escape(format_value(result.value, result.unit, screen.language))}</span>'


def _marks(screen: Screen, criterion: Criterion, result: CriterionResult) -> str:
    must = "must" if criterion.must else "want"
    marks = [chip(screen.words(f"scorecard.{must}"), screen.words(f"scorecard.{must}_meaning"))]
    if known_interval_text(result, screen.language):
        paired = screen.words("scorecard.paired", seeds=seeds_text(result.n, screen.language))
        marks += [how_chip(result.how, screen.language), chip(paired, screen.words("scorecard.paired_meaning"))]
    return "".join(marks)


def _strip(screen: Screen, scorecard: Scorecard, number: str, question: Question, pairs: Sequence[Judged]) -> None:
    head, *places = st.columns([1, *[1.25] * min(len(pairs), 3)], gap="medium")
    head.html(_title(number, question, pairs, screen) + f"<p></p>{_marks(screen, *pairs[0])}")
    for start in range(0, len(pairs), 3):
        for place, (criterion, result) in zip(places, pairs[start : start + 3], strict=False):
            with place:
                _row(screen, criterion, result)
