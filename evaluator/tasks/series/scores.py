"""Scores of forecasts: skill against the seasonal naive, absolute and squared error, scaled error. Known points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluator.tasks.protocol import Floats

MAIN_METRIC = "quality.skill"
Values = NDArray[np.float64]


def skill(truth: Values, naive: Values, prediction: Floats) -> float:
    """Return 1 − MAE / MAE of the seasonal naive on the same points; all (rows, horizon). NaN where undefined."""
    known = np.isfinite(truth) & np.isfinite(naive)
    if not known.any():
        return float("nan")
    error = float(np.abs(prediction.astype(np.float64) - truth)[known].mean())
    of_naive = float(np.abs(naive - truth)[known].mean())
    return 1.0 - error / of_naive if of_naive > 0 else float("nan")


def score(truth: Values, naive: Values, scale: Values, prediction: Floats) -> dict[str, float]:
    """Return all scores. `scale`: (rows,) the seasonal naive's in-sample error of each row's site, for MASE.

    MASE: Hyndman, Koehler 2006, "Another look at measures of forecast accuracy".
    """
    known = np.isfinite(truth) & np.isfinite(naive)
    nothing = float("nan")
    if not known.any():
        return {MAIN_METRIC: nothing, "quality.mae": nothing, "quality.rmse": nothing, "quality.mase": nothing}
    error = prediction.astype(np.float64) - truth
    scaled = (np.abs(error) / np.where(scale > 0, scale, np.nan)[:, None])[known]
    scaled = scaled[np.isfinite(scaled)]
    return {
        MAIN_METRIC: skill(truth, naive, prediction),
        "quality.mae": float(np.abs(error[known]).mean()),
        "quality.rmse": float(np.sqrt((error[known] ** 2).mean())),
        "quality.mase": float(scaled.mean()) if len(scaled) else nothing,
    }
