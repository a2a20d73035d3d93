"""What went wrong in a trial, said so that a reader can act on it: every error becomes a TrialError."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from evaluator.errors import BlueprintError, TrialError
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.networks.protocol import AnyFitted
    from evaluator.records import TrialRequest
    from evaluator.tasks.protocol import Floats

# What computing and file access raise. A KeyboardInterrupt, and whatever ends the process, passes through.
COMPUTING_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
OUT_OF_MEMORY_WORDS = ("can't allocate memory", "out of memory", "not enough memory")
SHORTEN_TO = 300


@contextmanager
def told_as_trial_error(request: TrialRequest) -> Iterator[None]:
    """Turn whatever computing raises inside into a TrialError: variant and seed, what happened, and the cure."""
    where = f"{request.variant}, seed {request.seed}"
    try:
        yield
    except TrialError as error:
        if error.where:
            raise
        raise TrialError(error.what, where=where, cure=error.cure) from error
    except BlueprintError as error:
        raise TrialError(
            error.what, where=f"{where}, {error.where}" if error.where else where, cure=error.cure
        ) from error
    except COMPUTING_ERRORS as error:
        what, cure = _explain(error)
        raise TrialError(what, where=where, cure=cure) from error


def check_trained(fitted: AnyFitted, prediction: Floats) -> None:
    """Raise TrialError when the training ended without a finite score, or the variant predicts NaN or infinity."""
    if math.isfinite(fitted.trace.best_score) and np.isfinite(prediction).all():
        return
    what, cure = _not_finite()
    raise TrialError(what, cure=cure)


def _explain(error: BaseException) -> tuple[LocalText, LocalText]:
    if _is_out_of_memory(error):
        return _out_of_memory()
    if isinstance(error, FloatingPointError):
        return _not_finite()
    if isinstance(error, OSError):
        return _disk_full() if error.errno in (errno.ENOSPC, errno.EDQUOT) else _file(error)
    return _unexpected(error)


def _is_out_of_memory(error: BaseException) -> bool:
    """torch has no class of its own for the processor's memory: its RuntimeError tells by its words."""
    told = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or (isinstance(error, RuntimeError) and any(words in told for words in OUT_OF_MEMORY_WORDS))
    )


def _out_of_memory() -> tuple[LocalText, LocalText]:
    return (
        LocalText(
            ja="メモリが不足したため、この試行を続けられませんでした。",
            en="Memory ran out, so this trial could not go on.",
        ),
        LocalText(
            ja="同時に動いているプログラムを終了するか、データの行数や列数を減らすか、メモリの多い機械で実行してください。",
            en="Close other programs, use fewer rows or columns, or run it on a machine with more memory.",
        ),
    )


def _not_finite() -> tuple[LocalText, LocalText]:
    return (
        LocalText(
            ja="学習中に損失が計算できない値 (NaN または無限大) になりました。",
            en="The loss became NaN or infinite during training.",
        ),
        LocalText(
            ja="数値列に極端な値がないか確認し、学習率の範囲を小さくして、もう一度実行してください。",
            en="Check the numeric columns for extreme values, or run again with lower learning rates.",
        ),
    )


def _disk_full() -> tuple[LocalText, LocalText]:
    return (
        LocalText(
            ja="ディスクの空き容量が不足したため、試行のファイルを書き込めませんでした。",
            en="The disk is full: the trial's files could not be written.",
        ),
        LocalText(
            ja="空き容量を増やしてから、もう一度実行してください。完了した試行の結果は残っています。",
            en="Free some space and run again; the trials already done are kept.",
        ),
    )


def _file(error: OSError) -> tuple[LocalText, LocalText]:
    name, reason = error.filename or "?", error.strerror or type(error).__name__
    return (
        LocalText(
            ja=f"試行に必要なファイル「{name}」を読み書きできませんでした ({reason})。",
            en=f"The trial could not read or write the file '{name}' ({reason}).",
        ),
        LocalText(
            ja="ファイルの有無とアクセス権を確認してから、もう一度実行してください。",
            en="Check that the file exists and may be accessed, then run again.",
        ),
    )


def _unexpected(error: BaseException) -> tuple[LocalText, LocalText]:
    told = " ".join(f"{type(error).__name__}: {error}".split())[:SHORTEN_TO]
    return (
        LocalText(ja=f"想定していないエラーで終了しました ({told})。", en=f"It ended in an unexpected error ({told})."),
        LocalText(
            ja="同じエラーが繰り返される場合は、このメッセージを添えて開発元にお知らせください。",
            en="If it happens again, please report it with this message.",
        ),
    )
