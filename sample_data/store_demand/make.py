"""Makes the stock-out table: 24 stores × 125 days of one lunch counter. Synthetic, from a fixed seed.

What is in it on purpose: each store answers to heat, rain, weekday and offers in its own way (office, station, suburb
and hospital stores differ, and no column says which is which), so a model has something to gain from knowing the store.
The noise is such that nobody can predict every stock-out. A few weather readings are missing, as in real life.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SEED = 20_261_123
DAYS = 125
FIRST_DAY = dt.date(2025, 6, 2)
WEEKDAYS = "月火水木金土日"
HEADER = (
    "店舗",
    "日付",
    "曜日",
    "祝日",
    "最高気温",
    "降水量",
    "特売",
    "価格",
    "近隣催事",
    "前日販売数",
    "発注数",
    "欠品",
)
STORES = (
    *("札幌駅前", "仙台青葉通", "大宮東口", "千葉中央", "丸の内", "新宿南口", "渋谷道玄坂", "品川港南"),
    *("立川", "横浜みなと", "川崎", "藤沢", "静岡呉服町", "名古屋栄", "金沢片町", "京都四条"),
    *("梅田", "天王寺", "神戸三宮", "岡山駅前", "広島紙屋町", "高松", "福岡天神", "熊本下通"),
)


@dataclass(frozen=True)
class _Store:
    """How one store's demand (portions a day) answers to the day. Effects are on the log scale."""

    name: str
    level: float
    heat: float
    rain: float
    weekend: float
    offer: float
    event: float
    price: float
    caution: float


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the table's rows as text, in order of day and store."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    stores = [_store(name, index, generator) for index, name in enumerate(STORES)]
    warmth = generator.normal(0.0, 2.6, size=DAYS)
    rainy = generator.random(DAYS) < 0.36
    before = {store.name: int(store.level) for store in stores}
    for day in range(DAYS):
        for store in stores:
            yield _row(store, day, float(warmth[day]), bool(rainy[day]), before, generator)


def _store(name: str, index: int, generator: np.random.Generator) -> _Store:
    kind = index % 4  # office, station, suburb, hospital: not told in the table
    weekend = (-0.75, -0.05, 0.55, -0.35)[kind]
    rain = (0.35, -0.40, -0.55, 0.10)[kind]
    heat = (-0.030, 0.022, -0.008, 0.000)[kind]
    return _Store(
        name=name,
        level=float(generator.uniform(70, 220)),
        heat=heat + float(generator.normal(0, 0.008)),
        rain=rain + float(generator.normal(0, 0.08)),
        weekend=weekend + float(generator.normal(0, 0.10)),
        offer=float(generator.uniform(0.10, 0.45)),
        event=float(generator.uniform(-0.05, 0.45)),
        price=float(generator.uniform(-1.8, -0.4)),
        caution=float(generator.uniform(0.02, 0.14)),
    )


def _row(
    store: _Store, day: int, warmth: float, wet: bool, before: dict[str, int], generator: np.random.Generator
) -> tuple[str, ...]:
    date = FIRST_DAY + dt.timedelta(days=day)
    season = 28.0 - 6.0 * np.cos((day + 10) / DAYS * 2 * np.pi)
    temperature = round(season + warmth + float(generator.normal(0, 0.9)), 1)
    rain = round(float(generator.gamma(1.3, 9.0)), 1) if wet and generator.random() < 0.85 else 0.0
    holiday = date in _HOLIDAYS
    free_day = date.weekday() >= 5 or holiday
    offer = bool(generator.random() < 0.18)
    event = bool(generator.random() < (0.16 if free_day else 0.06))
    price = int(round(generator.choice((498, 520, 540, 560)) * (0.85 if offer else 1.0), -1))
    expected = np.log(store.level) + 0.35 * store.weekend * free_day
    effect = (
        store.heat * (temperature - 28.0)
        + store.rain * min(rain, 25.0) / 25.0
        + 0.65 * store.weekend * free_day
        + store.offer * offer
        + store.event * event
        + store.price * (price / 520 - 1)
    )
    # The manager orders for the usual day, half of the offer, and a cushion; what is peculiar to the store comes as a
    # surprise.
    ordered = round(float(np.exp(expected + store.caution + 0.15 * offer + generator.normal(0, 0.06))))
    demand = int(generator.poisson(np.exp(expected + effect + generator.normal(0, 0.07))))
    sold_before, before[store.name] = before[store.name], min(demand, ordered)
    return (
        store.name,
        date.isoformat(),
        WEEKDAYS[date.weekday()],
        "はい" if holiday else "いいえ",
        "" if generator.random() < 0.012 else f"{temperature:.1f}",
        "" if generator.random() < 0.012 else f"{rain:.1f}",
        "あり" if offer else "なし",
        str(price),
        "あり" if event else "なし",
        str(sold_before),
        str(ordered),
        "あり" if demand > ordered else "なし",
    )


_HOLIDAYS = frozenset({dt.date(2025, 7, 21), dt.date(2025, 8, 11), dt.date(2025, 9, 15), dt.date(2025, 9, 23)})
