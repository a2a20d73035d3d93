"""The inside of a trial's process: run the trial, send what it reports, and never outlive the parent.

A trial started by the fork server is a child of that server, so two cords are tied: a watcher thread ends the process
when the pipe to the process that asked for the trial closes, and on Linux the kernel ends it when the server dies.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Literal

from evaluator.records import TrialRequest, TrialResult
from scorecards.errors import BlueprintError
from scorecards.record import CurvePoint

LOG_FILE = "log.txt"
_PR_SET_PDEATHSIG = 1

Message = tuple[Literal["point"], CurvePoint] | tuple[Literal["result"], TrialResult] | tuple[Literal["failure"], str]
Trial = Callable[[TrialRequest, Callable[[CurvePoint], None]], TrialResult]


def run_in_process(trial: Trial | None, request: TrialRequest, sender: Connection[Message, Message]) -> None:
    """Run one trial (None: `evaluator.trial.run_trial`) and send points, then its result or why it failed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what ends
    _die_with_the_parent()
    _log_to(Path(request.folder))
    try:
        result = (trial or _run_trial)(request, lambda point: sender.send(("point", point)))
        sender.send(("result", result))
    except BlueprintError as error:
        traceback.print_exc()
        sender.send(("failure", error.line("en")))
    except MemoryError:
        sender.send(("failure", "out of memory"))
    except Exception as error:  # the border of the process: whatever a trial raises becomes its failure, with a log
        traceback.print_exc()
        sender.send(("failure", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"))
    finally:
        sender.close()


def _run_trial(request: TrialRequest, report: Callable[[CurvePoint], None]) -> TrialResult:
    from evaluator.trial import run_trial

    return run_trial(request, report)


def _die_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_when_closed, args=(parent.sentinel,), daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _exit_when_closed(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _log_to(folder: Path) -> None:
    """Send what the trial's libraries print into a file of its folder instead of the user's terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
