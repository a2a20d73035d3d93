"""What a site receives and holds: stored values, bytes of the real files, memory of a loaded model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from evaluator.measure.context import TrialContext, first_rows
from evaluator.measure.memory import release_free_memory, resident_bytes
from scorecards.record import Measurement

COPIES = 4  # one small model hides in the allocator's leftovers; several held at once don't


def measure(context: TrialContext) -> list[Measurement]:
    """Return `size.*`: stored values, bytes of the installed files, of each method's update, and of memory."""
    rows = [
        context.row("size.parameters", context.fitted.parameters()),
        context.row("size.install_bytes", sum(file.stat().st_size for file in context.files)),
        context.row("size.loaded_bytes", loaded_bytes(_ready_model(context))),
    ]
    return rows + _updates(context)


def _updates(context: TrialContext) -> list[Measurement]:
    """Write each method's update as a site would get it and count its bytes."""
    rows = []
    for method, fitted in context.fine_tuned.items():
        with tempfile.TemporaryDirectory(dir=context.request.folder, prefix="update_") as folder:
            size = fitted.save_update(method, Path(folder)).stat().st_size
        rows.append(context.row("size.update_bytes", size, setting=method))
    return rows


def loaded_bytes(load: Callable[[], object]) -> float:
    """Return the bytes of memory that one object made by `load` holds: the mean over several held at once.

    A first one is made beforehand, so that what is set up only once a process isn't counted.
    """
    kept = [load()]
    release_free_memory()
    before = resident_bytes()
    kept += [load() for _ in range(COPIES)]
    release_free_memory()
    after = resident_bytes()
    return max(0, after - before) / (len(kept) - 1)


def _ready_model(context: TrialContext) -> Callable[[], object]:
    """Return a loader whose models have predicted once: weights that are generated and kept are counted."""
    one_row = first_rows(context.data.test, 1)

    def load() -> object:
        model = context.load()
        predict = model.predictor(cached=True)
        predict(one_row)
        return model, predict

    return load
