"""The question of a task without a form of its own: what was found in the files, and the task's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.asking import Asking, Choice
from dashboard.faults import show_message
from dashboard.profile_view import findings
from dashboard.screen import Screen
from evaluator.errors import InputError
from evaluator.poc_new import poc_from
from evaluator.records import OptionValue, PoC
from evaluator.tasks import task as find_task
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Option, Question
from scorecards.phrases.tasks import rows_text
from scorecards.scorecard_file import template_ids

_COLUMNS = 3


@dataclass(frozen=True)
class TaskFiles:
    """Files that a task other than the table reads; `known`: what a sample or an earlier PoC said already."""

    task: str
    files: tuple[Path, ...]
    known: Asked
    title: str = ""
    synthetic: bool = False
    before: PoC | None = None


def task_question(screen: Screen, given: TaskFiles) -> Asking | None:
    """Show what was found and ask for the task's settings; None where the files can't be asked anything yet."""
    words, language = screen.words, screen.language
    key = f"{given.task}-{'|'.join(map(str, given.files))}"
    one, two = st.columns(2, gap="medium")
    title = one.text_input(words("new.name"), value=given.title, key=f"title-{key}", max_chars=120)
    two.text_input(words("new.owner"), key="owner", max_chars=80)
    options = _options(screen, find_task(given.task).OPTIONS, given.known.options, key)
    try:
        with st.spinner(words("new.reading")):
            first = question_of(given, replace(given.known, options=options))
            asked = _columns(screen, given, first, options, key)
    except InputError as error:
        show_message(error)
        return None
    found = [rows_text(given.task, asked.rows).in_language(language)]
    if asked.sites:
        found.append(words("record.sites", count=f"{asked.sites:,}"))
    line = (" ・ " if language == "ja" else " · ").join(map(escape, found))
    st.html(f'<div class="bp-muted"><b class="bp-good">✓</b> {line}</div>')
    reasons = [text.in_language(language) for name, text in asked.reasons.items() if name not in ("target", "site")]
    if reasons:
        st.caption(" ".join(reasons) if language == "en" else "".join(reasons))
    findings(screen, asked.findings)
    return _asking(given, asked, title)


def _columns(
    screen: Screen, given: TaskFiles, first: Question, options: Mapping[str, OptionValue], key: str
) -> Question:
    """Let the user choose target and site where the task's data has columns; return the question that follows."""
    names = list(first.columns)
    if not names:
        return first
    words = screen.words
    one, two = st.columns(2, gap="medium")
    target = one.selectbox(
        words("new.target"), names, index=names.index(first.target) if first.target in names else 0, key=f"target-{key}"
    )
    sites = ["", *(name for name in names if name != target)]
    if first.site and first.site not in sites:
        sites.append(first.site)
    site = two.selectbox(
        words("new.site"),
        sites,
        index=sites.index(first.site) if first.site in sites else 0,
        format_func=lambda name: name or words("new.no_site"),
        key=f"site-{key}",
        help=words("new.site_hint"),
    )
    if (target, site) == (first.target, first.site):
        return first
    return question_of(given, replace(given.known, target=target, site=site, options=options))


def question_of(given: TaskFiles, asked: Asked) -> Question:
    """Return the task's question; the last few are kept, because the page runs again with each answer.

    Raises InputError (DataError) when the files can't be read or can't answer.
    """
    changed = tuple(file.stat().st_mtime_ns for file in given.files)
    return _question(given.task, tuple(map(str, given.files)), changed, asked, tuple(sorted(asked.options.items())))


@st.cache_resource(max_entries=16, ttl=3600, show_spinner=False)
def _question(
    task: str, files: tuple[str, ...], changed: tuple[int, ...], _asked: Asked, options: tuple[tuple[str, object], ...]
) -> Question:
    return find_task(task).question([Path(file) for file in files], _asked)


def _asking(given: TaskFiles, asked: Question, title: str) -> Asking:
    def poc(choice: Choice) -> PoC:
        whole = poc_from(asked, given.task, given.files, choice.budget, template_ids()[0]).poc
        return replace(
            whole,
            title=title.strip() or given.title or whole.title,
            scorecard=choice.scorecard,
            assumptions=choice.assumptions,
            variants=choice.variants,
            synthetic=given.synthetic,
        )

    size = (asked.rows, asked.features, asked.sites)
    return Asking(given.task, asked.site, *size, True, given.before, poc, asked.options, asked.effort)


def _options(
    screen: Screen, options: Sequence[Option], known: Mapping[str, OptionValue], key: str
) -> dict[str, OptionValue]:
    """Show a widget for each option and return what they hold."""
    found: dict[str, OptionValue] = {}
    if not options:
        return found
    with st.expander(screen.words("new.options", count=len(options))):
        columns = st.columns(_COLUMNS, gap="medium")
        for place, option in enumerate(options):
            with columns[place % _COLUMNS]:
                found[option.name] = _widget(
                    screen, option, known.get(option.name, option.default), f"{key}-{option.name}"
                )
    return found


def _widget(screen: Screen, option: Option, value: OptionValue, key: str) -> OptionValue:
    title, about = option.title.in_language(screen.language), option.help.in_language(screen.language)
    if isinstance(option.default, bool):
        return st.checkbox(title, value=bool(value), help=about, key=key)
    if isinstance(option.default, int):
        low, high = (None if end is None else int(end) for end in (option.low, option.high))
        return int(st.number_input(title, low, high, int(value), help=about, key=key))
    if isinstance(option.default, float):
        return float(st.number_input(title, option.low, option.high, float(value), help=about, key=key))
    if option.choices:
        choices = list(option.choices)
        return st.selectbox(
            title,
            choices,
            index=choices.index(str(value)) if str(value) in choices else 0,
            format_func=lambda name: screen.words("new.found_out") if name in ("", "auto") else name,
            help=about,
            key=key,
        )
    return st.text_input(title, str(value), help=about, key=key, max_chars=200)


def known_of(task: str, target: str, site: str | None, options: Mapping[str, OptionValue]) -> Asked:
    """Return what a sample or an earlier PoC said, its options complete. Raises InputError."""
    return Asked(target=target, site=site, options=checked(find_task(task), options))
