"""Running a job that was claimed: keep its lease, stop when it is cancelled or lost, and close it in the end."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from evaluator.engines import Engine
from evaluator.errors import BlueprintError, StoreError
from evaluator.poc import run_poc
from evaluator.poc_progress import Tell
from evaluator.poc_trials import Cancelled
from evaluator.store import Store
from evaluator.store.jobs import HEARTBEAT_SECONDS
from evaluator.store.rows import Job
from scorecards.local_text import LocalText
from scorecards.record import Record

ERROR_FILE = "error.txt"


class Heart:
    """Renews a job's lease in a thread of its own; `stopped` becomes true when the job was cancelled or lost."""

    def __init__(self, store: Store, job: Job, *, seconds: float = HEARTBEAT_SECONDS) -> None:
        self._store, self._job, self._seconds = store, job, seconds
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def stopped(self) -> bool:
        """Tell whether the job is no longer to be run here."""
        return self._stop.is_set()

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                if not self._store.heartbeat(self._job):
                    self._stop.set()
                    return
            except StoreError:
                continue  # a busy store is no reason to stop: the lease outlives several beats


def run_job(
    store: Store, job: Job, engine: Engine, *, tell: Tell | None = None, stopping: Callable[[], bool] = lambda: False
) -> Record | None:
    """Run (or go on with) the PoC of a claimed job and close the job; None where it was cancelled or `stopping()`.

    A job that ends because its worker is `stopping` goes back into the queue. What goes wrong is told in the store,
    then raised.
    """
    with Heart(store, job) as heart:
        try:
            poc = store.poc(job.poc)
            return run_poc(poc, store, engine, tell=tell, cancelled=lambda: heart.stopped() or stopping())
        except Cancelled:
            if heart.stopped():
                store.finish(job.poc, "cancelled", worker=job.worker)
            else:
                store.release(job)
            return None
        except BlueprintError as error:
            _close_as_failed(store, job, LocalText(ja=error.line("ja"), en=error.line("en")))
            raise
        except Exception as error:  # whatever it is, the PoC must not stay 'running' for ever; it is raised again
            _keep_traceback(store, job)
            name = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            text = LocalText(
                ja=f"予期しないエラーで止まりました ({name})。", en=f"An unexpected error stopped this ({name})."
            )
            _close_as_failed(store, job, text)
            raise


def _close_as_failed(store: Store, job: Job, message: LocalText) -> None:
    try:
        store.finish(job.poc, "failed", message=message, worker=job.worker)
    except BlueprintError:
        return  # the store itself is what went wrong: the first error says so


def _keep_traceback(store: Store, job: Job) -> None:
    try:
        (store.folder(job.poc) / ERROR_FILE).write_text(traceback.format_exc(), encoding="utf-8")
    except (OSError, StoreError):
        return  # a full disk; the error itself is still raised
