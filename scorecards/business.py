"""Money: assumptions with ranges and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scorecards.local_text import LocalText

Source = Literal["measured", "quoted", "assumed"]


@dataclass(frozen=True)
class Assumption:
    """One assumption: low ≤ likely ≤ high in `unit`, and where it comes from."""

    id: str
    title: LocalText
    low: float
    likely: float
    high: float
    unit: str
    source: Source
    note: str = ""


@dataclass(frozen=True)
class Assumptions:
    """All business assumptions of a PoC; `currency` is an ISO 4217 code."""

    currency: str
    horizon_years: int
    values: Mapping[str, Assumption]
