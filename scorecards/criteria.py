"""What counts: questions, criteria and their gates, as validated objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from scorecards.local_text import LocalText

Direction = Literal["higher", "lower"]
Compare = Literal["difference", "ratio", "value"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
COMPARES: tuple[Compare, ...] = get_args(Compare)


@dataclass(frozen=True)
class Gate:
    """Where a criterion turns: `threshold` loosened by `margin` (≥ 0, the unit of the criterion)."""

    threshold: float
    direction: Direction
    margin: float = 0.0

    @property
    def boundary(self) -> float:
        """The value that the worse end of the interval must not cross."""
        return self.threshold - self.margin if self.direction == "higher" else self.threshold + self.margin


@dataclass(frozen=True)
class Scale:
    """Anchors of the points: `zero` gives 0 points, `full` gives 100, linear between, clipped outside."""

    zero: float
    full: float


@dataclass(frozen=True)
class Criterion:
    """One thing that the meeting wants to know of the candidate against the baseline.

    `compare`: `difference` candidate − baseline, `ratio` candidate / baseline, `value` the candidate's own value.
    `metric`: a metric's name, or `quality.main` for the task's main score. `setting`: which rows of that metric
    (e.g. `cached`, `embedding_only`; '' means the metric's only setting) for candidate and baseline.
    `display_factor` turns the stored unit into `unit` (e.g. 100 for points of AUC).
    """

    id: str
    question: str
    title: LocalText
    explanation: LocalText
    metric: str
    compare: Compare
    unit: str
    gate: Gate
    must: bool
    weight: float
    scale: Scale
    candidate_setting: str = ""
    baseline_setting: str = ""
    display_factor: float = 1.0


@dataclass(frozen=True)
class Question:
    """One of the questions managers ask; criteria belong to it."""

    id: str
    title: LocalText


@dataclass(frozen=True)
class Scorecard:
    """Questions, criteria, and who is compared with whom.

    `rivals` are simpler variants that the verdict names where they do as well as the candidate.
    """

    id: str
    title: LocalText
    confidence: float
    candidate: str
    baseline: str
    rivals: tuple[str, ...]
    questions: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
