"""Trains and measures. The public surface for Python and notebooks:

    import evaluator
    record = evaluator.run("poc.yaml")      # runs the PoC, or goes on with it
    record.measurements                     # a DataFrame, one row a measurement
    evaluator.new("data.csv", target="y")   # a PoC inferred from data; write it with evaluator.write_poc

Importing this is cheap: pandas comes with the first call, torch only inside the trials' own processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import BlueprintError, InputError, StoreError

if TYPE_CHECKING:
    from evaluator.notebook import NotebookRecord
    from evaluator.plain_export import Export
    from evaluator.records import PoC
    from evaluator.store import Store

__all__ = [
    "BlueprintError",
    "InputError",
    "StoreError",
    "export",
    "new",
    "open_store",
    "read_poc",
    "record",
    "run",
    "write_poc",
]


def run(poc: str | Path | PoC, store: str | None = None, *, progress: bool = True) -> NotebookRecord:
    """Run a PoC (a file, a PoC's id in the store, or a PoC) or go on with it, and return its record.

    `store`: a folder or database URL, by default the project's own. `progress`: one line a trial on stderr.
    Raises InputError when the question or its data can't be used, StoreError when nothing can be stored, and
    KeyboardInterrupt when it was interrupted: run it again to go on.
    """
    from evaluator.notebook import run_and_show

    return run_and_show(poc, store, progress=progress)


def record(poc: str, store: str | None = None) -> NotebookRecord:
    """Return the frozen record of a PoC by its id. Raises NotFoundError."""
    from evaluator.notebook import shown

    return shown(open_store(store).record(poc))


def new(
    *data: str | Path,
    task: str = "",
    target: str = "",
    site: str | None = None,
    header: bool | None = None,
    budget: str = "quick",
    scorecard: str | Path = "meeting",
    split: str = "",
    split_column: str = "",
    options: Mapping[str, bool | int | float | str] | None = None,
) -> PoC:
    """Return a PoC on data files (or one folder), what isn't given inferred. Raises DataError, NotFoundError.

    `site`: a column, 'file' where each file is a site, '' for none, None to find out. `split`: random, group or time
    ('' to find out), the latter two by `split_column`. `task`: '' as the files' endings say; `options`: its settings.
    `scorecard`: a template's id, or the path of a scorecard's YAML file.
    """
    from evaluator.poc_new import new_poc

    files = [Path(name) for name in data]
    return new_poc(
        files,
        task=task,
        target=target,
        site=site,
        header=header,
        budget_name=budget,
        scorecard=str(scorecard),
        split=split,
        split_column=split_column,
        options=options,
    ).poc


def export(
    poc: str, folder: str | Path, *, variant: str, seed: int = 1, site: str = "", store: str | None = None
) -> Export:
    """Write the plain dense model that a PoC's hypernetwork generates into a new folder, and return what was written.

    `poc`: an id; `variant`: e.g. 'hyper'; `seed`: which of its trained models; `site`: which site's weights, '' for one
    that was never seen. Its outputs are compared with the hypernetwork's on test rows before the folder appears.
    Raises NotFoundError where there is no such PoC, trial or site, InputError where the variant has no plain model, the
    outputs differ, or nothing can be written there.
    """
    from evaluator.plain_export import export_plain
    from evaluator.store import open_store as opened

    return export_plain(opened(store, make=False), poc, variant, Path(folder), seed=seed, site=site)


def read_poc(path: str | Path) -> PoC:
    """Read a PoC file. Raises NotFoundError, or ScorecardError with file and line."""
    from evaluator import poc_file

    return poc_file.read_poc(Path(path))


def write_poc(poc: PoC, path: str | Path) -> None:
    """Write a PoC file. Raises InputError where it can't be written there."""
    from evaluator import poc_file

    poc_file.write_poc(poc, Path(path))


def open_store(url: str | None = None) -> Store:
    """Open the store at `url` (a folder or database URL), by default the project's own. Raises StoreError."""
    from evaluator import store

    return store.open_store(url)
