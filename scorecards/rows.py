"""Picking measurement rows: one value a seed for a variant, metric and setting."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from scorecards.judgement import How

_WEAKEST_FIRST: tuple[How, ...] = ("assumed", "modelled", "quoted", "measured")


@dataclass(frozen=True)
class SeedValues:
    """One value a seed, in the metric's stored `unit`; `how` is the weakest of the rows'. Empty: not measured."""

    values: Mapping[int, float]
    unit: str = ""
    how: How = "measured"

    @property
    def median(self) -> float | None:
        """Return the median over seeds, None where nothing was measured."""
        known = [value for value in self.values.values() if not math.isnan(value)]
        return statistics.median(known) if known else None


@dataclass(frozen=True)
class Rows:
    """The rows that speak of the whole (no site), by variant, metric and setting."""

    table: Mapping[tuple[str, str], Mapping[str, SeedValues]]

    @classmethod
    def of(cls, measurements: pd.DataFrame, metrics: Collection[str]) -> Rows:
        """Index the rows of `metrics`. Rows given twice (same variant, seed, setting) count once, by their median."""
        wanted = measurements[measurements["metric"].isin(list(metrics)) & (measurements["site"] == "")]
        grouped: dict[tuple[str, str], dict[str, dict[int, list[float]]]] = {}
        units: dict[tuple[str, str, str], str] = {}
        hows: dict[tuple[str, str, str], set[str]] = {}
        columns = [wanted[name].tolist() for name in ("variant", "metric", "setting", "seed", "value", "unit", "how")]
        for variant, metric, setting, seed, value, unit, how in zip(*columns, strict=True):
            by_setting = grouped.setdefault((variant, metric), {})
            by_setting.setdefault(setting, {}).setdefault(int(seed), []).append(float(value))
            units[variant, metric, setting] = unit
            hows.setdefault((variant, metric, setting), set()).add(how)
        return cls(
            {
                key: {
                    setting: SeedValues(
                        {seed: statistics.median(values) for seed, values in sorted(by_seed.items())},
                        units[(*key, setting)],
                        weakest(hows[(*key, setting)]),
                    )
                    for setting, by_seed in settings.items()
                }
                for key, settings in grouped.items()
            }
        )

    def get(self, variant: str, metric: str, setting: str) -> SeedValues:
        """Return the values of `setting`; '' means the only setting there is."""
        settings = self.table.get((variant, metric), {})
        if setting in settings:
            return settings[setting]
        if setting == "" and len(settings) == 1:
            return next(iter(settings.values()))
        return SeedValues({})

    def has(self, variant: str, metric: str, setting: str) -> bool:
        """Tell whether anything was measured there."""
        return bool(self.get(variant, metric, setting).values)


def weakest(hows: Collection[str]) -> How:
    """Return the weakest of several ways of knowing: a figure is as good as its worst part."""
    for how in _WEAKEST_FIRST:
        if how in hows:
            return how
    return "measured"
