"""Makes the demand series: 8 stores × 730 days of one product. Synthetic, from a fixed seed.

What is in it on purpose: a week and a year that differ from store to store (offices rest at weekends, suburbs don't;
beach and ski stores have opposite years), a slow drift, offers that lift sales, rain that acts either way, a week of
closing in one store (missing rows) and a few missing values. So there is something to gain from knowing the store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20_261_124
DAYS = 730
FIRST_DAY = dt.date(2024, 1, 1)
HEADER = ("日付", "店舗", "需要", "特売", "最高気温", "降水量")
STORES = ("札幌", "仙台", "大手町", "吉祥寺", "湘南", "名古屋", "梅田", "福岡")
_WEEK = {
    "office": (1.10, 1.12, 1.10, 1.08, 1.15, 0.55, 0.45),
    "station": (0.95, 0.92, 0.95, 0.98, 1.15, 1.12, 0.95),
    "suburb": (0.85, 0.82, 0.85, 0.88, 0.98, 1.35, 1.30),
}
_KINDS = ("station", "suburb", "office", "suburb", "suburb", "station", "office", "station")
_CLOSED = ("吉祥寺", 401, 408)
_MISSING = 0.006


@dataclass(frozen=True)
class _Store:
    name: str
    week: tuple[float, ...]
    level: float
    summer: float
    heat: float
    rain: float
    offer: float
    growth: float
    cold: float


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the table's rows as text, in order of day and store."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    stores = [_store(index, generator) for index in range(len(STORES))]
    warmth, offers, carried = _year(generator), generator.random((DAYS, len(STORES))) < 0.10, np.zeros(len(STORES))
    wet = generator.random(DAYS) < 0.30
    for day in range(DAYS):
        for index, store in enumerate(stores):
            carried[index] = 0.75 * carried[index] + float(generator.normal(0, 0.05))
            row = _row(
                store, day, float(warmth[day]), bool(wet[day]), bool(offers[day, index]), carried[index], generator
            )
            if not (store.name == _CLOSED[0] and _CLOSED[1] <= day < _CLOSED[2]):
                yield row


def _store(index: int, generator: np.random.Generator) -> _Store:
    return _Store(
        name=STORES[index],
        week=_WEEK[_KINDS[index]],
        level=float(generator.uniform(60, 320)),
        summer=(-0.18, -0.05, 0.0, 0.05, 0.40, 0.05, 0.0, 0.10)[index],
        heat=float(generator.normal(0.010, 0.012)),
        rain=float(generator.normal(-0.08, 0.10)),
        offer=float(generator.uniform(0.15, 0.50)),
        growth=float(generator.normal(0.05, 0.10)),
        cold=(-6.0, -3.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.5)[index],
    )


def _year(generator: np.random.Generator) -> NDArray[np.float64]:
    """Return each day's usual maximum temperature with spells of warm and cold weather."""
    spell, warmth = 0.0, []
    for day in range(DAYS):
        spell = 0.8 * spell + float(generator.normal(0, 1.6))
        warmth.append(19.0 - 11.0 * np.cos((day - 25) / 365.25 * 2 * np.pi) + spell)
    return np.array(warmth)


def _row(
    store: _Store, day: int, warmth: float, wet: bool, offer: bool, carried: float, generator: np.random.Generator
) -> tuple[str, ...]:
    date = FIRST_DAY + dt.timedelta(days=day)
    temperature = round(warmth + store.cold + float(generator.normal(0, 0.8)), 1)
    rain = round(float(generator.gamma(1.3, 8.0)), 1) if wet and generator.random() < 0.8 else 0.0
    new_year = date.month == 1 and date.day <= 3
    expected = (
        np.log(store.level)
        + np.log(store.week[date.weekday()])
        + store.summer * np.sin((day - 100) / 365.25 * 2 * np.pi)
        + store.growth * day / DAYS
        + store.heat * (temperature - 20.0) / 2
        + store.rain * min(rain, 20.0) / 20.0
        + store.offer * offer
        - 0.5 * new_year
        + carried
    )
    sold = int(generator.poisson(np.exp(expected + generator.normal(0, 0.05))))
    return (
        date.isoformat(),
        store.name,
        "" if generator.random() < _MISSING else str(sold),
        str(int(offer)),
        "" if generator.random() < _MISSING else f"{temperature:.1f}",
        f"{rain:.1f}",
    )
