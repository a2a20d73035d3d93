"""A table's profile on screen: facts, first rows, columns, and what to check, each with its cure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard.draft import Table
from dashboard.parts import scrolling, table
from dashboard.screen import Screen
from evaluator.intake.findings import Finding
from evaluator.intake.profile import ColumnProfile
from scorecards.formats import format_share, significant

_PREVIEW_ROWS = 12
_SHOWN_FINDINGS = 4
_SHOWN_COLUMNS = 200
_SEPARATORS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", " ": "space"}
_ENCODINGS = {
    "cp932": "Shift_JIS (CP932)",
    "shift_jis": "Shift_JIS",
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "euc_jp": "EUC-JP",
    "ascii": "ASCII",
}
_SIGNS = {"error": ("!", "bad"), "warning": ("!", "open"), "info": ("i", "none")}


def table_facts(screen: Screen, table: Table) -> None:
    """Show what was read and how, then remarks, first rows and columns."""
    words, source, facts = screen.words, table.source, table.profile
    name = source.files[0].rsplit("/", 1)[-1]
    names = name if len(source.files) == 1 else f"{name} … ({words('new.files', count=len(source.files))})"
    parts = [words("new.table_facts", rows=f"{facts.rows:,}", columns=f"{len(facts.columns):,}")]
    if source.format == "csv":
        separator = words(f"new.separators.{_SEPARATORS.get(source.separator, 'other')}", separator=source.separator)
        encoding = _ENCODINGS.get(source.encoding.lower(), source.encoding)
        parts.append(words("new.encoding_and_separator", encoding=encoding, separator=separator))
    parts.append(words("new.has_header" if source.header else "new.no_header"))
    text = (" ・ " if screen.language == "ja" else " · ").join(map(escape, parts))
    st.html(f'<div><b>{escape(names)}</b></div><div class="bp-muted">{text}</div>')
    if facts.findings:
        findings(screen, facts.findings)
    else:
        st.html(f'<div class="bp-muted"><b class="bp-good">✓</b> {escape(words("new.no_findings"))}</div>')
    with st.expander(words("new.preview")):
        st.dataframe(_preview(table.frame), hide_index=True, width="stretch", alt=words("new.preview"))
    with st.expander(words("new.columns_title")):
        st.html(_columns(screen, facts.columns))


def _preview(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the first rows as text: names and cells are shown, never taken for anything else."""
    return frame.head(_PREVIEW_ROWS).astype("string").fillna("—")


def _columns(screen: Screen, columns: Sequence[ColumnProfile]) -> str:
    words = screen.words
    names = ("name", "kind", "missing", "distinct", "examples", "range", "findings")
    rows = []
    for column in columns[:_SHOWN_COLUMNS]:
        ends = [_cell(value) for value in (column.minimum, column.median, column.maximum)]
        gap = "、" if screen.language == "ja" else ", "
        rows.append(
            [
                escape(column.name),
                escape(words(f"new.kinds.{column.kind}")),
                escape(format_share(column.missing_share, screen.language)),
                f"{column.distinct:,}",
                escape(gap.join(column.examples)),
                escape(" / ".join(ends) if any(ends) else "—"),
                escape(" ".join(item.text.in_language(screen.language) for item in column.warnings)),
            ]
        )
    return scrolling(
        table([words(f"new.columns.{name}") for name in names], rows, numeric={2, 3}, kind="bp-dense bp-cards")
    )


def _cell(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else significant(value)


def findings(screen: Screen, found: Sequence[Finding]) -> None:
    """Show remarks, the gravest first, each with its cure; more than a few go into a fold."""
    if not found:
        return
    grave = sorted(found, key=lambda item: ("error", "warning", "info").index(item.severity))
    st.html("".join(_finding(screen, item) for item in grave[:_SHOWN_FINDINGS]))
    if len(grave) > _SHOWN_FINDINGS:
        with st.expander(screen.words("new.more_findings", count=len(grave) - _SHOWN_FINDINGS)):
            st.html("".join(_finding(screen, item) for item in grave[_SHOWN_FINDINGS:]))


def _finding(screen: Screen, item: Finding) -> str:
    sign, tone = _SIGNS[item.severity]
    column = f"<b>{escape(item.column)}</b>　" if item.column else ""
    text, cure = (escape(part.in_language(screen.language)) for part in (item.text, item.cure))
    return (
        f'<div class="bp-finding bp-{item.severity}"><b class="bp-{tone}">{sign}</b><div>{column}{text}'
        f'<div class="bp-muted">{cure}</div></div></div>'
    )
