"""Reports from the frozen record, one file a format, each with `render(record, language) -> bytes`."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, get_args

from scorecards.local_text import Language
from scorecards.record import Record

Format = Literal["pdf", "pptx", "xlsx", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "json": "application/json",
}
_MODULES: dict[Format, str] = {
    "pdf": "pdf",
    "pptx": "slides",
    "xlsx": "workbook",
    "html": "page",
    "json": "json_file",
}


def render(record: Record, format: Format, language: Language) -> bytes:
    """Return the report on `record`. Raises ValueError for an unknown format.

    The part that a format needs (typst, python-pptx, XlsxWriter, fontTools) is loaded with its first report.
    """
    if format not in _MODULES:
        raise ValueError(f"unknown report format {format!r}; one of {', '.join(FORMATS)}")
    module = import_module(f"scorecards.reports.{_MODULES[format]}")
    content: bytes = module.render(record, language)
    return content
