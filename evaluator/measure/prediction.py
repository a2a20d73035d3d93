"""What a prediction takes: the first one after loading, and the latency of one row and of a batch.

`predict.first_seconds` is measured in the trial's own process on a model freshly read from the saved files. Its clock
starts when the files have been read: it holds preparing the predictor, generating the weights where they are generated,
and predicting one row. It leaves out starting Python, importing libraries and reading the files.
"""

from __future__ import annotations

from statistics import median

from evaluator.measure.context import TrialContext, first_rows
from evaluator.measure.timing import time_calls, time_once
from evaluator.networks.protocol import Fitted
from evaluator.tasks.table import TablePart
from scorecards.record import Measurement

BATCH_ROWS = 256
FRESH_MODELS = 5  # the first prediction can be made only once a model: load it anew and take the median


def measure(context: TrialContext) -> list[Measurement]:
    """Return `predict.*` in seconds: cached for every variant, uncached as well where weights are generated."""
    one_row, batch = first_rows(context.data.test, 1), first_rows(context.data.test, BATCH_ROWS)
    model = context.load()
    rows = [context.row("predict.first_seconds", _first_prediction(context, one_row))]
    for cached in (True, False) if model.generates() else (True,):
        name = "cached" if cached else "uncached"
        rows += _latency(context, model, one_row, cached=cached, setting=name)
        rows += _latency(context, model, batch, cached=cached, setting=f"batch_{name}")
    return rows


def _first_prediction(context: TrialContext, one_row: TablePart) -> float:
    return median(_first_seconds(context.load(), one_row) for _ in range(FRESH_MODELS))


def _first_seconds(model: Fitted, one_row: TablePart) -> float:
    return time_once(lambda: model.predictor(cached=True)(one_row))


def _latency(context: TrialContext, model: Fitted, part: TablePart, *, cached: bool, setting: str) -> list[Measurement]:
    predict = model.predictor(cached=cached)
    timing = time_calls(lambda: predict(part))
    return [
        context.row("predict.p50_seconds", timing.median, setting=setting),
        context.row("predict.p95_seconds", timing.p95, setting=setting),
    ]
