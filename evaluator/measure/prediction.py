"""What a prediction takes: the first one after loading, and the latency of one row and of a batch.

`predict.first_seconds` is measured in the trial's own process on a model freshly read from the saved files. Its clock
starts when the files have been read: it holds preparing the predictor, generating the weights where they are generated,
and predicting one row. It leaves out starting Python, importing libraries and reading the files.
"""

from __future__ import annotations

from functools import partial
from statistics import median

from evaluator.measure.context import TrialContext, first_rows
from evaluator.measure.timing import time_in_turn, time_once
from evaluator.networks.protocol import AnyFitted
from evaluator.tasks.protocol import Part
from scorecards.record import Measurement

BATCH_ROWS = 256
FRESH_MODELS = 5  # the first prediction can be made only once a model: load it anew and take the median


def measure(context: TrialContext) -> list[Measurement]:
    """Return `predict.*` in seconds: cached for every variant, uncached as well where weights are generated."""
    parts = {"": first_rows(context.data.test, 1), "batch_": first_rows(context.data.test, BATCH_ROWS)}
    model = context.load()
    calls = {
        f"{batch}{'cached' if cached else 'uncached'}": partial(model.predictor(cached=cached), part)
        for cached in ((True, False) if model.generates() else (True,))
        for batch, part in parts.items()
    }
    rows = [context.row("predict.first_seconds", _first_prediction(context, parts[""]))]
    for setting, timing in time_in_turn(calls).items():
        rows.append(context.row("predict.p50_seconds", timing.median, setting=setting))
        rows.append(context.row("predict.p95_seconds", timing.p95, setting=setting))
    return rows


def _first_prediction(context: TrialContext, one_row: Part) -> float:
    return median(_first_seconds(context.load(), one_row) for _ in range(FRESH_MODELS))


def _first_seconds(model: AnyFitted, one_row: Part) -> float:
    return time_once(lambda: model.predictor(cached=True)(one_row))
