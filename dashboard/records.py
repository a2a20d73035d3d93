"""Frozen records, read once and kept: a record never changes, only a newer version can appear."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from evaluator.store import Store
from scorecards.local_text import Language
from scorecards.record import Record
from scorecards.reports import Format, render

_KEPT = 16


@st.cache_resource(max_entries=_KEPT, ttl=10, show_spinner=False)
def _newest(url: str, poc: str, _store: Store) -> Record:
    return _store.record(poc)


def newest_record(store: Store, poc: str) -> Record:
    """Return the newest record of `poc`. Raises NotFoundError where there is none."""
    return _newest(store.url, poc, store)


def record_key(record: Record) -> str:
    """Return what tells this record from any other: its hash."""
    return record.hashes.get("record", "") or f"{record.id}-{record.version}"


class Report:
    """A report that is made when it is asked for; the same one twice is made once."""

    def __init__(self, record: Record, form: Format, language: Language) -> None:
        self._record, self._form, self._language = record, form, language

    def __call__(self) -> bytes:
        """Return the report's bytes."""
        return _rendered(_Asked(self._record), self._form, self._language)


class _Asked:
    """A record that compares by its hash, so that the cache may hold its reports."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __hash__(self) -> int:
        return hash(record_key(self.record))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and record_key(other.record) == record_key(self.record)


@lru_cache(maxsize=_KEPT)
def _rendered(asked: _Asked, form: Format, language: Language) -> bytes:
    return render(asked.record, form, language)
