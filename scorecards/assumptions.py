"""What the money supposes: assumptions with a range, a source, and the limits within which they make sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from scorecards.local_text import LocalText

Source = Literal["measured", "quoted", "assumed"]
SOURCES: tuple[Source, ...] = get_args(Source)

_MANY = 1e12
ASSUMPTION_LIMITS: Mapping[str, tuple[float, float]] = {
    "sites": (0.0, 1e7),
    "updates_per_year": (0.0, 1e6),
    "finetunes_per_year": (0.0, 1e6),
    "retrainings_per_year": (0.0, 1e6),
    "production_scale": (0.0, 1e9),
    "compute_price_per_hour": (0.0, _MANY),
    "site_compute_price_per_hour": (0.0, _MANY),
    "transfer_price_per_gb": (0.0, _MANY),
    "engineer_price_per_hour": (0.0, _MANY),
    "adoption_hours": (0.0, 1e6),
    "labour_minutes_per_update_baseline": (0.0, 1e6),
    "labour_minutes_per_update_candidate": (0.0, 1e6),
    "labour_minutes_per_finetune_baseline": (0.0, 1e6),
    "labour_minutes_per_finetune_candidate": (0.0, 1e6),
    "value_per_point": (0.0, _MANY),
    "discount_rate": (0.0, 1.0),
}
"""Every assumption's id with the least and the most that is accepted. All are needed."""


@dataclass(frozen=True)
class Assumption:
    """One assumption: low ≤ likely ≤ high in `unit`, and where it comes from.

    `basis` says in both languages why this value; `note` is the user's own remark.
    """

    id: str
    title: LocalText
    low: float
    likely: float
    high: float
    unit: str
    source: Source
    note: str = ""
    basis: LocalText | None = None


@dataclass(frozen=True)
class Assumptions:
    """All business assumptions of a PoC; `currency` is an ISO 4217 code."""

    currency: str
    horizon_years: int
    values: Mapping[str, Assumption]


def with_likely(assumptions: Assumptions, likely: Mapping[str, float]) -> Assumptions:
    """Return assumptions with some likely values moved (a slider); each range moves along in proportion.

    Raises KeyError for an unknown id, ValueError outside of ASSUMPTION_LIMITS.
    """
    values = dict(assumptions.values)
    for name, value in likely.items():
        least, most = ASSUMPTION_LIMITS[name]
        if not least <= value <= most:
            raise ValueError(f"{name} must lie between {least:g} and {most:g}, but is {value:g}")
        moved = _moved(values[name], value)
        values[name] = replace(moved, high=min(moved.high, most))
    return replace(assumptions, values=values)


def _moved(assumption: Assumption, value: float) -> Assumption:
    if assumption.likely == 0:
        return replace(assumption, low=min(assumption.low, value), likely=value, high=max(assumption.high, value))
    factor = value / assumption.likely
    return replace(assumption, low=assumption.low * factor, likely=value, high=assumption.high * factor)
