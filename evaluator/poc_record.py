"""Putting the frozen record together, with the hashes that let anyone check it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from evaluator.equal_budget import with_equal_budgets
from evaluator.measure.stability import unstable
from evaluator.plan import Plan
from evaluator.records import PoC
from evaluator.store import Store
from evaluator.store.codec import content_hash, poc_hash
from evaluator.tasks.protocol import TaskData
from evaluator.tasks.targets import Reference, told_unusable
from scorecards.judgement import Judgement
from scorecards.record import DatasetFacts, Json, Record
from scorecards.record_json import to_dict

VERSION = 1


def dataset_facts(poc: PoC, data: TaskData, protocol: Mapping[str, Json]) -> DatasetFacts:
    """Return what the data was: rows that were used, columns of the table, sites, and what had to be told of it."""
    references = _reference(protocol.get("reference")), _reference(protocol.get("finetune_reference"))
    return DatasetFacts(
        name=poc.title,
        rows=data.rows,
        columns=len(poc.columns),
        sites=len(data.site_names),
        target=poc.target,
        target_kind=poc.target_kind,
        site_column=poc.site,
        main_metric=data.main_metric,
        synthetic=poc.synthetic,
        repairs=(*data.repairs, *told_unusable(*references)),
    )


def _reference(told: Json) -> Reference:
    """Return the reference that the protocol tells of; one that couldn't be scored where it tells of none."""
    if not isinstance(told, dict):
        return Reference(math.nan, math.nan)
    return Reference(**{name: math.nan if value is None else float(str(value)) for name, value in told.items()})


def build_record(
    plan: Plan, store: Store, facts: DatasetFacts, protocol: dict[str, Json], judgement: Judgement, seeds: int
) -> Record:
    """Return the record of the look at `seeds` seeds; all that it shows comes from the store."""
    poc = plan.poc
    measurements = measured(store, poc, seeds)
    environment = store.fact(poc.id, "environment")
    assert isinstance(environment, dict)
    record = Record(
        id=poc.id,
        title=poc.title,
        task=poc.task,
        version=VERSION,
        created=next(row.created for row in store.pocs(search=poc.id) if row.id == poc.id),
        finished=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        dataset=facts,
        variants=poc.variants,
        scorecard=poc.scorecard,
        assumptions=poc.assumptions,
        measurements=measurements,
        curves=_up_to(store.curves(poc.id), seeds),
        failures=tuple(failure for failure in store.failures(poc.id) if failure.seed <= seeds),
        protocol={
            **protocol,
            "seeds_used": seeds,
            "settings": {name: dict(settings) for name, settings in store.settings(poc.id).items()},
        },
        environment={**environment, "unstable": unstable(measurements)},
        hashes={
            "data": poc.data.sha256,
            "poc": poc_hash(poc),
            "scorecard": content_hash([poc.scorecard, poc.assumptions]),
            "protocol": content_hash(protocol),
            "measurements": content_hash(measurements.to_dict(orient="split", index=False)),
        },
        judgement=judgement,
        exhibits=store.exhibits(poc.id),
    )
    return replace(record, hashes={**record.hashes, "record": record_hash(record)})


def measured(store: Store, poc: PoC, seeds: int) -> pd.DataFrame:
    """Return all measurements of the first `seeds` seeds, quality at equal cost included."""
    protocol = store.fact(poc.id, "protocol")
    naive = _reference(protocol.get("reference") if isinstance(protocol, dict) else None).naive
    found = with_equal_budgets(
        store.measurements(poc.id),
        store.curves(poc.id),
        poc.scorecard.baseline,
        naive if math.isfinite(naive) else None,
    )
    return _up_to(found, seeds)


def _up_to(frame: pd.DataFrame, seeds: int) -> pd.DataFrame:
    return frame[frame["seed"] <= seeds].reset_index(drop=True)


def record_hash(record: Record) -> str:
    """Return the hash over everything in `record` but this hash itself."""
    hashes = {name: value for name, value in record.hashes.items() if name != "record"}
    return content_hash(to_dict(replace(record, hashes=hashes)))
