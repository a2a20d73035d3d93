"""Draws of what is not known exactly: triangular assumptions, and measured means with their standard error.

Every number has a stream of its own, fixed by (seed, its id): moving one slider moves nothing else, and the same inputs
give the same draws on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from scorecards.cash_flow import MeasuredInput, Numbers

if TYPE_CHECKING:
    from scorecards.assumptions import Assumption, Assumptions


def draw_numbers(
    inputs: Mapping[str, MeasuredInput], assumptions: Assumptions, *, seed: int, draws: int
) -> dict[str, Numbers]:
    """Return every number of the formulas as `draws` draws, shape (draws,).

    A measured difference is its mean + standard error × Student's t with n − 1 degrees (its value where n < 2).
    """
    drawn = {name: _draw_measured(item, seed, draws) for name, item in inputs.items()}
    return drawn | {name: _draw_triangular(item, seed, draws) for name, item in assumptions.values.items()}


def _draw_measured(item: MeasuredInput, seed: int, draws: int) -> Numbers:
    if item.standard_error == 0:
        return np.full(draws, item.difference)
    return item.difference + item.standard_error * _student(f"measured:{item.id}", item.n - 1, seed, draws)


def _draw_triangular(item: Assumption, seed: int, draws: int) -> Numbers:
    """Return draws of the triangular distribution by its inverse distribution function."""
    low, likely, high = item.low, item.likely, item.high
    if high <= low:
        return np.full(draws, likely)
    uniform = _uniform(item.id, seed, draws)
    turn = (likely - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (likely - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - likely))
    return np.where(uniform < turn, rising, falling)


@lru_cache(maxsize=128)
def _uniform(name: str, seed: int, draws: int) -> Numbers:
    stream = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big")
    values = np.random.default_rng(stream).random(draws)
    values.setflags(write=False)
    return values


@lru_cache(maxsize=128)
def _student(name: str, degrees: int, seed: int, draws: int) -> Numbers:
    values = np.asarray(stdtrit(degrees, _uniform(name, seed, draws)), dtype=np.float64)
    values.setflags(write=False)
    return values
