"""Threads of a trial: fixed, so that a figure doesn't hang on how many cores were idle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

# Libraries that are loaded only later (boosted trees bring an OpenMP of their own) read these as they start.
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def fixed_threads(count: int) -> Iterator[None]:
    """Compute with `count` threads inside: torch, BLAS and OpenMP, whether loaded already or still to be loaded."""
    import torch

    before = {name: os.environ.get(name) for name in VARIABLES}
    torch_before = torch.get_num_threads()
    os.environ.update(dict.fromkeys(VARIABLES, str(count)))
    torch.set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        torch.set_num_threads(torch_before)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
