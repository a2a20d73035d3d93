"""The job table: who runs which PoC.

A worker takes a job with one UPDATE … RETURNING, so that no two get the same one, and holds it by a lease that its
heartbeat renews. When a worker dies its lease runs out (at once where the dead worker was on this machine) and the
job is taken up again; after `MAX_ATTEMPTS` deaths the PoC has failed. Every function works inside the caller's
transaction.
"""

from __future__ import annotations

import os
import socket
import time

import psutil
from sqlalchemy import Connection, or_, select, update

from evaluator.errors import NotFoundError
from evaluator.store.rows import Job, PocState
from evaluator.store.schema import jobs, pocs
from scorecards.local_text import LocalText

LEASE_SECONDS = 30.0
HEARTBEAT_SECONDS = 5.0
MAX_ATTEMPTS = 3

WORKER_DIED = LocalText(
    ja=f"ワーカーが {MAX_ATTEMPTS} 回続けて停止したため、中止しました。メモリーの空きを確かめて、再実行してください。",
    en=f"The worker died {MAX_ATTEMPTS} times, so this was given up. Check the free memory and run it again.",
)


def worker_name() -> str:
    """Return this process's name as a worker: host, process id and start time."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


def is_dead(worker: str) -> bool:
    """Tell whether `worker` was a process of this machine that has ended (False where that can't be known)."""
    host, pid, started = worker.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) > 1.5  # the id may belong to another now
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def enqueue(connection: Connection, poc: str) -> None:
    """Queue `poc`; nothing happens where it is queued or running already. Raises NotFoundError."""
    row = connection.execute(select(jobs.c.state).where(jobs.c.poc == poc).with_for_update()).one_or_none()
    if row is not None and row.state in ("queued", "running"):
        return
    set_state(connection, poc, "queued")
    values = {
        "state": "queued",
        "worker": None,
        "attempts": 0,
        "lease_until": None,
        "cancel_requested": False,
        "queued": time.time(),
    }
    if row is None:
        connection.execute(jobs.insert().values(poc=poc, **values))
    else:
        connection.execute(jobs.update().where(jobs.c.poc == poc).values(**values))


def claim(connection: Connection, worker: str, *, poc: str | None = None) -> Job | None:
    """Return the oldest job that waits or whose worker has died, now held by `worker`; None where there is none.

    With `poc`, only that PoC's job, because a user asks for it. Without, a job whose workers died `MAX_ATTEMPTS` times
    in a row, no trial finished between, is failed on the way.
    """
    now = time.time()
    _release_dead(connection)
    if poc is None:
        _fail_exhausted(connection, now)
    free = or_(jobs.c.state == "queued", (jobs.c.state == "running") & (jobs.c.lease_until < now))
    wanted = select(jobs.c.poc).where(free).order_by(jobs.c.queued).limit(1).with_for_update(skip_locked=True)
    if poc is not None:
        wanted = wanted.where(jobs.c.poc == poc)
    row = connection.execute(
        update(jobs)
        .where(jobs.c.poc == wanted.scalar_subquery())
        .values(state="running", worker=worker, attempts=jobs.c.attempts + 1, lease_until=now + LEASE_SECONDS)
        .returning(jobs.c.poc, jobs.c.attempts)
    ).one_or_none()
    if row is None:
        return None
    set_state(connection, row.poc, "running")
    connection.execute(update(pocs).where(pocs.c.id == row.poc, pocs.c.started.is_(None)).values(started=now))
    return Job(row.poc, worker, row.attempts)


def _release_dead(connection: Connection) -> None:
    held = connection.execute(select(jobs.c.poc, jobs.c.worker).where(jobs.c.state == "running"))
    for row in held.all():
        if row.worker and is_dead(row.worker):
            connection.execute(
                update(jobs).where(jobs.c.poc == row.poc, jobs.c.worker == row.worker).values(lease_until=0.0)
            )


def _fail_exhausted(connection: Connection, now: float) -> None:
    gone = (jobs.c.state == "running") & (jobs.c.lease_until < now) & (jobs.c.attempts >= MAX_ATTEMPTS)
    for poc in connection.execute(select(jobs.c.poc).where(gone)).scalars().all():
        finish(connection, poc, "failed", message=WORKER_DIED)


def heartbeat(connection: Connection, job: Job) -> bool:
    """Renew the lease; False where the job was taken by another worker, deleted or is to be cancelled."""
    done = connection.execute(
        update(jobs)
        .where(jobs.c.poc == job.poc, jobs.c.worker == job.worker, jobs.c.state == "running")
        .values(lease_until=time.time() + LEASE_SECONDS)
        .returning(jobs.c.cancel_requested)
    ).one_or_none()
    return done is not None and not done.cancel_requested


def note_progress(connection: Connection, poc: str) -> None:
    """Note that a trial of `poc` has finished: the deaths of workers are counted from here again."""
    connection.execute(update(jobs).where(jobs.c.poc == poc, jobs.c.state == "running").values(attempts=1))


def release(connection: Connection, job: Job) -> None:
    """Put a job that `job.worker` can't finish now back into the queue; this does not count as an attempt."""
    held = (jobs.c.poc == job.poc) & (jobs.c.worker == job.worker) & (jobs.c.state == "running")
    values = {"state": "queued", "worker": None, "lease_until": None, "attempts": jobs.c.attempts - 1}
    if connection.execute(update(jobs).where(held).values(**values)).rowcount:
        set_state(connection, job.poc, "queued")


def finish(
    connection: Connection, poc: str, state: PocState, *, message: LocalText | None = None, worker: str | None = None
) -> None:
    """End the job of `poc` as done, failed (with the reason) or cancelled; with `worker`, only if that one holds it."""
    here = jobs.c.poc == poc if worker is None else (jobs.c.poc == poc) & (jobs.c.worker == worker)
    ended = {"state": state, "worker": None, "lease_until": None, "cancel_requested": False}
    if connection.execute(update(jobs).where(here).values(**ended)).rowcount or worker is None:
        set_state(connection, poc, state, message=message)


def request_cancel(connection: Connection, poc: str) -> None:
    """Ask the worker of `poc` to stop; a job that still waits is cancelled at once. Raises NotFoundError."""
    row = connection.execute(select(jobs.c.state).where(jobs.c.poc == poc).with_for_update()).one_or_none()
    if row is None:
        raise not_found(poc)
    if row.state == "queued":
        finish(connection, poc, "cancelled")
    elif row.state == "running":
        connection.execute(update(jobs).where(jobs.c.poc == poc).values(cancel_requested=True))


def set_state(connection: Connection, poc: str, state: PocState, *, message: LocalText | None = None) -> None:
    """Write the state that the PoC list shows. Raises NotFoundError."""
    text = {"message_ja": message.ja if message else None, "message_en": message.en if message else None}
    values = {"state": state, "step": "" if state == "running" else state, "updated": time.time(), **text}
    if not connection.execute(update(pocs).where(pocs.c.id == poc).values(**values)).rowcount:
        raise not_found(poc)


def not_found(poc: str) -> NotFoundError:
    """Return the error for a PoC that the store doesn't have."""
    return NotFoundError(
        LocalText(ja=f"「{poc}」という PoC は保存先にありません。", en=f"The store has no PoC called '{poc}'."),
        cure=LocalText(
            ja="ID の綴りと --store の指定を確かめてください。",
            en="Check the id's spelling and the --store option.",
        ),
    )
