"""One PoC from its question to its frozen record. `run_poc` is the recipe; cut off, it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.engines import Engine
from evaluator.environment import describe
from evaluator.errors import DataError
from evaluator.intake.encoding import hash_files
from evaluator.plan import Plan, make_plan
from evaluator.poc_progress import Tell, Ticker
from evaluator.poc_record import build_record, dataset_facts, measured
from evaluator.poc_trials import TrialRunner
from evaluator.records import PoC
from evaluator.store import Store
from evaluator.store.connection import store_errors
from evaluator.tasks import task as find_task
from evaluator.tasks.protocol import TaskData
from scorecards.criteria import Scorecard
from scorecards.evidence import look_confidences
from scorecards.judgement import Judgement, State, VerdictState
from scorecards.local_text import LocalText
from scorecards.record import Json, Record
from scorecards.verdict import judge

DONE_FILE = "facts.json"  # a task writes its prepared folder all at once, this file with it


@dataclass(frozen=True)
class Protocol:
    """What is fixed before the first trial: `confidences` one a look, `targets` main scores (None: unknown)."""

    content: dict[str, Json]
    confidences: tuple[float, ...]
    targets: tuple[float | None, float | None]


def run_poc(
    poc: PoC,
    store: Store,
    engine: Engine,
    *,
    tell: Tell | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Record:
    """Run `poc`, or go on with it, and return its frozen record; trials that are done are never repeated.

    `tell` hears of every step and trial. Raises Cancelled once `cancelled()`, InputError when the question or its data
    can't be used, StoreError when nothing can be written.
    """
    poc = replace(poc, id=store.add_poc(poc))
    plan = make_plan(poc, store.folder(poc.id))
    ticker = Ticker(plan, store, tell, parallel=engine.parallel)
    runner = TrialRunner(store, engine, ticker, cancelled)

    runner.step("preparing")
    data = prepare_data(plan)
    ticker.learn_size(data)
    protocol = fix_protocol(plan, data, store)

    runner.step("tuning")
    runner.run(plan.tuning(), alone=False)
    settings = store.settings(poc.id)

    judgement, seeds = None, 0
    for seeds, confidence in zip(plan.budget.looks, protocol.confidences, strict=True):
        runner.step("measuring")
        runner.run(plan.measuring(seeds, settings, protocol.targets), alone=True)
        runner.step("judging")
        judgement = judge_at(plan, store, seeds, confidence, data.main_metric)
        if is_decided(judgement, poc.scorecard):
            break

    assert judgement is not None
    facts = dataset_facts(poc, data, protocol.content)
    record = build_record(plan, store, facts, protocol.content, judgement, seeds)
    store.freeze(record)
    return record


def prepare_data(plan: Plan) -> TaskData:
    """Return the prepared data. Its files are read, split and encoded once, and must be those the PoC was made for.

    Raises DataError when a file is missing or has changed, StoreError when the disk is full.
    """
    task = find_task(plan.poc.task)
    if not (plan.data / DONE_FILE).exists():
        check_unchanged(plan.poc)
        with store_errors(str(plan.data)):
            task.prepare(plan.poc, plan.data)
    return task.load(plan.data)


def check_unchanged(poc: PoC) -> None:
    """Raise DataError when a data file of `poc` is missing, or its bytes aren't those that the PoC was made for."""
    files = [Path(name) for name in poc.data.files]
    for file in files:
        if not file.is_file():
            raise DataError(
                LocalText(ja="データのファイルがありません。", en="The data file is missing."),
                where=str(file),
                cure=LocalText(
                    ja="ファイルを元の場所に戻すか、PoC のファイルの data.files を直してください。",
                    en="Put it back, or correct data.files in the PoC file.",
                ),
            )
    if hash_files(files) != poc.data.sha256:
        raise DataError(
            LocalText(
                ja="データが、PoC を作ったときから変わっています。",
                en="The data has changed since the PoC was made.",
            ),
            where=", ".join(file.name for file in files),
            cure=LocalText(
                ja="元のデータに戻すか、python -m evaluator new で PoC を作り直してください。",
                en="Restore the data, or make a new PoC with python -m evaluator new.",
            ),
        )


def fix_protocol(plan: Plan, data: TaskData, store: Store) -> Protocol:
    """Fix the protocol, targets included, and note the environment before the first trial; later starts find both."""
    stored = store.fact(plan.poc.id, "protocol")
    if stored is None:
        references = find_task(plan.poc.task).references(data)
        confidences = look_confidences(plan.budget.looks, plan.poc.scorecard.confidence)
        store.fix(plan.poc.id, "environment", describe(threads=plan.threads))
        stored = store.fix(plan.poc.id, "protocol", plan.protocol(confidences, references))
    assert isinstance(stored, dict)
    confidences_json, target, finetune_target = (
        stored["look_confidences"],
        stored["target"],
        stored["finetune_target"],
    )
    assert isinstance(confidences_json, list)
    return Protocol(
        stored,
        tuple(float(str(value)) for value in confidences_json),
        (_number(target), _number(finetune_target)),
    )


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def judge_at(plan: Plan, store: Store, seeds: int, confidence: float, main_metric: str) -> Judgement:
    """Return the judgement at the look at `seeds` seeds, on what was measured up to it."""
    poc = plan.poc
    return judge(
        measured(store, poc, seeds),
        scorecard=poc.scorecard,
        assumptions=poc.assumptions,
        main_metric=main_metric,
        variants=poc.variants,
        failures=[failure for failure in store.failures(poc.id) if failure.seed <= seeds],
        confidence=confidence,
    )


def is_decided(judgement: Judgement, scorecard: Scorecard) -> bool:
    """Tell whether every required criterion is decided, or one has failed: further seeds can't change that."""
    musts = {criterion.id for criterion in scorecard.criteria if criterion.must}
    undecided = [r.id for r in judgement.criteria if r.id in musts and r.state is State.UNDECIDED]
    return judgement.verdict.state is VerdictState.NO_GO or not undecided
