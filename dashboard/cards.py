"""The scorecard's questions as cards: state, key figure, interval as a bar, then the other criteria of the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.figures import whole
from dashboard.parts import chip, draw_kept, how_chip, state_mark
from dashboard.screen import Screen
from dashboard.wording import Words
from scorecards.charts import criterion_bar
from scorecards.criteria import Criterion, Question, Scorecard
from scorecards.judgement import CriterionResult, State
from scorecards.phrases import (
    compared_text,
    criterion_sentence,
    gate_text,
    judged_title,
    known_interval_text,
    remark_text,
    seeds_text,
    short_reason,
    value_text,
)
from scorecards.record import Record

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


@dataclass(frozen=True)
class Deck:
    """What every card of a page needs: `main_metric` is the record's main score."""

    screen: Screen
    scorecard: Scorecard
    main_metric: str


def question_cards(screen: Screen, record: Record) -> None:
    """Show every question: three cards a row, a single last one as a strip."""
    scorecard, results = record.scorecard, record.judgement.criteria
    deck = Deck(screen, scorecard, record.dataset.main_metric)
    asked = [(question, judged(scorecard, results, question)) for question in scorecard.questions]
    asked = [(question, pairs) for question, pairs in asked if pairs]
    in_rows = len(asked) - (1 if len(asked) % 3 == 1 else 0)
    for start in range(0, in_rows, 3):
        row = asked[start : min(start + 3, in_rows)]
        for place, (column, (question, pairs)) in enumerate(zip(st.columns(len(row)), row, strict=True)):
            with column.container(border=True, height="stretch"):
                _card(deck, f"{start + place + 1}", question, pairs)
    if in_rows < len(asked):
        question, pairs = asked[-1]
        with st.container(border=True):
            _strip(deck, f"{len(asked)}", question, pairs)


def _title(number: str, question: Question, pairs: Sequence[Judged], screen: Screen) -> str:
    title = escape(question.title.in_language(screen.language))
    state = state_mark(question_state(pairs), screen.language)
    return f'<p class="bp-title">{number}　{title}</p><div class="bp-state">{state}</div>'


def _card(deck: Deck, number: str, question: Question, pairs: Sequence[Judged]) -> None:
    (criterion, result), *others = pairs
    screen, scorecard = deck.screen, deck.scorecard
    compared = whole(compared_text(result, scorecard, screen.language))
    st.html(
        f'{_title(number, question, pairs, screen)}<div class="bp-figure">{_figure(deck, result)}</div>'
        f'<div class="bp-muted">{compared}</div>'
    )
    _bar(screen, criterion, result)
    sentence = whole(criterion_sentence(result, scorecard, screen.language))
    st.html(f'<div class="bp-muted">{sentence}</div>{_explanation(screen, criterion)}')
    for other in others:
        _row(deck, *other)
    st.space("stretch")
    st.html(_marks(screen, criterion, result))


def _row(deck: Deck, criterion: Criterion, result: CriterionResult) -> None:
    st.html(_row_text(deck, criterion, result))
    _bar(deck.screen, criterion, result, height=44)


def _explanation(screen: Screen, criterion: Criterion) -> str:
    """Return what the criterion compares, folded: it opens with a tap, where a hover can't reach."""
    text = criterion.explanation.in_language(screen.language)
    if not text:
        return ""
    summary = escape(screen.words("scorecard.explanation"))
    return f'<details class="bp-muted"><summary>{summary}</summary>{whole(text)}</details>'


def _bar(screen: Screen, criterion: Criterion, result: CriterionResult, height: int = 64) -> None:
    name = ("bar", repr(result), repr(criterion.gate), screen.language, screen.theme, str(height))
    draw_kept(name, lambda: criterion_bar(result, criterion, screen.language, screen.theme, height=height))


def _row_text(deck: Deck, criterion: Criterion, result: CriterionResult) -> str:
    screen = deck.screen
    title = escape(judged_title(result, deck.scorecard, screen.language, deck.main_metric))
    must = "must" if criterion.must else "want"
    mark = chip(screen.words(f"scorecard.{must}"), screen.words(f"scorecard.{must}_meaning"))
    about = whole(about_text(screen.words, deck.scorecard, criterion, result))
    return (
        f'<div class="bp-row"><span>{state_mark(result.state, screen.language, word=False)} {title} {mark}</span>'
        f'{_value(result, screen)}</div><div class="bp-muted">{about}</div>{_explanation(screen, criterion)}'
    )


def about_text(words: Words, scorecard: Scorecard, criterion: Criterion, result: CriterionResult) -> str:
    """Return what stands below a criterion: whose two values, what is known of the interval, the gate, a remark."""
    language = words.language
    gate = words("scorecard.gate", gate=gate_text(criterion, language))
    parts = [compared_text(result, scorecard, language), known_interval_text(result, language), gate]
    text = ("、" if language == "ja" else "; ").join(part for part in parts if part)
    remark = remark_text(result, language)
    return f"{text}{'。' if language == 'ja' else '. '}{remark}" if remark else text


def _figure(deck: Deck, result: CriterionResult) -> str:
    title = escape(judged_title(result, deck.scorecard, deck.screen.language, deck.main_metric))
    return f"{title} {_value(result, deck.screen)}"


def _value(result: CriterionResult, screen: Screen) -> str:
    """Return the value, or in its place why there is none."""
    why = short_reason(result.reason, screen.language) if result.value is None else ""
    if why:
        return f'<b class="bp-muted">{escape(why)}</b>'
    return f'<b class="bp-nowrap">{whole(value_text(result, screen.language))}</b>'


def _marks(screen: Screen, criterion: Criterion, result: CriterionResult) -> str:
    must = "must" if criterion.must else "want"
    marks = [chip(screen.words(f"scorecard.{must}"), screen.words(f"scorecard.{must}_meaning"))]
    if known_interval_text(result, screen.language):
        paired = screen.words("scorecard.paired", seeds=seeds_text(result.n, screen.language))
        marks += [how_chip(result.how, screen.language), chip(paired, screen.words("scorecard.paired_meaning"))]
    return "".join(marks)


def _strip(deck: Deck, number: str, question: Question, pairs: Sequence[Judged]) -> None:
    screen = deck.screen
    head, *places = st.columns([1, *[1.25] * min(len(pairs), 3)], gap="medium")
    head.html(_title(number, question, pairs, screen) + f"<p></p>{_marks(screen, *pairs[0])}")
    for start in range(0, len(pairs), 3):
        for place, (criterion, result) in zip(places, pairs[start : start + 3], strict=False):
            with place:
                _row(deck, criterion, result)
