"""A PoC's title as a reader sees it: a sample's own title follows the language, any other stays as written."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sample_data import samples
from scorecards.local_text import Language, LocalText
from scorecards.record import Record


def shown_title(title: str, language: Language) -> str:
    """Return `title` in `language` where it is a sample's own title; the record keeps what was asked."""
    known = _sample_titles().get(title)
    return title if known is None else known.in_language(language)


def titled(record: Record, language: Language) -> Record:
    """Return the record, to show or report it in `language`, with its title as `shown_title` gives it."""
    return replace(record, title=shown_title(record.title, language))


@cache
def _sample_titles() -> dict[str, LocalText]:
    return {text: one.title for one in samples() for text in (one.title.ja, one.title.en)}
