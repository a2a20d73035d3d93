"""What a site receives and holds: stored values, bytes of the real files, memory of a loaded model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from evaluator.measure.context import TrialContext, first_rows
from evaluator.measure.memory import release_free_memory, resident_bytes
from scorecards.record import Measurement

FEWEST_COPIES, MOST_COPIES = 4, 2_048
ENOUGH_GROWTH = 4_000_000
"""Bytes of growth that speak of the copies and not of pages: a thousand pages of 4 kB."""


def measure(context: TrialContext) -> list[Measurement]:
    """Return `size.*`: stored values, bytes of the installed files, of each method's update, and of memory."""
    rows = [
        context.row("size.parameters", context.fitted.parameters()),
        context.row("size.install_bytes", sum(file.stat().st_size for file in context.files)),
        context.row("size.loaded_bytes", loaded_bytes(_ready_model(context))),
    ]
    return rows + _updates(context)


def _updates(context: TrialContext) -> list[Measurement]:
    """Write each method's update as a site would get it and count its bytes: the mean over the sites that get one.

    A method by which no site learned anything has no update, so it gets no row.
    """
    rows = []
    for method, fitted in context.fine_tuned.items():
        with tempfile.TemporaryDirectory(dir=context.request.folder, prefix="update_") as folder:
            fitted.save_update(method, Path(folder))
            sizes = [file.stat().st_size for file in Path(folder).iterdir()]
        if sizes:
            rows.append(context.row("size.update_bytes", fmean(sizes), setting=method))
    return rows


def loaded_bytes(load: Callable[[], object]) -> float:
    """Return the bytes of memory that one object made by `load` holds: the mean over several held at once.

    As many again as there were are loaded until the last half alone grew memory by ENOUGH_GROWTH (or MOST_COPIES are
    held), and that half is weighed: the first half fills the gaps that the allocator had left, and sets up what is set
    up only once a process.
    """
    kept = [load() for _ in range(FEWEST_COPIES)]
    while True:
        copies = len(kept)
        release_free_memory()
        before = resident_bytes()
        kept += [load() for _ in range(copies)]
        release_free_memory()
        growth = resident_bytes() - before
        if growth >= ENOUGH_GROWTH or 2 * copies >= MOST_COPIES:
            return max(0, growth) / copies


def _ready_model(context: TrialContext) -> Callable[[], object]:
    """Return a loader whose models have predicted once: weights that are generated and kept are counted."""
    one_row = first_rows(context.data.test, 1)

    def load() -> object:
        model = context.load()
        predict = model.predictor(cached=True)
        predict(one_row)
        return model, predict

    return load
