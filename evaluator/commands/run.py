"""`run`: run a PoC here, or go on with it, with progress on stderr."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from evaluator.commands import Command, say_line, tell
from evaluator.errors import InputError
from scorecards.local_text import Language, LocalText

if TYPE_CHECKING:
    from evaluator.poc_progress import News
    from evaluator.store import Store
    from scorecards.record import Record

STEPS = {
    "preparing": LocalText(ja="データを準備しています…", en="Preparing the data …"),
    "tuning": LocalText(
        ja="各方式を同じ回数だけ調整しています…", en="Tuning every variant, the same number of times …"
    ),
    "measuring": LocalText(ja="測定しています…", en="Measuring …"),
    "judging": LocalText(ja="判定しています…", en="Judging …"),
}
INTERRUPTED = LocalText(
    ja="中断しました。終わった測定は残っています。もう一度実行すると続きから始まります。",
    en="Stopped. What was measured is kept: run it again to go on.",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("poc", metavar="poc.yaml", help="a PoC file, or the id of a PoC in the store")
    parser.add_argument("--engine", choices=("local",), default="local", help="where trials run")
    parser.add_argument("--json", action="store_true", help="print the record as JSON on stdout")


def run(options: argparse.Namespace) -> int:
    """Run or resume the PoC; print the record. Returns 1 where it was interrupted."""
    from evaluator.commands.show import print_record
    from evaluator.poc_file import read_poc
    from evaluator.store import open_store

    speak: Language = options.language
    path = Path(options.poc)
    asked = read_poc(path) if path.suffix in (".yaml", ".yml") or path.is_file() else None
    store = open_store(options.store)
    poc = options.poc if asked is None else store.add_poc(asked)
    with interruptible() as stop:
        record = run_here(store, poc, options.engine, speak, stop)
    if record is None:
        tell(INTERRUPTED, speak)
        return 1
    try:
        print_record(record, speak, as_json=options.json)
    except BrokenPipeError:  # nobody reads on (`… 2>&1 | head`), but the run is done and its record kept
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def run_here(store: Store, poc: str, engine_name: str, speak: Language | None, stop: threading.Event) -> Record | None:
    """Run `poc` in this process unless its record is there already; None where it was interrupted or cancelled.

    `speak` None: say nothing. Raises InputError when another worker is at it.
    """
    from evaluator.engines import engine, tuning_processes
    from evaluator.running import run_job
    from evaluator.store.jobs import worker_name

    if store.progress(poc).state == "done":
        return store.record(poc)
    store.enqueue(poc)
    job = store.claim(worker_name(), poc=poc)
    if job is None:
        raise _taken(poc)
    trials = engine(engine_name, parallel=tuning_processes())
    listener = None if speak is None else (lambda news: say(news, speak))
    record = run_job(store, job, trials, tell=listener, stopping=stop.is_set)
    if record is None and store.progress(poc).state == "queued":
        store.request_cancel(poc)  # interrupted here: no worker should take it up behind the user's back
    return record


def _taken(poc: str) -> InputError:
    return InputError(
        LocalText(ja=f"PoC「{poc}」は、別のワーカーが実行中です。", en=f"Another worker is running PoC '{poc}'."),
        cure=LocalText(
            ja=f"python -m evaluator show {poc} で進み具合を見られます。",
            en=f"See how far it is with python -m evaluator show {poc}.",
        ),
    )


def say(news: News, speak: Language) -> None:
    """Print one line of progress for each step, and for each trial that has ended."""
    from scorecards.formats import format_value
    from scorecards.phrases.names import variant_name

    if news.event == "step":
        tell(STEPS[news.step], speak)
        return
    if news.event == "started":
        return
    name = variant_name(news.variant, speak)
    took = "" if news.seconds is None else format_value(news.seconds, "s", speak)
    low, high = (format_value(seconds, "s", speak) for seconds in news.eta)
    what = {
        "tune": LocalText(ja="調整", en="tuned"),
        "measure": LocalText(ja=f"測定 {news.seed} 回目", en=f"seed {news.seed}"),
    }[news.purpose]
    failed = LocalText(ja=" 失敗", en=" failed") if news.event == "failed" else LocalText(ja="", en="")
    left = LocalText(ja=f"残り {low} ~ {high}", en=f"{low} to {high} left") if news.eta[1] > 0 else LocalText("", "")
    line = f"[{news.done:>3}/{news.total}] {name} · {what.in_language(speak)}{failed.in_language(speak)}"
    parts = [line, took, left.in_language(speak)]
    say_line("  ".join(part for part in parts if part))


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C or SIGTERM sets, so that the run ends in order; a second Ctrl-C ends it at once."""
    stop = threading.Event()

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


COMMAND = Command("run", "run a PoC, or go on with one that was cut off", arguments, run)
