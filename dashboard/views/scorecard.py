"""The scorecard: the verdict in one sentence, the questions as cards, the money, and sliders that ask 'what if'."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.again import budget_again, data_again
from dashboard.cards import question_cards
from dashboard.downloads import report_buttons
from dashboard.figures import whole
from dashboard.glossary import show_terms
from dashboard.parts import asked_poc, chip, draw, facts_line, go, how_chip, scrolling, section, table, verdict_mark
from dashboard.records import newest_record
from dashboard.screen import Screen, this_screen
from dashboard.titles import shown_title
from dashboard.what_if import FIRST_SLIDERS, amount_text, judge_again, moved, put_back, sliders
from evaluator.errors import NotFoundError
from scorecards.assumptions import Assumption, Assumptions
from scorecards.business import hinges_on_an_assumption, pays_anyway, turning_point
from scorecards.charts import npv_histogram, tornado, waterfall
from scorecards.formats import (
    format_money_beside,
    format_money_together,
    format_months,
    format_probability,
    format_share,
    format_sites,
    significant,
    unit_label,
)
from scorecards.judgement import BusinessResult, Judgement, VerdictState
from scorecards.local_text import Language
from scorecards.phrases import (
    assumption_name,
    break_even_text,
    headline,
    how_name,
    metric_name,
    reason_sentence,
    variant_name,
    verdict_name,
)
from scorecards.record import Record

_FIRST_REASONS = 4
_PAINTED = "painted"
_PAINT_SECONDS = 0.15


def show(screen: Screen) -> None:
    """Show the newest record of the PoC that the address names."""
    poc = asked_poc(screen)
    try:
        record = newest_record(screen.store, poc)
    except NotFoundError as error:
        _not_yet(screen, poc, error)
        return
    left, right = st.container(key="head").columns([2.5, 1], gap="large")
    with left:
        verdict = st.empty()
    with right:
        report_buttons(screen, record)
        label = screen.words("scorecard.evidence")
        go(screen, "evidence", label, icon=":material/query_stats:", wide=True, poc=poc)
        if record.judgement.verdict.state is VerdictState.UNDECIDED:
            _ask_again(screen, poc)
    cards, reasons, money = st.container(), st.empty(), st.container()
    with money:  # first, since it writes the verdict, which nobody should have to wait for
        _money(record, verdict, reasons)
    with cards:
        question_cards(screen, record)
        show_terms(screen)


def _ask_again(screen: Screen, poc: str) -> None:
    """Offer the same question with a budget that may decide it, where there is one and its data can be found again."""
    asked = screen.store.poc(poc)
    if budget_again(screen.store, asked) is None:
        st.html(f'<p class="bp-muted">{escape(screen.words("scorecard.no_budget"))}</p>')
    elif data_again(asked, screen.store.uploads_folder()):
        go(screen, "new", screen.words("scorecard.again"), icon=":material/add_chart:", wide=True, again=poc)


def _not_yet(screen: Screen, poc: str, error: NotFoundError) -> None:
    progress = screen.store.progress(poc)
    if progress.state == "done":
        raise error
    st.title(shown_title(screen.store.poc(poc).title, screen.language), anchor=False)
    st.html(f'<p class="bp-headline">{escape(screen.words("scorecard.not_yet"))}</p>')
    go(screen, "progress", screen.words("scorecard.to_progress"), primary=True, poc=poc)


@st.fragment
def _money(record: Record, verdict: DeltaGenerator, reasons: DeltaGenerator) -> None:
    screen = this_screen()
    likely = moved(record)
    assumptions, judgement = judge_again(record, likely)
    with verdict.container():
        _verdict(screen, record, judgement, what_if=bool(likely))
    _let_it_be_painted()
    with reasons.container(border=True):
        _reasons(screen, record, judgement)
    left, right = st.columns([1.1, 1])
    with left.container(border=True, height="stretch"):
        _figures(screen, record, assumptions, judgement.business)
    with right.container(border=True, height="stretch"):
        _assumptions(screen, record, judgement.business, what_if=bool(likely))
    details = st.expander(screen.words("money.details"), key="details", on_change="rerun")
    if details.open:
        with details:
            _details(screen, assumptions, judgement.business)


def _let_it_be_painted() -> None:
    """Wait a moment in a visitor's first run, so that the browser shows the verdict before it loads Vega's megabyte."""
    if not st.session_state.get(_PAINTED):
        st.session_state[_PAINTED] = True
        time.sleep(_PAINT_SECONDS)


def _verdict(screen: Screen, record: Record, judgement: Judgement, *, what_if: bool) -> None:
    mark = verdict_mark(judgement.verdict.state, screen.language)
    sentence = whole(headline(record.scorecard, judgement, screen.language))
    st.html(
        f'{facts_line(screen, record)}<div class="bp-verdict">{mark}</div><div class="bp-headline">{sentence}</div>'
        f'<div class="bp-muted">{whole(_compared(screen, record))}</div>'
    )
    if what_if:
        frozen = record.judgement
        text = screen.words(
            "scorecard.what_if",
            verdict=verdict_name(frozen.verdict.state, screen.language),
            npv=_npv(frozen.business, screen.language)[1],
        )
        mark = escape(screen.words("scorecard.what_if_mark"))
        st.html(f'<div class="bp-whatif"><b>{mark}</b>　{whole(text)}</div>')


def _compared(screen: Screen, record: Record) -> str:
    """Return who is judged against whom, and by which score."""
    names = (variant_name(name, screen.language) for name in (record.scorecard.candidate, record.scorecard.baseline))
    candidate, baseline = names
    score = metric_name(record.dataset.main_metric, screen.language)
    return screen.words("scorecard.compared", candidate=candidate, baseline=baseline, score=score)


def _reasons(screen: Screen, record: Record, judgement: Judgement) -> None:
    sentences = [
        reason_sentence(reason, record.scorecard, judgement, screen.language) for reason in judgement.verdict.reasons
    ]
    texts = list(dict.fromkeys(sentences))
    st.html(f'<p class="bp-title">{escape(screen.words("scorecard.reasons"))}</p>{_listed(texts[:_FIRST_REASONS])}')
    if len(texts) > _FIRST_REASONS:
        with st.expander(screen.words("scorecard.more_reasons", count=len(texts) - _FIRST_REASONS)):
            st.html(_listed(texts[_FIRST_REASONS:]))


def _listed(texts: Sequence[str]) -> str:
    return f'<ul class="bp-list">{"".join(f"<li>{whole(text)}</li>" for text in texts)}</ul>'


def _figures(screen: Screen, record: Record, assumptions: Assumptions, business: BusinessResult) -> None:
    words, language = screen.words, screen.language
    sites = assumptions.values.get("sites")
    now = format_sites(round(sites.likely), language) if sites else ""
    low, median, high = _npv(business, language)
    break_even = "money.break_even"
    if pays_anyway(business):
        break_even = "money.pays_anyway"
    elif hinges_on_an_assumption(business):
        break_even = "money.pays_if_assumed"
    figures = (
        (median, words("money.npv", low=low, high=high)),
        (format_months(business.payback_months, language), words("money.payback")),
        (break_even_text(business, language), words(break_even, now=now)),
    )
    mark = _assumed_mark(screen, business)
    cells = "".join(
        f'<div><div class="bp-figure">{whole(value)}</div><div class="bp-muted">{mark}{whole(about)}</div></div>'
        for value, about in figures
    )
    title = escape(words("money.title", years=business.horizon_years))
    st.html(f'<p class="bp-title">{title}</p><div class="bp-figures">{cells}</div>')
    draw(npv_histogram(business, language, screen.theme, height=230), key="npv")
    lines = [words("money.probability", share=format_probability(business.probability_positive, language))]
    if business.rests_on_assumptions:
        without = format_money_beside(
            business.npv_without_assumed,
            max(abs(business.npv_p10), abs(business.npv_p90)),
            business.currency,
            language,
        )
        lines.insert(0, words("money.without_assumed", npv=without))
    lines += _turning_points(screen, record, assumptions, business)
    st.html(f'<div class="bp-muted">{whole("".join(lines) if language == "ja" else " ".join(lines))}</div>')


def _npv(business: BusinessResult, language: Language) -> tuple[str, ...]:
    """Return the NPV at its 10 % point, median and 90 % point, all in one form."""
    quantiles = (business.npv_p10, business.npv_p50, business.npv_p90)
    return format_money_together(quantiles, business.currency, language)


def _assumed_mark(screen: Screen, business: BusinessResult) -> str:
    """Return the mark 'assumed' for money that is positive only by assumption; '' otherwise."""
    if not business.rests_on_assumptions:
        return ""
    return f"{chip(how_name('assumed', screen.language), screen.words('money.assumed_meaning'))} "


def _turning_points(screen: Screen, record: Record, assumptions: Assumptions, business: BusinessResult) -> list[str]:
    """Return at most two sentences: which assumption, at what value, turns the likely NPV."""
    found: list[str] = []
    for bar in sorted(business.tornado, key=lambda bar: -abs(bar.npv_at_high - bar.npv_at_low)):
        assumption = assumptions.values.get(bar.assumption)
        if assumption is None or len(found) == 2:
            continue
        value = turning_point(
            record.measurements,
            scorecard=record.scorecard,
            assumptions=assumptions,
            main_metric=record.dataset.main_metric,
            assumption=bar.assumption,
        )
        if value is not None and value <= 100 * max(assumption.high, 1.0):
            key = "money.turns_negative" if business.npv_likely > 0 else "money.turns_positive"
            direction = screen.words("money.below" if value < assumption.likely else "money.above")
            shown = amount_text(value, assumption.unit, assumptions.currency, screen.language)
            name = assumption_name(assumption, screen.language)
            found.append(screen.words(key, name=name, value=shown, direction=direction))
    return found


def _assumptions(screen: Screen, record: Record, business: BusinessResult, *, what_if: bool) -> None:
    words = screen.words
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="bp-title">{escape(words("money.sliders"))}</p>', width="content")
        st.space("stretch")
        if what_if:
            st.button(
                words("scorecard.put_back"), icon=":material/undo:", type="tertiary", on_click=put_back, args=(record,)
            )
    sliders(record, FIRST_SLIDERS, screen.language)
    others = tuple(name for name in record.assumptions.values if name not in FIRST_SLIDERS)
    if others:
        with st.expander(words("money.other_sliders", count=len(others))):
            sliders(record, others, screen.language)
    st.html(f'<p class="bp-title">{escape(words("money.tornado"))}</p>')
    draw(tornado(business, screen.language, screen.theme), key="tornado")


def _details(screen: Screen, assumptions: Assumptions, business: BusinessResult) -> None:
    section(screen.words("money.waterfall", years=business.horizon_years))
    draw(waterfall(business, assumptions.values["discount_rate"].likely, screen.language, screen.theme))
    section(screen.words("money.table"))
    heads = [screen.words(f"money.columns.{name}") for name in ("name", "low", "likely", "high", "unit", "source")]
    rows = [_assumption_cells(screen, assumptions, item) for item in assumptions.values.values()]
    st.html(scrolling(table(heads, rows, numeric={1, 2, 3}, kind="bp-dense bp-cards")))


def _assumption_cells(screen: Screen, assumptions: Assumptions, item: Assumption) -> list[str]:
    basis = item.basis.in_language(screen.language) if item.basis else ""
    about = escape(" ".join(part for part in (basis, item.note) if part))
    return [
        f'{escape(item.title.in_language(screen.language))}<div class="bp-muted">{about}</div>',
        *(
            escape(format_share(value, screen.language) if item.unit == "share" else significant(value))
            for value in (item.low, item.likely, item.high)
        ),
        f'<span class="bp-nowrap">{escape(unit_label(item.unit, screen.language, assumptions.currency))}</span>',
        how_chip(item.source, screen.language),
    ]
