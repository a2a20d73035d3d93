"""The same question once more with a larger budget: what New PoC starts from for `?again=POC`."""

from __future__ import annotations

import math
from pathlib import Path

from evaluator.errors import NotFoundError
from evaluator.plan import BUDGET_NAMES
from evaluator.plan import budget as bought
from evaluator.records import PoC
from evaluator.store import Store
from sample_data import samples
from scorecards.criteria import Scorecard
from scorecards.judgement import Judgement
from scorecards.phrases.open_musts import open_musts, seeds_needed


def next_budget(budget: str, *, task: str = "table", seeds: float = 0.0) -> str | None:
    """Return the smallest larger budget whose last look has `seeds` or more; None where none has."""
    names = list(BUDGET_NAMES)
    later = names[names.index(budget) + 1 :] if budget in names else []
    return next((name for name in later if bought(name, task).looks[-1] >= seeds), None)


def deciding_seeds(scorecard: Scorecard, judgement: Judgement) -> float:
    """Return about how many seeds in all would decide the open musts; infinite where no number would.

    0 where nothing can be said of any: then any larger budget may.
    """
    found = open_musts(scorecard, judgement)
    if found.unmeasurable or judgement.business.npv_p90 < 0:
        return math.inf
    return max((seeds_needed(result) or 0.0 for result in found.undecided), default=0.0)


def budget_again(store: Store, poc: PoC) -> str | None:
    """Return the budget to ask `poc` again with: the smallest that may decide it; None where no budget would."""
    try:
        record = store.record(poc.id)
    except NotFoundError:
        return next_budget(poc.budget, task=poc.task)
    seeds = deciding_seeds(record.scorecard, record.judgement)
    return next_budget(poc.budget, task=poc.task, seeds=seeds)


def data_again(poc: PoC, uploads: Path) -> dict[str, str]:
    """Return the query that chooses the same data (`sample` or `upload`); empty where budget or data are used up."""
    files = [Path(name) for name in poc.data.files]
    if next_budget(poc.budget, task=poc.task) is None or not files or not all(file.is_file() for file in files):
        return {}
    for one in samples():
        if files == [one.path]:
            return {"sample": one.id}
    folder = files[0].parent
    if folder.parent == uploads and set(files) == {file for file in folder.iterdir() if file.is_file()}:
        return {"upload": folder.name}
    return {}
