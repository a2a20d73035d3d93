"""The question of a table: target, site, columns to leave out, split."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.asking import Asking, Choice
from dashboard.draft import Answers, Table, kinds, poc_of, proposal, remarks, site_count, table_key
from dashboard.faults import show_message
from dashboard.profile_view import findings
from dashboard.screen import Screen
from dashboard.titles import shown_title
from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.read import SITE_FILE
from evaluator.plan import variants_for
from evaluator.records import FILE_AS_SITE, PoC, SplitBy, SplitPlan
from evaluator.tasks.table.question import INPUT_KINDS
from sample_data import Sample
from scorecards.scorecard_file import load_template, template_ids

_SPLITS: tuple[SplitBy, ...] = ("random", "group", "time")


def table_question(screen: Screen, table: Table, before: PoC | None, picked: Sample | None) -> Asking | None:
    """Ask what to predict; None where the table can't be asked anything yet."""
    words, key = screen.words, table_key(table) + (before.id if before else "")
    known = before or picked
    try:
        first = proposal(table, table_key(table), known.target if known else "", known.site if known else None)
    except DataError as error:
        show_message(error)
        return None
    names = [column.name for column in table.profile.columns if column.name != SITE_FILE]
    one, two = st.columns(2, gap="medium")
    title = one.text_input(
        words("new.name"),
        value=shown_title(before.title, screen.language) if before else table.title,
        key=f"title-{key}",
        max_chars=120,
    )
    two.text_input(words("new.owner"), key="owner", max_chars=80)
    target = one.selectbox(words("new.target"), names, index=names.index(first.target), key=f"target-{key}")
    sites = ["", *([FILE_AS_SITE] if table.profile.files > 1 else []), *[name for name in names if name != target]]
    site = two.selectbox(
        words("new.site"),
        sites,
        index=sites.index(first.site) if first.site in sites else 0,
        format_func=lambda name: (
            words("new.no_site") if not name else words("new.site_file") if name == FILE_AS_SITE else name
        ),
        key=f"site-{key}",
        help=words("new.site_hint"),
    )
    for column, reason in ((one, "target"), (two, "site")):
        if known is None and (target, site) == (first.target, first.site):
            column.caption(first.reasons[reason].in_language(screen.language))
    try:
        proposed = proposal(table, table_key(table), target, site)
    except DataError as error:
        show_message(error)
        return None
    others = [name for name in names if name not in (target, site)]
    ignored = st.multiselect(
        words("new.ignored"),
        others,
        default=[name for name in others if (before or proposed).columns.get(name) not in INPUT_KINDS],
        key=f"ignored-{key}-{target}-{site}",
        placeholder=words("new.choose"),
        help=words("new.ignored_hint"),
    )
    split = _split(
        screen,
        before.split if before else proposed.split,
        names,
        f"{key}-{target}",
        [column.name for column in table.profile.columns if column.kind == "date"],
    )
    answers = _blank(title, target, site, tuple(ignored), split)
    kind = words("new.kind_is", kind=words(f"new.target_kinds.{proposed.target_kind}"))
    st.caption(kind)
    return _asking(table, answers, before, ready=_check(screen, table, answers, proposed.findings))


def _asking(table: Table, answers: Answers, before: PoC | None, *, ready: bool) -> Asking:
    def poc(choice: Choice) -> PoC:
        return poc_of(
            table,
            replace(
                answers,
                scorecard=choice.scorecard,
                assumptions=choice.assumptions,
                budget=choice.budget,
                variants=choice.variants,
            ),
        )

    inputs = (
        sum(kind in INPUT_KINDS for kind in kinds(table, answers).values()) if ready else len(table.profile.columns)
    )
    sites = site_count(table, answers.site) if ready else 0
    return Asking("table", answers.site, table.profile.rows, inputs, sites, ready, before, poc)


def _blank(title: str, target: str, site: str, ignored: tuple[str, ...], split: SplitPlan) -> Answers:
    scorecard, assumptions = load_template(template_ids()[0])
    return Answers(title, target, site, ignored, split, scorecard, assumptions, "quick", variants_for(site))


def _split(screen: Screen, proposed: SplitPlan, names: list[str], key: str, dates: list[str]) -> SplitPlan:
    words = screen.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            words("new.split"),
            _SPLITS,
            default=proposed.by,
            required=True,
            format_func=lambda name: words(f"new.splits.{name}"),
            key=f"split-{key}",
        )
        column = ""
        if by in ("group", "time"):
            first = dates if by == "time" and dates else []
            options = [*first, *[name for name in names if name not in first]]
            column = st.selectbox(
                words("new.split_column"),
                options,
                index=options.index(proposed.column) if proposed.column in options else 0,
                key=f"split-column-{key}-{by}",
                width=300,
            )
    return SplitPlan(by or "random", column, proposed.seed)


def _check(screen: Screen, table: Table, answers: Answers, leaks: tuple[Finding, ...]) -> bool:
    try:
        found = remarks(table, answers)
    except DataError as error:
        show_message(error)
        return False
    findings(screen, (*leaks, *found))
    return True
