"""The worker: takes one job after another from the store and runs it. It never stops for a job that goes wrong."""

from __future__ import annotations

import os
import sys
import threading

from evaluator.engines import engine, tuning_processes
from evaluator.errors import BlueprintError, StoreError
from evaluator.running import run_job
from evaluator.store import Store
from evaluator.store.jobs import worker_name
from evaluator.store.rows import Job
from scorecards.local_text import Language

IDLE_SECONDS = 0.5


def work(
    store: Store, speak: Language, stop: threading.Event, *, once: bool = False, with_parent: bool = False
) -> None:
    """Run jobs until `stop`; with `once` until none waits, with `with_parent` until the parent process has ended.

    What goes wrong with a job is kept with its PoC and printed as one line in `speak`.
    """
    parent = os.getppid()
    trials = engine("local", parallel=tuning_processes())

    def stopping() -> bool:
        return stop.is_set() or (with_parent and os.getppid() != parent)

    while not stopping():
        job = _next_job(store, speak)
        if job is not None:
            try:
                run_job(store, job, trials, stopping=stopping)
            except BlueprintError as error:
                print(f"{job.poc}: {error.line(speak)}", file=sys.stderr, flush=True)
            except Exception as error:  # the worker outlives any job; `run_job` has kept the traceback with the PoC
                print(f"{job.poc}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        elif once:
            return
        else:
            stop.wait(IDLE_SECONDS)


def _next_job(store: Store, speak: Language) -> Job | None:
    try:
        return store.claim(worker_name())
    except StoreError as error:  # busy or full now; perhaps not in a moment
        print(error.line(speak), file=sys.stderr, flush=True)
        threading.Event().wait(5.0)
        return None
