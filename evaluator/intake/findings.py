"""What intake tells a user about a table: one finding, its place, its weight and its cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scorecards.local_text import LocalText

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One remark on the table. `column`: '' when it concerns the whole table; `code` is stable and machine-readable."""

    code: str
    column: str
    severity: Severity
    text: LocalText
    cure: LocalText
