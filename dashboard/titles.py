"""A PoC's title as a visitor reads it: a sample's own title follows the page's language, any other stays as written."""

from __future__ import annotations

from functools import cache

from evaluator.store.rows import PocRow
from sample_data import samples
from scorecards.local_text import Language, LocalText


def shown_title(title: str, language: Language) -> str:
    """Return `title` in `language` where it is a sample's own title; the record keeps what was asked."""
    known = _sample_titles().get(title)
    return title if known is None else known.in_language(language)


@cache
def _sample_titles() -> dict[str, LocalText]:
    return {text: one.title for one in samples() for text in (one.title.ja, one.title.en)}


def matches(row: PocRow, search: str, language: Language) -> bool:
    """Tell whether `search` is found in a PoC's title (as stored or as shown), id or owner, in any case."""
    wanted = search.strip().casefold()
    fields = (row.title, shown_title(row.title, language), row.id, row.owner)
    return not wanted or any(wanted in field.casefold() for field in fields)
