"""New PoC: one page, four steps that stay in sight: data → question → criteria → budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.again import data_again, next_budget
from dashboard.criteria_form import Both, criteria_form
from dashboard.draft import Answers, Table, kinds, poc_of, proposal, read, remarks, site_count, table_key
from dashboard.faults import show_message
from dashboard.profile_view import findings, table_facts
from dashboard.screen import PAGES, Screen
from dashboard.spans import time_span
from dashboard.upload_area import drop_area
from dashboard.uploads import uploaded_files
from evaluator.errors import DataError, InputError, NotFoundError
from evaluator.intake.findings import Finding
from evaluator.intake.read import SITE_FILE
from evaluator.plan import BUDGET_NAMES, budget, estimate_seconds, make_plan, variants_for
from evaluator.records import FILE_AS_SITE, PoC, SplitBy, SplitPlan
from sample_data import Sample, sample, samples
from scorecards.phrases import variant_name
from scorecards.scorecard_file import load_template, template_ids

_SPLITS: tuple[SplitBy, ...] = ("random", "group", "time")
_INPUT_KINDS = ("numeric", "categorical", "date")


def show(screen: Screen) -> None:
    """Lead from a file to a queued PoC."""
    words = screen.words
    st.title(words("new.title"), anchor=False)
    with _step(screen, 1, "data"):
        table = _data(screen)
    with _step(screen, 2, "question"):
        asked = _question(screen, table) if table else None
        if not table:
            _later(screen, "question")
    with _step(screen, 3, "criteria"):
        sites = site_count(table, asked[0].site) if table and asked and asked[1] else None
        both = criteria_form(screen, _before(screen, table), sites=sites) if table else None
        if not table:
            _later(screen, "criteria")
    with _step(screen, 4, "budget"):
        if table and asked:
            _budget(screen, table, asked, both)
        elif table:
            st.html(f'<div class="bp-muted">{escape(words("new.mend_question"))}</div>')
        else:
            _later(screen, "budget")


def _before(screen: Screen, table: Table) -> PoC | None:
    """Return the earlier PoC that the address starts from (`?again=`), if it asked the same data."""
    name = st.query_params.get("again", "")
    if not name:
        return None
    try:
        poc = screen.store.poc(name)
    except NotFoundError:
        return None
    return poc if poc.data.sha256 == table.source.sha256 else None


def _step(screen: Screen, number: int, name: str) -> st.delta_generator.DeltaGenerator:
    box = st.container(border=True)
    title = escape(screen.words(f"new.steps.{name}"))
    mark = f'<span class="bp-number">{number}</span>'
    box.html(f'<div class="bp-row bp-left">{mark}<span class="bp-title">{title}</span></div>')
    return box


def _later(screen: Screen, name: str) -> None:
    st.html(f'<div class="bp-muted">{escape(screen.words(f"new.later.{name}"))}</div>')


def _data(screen: Screen) -> Table | None:
    _find_again(screen)
    upload, chosen = st.query_params.get("upload", ""), st.query_params.get("sample", "")
    files, picked = uploaded_files(screen.store.uploads_folder(), upload), _sample(chosen)
    if picked is None and not files:
        _choose(screen)
        return None
    facts = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        header = _header_choice(screen, f"{upload}{chosen}")
        st.space("stretch")
        st.button(screen.words("new.change_data"), icon=":material/swap_horiz:", on_click=_forget)
    with facts:
        try:
            with st.spinner(screen.words("new.reading")):
                table = _read(screen, picked, files, header)
        except DataError as error:
            show_message(error)
            return None
        table_facts(screen, table)
    return table


def _find_again(screen: Screen) -> None:
    """Choose the data of the earlier PoC that the address starts from (`?again=`)."""
    name = st.query_params.get("again", "")
    if not name or "upload" in st.query_params or "sample" in st.query_params:
        return
    try:
        chosen = data_again(screen.store.poc(name), screen.store.uploads_folder())
    except NotFoundError:
        chosen = {}
    for key, value in chosen.items():
        st.query_params[key] = value


def _read(screen: Screen, picked: Sample | None, files: Sequence[Path], header: bool | None) -> Table:
    if picked is None:
        return read(files, header=header)
    return read(
        [picked.path], header=header, title=picked.title.in_language(screen.language), synthetic=picked.synthetic
    )


def _header_choice(screen: Screen, key: str) -> bool | None:
    choice = st.segmented_control(
        screen.words("new.header"),
        ("guess", "yes", "no"),
        default="guess",
        required=True,
        format_func=lambda name: screen.words(f"new.headers.{name}"),
        key=f"header-{key}",
        help=screen.words("new.header_hint"),
    )
    return {"guess": None, "yes": True, "no": False}[choice or "guess"]


def _sample(name: str) -> Sample | None:
    return sample(name) if name in {one.id for one in samples()} else None


def _forget() -> None:
    for name in ("upload", "sample", "again"):
        if name in st.query_params:
            del st.query_params[name]


def _choose(screen: Screen) -> None:
    words, language = screen.words, screen.language
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        arrived = drop_area(screen)
    if arrived:
        st.query_params["upload"] = arrived
        st.rerun()
    with right:
        st.html(f'<p class="bp-title">{escape(words("new.or_sample"))}</p>')
        for one in samples():
            with st.container(horizontal=True, vertical_alignment="center"):
                title, about = (escape(text.in_language(language)) for text in (one.title, one.description))
                st.html(f'<b>{title}</b><div class="bp-muted">{about}</div>', width=330)
                st.space("stretch")
                st.button(words("new.use_sample"), key=f"sample-{one.id}", on_click=_use_sample, args=(one.id,))


def _use_sample(name: str) -> None:
    st.query_params["sample"] = name


def _question(screen: Screen, table: Table) -> tuple[Answers, bool] | None:
    """Ask what to predict; return the answers so far and whether they can be asked."""
    before = _before(screen, table)
    words, key = screen.words, table_key(table) + (before.id if before else "")
    picked = _sample(st.query_params.get("sample", ""))
    known = before or picked
    try:
        first = proposal(table, table_key(table), known.target if known else "", known.site if known else None)
    except DataError as error:
        show_message(error)
        return None
    names = [column.name for column in table.profile.columns if column.name != SITE_FILE]
    one, two = st.columns(2, gap="medium")
    title = one.text_input(
        words("new.name"), value=before.title if before else table.title, key=f"title-{key}", max_chars=120
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
        default=[name for name in others if (before or proposed).columns.get(name) not in _INPUT_KINDS],
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
    return answers, _check(screen, table, answers, proposed.findings)


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


def _budget(screen: Screen, table: Table, asked: tuple[Answers, bool], both: Both | None) -> None:
    words, (answers, askable) = screen.words, asked
    possible = list(variants_for(answers.site))
    variants = st.multiselect(
        words("new.variants"),
        possible,
        default=possible,
        format_func=lambda name: variant_name(name, screen.language),
        key=f"variants-{bool(answers.site)}",
        placeholder=words("new.choose"),
    )
    before = _before(screen, table)
    wanted = (next_budget(before.budget) if before else None) or "quick"
    inputs = (
        sum(kind in _INPUT_KINDS for kind in kinds(table, answers).values()) if askable else len(table.profile.columns)
    )
    budget = st.radio(
        words("new.budget"),
        list(BUDGET_NAMES),
        index=list(BUDGET_NAMES).index(wanted),
        format_func=lambda name: (
            f"**{words(f'budgets.{name}.name')}**　{_minutes(screen, table, inputs, len(variants), name)}"
        ),
        captions=[_budget_meaning(screen, name) for name in BUDGET_NAMES],
        key=f"budget-{before.id if before else ''}",
    )
    ready = askable and both is not None
    if both is not None:
        answers = replace(answers, scorecard=both[0], assumptions=both[1], budget=budget, variants=tuple(variants))
        ready = ready and _planned(screen, table, answers)
    if not ready:
        st.caption(words("new.not_ready"))
    if st.button(words("new.start"), type="primary", icon=":material/play_arrow:", disabled=not ready):
        _start(screen, table, answers)


def _budget_meaning(screen: Screen, name: str) -> str:
    looks = ("・" if screen.language == "ja" else ", ").join(map(str, budget(name).looks))
    return f"{screen.words(f'budgets.{name}.meaning')} {screen.words('new.seeds', looks=looks)}"


def _planned(screen: Screen, table: Table, answers: Answers) -> bool:
    try:
        make_plan(poc_of(table, answers), Path())
    except InputError as error:
        show_message(error)
        return False
    return True


def _minutes(screen: Screen, table: Table, inputs: int, variants: int, budget: str) -> str:
    low, high = estimate_seconds(table.profile.rows, inputs, max(variants, 1), budget)
    return time_span(screen.words, low, high)


def _start(screen: Screen, table: Table, answers: Answers) -> None:
    name = screen.store.add_poc(poc_of(table, answers), owner=str(st.session_state.get("owner") or "").strip()[:80])
    screen.store.enqueue(name)
    st.switch_page(st.session_state[PAGES]["progress"], query_params=screen.query(poc=name))
