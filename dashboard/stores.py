"""The store that the dashboard shows: one open store a process, named by the environment."""

from __future__ import annotations

import os
from functools import cache

from evaluator.store import Store, open_store

VARIABLE = "BLUEPRINT_STORE"


@cache
def _opened(url: str | None) -> Store:
    return open_store(url)


def the_store() -> Store:
    """Return the store that `BLUEPRINT_STORE` names, or the embedded one.

    Raises StoreError when it can't be opened.
    """
    return _opened(os.environ.get(VARIABLE) or None)
