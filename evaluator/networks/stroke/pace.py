"""How all networks of the stroke task are trained, and where their settings are searched."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import Pace, Range

PACE = Pace(batch=64, evaluations=5, fewest_steps=5, validation_rows=1_000, rows_at_once=128, clip=1.0)
SPACE: Mapping[str, Range] = {"learning_rate": Range(2e-2, 5e-3, 5e-2, log=True)}
