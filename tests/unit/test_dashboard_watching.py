"""What a page that watches a run reads and draws: nothing twice, and what has changed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard import watching
from dashboard.titles import matches, shown_title
from dashboard.watching import curves_spec, ended_trials
from evaluator.store import Store, open_store
from sample_data import samples
from scorecards.record import CurvePoint
from tests.small_poc import request, result, small_poc


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Counter[str]]]:
    """Give a store with a PoC under way, and how often curves and trials were read and charts drawn."""
    calls: Counter[str] = Counter()

    def count(place: Any, name: str) -> None:
        real = getattr(place, name)

        def called(*arguments: Any, **named: Any) -> Any:
            calls[name] += 1
            return real(*arguments, **named)

        monkeypatch.setattr(place, name, called)

    st.cache_resource.clear()
    for place, name in ((Store, "curves"), (Store, "trials"), (watching, "learning_curves")):
        count(place, name)
    store = open_store(str(tmp_path))
    store.add_poc(small_poc(id="p"))
    store.start_trial(request("p"))
    yield store, calls
    store.close()
    st.cache_resource.clear()


def add(store: Store, step: int) -> None:
    store.add_points("p", [CurvePoint(request("p").trial, "dense", 1, "fit", step, step / 10, 0.5 + step / 100)])


def test_curves_are_read_once_for_all_visitors_and_drawn_only_when_points_came(
    counted: tuple[Store, Counter[str]],
) -> None:
    store, calls = counted
    assert curves_spec(store, "p", "ja", "light") is None
    watching._curves.clear()
    add(store, 1)
    first = [curves_spec(store, "p", "ja", "light") for _ in range(5)]
    assert calls == {"curves": 2, "learning_curves": 1}
    watching._curves.clear()  # as when its seconds are over
    assert curves_spec(store, "p", "ja", "light") == first[0]
    assert calls == {"curves": 3, "learning_curves": 1}
    add(store, 2)
    watching._curves.clear()
    assert curves_spec(store, "p", "ja", "light") != first[0]
    assert calls == {"curves": 4, "learning_curves": 2}


def test_trials_are_read_again_only_when_one_has_come_or_gone(counted: tuple[Store, Counter[str]]) -> None:
    store, calls = counted
    before = [ended_trials(store, "p", store.progress("p")) for _ in range(4)]
    assert calls == {"trials": 1} and not before[0].done
    store.finish_trial("p", result(request("p")))
    after = [ended_trials(store, "p", store.progress("p")) for _ in range(4)]
    assert calls == {"trials": 2} and after[0].done == {"dense": 1}


def test_a_samples_title_follows_the_language_and_any_other_stays_as_written(tmp_path: Path) -> None:
    for one in samples():
        assert shown_title(one.title.ja, "en") == shown_title(one.title.en, "en") == one.title.en
        assert shown_title(one.title.en, "ja") == one.title.ja
    assert shown_title("変圧器の故障予兆", "en") == "変圧器の故障予兆"
    store = open_store(str(tmp_path))
    store.add_poc(replace(small_poc(id="p"), title=samples()[0].title.ja), owner="Sato")
    (row,) = store.pocs()
    store.close()
    for search in ("stock-outs", "24 店舗", " SATO ", "p", ""):
        assert matches(row, search, "en")
    assert not matches(row, "diabetes", "en")
