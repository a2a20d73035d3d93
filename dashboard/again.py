"""The same question once more with a larger budget: what New PoC starts from for `?again=POC`."""

from __future__ import annotations

from pathlib import Path

from evaluator.plan import BUDGET_NAMES
from evaluator.records import PoC
from sample_data import samples


def next_budget(budget: str) -> str | None:
    """Return the next larger budget; None after the largest."""
    names = list(BUDGET_NAMES)
    later = names[names.index(budget) + 1 :] if budget in names else []
    return later[0] if later else None


def data_again(poc: PoC, uploads: Path) -> dict[str, str]:
    """Return the query that chooses the same data (`sample` or `upload`); empty where budget or data are used up."""
    files = [Path(name) for name in poc.data.files]
    if next_budget(poc.budget) is None or not files or not all(file.is_file() for file in files):
        return {}
    for one in samples():
        if files == [one.path]:
            return {"sample": one.id}
    folder = files[0].parent
    if folder.parent == uploads and set(files) == {file for file in folder.iterdir() if file.is_file()}:
        return {"upload": folder.name}
    return {}
