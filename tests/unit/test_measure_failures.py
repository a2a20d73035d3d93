"""Every error of a trial reaches the reader as one TrialError in both languages."""

from __future__ import annotations

import errno
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluator.errors import DataError, TrialError
from evaluator.measure.failures import check_trained, told_as_trial_error
from scorecards.local_text import LocalText
from tests.numpy_variant import small_context, small_request

REQUEST = small_request(Path(), variant="hyper", seed=3)


@pytest.mark.parametrize(
    ("error", "english", "japanese"),
    [
        (MemoryError(), "Memory ran out", "メモリが不足"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), "Memory ran out", "メモリが不足"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "Memory ran out", "メモリが不足"),
        (FloatingPointError("overflow"), "NaN or infinite", "NaN または無限大"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "ディスクの空き容量"),
        (FileNotFoundError(errno.ENOENT, "No such file", "facts.json"), "'facts.json'", "「facts.json」"),
        (ValueError("shapes\n(3,) and (4,)"), "ValueError: shapes (3,) and (4,)", "ValueError: shapes"),
    ],
)
def test_an_error_says_what_where_and_the_cure(error: Exception, english: str, japanese: str) -> None:
    with pytest.raises(TrialError) as caught, told_as_trial_error(REQUEST):
        raise error
    told = caught.value
    assert english in told.line("en")
    assert japanese in told.line("ja")
    assert told.where == "hyper, seed 3"
    assert told.cure is not None
    assert told.__cause__ is error


def test_our_own_errors_keep_their_words_and_learn_where_they_happened() -> None:
    what, cure = LocalText("列がありません。", "No such column."), LocalText("直してください。", "Mend it.")
    for error in (DataError(what, where="data.csv", cure=cure), TrialError(what, cure=cure)):
        with pytest.raises(TrialError) as caught, told_as_trial_error(REQUEST):
            raise error
        assert caught.value.what == what
        assert caught.value.cure == cure
        assert caught.value.where.startswith("hyper, seed 3")


def test_an_interrupt_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt), told_as_trial_error(REQUEST):
        raise KeyboardInterrupt


def test_a_training_without_a_finite_result_is_refused(tmp_path: Path) -> None:
    fitted = small_context(tmp_path).fitted
    check_trained(fitted, np.array([[0.5, 0.5]]))
    lost = replace(fitted, trace=replace(fitted.trace, best_score=-math.inf))
    for broken, prediction in ((lost, np.array([[0.5, 0.5]])), (fitted, np.array([[np.nan, 0.5]]))):
        with pytest.raises(TrialError, match="NaN or infinite"):
            check_trained(broken, prediction)
