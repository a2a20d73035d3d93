"""Trial functions for tests of the engine and the run: they are imported by name in the trial's process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from evaluator.errors import TrialError
from evaluator.records import TrialRequest, TrialResult
from scorecards.local_text import LocalText
from scorecards.record import CurvePoint
from tests.small_poc import result

Report = Callable[[CurvePoint], None]


def quick(request: TrialRequest, report: Report) -> TrialResult:
    """Report the points of the result one after another, then return it."""
    answer = result(request, value=0.8 + request.seed / 1000)
    for point in answer.curves:
        report(point)
    return answer


def slow(request: TrialRequest, report: Report) -> TrialResult:
    """Take long enough to be interrupted; leave the process's id in the trial's folder."""
    Path(request.folder, "pid").write_text(str(os.getpid()), encoding="ascii")
    report(CurvePoint(request.trial, request.variant, request.seed, "fit", 1, 0.0, 0.5))
    time.sleep(60)
    return result(request)


def falls(request: TrialRequest, report: Report) -> TrialResult:
    """Fall in another way for each seed; seed 9 goes well."""
    if request.seed == 1:
        raise ValueError("a shape\ndoesn't fit")
    if request.seed == 2:
        raise TrialError(LocalText(ja="学習できません。", en="It can't be trained."))
    if request.seed == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if request.seed == 4:
        os._exit(3)
    if request.seed == 5:
        print("noise of a library", flush=True)
        raise MemoryError
    return quick(request, report)


def counted(request: TrialRequest, report: Report) -> TrialResult:
    """Leave one line in the file named by the environment for each time a trial ended, so that repeats show."""
    time.sleep(0.05)
    with Path(os.environ["BLUEPRINT_TEST_COUNT"]).open("a", encoding="ascii") as file:
        file.write(f"{request.trial}\n")
    return quick(request, report)
