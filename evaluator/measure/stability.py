"""Which timings are too unsteady to lean on, flagged by the rules of pyperf's `check`.

pyperf calls a benchmark unstable when the standard deviation passes 10 % of the mean, or when the shortest or longest
value lies 50 % off the mean. Here the values are those of the seeds. Only what should repeat from seed to seed is
looked at: latencies, generation, and the time of a training step (a whole training may well end earlier for one seed).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scorecards.record import Json

LARGEST_DEVIATION = 0.10
LARGEST_DISTANCE = 0.50
FEWEST_SEEDS = 3  # of two values nothing can be said
STEP = "train.seconds_per_step"
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
    """Return the rows that should be alike for all seeds, with the time of a step added (columns as given)."""
    whole: pd.DataFrame = measurements[(measurements["site"] == "") & np.isfinite(measurements["value"])]
    listed: pd.DataFrame = whole[whole["metric"].isin(REPEATABLE)]
    return pd.concat([listed, _seconds_per_step(whole)], ignore_index=True)


def _seconds_per_step(rows: pd.DataFrame) -> pd.DataFrame:
    seconds = rows[rows["metric"] == "train.seconds"]
    steps = rows[rows["metric"] == "train.steps"].set_index("trial")["value"]
    each: pd.Series[float] = seconds["value"].astype(float) / seconds["trial"].map(steps).astype(float)
    known: pd.DataFrame = seconds.assign(metric=STEP, value=each)[np.isfinite(each)]
    return known
