"""The PoC list and a PoC's progress, read from the store in one query each. Works inside the caller's transaction."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, func, or_, select

from evaluator.store.jobs import not_found
from evaluator.store.rows import PocRow, Progress
from evaluator.store.schema import pocs, trials
from scorecards.judgement import VerdictState
from scorecards.local_text import LocalText


def iso(seconds: float) -> str:
    """Return seconds since 1970 as ISO 8601 in UTC, e.g. 2026-11-20T09:30:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def list_pocs(connection: Connection, search: str, state: str) -> list[PocRow]:
    """Return the PoCs whose title, id or owner contains `search` (any case), the newest first."""
    ended = (
        select(trials.c.poc, func.count().label("done"))
        .where(trials.c.state.in_(("done", "failed")))
        .group_by(trials.c.poc)
        .subquery()
    )
    query = select(pocs, func.coalesce(ended.c.done, 0).label("done")).outerjoin(ended, ended.c.poc == pocs.c.id)
    if search.strip():
        text = search.strip()
        fields = (pocs.c.title, pocs.c.id, pocs.c.owner)
        query = query.where(or_(*(field.icontains(text, autoescape=True) for field in fields)))
    if state:
        query = query.where(pocs.c.state == state)
    return [_poc_row(row) for row in connection.execute(query.order_by(pocs.c.created.desc(), pocs.c.id)).all()]


def _poc_row(row: Row[tuple[object, ...]]) -> PocRow:
    return PocRow(
        id=row.id,
        title=row.title,
        task=row.task,
        state=row.state,
        verdict=None if row.verdict is None else VerdictState(row.verdict),
        npv_p50=row.npv_p50,
        currency=row.currency,
        owner=row.owner,
        created=iso(row.created),
        updated=iso(row.updated),
        trials_done=row.done,
        trials_total=row.trials_total,
        synthetic=row.synthetic,
    )


def read_progress(connection: Connection, poc: str) -> Progress:
    """Return how far `poc` is. Raises NotFoundError."""
    row = connection.execute(select(pocs).where(pocs.c.id == poc)).one_or_none()
    if row is None:
        raise not_found(poc)
    found = connection.execute(
        select(trials.c.variant, trials.c.seed, trials.c.purpose, trials.c.state)
        .where(trials.c.poc == poc)
        .order_by(trials.c.started)
    ).all()
    low, high = _time_left(row)
    return Progress(
        state=row.state,
        step=row.step or row.state,
        trials_done=sum(trial.state != "running" for trial in found),
        trials_total=row.trials_total,
        running=tuple((trial.variant, trial.seed, trial.purpose) for trial in found if trial.state == "running"),
        eta_seconds_low=low,
        eta_seconds_high=high,
        started=None if row.started is None else iso(row.started),
        message=None if row.message_ja is None else LocalText(ja=row.message_ja, en=row.message_en),
    )


def _time_left(row: Row[tuple[object, ...]]) -> tuple[float | None, float | None]:
    """Return the estimate made at `eta_at`, less the time that has gone since (never below zero)."""
    if row.state not in ("queued", "running") or row.eta_at is None:
        return None, None
    gone = time.time() - row.eta_at if row.state == "running" else 0.0
    return max(0.0, row.eta_low - gone), max(0.0, row.eta_high - gone)
