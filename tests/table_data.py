"""Small made-up tables, prepared without files: for tests of networks and of measuring."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd

from evaluator.records import ColumnKind, Limits, PoC, SplitPlan, TargetKind
from evaluator.tasks.table import TableData, encode

QUICK = Limits(max_seconds=300.0, max_epochs=12, patience_epochs=6, finetune_max_seconds=300.0, finetune_max_steps=12)
COLUMNS: dict[str, ColumnKind] = {
    "size": "numeric",
    "age": "numeric",
    "constant": "numeric",
    "colour": "categorical",
    "code": "identifier",
    "day": "date",
    "shop": "categorical",
    "answer": "categorical",
}


def make_frame(rows: int = 400, kind: TargetKind = "binary", shops: int = 5, seed: int = 0) -> pd.DataFrame:
    """Return a table whose answer follows from size, age, colour and the shop's own offset."""
    random = np.random.default_rng(seed)
    size, age = random.normal(50, 10, rows), random.exponential(3, rows)
    colour = random.choice(["red", "green", "青"], rows)
    shop = random.integers(0, shops, rows)
    offset = np.linspace(-2, 2, shops)[shop]
    value = (size - 50) / 10 + np.sin(age) + (colour == "red") + offset
    answer: object = value * 10 + 100
    if kind == "binary":
        answer = np.where(value > 0.3, "Yes", "No")
    elif kind == "multiclass":
        answer = np.digitize(value, [-1, 1, 3])
    age[random.random(rows) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "size": size,
            "age": age,
            "constant": 1.0,
            "colour": colour,
            "code": [f"id{row}" for row in range(rows)],
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows) % 50, unit="D"),
            "shop": [f"店{number}" for number in shop],
            "answer": answer,
        }
    )


def make_roles(frame: pd.DataFrame, site: str, seed: int = 0) -> np.ndarray:
    """Return (rows,) int8: the last shop, or the last fifth, is new."""
    random = np.random.default_rng(seed)
    names = sorted(frame["shop"].unique())
    new = (frame["shop"] == names[-1]).to_numpy() if site else np.arange(len(frame)) >= 0.8 * len(frame)
    draw = random.random(len(frame))
    training = np.digitize(draw, [0.7, 0.85])
    new_part = 3 + np.digitize(draw, [0.4, 0.6])
    return np.where(new, new_part, training).astype(np.int8)


def make_poc(kind: TargetKind = "binary", site: str = "") -> PoC:
    """Return what `encode` reads of a PoC."""
    poc = SimpleNamespace(
        target="answer",
        target_kind=kind,
        site=site,
        columns=COLUMNS if site else {**COLUMNS, "shop": "ignored"},
        split=SplitPlan("random", "", 0),
        data=SimpleNamespace(sha256="0" * 64),
    )
    return cast(PoC, poc)


def make_data(kind: TargetKind = "binary", *, sites: bool = False, rows: int = 400, seed: int = 0) -> TableData:
    """Return a prepared table; with `sites` the shops are sites and the last of five is new."""
    frame = make_frame(rows, kind, seed=seed)
    site = "shop" if sites else ""
    return encode(frame, make_roles(frame, site), make_poc(kind, site), site)
