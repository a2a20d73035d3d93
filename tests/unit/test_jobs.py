from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.store import Store, jobs, open_store
from tests.small_poc import request, result, small_poc


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(str(tmp_path))
    opened.add_poc(small_poc())
    opened.enqueue("small")
    return opened


@pytest.fixture(scope="module")
def dead_worker() -> str:
    """The name of a worker of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:1"


def test_this_process_is_alive_and_others_machines_are_not_judged(dead_worker: str) -> None:
    assert not jobs.is_dead(jobs.worker_name())
    assert jobs.is_dead(dead_worker)
    assert not jobs.is_dead("another-machine:1:1")


def test_a_process_that_took_over_the_id_is_not_the_worker() -> None:
    assert jobs.is_dead(f"{socket.gethostname()}:{os.getpid()}:1")


def test_a_dead_workers_job_is_free_at_once(store: Store, dead_worker: str) -> None:
    assert store.claim(dead_worker) is not None
    taken = store.claim(jobs.worker_name())
    assert taken is not None
    assert taken.attempts == 2


def test_a_worker_elsewhere_keeps_its_job_until_the_lease_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = store.claim("elsewhere:1:1")
    assert job is not None
    assert store.claim("here:2:2") is None
    now = jobs.time.time()
    monkeypatch.setattr(jobs.time, "time", lambda: now + jobs.LEASE_SECONDS - 1)
    assert store.heartbeat(job)
    monkeypatch.setattr(jobs.time, "time", lambda: now + jobs.LEASE_SECONDS + 1)
    assert store.claim("here:2:2") is None, "the heartbeat had renewed the lease"
    monkeypatch.setattr(jobs.time, "time", lambda: now + 3 * jobs.LEASE_SECONDS)
    assert store.claim("here:2:2") is not None
    assert not store.heartbeat(job), "the first worker must notice that it lost the job"


def test_a_job_whose_workers_keep_dying_is_given_up(store: Store, dead_worker: str) -> None:
    tries = [store.claim(dead_worker) for _ in range(jobs.MAX_ATTEMPTS)]
    assert [job.attempts for job in tries if job] == [1, 2, 3]
    assert store.claim("here:2:2") is None
    progress = store.progress("small")
    assert progress.state == "failed"
    assert progress.message == jobs.WORKER_DIED


def test_a_user_may_run_again_what_was_killed_often(store: Store, dead_worker: str) -> None:
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        assert store.claim(dead_worker, poc="small") is not None


def test_deaths_are_counted_from_the_last_trial_that_finished(store: Store, dead_worker: str) -> None:
    for seed in range(1, jobs.MAX_ATTEMPTS + 3):
        assert store.claim(dead_worker) is not None
        asked = request("small", seed=seed)
        store.start_trial(asked)
        store.finish_trial("small", result(asked))


def test_only_the_holder_ends_a_job(store: Store) -> None:
    assert store.claim("elsewhere:1:1") is not None
    store.finish("small", "failed", worker="here:2:2")
    assert store.progress("small").state == "running"
    store.finish("small", "failed", worker="elsewhere:1:1")
    assert store.progress("small").state == "failed"
