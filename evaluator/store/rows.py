"""What a store hands out: one row of the PoC list, a PoC's progress, a job, a trial's state. Frozen, torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evaluator.records import TrialPurpose
from scorecards.judgement import VerdictState
from scorecards.local_text import LocalText

PocState = Literal["queued", "running", "done", "failed", "cancelled"]
POC_STATES: tuple[PocState, ...] = ("queued", "running", "done", "failed", "cancelled")
TrialState = Literal["running", "done", "failed"]


@dataclass(frozen=True)
class PocRow:
    """One line of the PoC list. Times are ISO 8601 in UTC; `verdict` and money are None before a record."""

    id: str
    title: str
    task: str
    state: PocState
    verdict: VerdictState | None
    npv_p50: float | None
    currency: str | None
    owner: str
    created: str
    updated: str
    trials_done: int
    trials_total: int
    synthetic: bool


@dataclass(frozen=True)
class Progress:
    """How far a PoC is. `step`: queued, preparing, tuning, measuring, judging, done, failed, cancelled.

    `running`: (variant, seed, purpose) of the trials under way. `eta_*`: seconds left, None where nothing is known;
    `trials_total` is what the budget allows at most: a PoC that decides early ends below it. `message`: why it failed.
    """

    state: PocState
    step: str
    trials_done: int
    trials_total: int
    running: tuple[tuple[str, int, TrialPurpose], ...]
    eta_seconds_low: float | None
    eta_seconds_high: float | None
    started: str | None
    message: LocalText | None


@dataclass(frozen=True)
class Job:
    """A PoC that a worker has taken; `attempts`: how often, this time included, since a trial finished."""

    poc: str
    worker: str
    attempts: int


@dataclass(frozen=True)
class TrialRow:
    """The state of one trial; `seconds` is how long its process took, None while it runs."""

    trial: str
    variant: str
    seed: int
    purpose: TrialPurpose
    state: TrialState
    seconds: float | None
    message: str | None
