"""Download buttons: reports made from the frozen record when they are asked for, and tables of the evidence."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.records import Report, record_key
from dashboard.screen import Screen
from dashboard.titles import shown_title
from scorecards.record import Record
from scorecards.reports import FORMATS, MEDIA_TYPES


def report_buttons(screen: Screen, record: Record) -> None:
    """Show one button that opens the reports of the frozen record, in the page's language.

    The JSON is the record as it was frozen, its title included.
    """
    titled = replace(record, title=shown_title(record.title, screen.language))
    with st.popover(screen.words("reports.button"), type="primary", icon=":material/download:", width="stretch"):
        for form in FORMATS:
            st.download_button(
                screen.words(f"reports.{form}"),
                data=Report(record if form == "json" else titled, form, screen.language),
                file_name=f"{file_stem(titled)}-{screen.language}.{form}",
                mime=MEDIA_TYPES[form],
                key=f"report-{form}-{record_key(record)[:12]}",
                on_click="ignore",
                width="stretch",
            )
        st.caption(screen.words("reports.frozen"))


def table_buttons(screen: Screen, record: Record) -> None:
    """Show buttons for all measurements and curves: CSV that opens safely in a spreadsheet, and Parquet."""
    stem = file_stem(replace(record, title=shown_title(record.title, screen.language)))
    files: tuple[tuple[str, Callable[[], bytes], str, str], ...] = (
        ("measurements_csv", lambda: safe_csv(record.measurements), f"{stem}-measurements.csv", "text/csv"),
        (
            "measurements_parquet",
            lambda: parquet(record.measurements),
            f"{stem}-measurements.parquet",
            "application/vnd.apache.parquet",
        ),
        ("curves_csv", lambda: safe_csv(record.curves), f"{stem}-curves.csv", "text/csv"),
        ("json", Report(record, "json", screen.language), f"{stem}.json", "application/json"),
    )
    with st.container(horizontal=True):
        for name, data, file_name, mime in files:
            st.download_button(
                screen.words(f"downloads.{name}"),
                data=data,
                file_name=file_name,
                mime=mime,
                key=f"download-{name}",
                on_click="ignore",
                icon=":material/download:",
            )


def file_stem(record: Record) -> str:
    """Return the start of a download's name: title and version, without what file systems refuse."""
    kept = "".join(" " if letter in _REFUSED or not letter.isprintable() else letter for letter in record.title)
    title = "_".join(kept.split())[:_LONGEST_TITLE].strip("._")
    return f"{title or record.id}-v{record.version}"


_REFUSED = '\\/:*?"<>|'
_LONGEST_TITLE = 60
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_csv(frame: pd.DataFrame) -> bytes:
    """Return a CSV with a BOM whose text cells no spreadsheet takes for a formula; numbers stay numbers."""
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = pd.Series([_as_text(cell) for cell in safe[name]], index=safe.index, dtype="object")
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _as_text(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def parquet(frame: pd.DataFrame) -> bytes:
    """Return the frame as a Parquet file."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
