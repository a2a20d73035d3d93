"""The evaluator's branch of the error tree.

BlueprintError (scorecards.errors)
├── InputError (scorecards.errors)   exit status 2
│   ├── ScorecardError               a YAML file has a wrong key or value
│   ├── DataError                    the user's data can't be read or can't answer the question
│   └── NotFoundError                no PoC, record, variant or file of that name
└── StoreError                       the store can't be read or written: exit status 1
    ├── StoreBusyError               the store stayed locked: an InputError as well, since the user can mend it
    ├── DiskFullError                the disk is full: likewise
    └── StoreClosedError             the store can't be opened or written there: likewise
TrialError                           a trial ended without a result; kept in the record, never shown as a traceback
"""

from __future__ import annotations

from scorecards.errors import BlueprintError, InputError, ScorecardError

__all__ = [
    "BlueprintError",
    "DataError",
    "DiskFullError",
    "InputError",
    "NotFoundError",
    "ScorecardError",
    "StoreBusyError",
    "StoreClosedError",
    "StoreError",
    "TrialError",
]


class DataError(InputError):
    """The data can't be read, or can't answer the question asked of it."""


class NotFoundError(InputError):
    """There is no PoC, record, variant or file of that name."""


class StoreError(BlueprintError):
    """The store can't be read or written."""


class StoreBusyError(StoreError, InputError):
    """The store stayed locked by another process; that is for the user to mend, so the exit status is 2."""


class DiskFullError(StoreError, InputError):
    """The disk is full; that is for the user to mend, so the exit status is 2."""


class StoreClosedError(StoreError, InputError):
    """The store can't be opened or written where it is; that is for the user to mend, so the exit status is 2."""


class TrialError(BlueprintError):
    """A trial ended without a result."""
