"""Evidence, for engineers: every trial as a point, curves, all metrics, environment, protocol, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard.comparison import Cell, Line, compare, phase_of
from dashboard.downloads import table_buttons
from dashboard.exhibit_view import show_exhibits, show_sharing
from dashboard.glossary import show_terms
from dashboard.parts import (
    asked_poc,
    draw_kept,
    facts_line,
    go,
    how_chip,
    scrolling,
    section,
    state_mark,
    table,
    verdict_mark,
)
from dashboard.records import newest_record, record_key
from dashboard.screen import Screen, this_screen
from dashboard.wording import Words
from scorecards.charts import latency_bars, learning_curves, size_bars, strip_plot
from scorecards.charts.curves import CurveAxis
from scorecards.formats import format_value
from scorecards.judgement import CriterionResult
from scorecards.phrases import metric_name, setting_name, value_text, variant_name
from scorecards.record import Record
from scorecards.reports.conditions import Condition, machine_conditions, protocol_conditions, unsteady_timings

_OPEN_PHASES = ("quality", "train")
_FEW_UNSTEADY = 8
_FEW_LINES = 8


def show(screen: Screen) -> None:
    """Show what the verdict of the PoC in the address rests on."""
    record = newest_record(screen.store, asked_poc(screen))
    words = screen.words
    st.html(facts_line(screen, record))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words("evidence.title"), anchor=False, width="content")
        st.html(verdict_mark(record.judgement.verdict.state, screen.language), width="content")
        st.space("stretch")
        go(screen, "scorecard", words("evidence.to_scorecard"), icon=":material/arrow_back:", poc=record.id)
    show_terms(screen)
    _trials(record)
    _curves(record)
    show_exhibits(screen, record)
    show_sharing(screen, record)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        section(words("evidence.sizes"))
        draw_kept(
            _chart_name(screen, record, "size"),
            lambda: size_bars(record.measurements, screen.language, screen.theme, variants=record.variants),
        )
    with right.container(border=True, height="stretch"):
        section(words("evidence.latencies"))
        draw_kept(
            _chart_name(screen, record, "latency"),
            lambda: latency_bars(record.measurements, screen.language, screen.theme, variants=record.variants),
        )
    with st.container(border=True):
        _table(screen, record)
    with st.container(border=True):
        _rivals(screen, record)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        section(words("evidence.environment"))
        st.html(facts_table(words, machine_conditions(record, screen.language)))
        _unsteady(screen, record)
    with right.container(border=True, height="stretch"):
        section(words("evidence.protocol"))
        hashes = (Condition(words("evidence.hash", of=name), value) for name, value in record.hashes.items())
        st.html(facts_table(words, (*protocol_conditions(record, screen.language), *hashes)))
    _repairs(screen, record)
    _failures(screen, record)
    with st.container(border=True):
        section(words("evidence.downloads"))
        table_buttons(screen, record)


def _kinds(measurements: pd.DataFrame) -> list[tuple[str, str]]:
    whole = measurements[measurements["site"] == ""]
    return list(dict.fromkeys(zip(whole["metric"], whole["setting"], strict=True)))


def _kind_name(kind: tuple[str, str], screen: Screen) -> str:
    setting = setting_name(kind[1], screen.language)
    return metric_name(kind[0], screen.language) + (f" ({setting})" if setting else "")


@st.fragment
def _trials(record: Record) -> None:
    screen = this_screen()
    kinds = _kinds(record.measurements)
    wanted = ((record.dataset.main_metric, ""), ("train.seconds_to_target", ""))
    first = [next((place for place, kind in enumerate(kinds) if kind == want), 0) for want in wanted]
    with st.container(border=True):
        section(screen.words("evidence.trials"))
        st.caption(screen.words("evidence.trials_meaning"))
        for place, column in enumerate(st.columns(2, gap="large")):
            with column:
                kind = st.selectbox(
                    screen.words("evidence.metric"),
                    kinds,
                    index=first[place],
                    format_func=lambda kind: _kind_name(kind, screen),
                    key=f"trials-{place}",
                )
                _strip(screen, record, kind)


@st.fragment
def _curves(record: Record) -> None:
    screen = this_screen()
    words = screen.words
    settings = list(dict.fromkeys(record.curves["setting"]))
    if not settings:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            section(words("evidence.curves"))
            st.space("stretch")
            setting = st.selectbox(
                words("evidence.curves_of"),
                settings,
                format_func=lambda name: setting_name(name, screen.language),
                key="curves-setting",
                label_visibility="collapsed",
                width=240,
            )
        score = metric_name(record.dataset.main_metric, screen.language)
        axes: tuple[CurveAxis, ...] = ("step", "seconds")
        for axis, column in zip(axes, st.columns(2, gap="large"), strict=True):
            with column:
                _curve(screen, record, axis, setting, words("evidence.validation", score=score))


def _strip(screen: Screen, record: Record, kind: tuple[str, str]) -> None:
    metric, setting = kind
    rows, language, theme = record.measurements, screen.language, screen.theme
    draw_kept(
        _chart_name(screen, record, "strip", metric, setting),
        lambda: strip_plot(rows, metric, language, theme, setting=setting, variants=record.variants),
    )


def _curve(screen: Screen, record: Record, axis: CurveAxis, setting: str, score: str) -> None:
    draw_kept(
        _chart_name(screen, record, "curve", axis, setting),
        lambda: learning_curves(
            record.curves,
            screen.language,
            screen.theme,
            axis=axis,
            setting=setting,
            variants=record.variants,
            score_name=score,
        ),
    )


def _chart_name(screen: Screen, record: Record, *parts: str) -> tuple[str, ...]:
    return (record_key(record), screen.language, screen.theme, *parts)


def _table(screen: Screen, record: Record) -> None:
    words = screen.words
    section(words("evidence.comparison"))
    st.caption(words("evidence.comparison_meaning"))
    lines = compare(record.measurements, record.variants, record.judgement.confidence)
    heads = [words("evidence.metric"), *(variant_name(variant, screen.language) for variant in record.variants)]
    for phase in dict.fromkeys(phase_of(line.metric) for line in lines):
        rows = [_line(screen, line, record.variants) for line in lines if phase_of(line.metric) == phase]
        title = words(f"evidence.phases.{phase}")
        with st.expander(f"{title} ({len(rows)})", expanded=phase in _OPEN_PHASES):
            st.html(scrolling(table(heads, rows, numeric=range(1, len(heads)), kind="bp-dense bp-aligned bp-cards")))


def _line(screen: Screen, line: Line, variants: tuple[str, ...]) -> list[str]:
    mark = "" if line.how == "measured" else how_chip(line.how, screen.language)
    return [
        f"{escape(_kind_name((line.metric, line.setting), screen))} {mark}",
        *(_cell(screen, line, line.cells.get(variant)) for variant in variants),
    ]


def _cell(screen: Screen, line: Line, cell: Cell | None) -> str:
    if cell is None:
        return '<span class="bp-none">—</span>'
    value = escape(format_value(cell.value, line.unit, screen.language))
    return f"<b>◎ {value}</b>" if cell.best else f"≈ {value}" if cell.tie else value


def _rivals(screen: Screen, record: Record) -> None:
    section(screen.words("evidence.rivals"))
    st.caption(screen.words("evidence.rivals_meaning"))
    everyone = {record.scorecard.candidate: record.judgement.criteria, **record.judgement.rivals}
    by_variant = {variant: {result.id: result for result in results} for variant, results in everyone.items()}
    heads = [screen.words("evidence.criterion"), *(_rival_name(screen, record, variant) for variant in everyone)]
    rows = [
        [
            escape(criterion.title.in_language(screen.language)),
            *(_judged(screen, results.get(criterion.id)) for results in by_variant.values()),
        ]
        for criterion in record.scorecard.criteria
    ]
    st.html(scrolling(table(heads, rows, numeric=range(1, len(heads)), kind="bp-dense bp-aligned bp-cards")))


def _rival_name(screen: Screen, record: Record, variant: str) -> str:
    """Return a variant's name; the ordinary model beside itself is fine-tuned in its cheapest way."""
    name = variant_name(variant, screen.language)
    if variant != record.scorecard.baseline:
        return name
    return f"{name} ({setting_name('head_only', screen.language)})"


def _judged(screen: Screen, result: CriterionResult | None) -> str:
    if result is None:
        return '<span class="bp-none">—</span>'
    value = "" if result.value is None else f" {escape(value_text(result, screen.language))}"
    return state_mark(result.state, screen.language, word=False) + value


def facts_table(words: Words, conditions: Iterable[Condition]) -> str:
    """Return conditions as an HTML table; those of one group stand in one cell, folded where they are many."""
    groups: dict[str, list[str]] = {}
    for one in conditions:
        text = f"{one.item}: {one.text}" if one.item else one.text
        groups.setdefault(one.group or one.label, []).append(text)
    rows = [[escape(name), _lines(words, texts)] for name, texts in groups.items()]
    return scrolling(table([words("evidence.fact"), words("evidence.value")], rows))


def _lines(words: Words, texts: Sequence[str]) -> str:
    shown = f'<span class="bp-code">{"<br>".join(map(escape, texts))}</span>'
    if len(texts) <= _FEW_LINES:
        return shown
    count = escape(words("evidence.lines", count=len(texts)))
    return f"<details><summary>{count}</summary>{shown}</details>"


def _unsteady(screen: Screen, record: Record) -> None:
    rows = [
        [
            escape(timing.variant),
            escape(f"{timing.metric} ({timing.setting})" if timing.setting else timing.metric),
            escape(timing.spread),
        ]
        for timing in unsteady_timings(record, screen.language)
    ]
    section(screen.words("evidence.unsteady"))
    if not rows:
        st.html(f'<div class="bp-muted">{escape(screen.words("evidence.steady"))}</div>')
        return
    st.caption(screen.words("evidence.unsteady_meaning"))
    heads = [screen.words(f"evidence.unsteady_columns.{name}") for name in ("variant", "metric", "spread")]
    with st.expander(screen.words("evidence.unsteady_count", count=len(rows)), expanded=len(rows) <= _FEW_UNSTEADY):
        st.html(scrolling(table(heads, rows, numeric={2})))


def _repairs(screen: Screen, record: Record) -> None:
    """Show what was mended or left out in the data before the first trial."""
    if not record.dataset.repairs:
        return
    with st.container(border=True):
        section(screen.words("evidence.repairs"))
        lines = "".join(f"<li>{escape(text.in_language(screen.language))}</li>" for text in record.dataset.repairs)
        st.html(f'<ul class="bp-list">{lines}</ul>')


def _failures(screen: Screen, record: Record) -> None:
    if not record.failures:
        return
    with st.container(border=True):
        section(screen.words("evidence.failures", count=len(record.failures)))
        heads = [screen.words(f"evidence.failure_columns.{name}") for name in ("variant", "seed", "message")]
        rows = [
            [escape(variant_name(item.variant, screen.language)), f"{item.seed}", escape(item.message)]
            for item in record.failures
        ]
        st.html(scrolling(table(heads, rows)))
