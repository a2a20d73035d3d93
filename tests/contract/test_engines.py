"""What every engine must keep. A new engine supplies itself in `make` and inherits all tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from evaluator.engines import Engine, engine
from evaluator.engines.local import LocalEngine, how_it_ended
from evaluator.errors import NotFoundError
from evaluator.records import TrialRequest, TrialResult
from scorecards.record import CurvePoint, TrialFailure
from tests import small_trials
from tests.small_poc import request, result

Make = Callable[..., Engine]


@pytest.fixture(params=[LocalEngine])
def make(request: pytest.FixtureRequest) -> Make:
    return request.param


@dataclass
class Seen:
    """What an engine told."""

    started: list[str] = field(default_factory=list)
    points: list[CurvePoint] = field(default_factory=list)
    results: dict[str, TrialResult] = field(default_factory=dict)
    failures: dict[int, TrialFailure] = field(default_factory=dict)
    together: int = 0
    cancel: Callable[[Seen], bool] = lambda _: False

    def run(self, engine: Engine, requests: list[TrialRequest], *, alone: bool = False) -> Seen:
        open_trials: set[str] = set()

        def start(asked: TrialRequest) -> None:
            self.started.append(asked.trial)
            open_trials.add(asked.trial)
            self.together = max(self.together, len(open_trials))

        def keep(asked: TrialRequest, answer: TrialResult, seconds: float) -> None:
            assert seconds > 0
            open_trials.discard(asked.trial)
            self.results[asked.trial] = answer

        def fail(asked: TrialRequest, failure: TrialFailure) -> None:
            open_trials.discard(asked.trial)
            self.failures[asked.seed] = failure

        engine.run(
            requests,
            on_start=start,
            on_point=self.points.append,
            on_result=keep,
            on_failure=fail,
            cancelled=lambda: self.cancel(self),
            alone=alone,
        )
        return self


def requests(folder: Path, seeds: int) -> list[TrialRequest]:
    return [request("small", seed=seed, folder=str(folder / str(seed))) for seed in range(1, seeds + 1)]


def test_results_and_points_arrive_whole(make: Make, tmp_path: Path) -> None:
    asked = requests(tmp_path, 3)
    seen = Seen().run(make(1, trial=small_trials.quick), asked)
    assert seen.started == [one.trial for one in asked]
    assert seen.results == {one.trial: result(one, value=0.8 + one.seed / 1000) for one in asked}
    assert seen.points == [point for one in asked for point in seen.results[one.trial].curves]


def test_timed_trials_run_alone(make: Make, tmp_path: Path) -> None:
    asked = requests(tmp_path, 4)
    assert Seen().run(make(2, trial=small_trials.quick), asked, alone=True).together == 1
    assert Seen().run(make(2, trial=small_trials.quick), asked).together == 2


def test_a_trial_that_falls_is_a_failure_and_the_next_goes_on(make: Make, tmp_path: Path) -> None:
    asked = requests(tmp_path, 6)
    seen = Seen().run(make(2, trial=small_trials.falls), asked)
    messages = {seed: failure.message for seed, failure in seen.failures.items()}
    assert messages == {
        1: "ValueError: a shape doesn't fit",
        2: "It can't be trained.",
        3: "the process was killed by SIGKILL (often: out of memory)",
        4: "the process ended with status 3 without a result",
        5: "out of memory",
    }
    assert list(seen.results) == [asked[5].trial]
    assert "noise of a library" in (tmp_path / "5" / "log.txt").read_text()
    assert "Traceback" in (tmp_path / "1" / "log.txt").read_text()


def test_cancelling_ends_what_is_under_way(make: Make, tmp_path: Path) -> None:
    asked = requests(tmp_path, 4)
    seen = Seen(cancel=lambda so_far: len(so_far.points) == 2).run(make(2, trial=small_trials.slow), asked)
    assert seen.started == [asked[0].trial, asked[1].trial]
    assert not seen.results
    assert not seen.failures
    for seed in (1, 2):
        assert not psutil.pid_exists(int((tmp_path / str(seed) / "pid").read_text()))


def test_an_error_in_a_callback_leaves_no_process_behind(make: Make, tmp_path: Path) -> None:
    def full(_: CurvePoint) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        make(1, trial=small_trials.slow).run(
            requests(tmp_path, 1),
            on_start=lambda _: None,
            on_point=full,
            on_result=lambda *_: None,
            on_failure=lambda *_: None,
            cancelled=lambda: False,
            alone=True,
        )
    assert not psutil.pid_exists(int((tmp_path / "1" / "pid").read_text()))


@pytest.mark.faults
def test_trials_die_with_a_killed_parent(tmp_path: Path) -> None:
    """SIGKILL the process that runs an engine: its trial must be gone soon after."""
    import subprocess
    import sys

    code = (
        "from pathlib import Path; import tests.contract.test_engines as t, tests.small_trials as s, sys;"
        "t.Seen().run(t.LocalEngine(1, trial=s.slow), t.requests(Path(sys.argv[1]), 1))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    try:
        note = tmp_path / "1" / "pid"
        for _ in range(600):
            if note.exists() and note.read_text():
                break
            time.sleep(0.05)
        trial = psutil.Process(int(note.read_text()))
    finally:
        parent.kill()
        parent.wait()
    gone, alive = psutil.wait_procs([trial], timeout=10)
    assert [process.pid for process in gone] == [trial.pid]
    assert not alive


def test_a_script_without_a_guard_is_not_run_again_by_its_trials(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "script.py"
    script.write_text(
        "print('begun', flush=True)\n"
        "from pathlib import Path\n"
        "import tests.contract.test_engines as t, tests.small_trials as s\n"
        f"seen = t.Seen().run(t.LocalEngine(1, trial=s.quick, preload=()), t.requests(Path({str(tmp_path)!r}), 2))\n"
        "print(len(seen.results))\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.split() == ["begun", "2"], done.stderr


def test_how_a_process_ended_is_told_in_words() -> None:
    assert how_it_ended(-9).startswith("the process was killed by SIGKILL")
    assert how_it_ended(-11) == "the process was killed by SIGSEGV"
    assert how_it_ended(0) == "the process ended with status 0 without a result"


def test_engines_are_found_by_name() -> None:
    assert engine("local", parallel=2).parallel == 2
    with pytest.raises(NotFoundError, match="no engine 'lokal'"):
        engine("lokal")
    with pytest.raises(ValueError, match="at least 1"):
        LocalEngine(0)


def test_a_trial_keeps_the_callers_environment(make: Make, tmp_path: Path) -> None:
    before = dict(os.environ)
    Seen().run(make(1, trial=small_trials.quick), requests(tmp_path, 1))
    assert dict(os.environ) == before
