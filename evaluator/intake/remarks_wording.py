"""How a finding is worded: the parts that remarks on tables share."""

from __future__ import annotations

from evaluator.intake.findings import Finding, Severity
from scorecards.local_text import LocalText


def finding(code: str, column: str, severity: Severity, ja: str, en: str, cure_ja: str, cure_en: str) -> Finding:
    """Return a finding; `column`: '' where it concerns the whole table."""
    return Finding(code, column, severity, LocalText(ja=ja, en=en), LocalText(ja=cure_ja, en=cure_en))


def count_of(number: int, noun: str) -> str:
    """Return e.g. '1 row' or '1,200 rows'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shorten(text: str, length: int = 30) -> str:
    """Return `text`, cut to `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
