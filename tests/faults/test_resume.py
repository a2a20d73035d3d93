"""A run killed at any point and started again repeats only the trials that were under way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.poc_file import write_poc
from evaluator.poc_record import record_hash
from evaluator.store import Store, open_store
from tests.small_table import poc_on_table

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]
KILLS = 2
VARIANTS = ("dense", "hyper", "shared")


class Place:
    """A folder with a store and a PoC file, and processes that run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        poc = poc_on_table(folder, variants=VARIANTS, budget="quick")
        write_poc(poc, folder / "poc.yaml")
        self.store: Store = open_store(str(folder / "store"))
        self.poc = self.store.add_poc(poc)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "BLUEPRINT_TEST_COUNT": str(self.folder / "count.txt"), "OMP_NUM_THREADS": "1"}
        store = ["--store", str(self.folder / "store"), "--lang", "en"]
        command = [sys.executable, "-m", "tests.faults.counted_cli", *arguments, *store]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)

    def run(self) -> subprocess.Popen[str]:
        return self.start("run", str(self.folder / "poc.yaml"))

    def ended(self) -> list[str]:
        """Return the trials that came to their end, once for each time they did."""
        count = self.folder / "count.txt"
        return count.read_text().split() if count.exists() else []

    def done(self) -> dict[str, float | None]:
        """Return the trials that are kept, with the seconds they took: no second run would repeat those exactly."""
        return {row.trial: row.seconds for row in self.store.trials(self.poc) if row.state == "done"}

    def wait_for(self, count: int, process: subprocess.Popen[str]) -> None:
        until(lambda: process.poll() is not None or len(self.ended()) >= count)


def until(reached: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait until `reached()`, and fail where that never comes."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def test_killed_anywhere_it_goes_on_where_it_was(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"killed at the points of seed {seed}")  # shown where the test fails
    chance, place = random.Random(seed), Place(tmp_path)
    kept: dict[str, float | None] = {}
    for kill_after in sorted(chance.sample(range(9), KILLS)):
        run = place.run()
        try:
            place.wait_for(kill_after, run)
            time.sleep(chance.random() * 0.2)
        finally:
            run.kill()
            run.communicate()
        done = place.done()
        assert kept.items() <= done.items(), "a finished trial was lost or measured again"
        kept = done

    run = place.run()
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert kept.items() <= place.done().items()

    record = place.store.record(place.poc)
    seeds = int(str(record.protocol["seeds_used"]))
    expected = {f"{variant}-{number}" for variant in VARIANTS for number in ("tune", *range(1, seeds + 1))}
    assert Counter(record.measurements["trial"]) == dict.fromkeys(expected, 2)
    assert record_hash(record) == record.hashes["record"]
    repeated = Counter(place.ended())
    assert sum(repeated.values()) - len(repeated) <= 2 * KILLS, "more was repeated than was under way"


def test_ctrl_c_stops_in_order_and_keeps_what_is_done(tmp_path: Path) -> None:
    place = Place(tmp_path)
    run = place.run()
    place.wait_for(4, run)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 1
    assert errors.splitlines()[-1] == "Stopped. What was measured is kept: run it again to go on."
    assert "Traceback" not in errors
    assert place.store.progress(place.poc).state == "cancelled"
    assert len(place.done()) >= 3


def test_the_job_of_a_killed_worker_is_taken_up_by_the_next(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.store.enqueue(place.poc)
    worker = place.start("worker")
    place.wait_for(4, worker)
    worker.kill()
    worker.communicate()
    assert place.store.progress(place.poc).state == "running"
    kept = place.done()

    worker = place.start("worker", "--once")
    _, errors = worker.communicate(timeout=120)
    assert worker.returncode == 0, errors
    assert place.store.progress(place.poc).state == "done"
    assert kept.items() <= place.done().items()


def test_a_worker_that_is_stopped_gives_its_job_back(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.store.enqueue(place.poc)
    worker = place.start("worker")
    place.wait_for(1, worker)
    worker.terminate()
    _, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    assert place.store.progress(place.poc).state == "queued"
