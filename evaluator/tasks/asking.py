"""What the questions of all tasks share: an error names the data that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evaluator.errors import DataError


@contextmanager
def in_files(files: Sequence[str]) -> Iterator[None]:
    """Name the data in errors that concern all of it and so don't say where they are."""
    try:
        yield
    except DataError as error:
        more = f" (+{len(files) - 1})" if len(files) > 1 else ""
        error.where = error.where or f"{Path(files[0]).name}{more}"
        raise
