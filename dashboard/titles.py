"""A PoC's title as a visitor reads it, and the search for it."""

from __future__ import annotations

from evaluator.store.rows import PocRow
from evaluator.titles import shown_title
from scorecards.local_text import Language

__all__ = ["matches", "shown_title"]


def matches(row: PocRow, search: str, language: Language) -> bool:
    """Tell whether `search` is found in a PoC's title (as stored or as shown), id or owner, in any case."""
    wanted = search.strip().casefold()
    fields = (row.title, shown_title(row.title, language), row.id, row.owner)
    return not wanted or any(wanted in field.casefold() for field in fields)
