"""What every store must keep. A new kind of store supplies a URL in `store` and inherits all tests."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.errors import InputError, NotFoundError
from evaluator.store import Store, open_store
from scorecards.local_text import LocalText
from scorecards.record import CURVE_COLUMNS, MEASUREMENT_COLUMNS, CurvePoint, TrialFailure
from tests.small_poc import request, result, small_poc

POSTGRES = "BLUEPRINT_TEST_POSTGRES"
"""Names an empty PostgreSQL database by URL; without it the tests run on SQLite alone."""
KINDS = ["folder", "sqlite", *(["postgresql"] if POSTGRES in os.environ else [])]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    urls = {"folder": str(tmp_path), "sqlite": f"sqlite:///{tmp_path}/x.db", "postgresql": os.environ.get(POSTGRES, "")}
    opened = open_store(urls[request.param])
    for row in opened.pocs():
        opened.delete_poc(row.id)
    yield opened
    opened.close()


def test_a_poc_comes_back_as_it_was_asked(store: Store) -> None:
    poc = small_poc()
    assert store.add_poc(poc, owner="佐藤") == "small"
    assert store.poc("small") == poc
    [row] = store.pocs()
    assert (row.title, row.owner, row.state, row.verdict) == ("小さな PoC", "佐藤", "queued", None)


def test_the_same_question_is_one_poc_and_another_gets_another_id(store: Store) -> None:
    poc = small_poc(id="")
    first = store.add_poc(poc)
    assert store.add_poc(poc) == first
    assert store.add_poc(replace(poc, budget="thorough")) != first
    assert len(store.pocs()) == 2


def test_an_id_cannot_change_its_question(store: Store) -> None:
    store.add_poc(small_poc())
    with pytest.raises(InputError, match="other contents"):
        store.add_poc(small_poc(budget="thorough"))


@pytest.mark.parametrize("bad", ["../x", "a/b", ".hidden", "x" * 101])
def test_an_id_that_is_no_folder_name_is_refused(store: Store, bad: str) -> None:
    with pytest.raises(InputError, match="can't be a PoC's id"):
        store.add_poc(small_poc(id=bad))


def test_search_takes_signs_literally(store: Store) -> None:
    store.add_poc(small_poc(id="one", title="100% 需要"))
    store.add_poc(small_poc(id="two", title="Churn"))
    assert [row.id for row in store.pocs(search="0%")] == ["one"]
    assert [row.id for row in store.pocs(search="CHURN")] == ["two"]
    assert store.pocs(search="_") == []
    assert store.pocs(state="done") == []


def test_a_trial_is_written_once(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small")
    store.start_trial(asked)
    assert store.finish_trial("small", result(asked)) is True
    assert store.finish_trial("small", result(asked, value=0.1)) is False
    frame = store.measurements("small")
    assert tuple(frame.columns) == MEASUREMENT_COLUMNS
    assert frame["value"].tolist() == [0.001, 0.8]
    store.start_trial(asked)  # a trial that is done stays done
    assert len(store.measurements("small")) == 2


def test_what_a_variant_made_comes_back_and_goes_with_its_trial(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small")
    made = {"kind": "text", "real": "本物", "made": "作文"}
    store.start_trial(asked)
    store.finish_trial("small", replace(result(asked), exhibit=made))
    other = request("small", variant="hyper")
    store.start_trial(other)
    store.finish_trial("small", result(other))
    assert store.exhibits("small") == {"dense": made}
    store.delete_poc("small")
    store.add_poc(small_poc())
    assert store.exhibits("small") == {}


def test_infinite_and_missing_values_survive(store: Store) -> None:
    store.add_poc(small_poc())
    for seed, value in ((1, math.inf), (2, math.nan)):
        asked = request("small", seed=seed)
        store.start_trial(asked)
        store.finish_trial("small", result(asked, value=value))
    values = store.measurements("small").query("metric == 'quality.auc'")["value"].tolist()
    assert values[0] == math.inf
    assert math.isnan(values[1])


def test_a_trial_cut_off_leaves_nothing_and_starts_again(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small")
    store.start_trial(asked)
    store.add_points("small", [CurvePoint(asked.trial, "dense", 1, "fit", 1, 0.1, 0.5)])
    assert store.progress("small").running == (("dense", 1, "measure"),)
    store.drop_unfinished("small")
    assert store.trials("small") == ()
    assert store.curves("small").empty
    store.start_trial(asked)
    assert store.finish_trial("small", result(asked))


def test_live_points_are_replaced_by_the_final_curve(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small")
    store.start_trial(asked)
    for step in (1, 2, 3):
        store.add_points("small", [CurvePoint(asked.trial, "dense", 1, "fit", step, 0.1, 0.5)])
    live = store.curves("small")
    assert tuple(live.columns) == CURVE_COLUMNS
    assert live["step"].tolist() == [1, 2, 3]
    store.finish_trial("small", result(asked))
    assert store.curves("small")["step"].tolist() == [1, 2]


def test_a_failure_stays_with_its_reason(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small")
    store.start_trial(asked)
    assert store.fail_trial("small", TrialFailure(asked.trial, "dense", 1, "out of memory"))
    assert store.failures("small") == (TrialFailure(asked.trial, "dense", 1, "out of memory"),)
    assert store.progress("small").trials_done == 1


def test_tuned_settings_come_back_by_variant(store: Store) -> None:
    store.add_poc(small_poc())
    asked = request("small", purpose="tune", trial="dense-tune", seed=0)
    store.start_trial(asked)
    store.finish_trial("small", result(asked))
    assert store.settings("small") == {"dense": {"learning_rate": 0.001}}


def test_the_first_fact_stands(store: Store) -> None:
    store.add_poc(small_poc())
    assert store.fact("small", "protocol") is None
    assert store.fix("small", "protocol", {"looks": [3]}) == {"looks": [3]}
    assert store.fix("small", "protocol", {"looks": [9]}) == {"looks": [3]}


def test_jobs_go_to_one_worker_each_in_their_order(store: Store) -> None:
    ids = [store.add_poc(small_poc(id=f"p{number}")) for number in range(12)]
    for poc in ids:
        store.enqueue(poc)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda number: store.claim(f"elsewhere:{number}:0"), range(16)))
    got = [job.poc for job in taken if job is not None]
    assert sorted(got) == sorted(ids)
    assert store.claim("elsewhere:99:0") is None
    assert store.progress("p0").state == "running"


def test_a_running_job_is_not_queued_again(store: Store) -> None:
    store.add_poc(small_poc())
    store.enqueue("small")
    assert store.claim("elsewhere:1:0") is not None
    store.enqueue("small")
    assert store.claim("elsewhere:2:0") is None


def test_cancelling_reaches_the_worker_and_queueing_goes_on(store: Store) -> None:
    store.add_poc(small_poc())
    store.enqueue("small")
    job = store.claim("elsewhere:1:0")
    assert job is not None
    assert store.heartbeat(job) is True
    store.request_cancel("small")
    assert store.heartbeat(job) is False
    store.finish("small", "cancelled")
    assert store.progress("small").state == "cancelled"
    store.enqueue("small")
    again = store.claim("elsewhere:2:0")
    assert again is not None
    assert again.attempts == 1
    assert store.heartbeat(again) is True
    assert store.heartbeat(job) is False


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    store.add_poc(small_poc())
    store.enqueue("small")
    store.request_cancel("small")
    assert store.progress("small").state == "cancelled"
    assert store.claim("elsewhere:1:0") is None


def test_a_released_job_waits_again_without_counting_as_an_attempt(store: Store) -> None:
    store.add_poc(small_poc())
    store.enqueue("small")
    job = store.claim("elsewhere:1:0")
    assert job is not None
    store.release(job)
    assert store.progress("small").state == "queued"
    again = store.claim("elsewhere:2:0")
    assert again is not None
    assert again.attempts == 1


def test_why_a_poc_failed_is_told_in_both_languages(store: Store) -> None:
    store.add_poc(small_poc())
    store.enqueue("small")
    store.finish("small", "failed", message=LocalText(ja="失敗", en="failed"))
    progress = store.progress("small")
    assert (progress.state, progress.message) == ("failed", LocalText(ja="失敗", en="failed"))


def test_deleting_takes_everything_of_one_poc_and_nothing_of_others(store: Store) -> None:
    for name in ("gone", "kept"):
        store.add_poc(small_poc(id=name))
        asked = request(name)
        store.start_trial(asked)
        store.finish_trial(name, result(asked))
        (store.folder(name) / "data.npy").write_bytes(b"x")
    store.delete_poc("gone")
    assert [row.id for row in store.pocs()] == ["kept"]
    assert store.measurements("gone").empty
    assert len(store.measurements("kept")) == 2
    assert (store.folder("kept") / "data.npy").exists()
    assert not (store.folder("gone") / "data.npy").exists()


def test_what_is_not_there_is_named(store: Store) -> None:
    for ask in (store.poc, store.progress, store.record, store.delete_poc, store.enqueue, store.request_cancel):
        with pytest.raises(NotFoundError, match="nobody"):
            ask("nobody")
    store.add_poc(small_poc())
    with pytest.raises(NotFoundError, match="no frozen record"):
        store.record("small")
