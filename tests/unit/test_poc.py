"""The recipe of a PoC, with an engine that runs its trials right here and a trial that only pretends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from evaluator.errors import StoreError, TrialError
from evaluator.poc import is_decided, run_poc
from evaluator.poc_progress import News
from evaluator.poc_record import record_hash
from evaluator.poc_trials import Cancelled
from evaluator.records import PoC, TrialRequest, TrialResult
from evaluator.running import run_job
from evaluator.store import Store, open_store
from evaluator.tasks import table
from evaluator.tasks.targets import Reference
from scorecards.criteria import Scorecard
from scorecards.judgement import Judgement, State
from scorecards.local_text import LocalText
from scorecards.record import CurvePoint, TrialFailure
from scorecards.scorecard_file import load_template
from scorecards.vocabulary import AT_EQUAL_COST
from tests.example_record import Kind, example_record
from tests.small_poc import result
from tests.small_table import poc_on_table


@dataclass
class InlineEngine:
    """Runs trials in this process; `score` says what a trial measures, or raises."""

    score: Callable[[TrialRequest], float]
    parallel: int = 1
    asked: list[TrialRequest] = field(default_factory=list)

    def run(
        self,
        requests: Iterable[TrialRequest],
        *,
        on_start: Callable[[TrialRequest], None],
        on_point: Callable[[CurvePoint], None],
        on_result: Callable[[TrialRequest, TrialResult, float], None],
        on_failure: Callable[[TrialRequest, TrialFailure], None],
        cancelled: Callable[[], bool],
        alone: bool,
    ) -> None:
        for request in requests:
            if cancelled():
                return
            assert alone == (request.purpose == "measure")
            self.asked.append(request)
            on_start(request)
            try:
                answer = result(request, value=self.score(request), costs=True)
            except TrialError as error:
                on_failure(request, TrialFailure(request.trial, request.variant, request.seed, error.line("en")))
                continue
            for point in answer.curves:
                on_point(point)
            on_result(request, answer, 1.0)

    def close(self) -> None:
        return


def equal(_: TrialRequest) -> float:
    return 0.8


def noisy(request: TrialRequest) -> float:
    """Score about alike for all variants, but so unevenly that no look decides."""
    return float(np.random.default_rng([request.seed, sum(request.variant.encode())]).uniform(0.6, 0.95))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


@pytest.fixture
def poc(tmp_path: Path) -> PoC:
    return poc_on_table(tmp_path, budget="standard")


def test_a_clear_case_ends_at_the_first_look(store: Store, poc: PoC) -> None:
    engine = InlineEngine(equal)
    record = run_poc(poc, store, engine)
    assert record.protocol["seeds_used"] == 3
    assert [request.purpose for request in engine.asked[:2]] == ["tune", "tune"]
    assert {(request.variant, request.seed) for request in engine.asked[2:]} == {
        (variant, seed) for variant in ("dense", "hyper") for seed in (1, 2, 3)
    }
    assert record.judgement.criteria[0].state == "pass"


def test_an_unclear_case_uses_every_look(store: Store, poc: PoC) -> None:
    record = run_poc(poc, store, InlineEngine(noisy))
    assert record.protocol["seeds_used"] == 8
    assert record.judgement.verdict.state == "undecided"
    assert record.judgement.criteria[0].n == 8


def test_measured_trials_get_targets_and_tuned_settings(store: Store, poc: PoC) -> None:
    engine = InlineEngine(equal)
    record = run_poc(poc, store, engine)
    measured = [request for request in engine.asked if request.purpose == "measure"]
    assert {request.target for request in measured} == {record.protocol["target"]}
    assert measured[0].target is not None
    assert 0.5 < measured[0].target < 1.0
    assert all(request.settings == {"learning_rate": 0.001} for request in measured)
    assert all(request.target is None and not request.settings for request in engine.asked if request.purpose == "tune")


def test_the_record_says_what_the_references_scored_and_which_one_only_guesses(
    store: Store, poc: PoC, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def references(data: object) -> tuple[Reference, Reference]:
        asked.append(data)
        return Reference(0.5, 0.9, 0.01), Reference(0.5, 0.505, 0.03)

    monkeypatch.setattr(table, "references", references)
    record = run_poc(poc, store, InlineEngine(equal))
    assert record.protocol["reference"] == {"naive": 0.5, "score": 0.9, "noise": 0.01}
    assert record.protocol["target"] == pytest.approx(0.86)
    assert record.protocol["finetune_target"] is None
    assert [told for told in record.dataset.repairs if "fine-tuning" in told.en and "0.505" in told.en]
    assert not [told for told in record.dataset.repairs if "0.900" in told.en]
    assert len(asked) == 1, "references are trained once, however often the record is made"


@pytest.mark.parametrize(("score", "seeds"), [(equal, 3), (noisy, 8)])
def test_every_trial_has_its_quality_at_equal_cost_and_it_is_judged(
    store: Store, poc: PoC, score: Callable[[TrialRequest], float], seeds: int
) -> None:
    equal_time = next(c for c in load_template("meeting")[0].criteria if c.metric == "quality.at_equal_seconds")
    scorecard = replace(poc.scorecard, criteria=(*poc.scorecard.criteria, equal_time))
    record = run_poc(replace(poc, scorecard=scorecard), store, InlineEngine(score))
    rows = record.measurements
    for metric in AT_EQUAL_COST:
        found = rows[rows["metric"] == metric]
        assert {*zip(found["variant"], found["seed"], strict=True)} == {
            (variant, seed) for variant in ("dense", "hyper") for seed in range(1, seeds + 1)
        }
        main = rows[rows["metric"] == "quality.auc"]
        assert dict(zip(found["trial"], found["value"], strict=True)) == dict(
            zip(main["trial"], main["value"], strict=True)
        )
    judged = next(one for one in record.judgement.criteria if one.id == equal_time.id)
    assert judged.n == seeds


def test_what_is_done_is_not_repeated_and_the_protocol_stays(store: Store, poc: PoC) -> None:
    engine = InlineEngine(equal)
    with pytest.raises(Cancelled):
        run_poc(poc, store, engine, cancelled=lambda: len(engine.asked) == 5)
    first = store.fact(store.pocs()[0].id, "protocol")
    again = InlineEngine(equal)
    record = run_poc(poc, store, again)
    assert len(engine.asked) + len(again.asked) == 8
    assert not {request.trial for request in engine.asked} & {request.trial for request in again.asked}
    assert {name: record.protocol[name] for name in ("target", "order")} == {
        name: first[name]
        for name in ("target", "order")  # type: ignore[index, call-overload]
    }
    assert len(record.measurements.drop_duplicates(["trial", "metric", "setting"])) == len(record.measurements) == 40


def test_a_trial_that_fails_stays_in_the_record_and_is_not_tried_again(store: Store, poc: PoC) -> None:
    def one_fails(request: TrialRequest) -> float:
        if request.trial == "hyper-2":
            raise TrialError(LocalText(ja="発散しました。", en="It diverged."))
        return 0.8

    record = run_poc(poc, store, InlineEngine(one_fails))
    assert record.failures == (TrialFailure("hyper-2", "hyper", 2, "It diverged."),)
    assert record.judgement.criteria[0].state == "error"
    assert run_poc(poc, store, InlineEngine(equal)).failures == record.failures


def test_the_record_carries_hashes_that_fit(store: Store, poc: PoC) -> None:
    record = run_poc(poc, store, InlineEngine(equal))
    assert set(record.hashes) == {"data", "poc", "scorecard", "protocol", "measurements", "record"}
    stored = store.record(record.id)
    assert record_hash(stored) == stored.hashes["record"]
    forged = stored.measurements.assign(value=stored.measurements["value"] + 0.01)
    assert record_hash(replace(stored, measurements=forged)) != stored.hashes["record"]


def test_news_count_up_and_the_time_left_shrinks(store: Store, poc: PoC) -> None:
    news: list[News] = []
    run_poc(poc, store, InlineEngine(equal), tell=news.append)
    ended = [item for item in news if item.event == "done"]
    assert [item.done for item in ended] == list(range(1, 9))
    assert [item.step for item in news if item.event == "step"] == ["preparing", "tuning", "measuring", "judging"]
    highs = [item.eta[1] for item in ended if item.purpose == "measure"]
    assert highs == sorted(highs, reverse=True)
    assert all(item.eta[0] <= item.eta[1] for item in news)


def test_a_cancelled_job_keeps_its_trials_and_goes_on_when_queued_again(store: Store, poc: PoC) -> None:
    name = store.add_poc(poc)
    store.enqueue(name)
    job = store.claim("elsewhere:1:1")
    assert job is not None
    stopping = InlineEngine(equal)
    assert run_job(store, job, stopping, stopping=lambda: len(stopping.asked) == 4) is None
    assert store.progress(name).state == "queued"
    job = store.claim("elsewhere:2:2")
    assert job is not None
    record = run_job(store, job, InlineEngine(equal))
    assert record is not None
    assert store.progress(name).state == "done"


def test_an_unexpected_error_closes_the_job_and_leaves_a_trace(store: Store, poc: PoC) -> None:
    def breaks(_: TrialRequest) -> float:
        raise ZeroDivisionError("of nothing")

    name = store.add_poc(poc)
    store.enqueue(name)
    job = store.claim("elsewhere:1:1")
    assert job is not None
    with pytest.raises(ZeroDivisionError):
        run_job(store, job, InlineEngine(breaks))
    progress = store.progress(name)
    assert progress.state == "failed"
    assert progress.message is not None
    assert "ZeroDivisionError: of nothing" in progress.message.ja
    assert "Traceback" in (store.folder(name) / "error.txt").read_text(encoding="utf-8")


def test_a_full_disk_while_preparing_is_a_store_error(store: Store, poc: PoC, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StoreError, match="disk is full"):
        run_poc(poc, store, InlineEngine(equal))
    monkeypatch.undo()
    assert run_poc(poc, store, InlineEngine(equal)).protocol["seeds_used"] == 3


def _judged(kind: Kind, must: State, want: State) -> tuple[Judgement, Scorecard]:
    record = example_record(kind)
    musts = {criterion.id for criterion in record.scorecard.criteria if criterion.must}
    criteria = tuple(
        replace(result, state=must if result.id in musts else want) for result in record.judgement.criteria
    )
    return replace(record.judgement, criteria=criteria), record.scorecard


def test_a_run_stops_once_every_must_is_decided() -> None:
    assert is_decided(*_judged("conditional", State.PASS, State.UNDECIDED))
    assert not is_decided(*_judged("conditional", State.UNDECIDED, State.PASS))
    assert is_decided(*_judged("no_go", State.UNDECIDED, State.UNDECIDED))
