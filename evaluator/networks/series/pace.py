"""How all networks of the series task are trained, and where their settings are searched."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import Pace, Range

PACE = Pace(batch=64, evaluations=18, fewest_steps=10, validation_rows=500, rows_at_once=512, clip=1.0)
SPACE: Mapping[str, Range] = {
    "learning_rate": Range(3e-3, 5e-4, 1e-2, log=True),
    "weight_decay": Range(1e-2, 1e-4, 1e-1, log=True),
}
