"""Rows and their roles: the same each time, stratified, by group, in time order, with new sites held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.split import NEW_PART_SHARES, NEW_SHARE, PART_SHARES, assign_roles
from evaluator.records import SplitPlan, TargetKind

ROWS = 4_000
RANDOM = SplitPlan("random", "", 0)


def table(seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "x": generator.normal(size=ROWS),
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(generator.integers(0, 365, ROWS), unit="D"),
            "store": [f"store {i}" for i in generator.integers(0, 25, ROWS)],
            "y": np.where(generator.random(ROWS) < 0.1, "rare", "usual"),
            "amount": generator.lognormal(size=ROWS),
        }
    )


def roles(
    frame: pd.DataFrame,
    target: str = "y",
    kind: TargetKind = "binary",
    site: str = "",
    plan: SplitPlan = RANDOM,
    data_hash: str = "abc",
) -> NDArray[np.int8]:
    return assign_roles(frame, target=target, target_kind=kind, site=site, plan=plan, data_hash=data_hash)


def shares(found: NDArray[np.int8]) -> NDArray[np.float64]:
    return np.bincount(found, minlength=6) / len(found)


EXPECTED = [(1 - NEW_SHARE) * share for share in PART_SHARES] + [NEW_SHARE * share for share in NEW_PART_SHARES]


def test_the_parts_have_their_shares_and_every_class_in_each() -> None:
    frame = table()
    found = roles(frame)
    assert shares(found) == pytest.approx(EXPECTED, abs=0.002)
    rare = pd.Series(frame["y"] == "rare").groupby(found).mean()
    old = rare.loc[[0, 1, 2]]
    assert old.max() - old.min() < 0.005


def test_the_split_follows_the_data_and_the_seed_and_nothing_else() -> None:
    frame = table()
    first = roles(frame)
    assert (first == roles(frame.copy())).all()
    assert (first != roles(frame, data_hash="abd")).any()
    assert (first != roles(frame, plan=SplitPlan("random", "", 1))).any()
    # A change of this figure would change the split of every PoC that is under way.
    assert int((first.astype(np.int64) * np.arange(ROWS)).sum()) == 13_868_509


def test_without_sites_the_last_fifth_is_the_later_part() -> None:
    found = roles(table())
    assert (found[: ROWS * 4 // 5] < 3).all()
    assert (found[ROWS * 4 // 5 :] >= 3).all()


def test_a_file_sorted_by_class_still_has_every_class_everywhere() -> None:
    frame = table().sort_values("y", ignore_index=True)
    found = roles(frame)
    assert pd.crosstab(found, frame["y"]).to_numpy().min() > 0
    assert shares(found) == pytest.approx(EXPECTED, abs=0.002)


def test_a_file_sorted_by_amount_does_not_put_the_large_ones_last() -> None:
    frame = table().sort_values("amount", ignore_index=True)
    medians = frame["amount"].groupby(roles(frame, "amount", "regression")).median()
    assert medians.max() / medians.min() < 1.5


def test_new_sites_are_held_out_whole() -> None:
    frame = table()
    found = roles(frame, site="store")
    new = set(frame.loc[found >= 3, "store"])
    assert len(new) == 5
    assert new.isdisjoint(frame.loc[found < 3, "store"])
    per_site = pd.crosstab(frame["store"], found)
    for store in new:
        assert (per_site.loc[store, [3, 4, 5]] / per_site.loc[store].sum()).tolist() == pytest.approx(
            NEW_PART_SHARES, abs=0.03
        )


@pytest.mark.parametrize(("sites", "held_out"), [(2, 1), (4, 1), (7, 1), (10, 2), (42, 8)])
def test_how_many_sites_are_new(sites: int, held_out: int) -> None:
    frame = table()
    frame["store"] = np.arange(ROWS) % sites
    assert frame.loc[roles(frame, site="store") >= 3, "store"].nunique() == held_out


def test_one_site_is_refused_and_rows_without_a_site_stay_with_the_old() -> None:
    frame = table()
    with pytest.raises(DataError, match="only one site"):
        roles(frame.assign(store="a"), site="store")
    frame.loc[:50, "store"] = None
    assert (roles(frame, site="store")[:51] < 3).all()


def test_groups_stay_together() -> None:
    frame = table()
    found = roles(frame, plan=SplitPlan("group", "store", 0))
    assert (pd.Series(found).groupby(frame["store"]).nunique() == 1).all()
    assert set(found) == {0, 1, 2, 3, 4, 5}
    assert shares(found)[0] == pytest.approx(EXPECTED[0], abs=0.08)


@pytest.mark.parametrize("site", ["", "store"])
def test_in_time_order_the_test_part_is_later_than_the_training_part(site: str) -> None:
    frame = table()
    found = roles(frame, site=site, plan=SplitPlan("time", "day", 0))
    days = frame["day"].groupby(found)
    for earlier, later in [(0, 1), (1, 2)]:
        assert days.max()[earlier] < days.min()[later]
    if not site:
        assert days.max()[2] < days.min()[3]
    assert shares(found)[:3] == pytest.approx(np.array(PART_SHARES) * (found < 3).mean(), abs=0.01)


def test_rows_without_a_target_take_no_part() -> None:
    frame = table()
    frame.loc[100:199, "y"] = None
    found = roles(frame)
    assert (found[100:200] == -1).all()
    assert (np.delete(found, np.arange(100, 200)) >= 0).all()


def test_small_tables_leave_no_part_empty() -> None:
    frame = table().head(50).assign(y=["a", "b"] * 25)
    assert set(roles(frame)) == {0, 1, 2, 3, 4, 5}


def test_a_column_that_cannot_order_rows_is_refused() -> None:
    with pytest.raises(DataError, match="neither dates nor numbers"):
        roles(table(), plan=SplitPlan("time", "store", 0))
    with pytest.raises(DataError, match="no column"):
        roles(table(), plan=SplitPlan("group", "nowhere", 0))
