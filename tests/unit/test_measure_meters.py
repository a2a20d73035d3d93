"""The instruments: clock, memory, energy, steadiness, threads, environment."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluator import environment
from evaluator.measure import energy, memory, timing
from evaluator.measure.energy import EnergyMeter, power_source
from evaluator.measure.memory import MemoryMeter
from evaluator.measure.stability import REPEATABLE, unstable
from evaluator.measure.timing import time_calls, time_once
from scorecards.vocabulary import METRIC_UNITS

MEGABYTE = 1_000_000


class FakeClock:
    """Stands for `perf_counter`: time passes only where a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def spend(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    found = FakeClock()
    monkeypatch.setattr(timing, "perf_counter", found)
    return found


def test_a_slow_call_is_a_block_of_its_own_and_a_fast_one_is_not(clock: FakeClock) -> None:
    slow = time_calls(lambda: clock.spend(0.002), budget_seconds=0.02)
    assert (slow.calls_per_block, slow.blocks) == (1, timing.FEWEST_BLOCKS)
    assert slow.median == pytest.approx(0.002)
    assert slow.p95 == pytest.approx(0.002)
    fast = time_calls(lambda: clock.spend(1e-6), budget_seconds=0.01)
    assert fast.calls_per_block == pytest.approx(timing.SHORTEST_BLOCK_SECONDS / 1e-6, abs=1)
    assert fast.median == pytest.approx(1e-6)
    assert fast.iqr == pytest.approx(0.0, abs=1e-9)


def test_p95_sees_what_the_median_does_not(clock: FakeClock) -> None:
    calls = iter(range(10**6))
    uneven = time_calls(lambda: clock.spend(0.01 if next(calls) % 10 == 0 else 0.001), budget_seconds=0.05)
    assert uneven.median == pytest.approx(0.001)
    assert uneven.p95 == pytest.approx(0.01)


def test_a_very_slow_call_stretches_the_budget_only_so_far(clock: FakeClock) -> None:
    timed = time_calls(lambda: clock.spend(0.01), budget_seconds=0.01)
    assert timing.LONGEST_FACTOR <= timed.blocks <= timing.LONGEST_FACTOR + 1


def test_the_collector_is_off_while_timing_and_on_again_after() -> None:
    states = set()
    time_calls(lambda: states.add(gc.isenabled()), budget_seconds=0.001)
    assert states == {False}
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        time_calls(lambda: 1 // 0)
    assert gc.isenabled()


def test_time_once_takes_one_call() -> None:
    calls: list[int] = []
    assert time_once(lambda: calls.append(1)) >= 0
    assert calls == [1]


@pytest.mark.parametrize("polling", [False, True])
def test_memory_is_the_peak_over_the_start_even_if_it_is_given_back(
    polling: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if polling:
        monkeypatch.setattr(memory, "STATUS", Path("/nowhere"))
    elif memory.high_water_mark() is None:
        pytest.skip("no /proc here")
    with MemoryMeter() as meter:
        held = np.ones(50 * MEGABYTE // 8)
        time.sleep(0.05)
        del held
    assert 45 * MEGABYTE < meter.use.peak_increase_bytes < 60 * MEGABYTE
    assert meter.use.start_bytes > 10 * MEGABYTE
    with MemoryMeter() as quiet:
        pass
    assert quiet.use.peak_increase_bytes < 5 * MEGABYTE, "an earlier peak is not this one's"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a forked child's high-water mark is Linux's")
def test_a_forked_child_does_not_report_its_parents_peak() -> None:
    code = """
import os, numpy as np
from evaluator.measure.memory import MemoryMeter
big = np.ones(200_000_000 // 8); del big
child = os.fork()
if child == 0:
    with MemoryMeter() as meter:
        held = np.ones(20_000_000 // 8)
    os._exit(0 if 15e6 < meter.use.peak_increase_bytes < 30e6 and meter.use.start_bytes < 200e6 else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def counter(folder: Path, name: str, microjoules: int, wraps_at: int = 1_000_000_000) -> Path:
    (folder / name).mkdir()
    (folder / name / "energy_uj").write_text(f"{microjoules}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{wraps_at}\n")
    return folder / name / "energy_uj"


def test_energy_is_read_from_every_package_and_unrolled_where_it_wraps(tmp_path: Path) -> None:
    first, second = counter(tmp_path, "intel-rapl:0", 999_000_000), counter(tmp_path, "intel-rapl:1", 5_000_000)
    counter(tmp_path, "intel-rapl:0:0", 1)  # the cores: part of package 0, not to be counted twice
    assert power_source(tmp_path) == "rapl"
    with EnergyMeter(tmp_path) as meter:
        first.write_text("2000000\n")
        second.write_text("9000000\n")
    assert meter.joules == pytest.approx(3.0 + 4.0)


def test_without_a_counter_energy_stays_unknown(tmp_path: Path) -> None:
    assert power_source(tmp_path) == "modelled"
    with EnergyMeter(tmp_path) as meter:
        pass
    assert meter.joules is None
    assert energy.WATTS_PER_CORE > 0


def timings(values: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"trial": f"dense-{seed}", "variant": "dense", "seed": seed, "site": "", "setting": setting}
            | {"metric": metric, "value": value}
            for key, column in values.items()
            for metric, _, setting in [key.partition("/")]
            for seed, value in enumerate(column)
        ]
    )


def test_steady_timings_are_not_flagged_and_unsteady_ones_are() -> None:
    frame = timings(
        {
            "predict.p50_seconds/cached": [1.0, 1.02, 0.98],
            "predict.p95_seconds/cached": [1.0, 1.0, 2.0],
            "train.seconds/": [1.0, 2.0, 4.0],
            "train.steps/": [100.0, 200.0, 400.0],
            "quality.auc/": [0.1, 0.9, 0.5],
        }
    )
    flags = unstable(frame)
    assert [(flag["metric"], flag["setting"]) for flag in flags] == [("predict.p95_seconds", "cached")]
    assert flags[0]["relative_deviation"] == pytest.approx(np.std([1, 1, 2], ddof=1) / np.mean([1, 1, 2]))
    assert flags[0]["farthest"] == pytest.approx(0.5)
    json.dumps(flags)


def test_only_metrics_that_are_measured_are_flagged() -> None:
    assert set(REPEATABLE) <= METRIC_UNITS.keys()
    flags = unstable(timings({"generate.seconds/": [1.0, 1.0, 2.0], "train.seconds/": [1.0, 1.0, 2.0]}))
    assert [flag["metric"] for flag in flags] == ["generate.seconds"]


def test_two_seeds_tell_nothing_and_no_rows_are_no_error() -> None:
    assert unstable(timings({"predict.p50_seconds/cached": [1.0, 9.0]})) == []
    assert unstable(timings({"quality.auc/": [0.5]}).iloc[:0]) == []


def test_the_environment_says_what_a_reader_needs_and_not_the_machines_name() -> None:
    import platform

    told = environment.describe(threads=2)
    assert json.loads(json.dumps(told)) == told
    assert told["threads"] == 2
    assert told["memory_bytes"] > 100 * MEGABYTE
    assert 0 < told["usable_cores"] <= told["logical_cores"]
    assert told["packages"]["torch"].startswith("2.")
    assert told["energy"]["source"] in ("rapl", "modelled")
    assert {"processor", "load_average", "system", "python", "commit", "device"} <= told.keys()
    assert platform.node() not in json.dumps(told)


def test_a_containers_quota_bounds_the_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(environment, "CGROUP_CPU", quota)
    quota.write_text("50000 100000\n")
    assert environment.usable_cores() == 0.5
    quota.write_text("max 100000\n")
    assert environment.usable_cores() >= 1


def test_the_environment_needs_no_torch() -> None:
    code = "import evaluator.environment as e, evaluator.measure, sys; e.describe(); sys.exit('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
