"""New PoC: one page, four steps that stay in sight: data → question → criteria → budget."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.again import data_again
from dashboard.asking import Asking
from dashboard.budget_form import budget_form
from dashboard.criteria_form import criteria_form
from dashboard.draft import Table, read
from dashboard.faults import show_message
from dashboard.profile_view import table_facts
from dashboard.screen import Screen
from dashboard.table_form import table_question
from dashboard.task_form import TaskFiles, known_of, task_question
from dashboard.titles import shown_title
from dashboard.upload_area import drop_area
from dashboard.uploads import uploaded_files
from evaluator.errors import DataError, NotFoundError
from evaluator.records import PoC
from evaluator.tasks import fitting_tasks
from evaluator.tasks import task as find_task
from sample_data import Sample, sample, samples

Given = Table | TaskFiles


def show(screen: Screen) -> None:
    """Lead from a file to a queued PoC."""
    words = screen.words
    st.title(words("new.title"), anchor=False)
    with _step(screen, 1, "data"):
        given = _data(screen)
    with _step(screen, 2, "question"):
        asked = _question(screen, given) if given else None
        if not given:
            _later(screen, "question")
    with _step(screen, 3, "criteria"):
        both = criteria_form(screen, asked) if asked else None
        if not asked:
            _later(screen, "criteria")
    with _step(screen, 4, "budget"):
        if asked:
            budget_form(screen, asked, both)
        elif given:
            st.html(f'<div class="bp-muted">{escape(words("new.mend_question"))}</div>')
        else:
            _later(screen, "budget")


def _step(screen: Screen, number: int, name: str) -> st.delta_generator.DeltaGenerator:
    box = st.container(border=True)
    title = escape(screen.words(f"new.steps.{name}"))
    mark = f'<span class="bp-number">{number}</span>'
    box.html(f'<div class="bp-row bp-left">{mark}<span class="bp-title">{title}</span></div>')
    return box


def _later(screen: Screen, name: str) -> None:
    st.html(f'<div class="bp-muted">{escape(screen.words(f"new.later.{name}"))}</div>')


def _data(screen: Screen) -> Given | None:
    before = _earlier(screen)
    upload, chosen = st.query_params.get("upload", ""), st.query_params.get("sample", "")
    picked = _sample(chosen)
    files = [picked.path] if picked else uploaded_files(screen.store.uploads_folder(), upload)
    if not files:
        if upload or chosen or (before is None and "again" in st.query_params):
            st.html(f'<div class="bp-muted"><b class="bp-open">!</b> {escape(screen.words("new.gone"))}</div>')
        _choose(screen)
        return None
    facts = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = _task_choice(screen, files, before.task if before else picked.task if picked else "")
        header = _header_choice(screen, f"{upload}{chosen}") if task == "table" else None
        st.space("stretch")
        st.button(screen.words("new.change_data"), icon=":material/swap_horiz:", on_click=_forget)
    with facts:
        if task != "table":
            return _task_files(screen, task, files, before, picked)
        return _table(screen, files, header, picked)


def _table(screen: Screen, files: Sequence[Path], header: bool | None, picked: Sample | None) -> Table | None:
    try:
        with st.spinner(screen.words("new.reading")):
            title = picked.title.in_language(screen.language) if picked else ""
            table = read(files, header=header, title=title, synthetic=bool(picked and picked.synthetic))
    except DataError as error:
        show_message(error)
        return None
    table_facts(screen, table)
    return table


def _task_files(
    screen: Screen, task: str, files: Sequence[Path], before: PoC | None, picked: Sample | None
) -> TaskFiles:
    """Return the files of a task without a profile of its own; name them."""
    names = files[0].name if len(files) == 1 else f"{files[0].name} … ({screen.words('new.files', count=len(files))})"
    kind = find_task(task).TITLE.in_language(screen.language)
    st.html(f'<div><b>{escape(names)}</b></div><div class="bp-muted">{escape(kind)}</div>')
    title = picked.title.in_language(screen.language) if picked else files[0].stem
    if before is not None and before.task == task:
        known = known_of(task, before.target, before.site, before.options)
        return TaskFiles(
            task, tuple(files), known, shown_title(before.title, screen.language), before.synthetic, before
        )
    known = known_of(task, picked.target if picked else "", picked.site if picked else None, {})
    return TaskFiles(task, tuple(files), known, title, bool(picked and picked.synthetic))


def _task_choice(screen: Screen, files: Sequence[Path], known: str) -> str:
    """Return the task for the files; let the user choose where several can read them."""
    fitting = fitting_tasks(files)
    if len(fitting) < 2:
        return fitting[0]
    chosen = st.segmented_control(
        screen.words("new.task"),
        fitting,
        default=known if known in fitting else fitting[0],
        required=True,
        format_func=lambda name: find_task(name).TITLE.in_language(screen.language),
        key=f"task-{'|'.join(map(str, files))}",
    )
    return chosen or fitting[0]


def _earlier(screen: Screen) -> PoC | None:
    """Return the earlier PoC that the address starts from (`?again=`), and choose its data where none is chosen."""
    name = st.query_params.get("again", "")
    if not name:
        return None
    try:
        poc = screen.store.poc(name)
    except NotFoundError:
        return None
    if "upload" not in st.query_params and "sample" not in st.query_params:
        for key, value in data_again(poc, screen.store.uploads_folder()).items():
            st.query_params[key] = value
    return poc


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
            with st.container(horizontal=True, vertical_alignment="center", key=f"offer-{one.id}"):
                title, about = (escape(text.in_language(language)) for text in (one.title, one.description))
                st.html(f'<b>{title}</b><div class="bp-muted">{about}</div>', width="stretch")
                st.button(words("new.use_sample"), key=f"sample-{one.id}", on_click=_use_sample, args=(one.id,))


def _use_sample(name: str) -> None:
    st.query_params["sample"] = name


def _question(screen: Screen, given: Given) -> Asking | None:
    if isinstance(given, TaskFiles):
        return task_question(screen, given)
    before = _earlier(screen)
    if before is not None and before.data.sha256 != given.source.sha256:
        before = None
    return table_question(screen, given, before, _sample(st.query_params.get("sample", "")))
