"""The first chart costs Altair a second of imports; it is drawn once at start, before a visitor waits for it."""

from __future__ import annotations

from scorecards.charts import criterion_bar
from scorecards.criteria import Criterion, Gate, Scale
from scorecards.judgement import CriterionResult, State
from scorecards.local_text import LocalText


def draw_once() -> None:
    """Build one chart and throw it away."""
    text = LocalText(ja="", en="")
    gate = Gate(1.0, "lower")
    criterion = Criterion(
        "c", "q", text, text, "size.install_bytes", "ratio", "ratio", gate, True, 1.0, Scale(2.0, 0.0)
    )
    result = CriterionResult(
        id="c",
        state=State.PASS,
        value=0.5,
        low=0.4,
        high=0.6,
        threshold=1.0,
        unit="ratio",
        n=3,
        how="measured",
        points=75.0,
        candidate_value=1.0,
        baseline_value=2.0,
        metric="size.install_bytes",
        metric_unit="B",
        method="paired t",
    )
    criterion_bar(result, criterion, "ja").to_dict()
