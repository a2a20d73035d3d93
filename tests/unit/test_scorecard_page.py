"""The scorecard page: what is judged is named, assumed money is marked, and no budget is offered that can't decide."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.again import budget_again, deciding_seeds, next_budget
from dashboard.cards import about_text
from dashboard.wording import Words
from evaluator.store import open_store
from scorecards.charts import npv_histogram, svg, tornado, waterfall
from scorecards.judgement import Judgement, Reason, State
from scorecards.phrases import judged_title
from scorecards.record import Record
from tests.example_record import example_record
from tests.small_poc import small_poc


def still_open(*more: int | None, npv_p90: float = 1e6) -> Judgement:
    """Return the undecided example with one open must for each of `more`, the further seeds that it needs."""
    record = example_record("undecided")
    musts = [criterion.id for criterion in record.scorecard.criteria if criterion.must]
    needed = dict(zip(musts, more, strict=False))
    criteria = tuple(
        replace(result, state=State.UNDECIDED, more_seeds=needed[result.id])
        if result.id in needed
        else replace(result, state=State.PASS, more_seeds=None)
        for result in record.judgement.criteria
    )
    money = replace(record.judgement.business, npv_p90=npv_p90)
    return replace(record.judgement, criteria=criteria, business=money)


def test_the_next_budget_is_the_smallest_that_has_the_seeds() -> None:
    assert [next_budget("quick", seeds=seeds) for seeds in (0, 8, 9, 20, 21, math.inf)] == [
        "standard", "standard", "thorough", "thorough", None, None,
    ]  # fmt: skip
    assert next_budget("standard", seeds=4) == "thorough"
    assert next_budget("thorough") is None


@pytest.mark.parametrize(("more", "seeds"), [((3,), 8.0), ((3, 7), 12.0), ((3, None), math.inf), ((1000,), 1005.0)])
def test_the_open_must_that_needs_most_counts(more: tuple[int | None, ...], seeds: float) -> None:
    assert deciding_seeds(example_record("undecided").scorecard, still_open(*more)) == seeds


def test_an_open_interval_says_nothing_and_a_sure_loss_needs_no_seeds() -> None:
    card = example_record("undecided").scorecard
    judgement = still_open(3)
    wide = tuple(
        replace(one, more_seeds=None, low=-math.inf) if one.state is State.UNDECIDED else one
        for one in judgement.criteria
    )
    assert deciding_seeds(card, replace(judgement, criteria=wide)) == 0.0
    assert deciding_seeds(card, still_open(3, npv_p90=-1.0)) == math.inf


@pytest.mark.parametrize(("more", "budget"), [(2, "standard"), (9, "thorough"), (40, None)])
def test_the_record_chooses_the_budget(tmp_path: Path, more: int, budget: str | None) -> None:
    store = open_store(str(tmp_path))
    poc = small_poc(id="open", budget="quick")
    store.add_poc(poc)
    assert budget_again(store, poc) == "standard"
    store.enqueue("open")
    store.freeze(replace(example_record("undecided"), id="open", judgement=still_open(more)))
    assert budget_again(store, poc) == budget
    store.close()


def test_a_card_names_whose_figures_it_shows() -> None:
    record = example_record("conditional")
    by_id = {result.id: result for result in record.judgement.criteria}
    criteria = {criterion.id: criterion for criterion in record.scorecard.criteria}
    about = about_text(Words("ja"), record.scorecard, criteria["update_bytes"], by_id["update_bytes"])
    assert about.startswith("ハイパーネットワーク (埋め込みのみ) 148 B 対 通常モデル (全重み) 249 kB")
    assert judged_title(by_id["quality_difference"], record.scorecard, "ja") == "性能差 (AUC)"
    tuned = by_id["finetune_score"]
    assert judged_title(tuned, record.scorecard, "en") == "Performance after fine-tuning"
    assert judged_title(tuned, record.scorecard, "en", "quality.r2") == "Performance after fine-tuning (R²)"


def cards_page() -> None:
    import streamlit as st

    from dashboard.cards import question_cards
    from dashboard.screen import Screen
    from dashboard.wording import Words

    question_cards(Screen("ja", Words("ja"), "light", None), st.session_state["record"])  # type: ignore[arg-type]


def money_page() -> None:
    import streamlit as st

    from dashboard.screen import Screen
    from dashboard.views.scorecard import _figures
    from dashboard.wording import Words

    record = st.session_state["record"]
    screen = Screen("ja", Words("ja"), "light", None)  # type: ignore[arg-type]
    _figures(screen, record, record.assumptions, record.judgement.business)


def said(page: object, record: Record) -> str:
    """Return everything that a small page says of `record`, without what keeps its figures on one line."""
    app = AppTest.from_function(page, default_timeout=60)  # type: ignore[arg-type]
    app.session_state["record"] = record
    app.run()
    assert not app.exception
    text = " ".join(getattr(element, "body", "") or str(element.proto) for element in app.get("html"))
    return re.sub(r'<span class="bp-nowrap">([^<]*)</span>', r"\1", text.replace("\N{NO-BREAK SPACE}", " "))


def test_the_cards_say_what_is_compared_and_why_nothing_was_measured() -> None:
    record = example_record("conditional")
    text = said(cards_page, record)
    assert "性能差 (AUC)" in text and "現場調整後の性能差 (AUC)" in text
    assert "ハイパーネットワーク (埋め込みのみ) 148 B 対 通常モデル (全重み) 249 kB" in text
    for criterion in record.scorecard.criteria:
        assert criterion.explanation.ja in text
    assert "調整なしで目標到達" not in text
    unmeasured = tuple(
        replace(one, state=State.NOT_MEASURED, value=None, low=None, high=None, reason=Reason("no_tuning_needed", {}))
        if one.id == "finetune_time"
        else one
        for one in record.judgement.criteria
    )
    assert "調整なしで目標到達" in said(
        cards_page, replace(record, judgement=replace(record.judgement, criteria=unmeasured))
    )


def test_money_that_rests_on_assumptions_is_marked() -> None:
    record = example_record("go")
    won = record.judgement.business
    assert not won.rests_on_assumptions
    assert ">仮定<" not in said(money_page, record)
    assumed = replace(won, npv_without_assumed=-260_000.0)
    text = said(money_page, replace(record, judgement=replace(record.judgement, business=assumed)))
    assert text.count(">仮定<") == 3
    assert "仮定した効果を除くと、NPV は −¥26万 です。" in text


def test_a_break_even_that_the_sites_do_not_decide_is_no_number() -> None:
    record = example_record("go")
    money = replace(record.judgement.business, break_even_sites=1)
    text = said(money_page, replace(record, judgement=replace(record.judgement, business=money)))
    assert "拠点数によらず" in text and ">1 拠点<" not in text


def test_each_npv_says_which_it_is() -> None:
    money = replace(example_record("go").judgement.business, npv_p50=4.23e6, npv_likely=3.45e6)
    assert "中央値 ¥423万" in svg(npv_histogram(money, "ja", width=400))
    assert "median ¥4.23M" in svg(npv_histogram(money, "en", width=400))
    assert "最も起こりやすい前提 ¥345万" in svg(tornado(money, "ja", width=400))
    assert "likely assumptions" in svg(waterfall(money, 0.05, "en", width=400))
