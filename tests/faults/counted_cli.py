"""`python -m tests.faults.counted_cli ARGUMENTS`: the command line, its trials only leave marks."""

from __future__ import annotations

import sys

import evaluator.engines
from evaluator.__main__ import main
from evaluator.engines.local import LocalEngine
from tests import small_trials


def counted_engine(name: str, *, parallel: int = 1) -> LocalEngine:
    return LocalEngine(parallel, trial=small_trials.counted, preload=())


if __name__ == "__main__":
    evaluator.engines.engine = counted_engine
    sys.exit(main(sys.argv[1:]))
