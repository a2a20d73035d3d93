"""The whole record as a JSON file; the language changes nothing in it."""

from __future__ import annotations

from scorecards.local_text import Language
from scorecards.record import Record
from scorecards.record_json import to_json


def render(record: Record, language: Language) -> bytes:
    """Return the record as UTF-8 JSON, without loss (see `record_json`)."""
    return (to_json(record, indent=1) + "\n").encode()
