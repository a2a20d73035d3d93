"""Trials and what they measured, as rows. Every function works inside the caller's transaction.

A trial's measurements, its curves and its state 'done' are written together and only once: writing it a second time
changes nothing, and a trial that never got to 'done' leaves no measurement behind.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence

import pandas as pd
from sqlalchemy import Column, Connection, Table, delete, func, insert, select, update

from evaluator.records import SettingValue, TrialRequest, TrialResult
from evaluator.store.codec import encode
from evaluator.store.rows import TrialRow
from evaluator.store.schema import curves, exhibits, facts, measurements, pocs, trials
from scorecards.record import CURVE_COLUMNS, MEASUREMENT_COLUMNS, CurvePoint, Json, TrialFailure


def start_trial(connection: Connection, request: TrialRequest) -> None:
    """Note that a trial is under way; what an earlier, unfinished attempt left is dropped."""
    here = (trials.c.poc == request.poc) & (trials.c.trial == request.trial)
    state = connection.execute(select(trials.c.state, trials.c.attempts).where(here).with_for_update()).one_or_none()
    values = {"state": "running", "started": time.time(), "finished": None, "message": None}
    if state is None:
        connection.execute(
            insert(trials).values(
                poc=request.poc,
                trial=request.trial,
                variant=request.variant,
                seed=request.seed,
                purpose=request.purpose,
                attempts=1,
                **values,
            )
        )
    elif state.state != "done":
        connection.execute(update(trials).where(here).values(attempts=state.attempts + 1, **values))
        _drop_rows(connection, request.poc, request.trial)


def _drop_rows(connection: Connection, poc: str, trial: str) -> None:
    connection.execute(delete(curves).where(curves.c.poc == poc, curves.c.trial == trial))
    connection.execute(delete(measurements).where(measurements.c.poc == poc, measurements.c.trial == trial))
    connection.execute(delete(exhibits).where(exhibits.c.poc == poc, exhibits.c.trial == trial))


def finish_trial(connection: Connection, poc: str, result: TrialResult) -> bool:
    """Write everything that a trial returned; False (and nothing written) where that was done before."""
    here = (trials.c.poc == poc) & (trials.c.trial == result.trial) & (trials.c.state == "running")
    done = {"state": "done", "finished": time.time(), "settings": json.dumps(encode(result.settings))}
    if not connection.execute(update(trials).where(here).values(**done)).rowcount:
        return False
    _drop_rows(connection, poc, result.trial)
    rows = [{**_plain(row), "poc": poc, "trial": result.trial} for row in result.measurements]
    if rows:
        connection.execute(insert(measurements), rows)
    add_points(connection, poc, result.trial, result.curves, live=False)
    if result.exhibit is not None:
        mine = (trials.c.poc == poc) & (trials.c.trial == result.trial)
        variant = connection.execute(select(trials.c.variant).where(mine)).scalar_one()
        content = json.dumps(encode(result.exhibit), ensure_ascii=False)
        connection.execute(insert(exhibits).values(poc=poc, trial=result.trial, variant=variant, content=content))
    _touch(connection, poc)
    return True


def fail_trial(connection: Connection, poc: str, failure: TrialFailure) -> bool:
    """Note why a trial ended without a result; False where it has ended before."""
    here = (trials.c.poc == poc) & (trials.c.trial == failure.trial) & (trials.c.state == "running")
    failed = {"state": "failed", "finished": time.time(), "message": failure.message}
    if not connection.execute(update(trials).where(here).values(**failed)).rowcount:
        return False
    _drop_rows(connection, poc, failure.trial)
    _touch(connection, poc)
    return True


def drop_unfinished(connection: Connection, poc: str) -> None:
    """Forget the trials that were under way when a run was cut off: they are measured again."""
    here = (trials.c.poc == poc) & (trials.c.state == "running")
    for trial in connection.execute(select(trials.c.trial).where(here)).scalars().all():
        _drop_rows(connection, poc, trial)
    connection.execute(delete(trials).where(here))


def add_points(connection: Connection, poc: str, trial: str, points: Sequence[CurvePoint], *, live: bool) -> None:
    """Append points of learning curves; `live` ones are shown while the trial runs and replaced when it ends."""
    if not points:
        return
    mine = (curves.c.poc == poc) & (curves.c.trial == trial) & (curves.c.live == live)
    start = connection.execute(select(func.coalesce(func.max(curves.c.position) + 1, 0)).where(mine)).scalar_one()
    rows = [
        {**_plain(point), "poc": poc, "trial": trial, "position": start + index, "live": live}
        for index, point in enumerate(points)
    ]
    connection.execute(insert(curves), rows)


def _plain(row: object) -> dict[str, object]:
    """Return a measurement or curve point as a database row; NaN becomes NULL."""
    values = dict(vars(row))
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}


def _touch(connection: Connection, poc: str) -> None:
    connection.execute(update(pocs).where(pocs.c.id == poc).values(updated=time.time()))


def read_measurements(connection: Connection, poc: str) -> pd.DataFrame:
    """Return all measurements of `poc` with `MEASUREMENT_COLUMNS`, in one fixed order."""
    order = [measurements.c[name] for name in ("variant", "seed", "trial", "metric", "setting", "site")]
    return _frame(connection, measurements, MEASUREMENT_COLUMNS, poc, order)


def read_exhibits(connection: Connection, poc: str) -> dict[str, Json]:
    """Return variant → what it made for people to look at, of the trials that left something."""
    wanted = select(exhibits.c.variant, exhibits.c.content).where(exhibits.c.poc == poc).order_by(exhibits.c.trial)
    return {row.variant: json.loads(row.content) for row in connection.execute(wanted)}


def read_curves(connection: Connection, poc: str) -> pd.DataFrame:
    """Return all learning curves of `poc` with `CURVE_COLUMNS`, growing ones included."""
    order = [curves.c[name] for name in ("variant", "seed", "trial", "position")]
    return _frame(connection, curves, CURVE_COLUMNS, poc, order)


def _frame(
    connection: Connection, table: Table, names: Sequence[str], poc: str, order: Sequence[Column[str]]
) -> pd.DataFrame:
    columns = [table.c[name] for name in names]
    rows = connection.execute(select(*columns).where(table.c.poc == poc).order_by(*order)).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(names))
    floats = {"value", "seconds", "score"} & set(names)
    integers = {"seed", "step"} & set(names)
    return frame.astype({**dict.fromkeys(floats, "float64"), **dict.fromkeys(integers, "int64")})


def read_trials(connection: Connection, poc: str) -> tuple[TrialRow, ...]:
    """Return the state of every trial that was started, in the order of their start."""
    rows = connection.execute(
        select(trials).where(trials.c.poc == poc).order_by(trials.c.started, trials.c.trial)
    ).all()
    return tuple(
        TrialRow(
            trial=row.trial,
            variant=row.variant,
            seed=row.seed,
            purpose=row.purpose,
            state=row.state,
            seconds=None if row.finished is None else row.finished - row.started,
            message=row.message,
        )
        for row in rows
    )


def read_settings(connection: Connection, poc: str) -> dict[str, Mapping[str, SettingValue]]:
    """Return the tuned settings by variant, of the tuning trials that are done."""
    wanted = (trials.c.poc == poc) & (trials.c.purpose == "tune") & (trials.c.state == "done")
    rows = connection.execute(select(trials.c.variant, trials.c.settings).where(wanted)).all()
    return {row.variant: json.loads(row.settings) for row in rows}


def fix(connection: Connection, poc: str, name: str, value: Json) -> Json:
    """Write a fact of `poc` once and return what stands: the first value wins."""
    stored = read_fact(connection, poc, name)
    if stored is not None:
        return stored
    connection.execute(insert(facts).values(poc=poc, name=name, value=json.dumps(encode(value))))
    return value


def read_fact(connection: Connection, poc: str, name: str) -> Json:
    """Return a fact that was fixed, or None."""
    text = connection.execute(select(facts.c.value).where(facts.c.poc == poc, facts.c.name == name)).scalar()
    return None if text is None else json.loads(text)
