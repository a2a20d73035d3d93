"""What the progress pages read of a PoC that runs, kept for all visitors: nothing unchanged is read or drawn twice.

The worker computes on the same cores: a page that watches must cost it next to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.parts import chart_spec
from dashboard.screen import Theme
from evaluator.store import Store
from evaluator.store.rows import Progress
from scorecards.charts import learning_curves
from scorecards.local_text import Language

STATE_SECONDS = 3.0
"""How often steps, counts and the time left are read."""

CURVE_SECONDS = 5.0
"""How often the growing curves are read; they are drawn again only when points have come."""


@dataclass(frozen=True)
class Ended:
    """How many trials of each variant were finished and how many failed."""

    done: Mapping[str, int]
    failed: Mapping[str, int]


def ended_trials(store: Store, poc: str, progress: Progress) -> Ended:
    """Return the trials that have ended; they are read again only when `progress` says that one has come or gone."""
    return _ended(store.url, poc, (progress.trials_done, progress.running), store)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ended(url: str, poc: str, step: tuple[object, ...], _store: Store) -> Ended:
    trials = _store.trials(poc)
    done, failed = (Counter(row.variant for row in trials if row.state == state) for state in ("done", "failed"))
    return Ended(done, failed)


def curves_spec(store: Store, poc: str, language: Language, theme: Theme) -> str | None:
    """Return the learning curves as a chart's JSON, None before the first point; at most `CURVE_SECONDS` old."""
    curves = _curves(store.url, poc, store)
    if curves.empty:
        return None
    content = (len(curves), float(curves["seconds"].sum()), float(curves["score"].sum()))
    return _drawn(store.url, poc, content, language, theme, curves)


@st.cache_resource(max_entries=16, ttl=CURVE_SECONDS, show_spinner=False)
def _curves(url: str, poc: str, _store: Store) -> pd.DataFrame:
    curves = _store.curves(poc)
    return curves[curves["setting"] == "fit"]


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawn(
    url: str, poc: str, content: tuple[float, ...], language: Language, theme: Theme, _curves: pd.DataFrame
) -> str:
    return chart_spec(learning_curves(_curves, language, theme, axis="seconds", height=300))
