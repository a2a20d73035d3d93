"""A store that holds prepared data and trained models as a run leaves them, made without measuring anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evaluator.networks.registry import variant
from evaluator.plan import make_plan
from evaluator.poc import prepare_data
from evaluator.records import Limits, PoC, TrialResult
from evaluator.store import open_store

FEW_STEPS = Limits(
    max_seconds=300.0, max_epochs=1, patience_epochs=1, finetune_max_seconds=1.0, finetune_max_steps=1, max_steps=3
)


def keep_models(folder: Path, poc: PoC, names: tuple[str, ...], seed: int = 1) -> str:
    """Add `poc` to the store in `folder`, prepare its data, keep a hardly trained model a variant; return its id."""
    store = open_store(str(folder))
    poc = replace(poc, id=store.add_poc(poc))
    plan = make_plan(poc, store.folder(poc.id))
    data = prepare_data(plan)
    for request in plan.measuring(seed, {}, (None, None)):
        if request.variant not in names or request.seed != seed:
            continue
        found = variant(request.variant, poc.task)
        store.start_trial(request)
        model = found.train(data, found.defaults(data), seed=seed, limits=FEW_STEPS, target=None)
        model.save(Path(request.folder) / "model")
        store.finish_trial(poc.id, TrialResult(request.trial, (), ()))
    return poc.id
