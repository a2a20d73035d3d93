"""Small made-up series, as files and prepared: for tests of intake, task and networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from evaluator.intake.findings import Finding
from evaluator.intake.series import SeriesTable, read_series
from evaluator.intake.series_files import detect_series
from evaluator.records import Limits, OptionValue, PoC
from evaluator.tasks import series
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.series import SeriesData
from tests.small_poc import small_poc

QUICK = Limits(
    max_seconds=300.0,
    max_epochs=100,
    patience_epochs=100,
    finetune_max_seconds=300.0,
    finetune_max_steps=4,
    max_steps=60,
)


def make_frame(days: int = 300, stores: int = 5, seed: int = 0) -> pd.DataFrame:
    """Return daily demand: a week that differs by store, a drift, weather as a covariate."""
    random = np.random.default_rng(seed)
    rows = []
    for store in range(stores):
        week = 1 + 0.5 * np.sin(2 * np.pi * (np.arange(7) + store) / 7)
        level = 100 * (1 + store) + np.cumsum(random.normal(0, 1, days))
        weather = random.normal(20, 5, days)
        demand = level * week[np.arange(days) % 7] + 2 * (weather - 20) + random.normal(0, 4, days)
        dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(days), unit="D")
        rows.append(
            pd.DataFrame(
                {
                    "date": dates.strftime("%Y-%m-%d"),
                    "store": f"店{store}",
                    "demand": demand.round(2),
                    "weather": weather.round(1),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def written(folder: Path, frame: pd.DataFrame, name: str = "series.csv") -> Path:
    """Write the table as CSV and return its path."""
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def read(path: Path, site: str | None = None, **asked: str) -> SeriesTable:
    """Go from a file to series on a grid. `asked`: target, time, date_order."""
    return read_series(detect_series([path])[0], site=site, **asked)


def ask(path: Path, options: Mapping[str, OptionValue] | None = None, **asked: str) -> Question:
    """Ask the task's question of a file, options checked as the command line does."""
    return series.question([path], Asked(options=checked(series, options or {}), **asked))  # type: ignore[arg-type]


def poc_of(asked: Question, **changes: object) -> PoC:
    """Return the PoC of a question."""
    poc = small_poc(
        task="series",
        data=asked.source,
        target=asked.target,
        target_kind=asked.target_kind,
        site=asked.site,
        columns=asked.columns,
        split=asked.split,
        options=asked.options,
    )
    return replace(poc, **changes)  # type: ignore[arg-type]


def prepared(
    folder: Path, frame: pd.DataFrame, options: Mapping[str, OptionValue] | None = None, **asked: str
) -> SeriesData:
    """Return the prepared data of a table."""
    return series.prepare(poc_of(ask(written(folder, frame), options, **asked)), folder / "data")


def repair_texts(found: tuple[Finding, ...]) -> str:
    """Return all findings in English, in one text."""
    return " | ".join(finding.text.en for finding in found)
