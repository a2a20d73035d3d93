from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.errors import InputError
from evaluator.networks.registry import ON_REQUEST, VARIANTS
from evaluator.plan import budget, estimate_seconds, make_plan, variants_for
from evaluator.tasks.table.budgets import BUDGETS
from tests.small_poc import small_poc


def test_every_variant_gets_the_same_seeds_and_tuning(tmp_path: Path) -> None:
    plan = make_plan(small_poc(id="p", variants=VARIANTS["table"], site="s"), tmp_path)
    tuning = plan.tuning()
    assert [request.variant for request in tuning] == list(VARIANTS["table"])
    assert len({(request.tuning_trials, request.limits, request.seed) for request in tuning}) == 1
    seeds = plan.budget.looks[-1]
    measured = plan.measuring(seeds, {}, (0.8, None))
    assert sorted((request.variant, request.seed) for request in measured) == sorted(
        (variant, seed) for variant in VARIANTS["table"] for seed in range(1, seeds + 1)
    )
    assert len({(request.limits, request.target, request.threads) for request in measured}) == 1
    assert len({request.trial for request in (*tuning, *measured)}) == plan.trials_total


def test_variants_alternate_in_another_order_for_each_seed_but_the_same_at_every_start(tmp_path: Path) -> None:
    poc = small_poc(id="p", variants=VARIANTS["table"], site="s")
    orders = [make_plan(poc, tmp_path).order(seed) for seed in range(1, 9)]
    assert orders == [make_plan(poc, tmp_path / "other").order(seed) for seed in range(1, 9)]
    assert len(set(orders)) > 4
    assert all(sorted(order) == sorted(VARIANTS["table"]) for order in orders)


def test_a_later_look_begins_with_the_trials_of_the_earlier_one(tmp_path: Path) -> None:
    plan = make_plan(small_poc(id="p"), tmp_path)
    first = plan.measuring(3, {}, (None, None))
    assert plan.measuring(5, {}, (None, None))[: len(first)] == first


def test_tuned_settings_reach_their_variant_only(tmp_path: Path) -> None:
    plan = make_plan(small_poc(id="p"), tmp_path)
    requests = plan.measuring(1, {"hyper": {"dropout": 0.1}}, (None, None))
    assert {request.variant: dict(request.settings) for request in requests} == {"dense": {}, "hyper": {"dropout": 0.1}}


def test_a_site_variant_is_only_there_with_sites() -> None:
    assert "dense_site" not in variants_for("")
    assert (*variants_for("store"), *ON_REQUEST) == VARIANTS["table"]


@pytest.mark.parametrize("task", VARIANTS)
def test_what_is_on_request_waits_to_be_asked_for(task: str) -> None:
    assert not set(ON_REQUEST) & set(variants_for("store", task))
    assert set(ON_REQUEST) <= {name for names in VARIANTS.values() for name in names}


def test_a_scorecard_needs_its_candidate_and_baseline(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compares hyper"):
        make_plan(small_poc(variants=("dense", "shared")), tmp_path)


def test_with_sites_hyper_needs_the_rival_that_knows_them_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lack dense_site") as caught:
        make_plan(small_poc(site="store"), tmp_path)
    assert "variants" in caught.value.line("ja")
    assert "dense_site を書き足す" in caught.value.line("ja")
    make_plan(small_poc(site="store", variants=("dense", "hyper", "dense_site")), tmp_path)
    make_plan(small_poc(site=""), tmp_path)


def test_an_unknown_budget_is_named() -> None:
    with pytest.raises(InputError, match="no budget 'fast'"):
        budget("fast")


def test_more_budget_more_data_and_more_variants_take_longer() -> None:
    low, high = estimate_seconds(7_000, 20, 5, "quick")
    assert 0 < low < high <= 170
    assert estimate_seconds(7_000, 20, 5, "standard") > (low, high)
    assert estimate_seconds(7_000, 20, 6, "quick") > (low, high)
    assert estimate_seconds(500, 5, 5, "quick") < (low, high)
    heavy = estimate_seconds(7_000, 20, 5, "quick", effort=3.0)
    assert 2.5 * high < heavy[1] < 3.0 * high, "reading takes as long, trainings three times"


def test_looks_rise_and_bigger_budgets_look_further() -> None:
    names = list(BUDGETS)
    assert names == ["quick", "standard", "thorough"]
    assert [BUDGETS[name].looks for name in names] == [(4,), (3, 5, 8), (5, 8, 12, 20)]
    assert [BUDGETS[name].tuning_trials for name in names] == [4, 12, 30]
