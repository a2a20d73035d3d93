"""Quality at equal cost: what each variant had reached when it had cost as much as the baseline's whole training.

Trainings end by rules that count steps, and a step of a hypernetwork takes longer than one of the network that it
generates. So the scores at the ends say nothing of what the same computing time would buy. These rows are read off the
measured learning curves: the best validation score within the seconds (or the steps) that the baseline's training of
the same seed took. A variant that ended earlier keeps its last best.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from scorecards.record import MEASUREMENT_COLUMNS

AXES: Mapping[str, tuple[str, str]] = {
    "quality.at_equal_seconds": ("train.seconds", "seconds"),
    "quality.at_equal_steps": ("train.steps", "step"),
}
"""metric → (what the baseline's training cost, the learning curve's column to compare it with)."""
FIT = "fit"


def with_equal_budgets(
    measurements: pd.DataFrame, curves: pd.DataFrame, baseline: str, naive: float | None
) -> pd.DataFrame:
    """Return `measurements` with the rows of AXES added, for every trial whose seed the baseline was measured with.

    curves: all learning curves (`CURVE_COLUMNS`), validation scores, higher is better. naive: what guessing scores on
    the validation rows; a trial that had no score yet within the baseline's cost is taken to have learned nothing by
    then ('modelled'), since leaving its seed out would leave out the worst. Without `naive` such a variant has no rows.
    """
    rows = [row for metric in AXES for row in _rows(metric, measurements, curves, baseline, naive)]
    if not rows:
        return measurements
    return pd.concat([measurements, pd.DataFrame(rows, columns=list(MEASUREMENT_COLUMNS))], ignore_index=True)


def _rows(
    metric: str, measurements: pd.DataFrame, curves: pd.DataFrame, baseline: str, naive: float | None
) -> list[dict[Hashable, object]]:
    cost, axis = AXES[metric]
    spent = measurements[(measurements["metric"] == cost) & (measurements["site"] == "")]
    allowed = spent[spent["variant"] == baseline].groupby("seed")["value"].max()
    spent = spent[spent["seed"].isin(allowed.index)]
    fits = curves[(curves["setting"] == FIT) & curves["seed"].isin(allowed.index)]
    within = fits[fits[axis] <= fits["seed"].map(allowed)]
    best = within.groupby("trial")["score"].max().dropna()
    if naive is None:
        late = spent.loc[~spent["trial"].isin(best.index), "variant"]
        spent = spent[~spent["variant"].isin(late)]
    rows = []
    for row in spent.to_dict(orient="records"):
        found = {**row, "metric": metric, "unit": "score", "phase": "quality"}
        if row["trial"] in best.index:
            rows.append({**found, "value": float(best[row["trial"]]), "how": "measured"})
        else:
            rows.append({**found, "value": naive, "how": "modelled"})
    return rows
