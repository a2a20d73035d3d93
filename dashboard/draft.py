"""A PoC in the making: the table that was read, what the intake proposes, and the PoC that follows from the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from evaluator.intake.findings import Finding
from evaluator.intake.profile import TableProfile, profile
from evaluator.intake.propose import Proposal, check_question, propose
from evaluator.intake.read import detect, read_table
from evaluator.poc_new import new_poc
from evaluator.records import FILE_AS_SITE, ColumnKind, DataSource, PoC, SplitPlan
from evaluator.store import Store
from evaluator.tasks.table.question import count_sites
from sample_data import Sample
from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.local_text import Language

_KEPT_TABLES = 2


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read; `synthetic` and `title` come from a sample."""

    source: DataSource
    frame: pd.DataFrame
    profile: TableProfile
    title: str
    synthetic: bool


@dataclass(frozen=True)
class Answers:
    """What the user chose on the page."""

    title: str
    target: str
    site: str
    ignored: tuple[str, ...]
    split: SplitPlan
    scorecard: Scorecard
    assumptions: Assumptions
    budget: str
    variants: tuple[str, ...]


def read(files: Sequence[Path], *, header: bool | None, title: str = "", synthetic: bool = False) -> Table:
    """Read and profile a table; the last few are kept, because the page runs again with each answer.

    Raises DataError when it can't be read.
    """
    changed = tuple(path.stat().st_mtime_ns for path in files)
    return _read(tuple(map(str, files)), changed, header, title, synthetic)


@st.cache_resource(max_entries=_KEPT_TABLES, ttl=3600, show_spinner=False)
def _read(files: tuple[str, ...], changed: tuple[int, ...], header: bool | None, title: str, synthetic: bool) -> Table:
    source = detect([Path(file) for file in files], header=header)
    by_file = FILE_AS_SITE if len(source.files) > 1 else ""
    frame = read_table(source, site=by_file)
    return Table(source, frame, profile(frame, source), title or Path(files[0]).stem, synthetic)


@st.cache_resource(max_entries=32, show_spinner=False)
def proposal(_table: Table, key: str, target: str, site: str | None) -> Proposal:
    """Return the intake's proposal, with what the user chose already. Raises DataError."""
    return propose(_table.profile, _table.frame, target=target, site=site)


def site_count(table: Table, site: str) -> int:
    """Return how many sites the table holds by the chosen column, 0 without one."""
    return _site_count(table, table_key(table), site)


@st.cache_resource(max_entries=32, show_spinner=False)
def _site_count(_table: Table, key: str, site: str) -> int:
    return count_sites(_table.frame, site)


def table_key(table: Table) -> str:
    """Return what tells this table from others: its content and how it is read."""
    return f"{table.source.sha256}-{table.source.header}"


def remarks(table: Table, answers: Answers) -> tuple[Finding, ...]:
    """Return remarks on the question. Raises DataError where it can't be asked."""
    return check_question(
        table.frame,
        table.profile,
        answers.target,
        answers.site,
        columns=kinds(table, answers),
        split=answers.split,
    )


def kinds(table: Table, answers: Answers) -> Mapping[str, ColumnKind]:
    """Return every column's kind: the intake's, changed by what the user leaves out or takes in."""
    proposed = proposal(table, table_key(table), answers.target, answers.site)
    found: dict[str, ColumnKind] = {}
    for name, kind in proposed.columns.items():
        if name in answers.ignored:
            found[name] = "ignored"
        elif kind in ("ignored", "identifier") and name not in (answers.target, answers.site):
            found[name] = _usable_kind(table, name)
        else:
            found[name] = kind
    return found


def _usable_kind(table: Table, name: str) -> ColumnKind:
    kind = table.profile.column(name).kind
    if kind not in ("ignored", "identifier"):
        return kind
    return "numeric" if pd.api.types.is_numeric_dtype(table.frame[name]) else "categorical"


def poc_of(table: Table, answers: Answers) -> PoC:
    """Return the PoC that the answers ask for; its id follows from its contents. Raises DataError."""
    return PoC(
        id="",
        title=answers.title.strip() or table.title,
        task="table",
        data=table.source,
        target=answers.target,
        target_kind=proposal(table, table_key(table), answers.target, answers.site).target_kind,
        site=answers.site,
        columns=kinds(table, answers),
        split=answers.split,
        budget=answers.budget,
        variants=answers.variants,
        scorecard=answers.scorecard,
        assumptions=answers.assumptions,
        synthetic=table.synthetic,
    )


def queue_sample(store: Store, sample: Sample, language: Language) -> str:
    """Queue a sample with everything proposed and the quick budget; return its PoC's id."""
    proposed = new_poc([sample.path], task=sample.task, target=sample.target, site=sample.site)
    poc = replace(proposed.poc, title=sample.title.in_language(language), synthetic=sample.synthetic)
    name = store.add_poc(poc)
    store.enqueue(name)
    return name
