"""Which timings are too unsteady to lean on, flagged by the rules of pyperf's `check`.

pyperf calls a benchmark unstable when the standard deviation passes 10 % of the mean, or when the shortest or longest
value lies 50 % off the mean. Here the values are those of the seeds. Only what should repeat from seed to seed is
looked at: latencies and generation. A whole training may well end earlier for one seed; what that does to its cost the
interval over the seeds tells.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scorecards.record import Json

LARGEST_DEVIATION = 0.10
LARGEST_DISTANCE = 0.50
FEWEST_SEEDS = 3  # of two values nothing can be said
REPEATABLE = ("generate.seconds", "predict.first_seconds", "predict.p50_seconds", "predict.p95_seconds")


def unstable(measurements: pd.DataFrame) -> list[Json]:
    """Return one object for each unsteady timing: variant, metric, setting, seeds, `relative_deviation`, `farthest`.

    `relative_deviation` is the standard deviation over the seeds divided by their mean; `farthest` the distance of the
    value farthest from the mean, as a share of it. An empty list means that every timing is steady.
    """
    flags: list[Json] = []
    keys = ["variant", "metric", "setting"]
    for (variant, metric, setting), rows in _repeatable(measurements).groupby(keys, sort=True):
        values = rows["value"].to_numpy(dtype=float)
        if len(values) < FEWEST_SEEDS or values.mean() <= 0:
            continue
        deviation = float(values.std(ddof=1) / values.mean())
        farthest = float(np.abs(values / values.mean() - 1).max())
        if deviation > LARGEST_DEVIATION or farthest > LARGEST_DISTANCE:
            flags.append(
                {
                    "variant": str(variant),
                    "metric": str(metric),
                    "setting": str(setting),
                    "seeds": len(values),
                    "relative_deviation": deviation,
                    "farthest": farthest,
                }
            )
    return flags


def _repeatable(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that should be alike for all seeds (columns as given)."""
    whole = (measurements["site"] == "") & np.isfinite(measurements["value"])
    listed: pd.DataFrame = measurements[whole & measurements["metric"].isin(REPEATABLE)]
    return listed
