"""How all networks of the translation task are trained, and where their settings are searched."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.networks.network_variant import Pace, Range

PACE = Pace(batch=16, evaluations=5, fewest_steps=20, validation_rows=1_000, rows_at_once=128, clip=1.0)
SPACE: Mapping[str, Range] = {"learning_rate": Range(1e-2, 3e-3, 3e-2, log=True)}
