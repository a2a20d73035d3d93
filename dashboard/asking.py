"""A question as the page has put it together, whatever its task: what the steps on criteria and budget need of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from evaluator.plan import variants_for
from evaluator.records import OptionValue, PoC
from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard


@dataclass(frozen=True)
class Choice:
    """What the last steps add to a question."""

    scorecard: Scorecard
    assumptions: Assumptions
    budget: str
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    """`ready`: it can be asked as it stands; `rows`, `features`, `effort`: its size; `sites`: how many were found.

    `before`: the earlier PoC that asked the same data, where the page started from one. `poc` makes the whole PoC.
    """

    task: str
    site: str
    rows: int
    features: int
    sites: int
    ready: bool
    before: PoC | None
    poc: Callable[[Choice], PoC]
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    effort: float = 1.0

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the variants that answer such a question, unless others are chosen."""
        return variants_for(self.site, self.task, self.options)
