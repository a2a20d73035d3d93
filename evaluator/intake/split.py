"""Which row plays which role: the same for every variant, decided by the data's hash and the plan's seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.read import site_column
from evaluator.records import SplitPlan, TargetKind
from scorecards.local_text import LocalText

TRAIN, VALIDATION, TEST, NEW_TRAIN, NEW_VALIDATION, NEW_TEST = range(6)
UNUSED = -1
"""Rows whose target is missing take no part."""

PART_SHARES = (0.70, 0.15, 0.15)
NEW_PART_SHARES = (0.40, 0.20, 0.40)
NEW_SHARE = 0.20
# Regression targets are stratified by this many bins of equal counts.
_TARGET_BINS = 10
# A class that the earlier rows hold fewer times than this can't be learnt from them.
_MIN_CLASS_ROWS = 6

Roles = NDArray[np.int8]
Rows = NDArray[np.int64]


def assign_roles(
    frame: pd.DataFrame,
    *,
    target: str,
    target_kind: TargetKind,
    site: str,
    plan: SplitPlan,
    data_hash: str,
) -> Roles:
    """Return each row's role (rows,): 0 train, 1 validation, 2 test, 3 new_train, 4 new_validation, 5 new_test.

    With sites, about a fifth of them (at least one) are new; without, the last fifth of the rows is (of the groups when
    split by group; in time order when split by time). Where that last fifth would lack a class, or leave the others
    without one, a random fifth is new instead (never when split by time). The rest is divided
    70/15/15 and the new part 40/20/40, stratified by the target, by whole groups, or in time order, as the plan says.
    Rows without a target get −1: they take no part.

    Raises DataError where the plan's column is missing or can't serve.
    """
    generator = _generator(data_hash, plan.seed)
    usable = np.flatnonzero(frame[target].notna().to_numpy())
    strata = _strata(frame[target], target_kind)
    order = _time_order(frame, plan, usable) if plan.by == "time" else usable
    groups = _codes(_column(frame, plan.column)) if plan.by == "group" else None
    sites = _codes(_column(frame, site_column(frame, site))) if site else None
    times = frame[plan.column].to_numpy() if plan.by == "time" else None
    if sites is not None:
        new_sites = choose_new_sites(sites[usable], generator)
        is_new = np.isin(sites[order], new_sites)
    elif times is not None:
        is_new = _cut_in_time(times[order], (1 - NEW_SHARE, NEW_SHARE)) == 1
    else:
        is_new = _later_part(order, strata, groups, target_kind, generator)
    roles: Roles = np.full(len(frame), UNUSED, dtype=np.int8)
    division = _Division(strata, groups, times, generator)
    division.assign(roles, order[~is_new], PART_SHARES, first_role=TRAIN)
    new_rows = order[is_new]
    if sites is None:
        division.assign(roles, new_rows, NEW_PART_SHARES, first_role=NEW_TRAIN)
    else:
        for new_site in np.unique(sites[new_rows]):
            division.assign(roles, new_rows[sites[new_rows] == new_site], NEW_PART_SHARES, first_role=NEW_TRAIN)
    return roles


def choose_new_sites(sites: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.int64]:
    """Return the codes of the sites held out as new: about a fifth of them, at least one, never all.

    `sites`: each row's site code, −1 where missing. A site of fewer than five rows is held out only if all are so.
    """
    codes, counts = np.unique(sites[sites >= 0], return_counts=True)
    if len(codes) < 2:
        raise DataError(
            LocalText(ja="拠点が 1 つしかありません。", en="There is only one site."),
            cure=LocalText(
                ja="2 つ以上の拠点を含む列を選ぶか、拠点なしで実行してください。",
                en="Choose a column with two or more sites, or run without sites.",
            ),
        )
    eligible = codes[counts >= 5] if (counts >= 5).any() else codes
    wanted = min(max(1, round(NEW_SHARE * len(codes))), len(codes) - 1, len(eligible))
    return np.sort(generator.permutation(eligible)[:wanted])


def _generator(data_hash: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"split:{data_hash}:{seed}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        raise DataError(
            LocalText(ja=f"列「{name}」がありません。", en=f"There is no column “{name}”."),
            cure=LocalText(
                ja="分割・拠点に使う列名をご確認ください。", en="Check the name of the split's or the site's column."
            ),
        )
    return frame[name]


def _codes(column: pd.Series) -> NDArray[np.int64]:
    """Return a code per distinct value in sorted order, −1 where missing."""
    codes, _ = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.int64)


def _strata(column: pd.Series, target_kind: TargetKind) -> NDArray[np.int64]:
    if target_kind != "regression":
        return _codes(column)
    ranks = column.rank(method="average", pct=True).fillna(0.0).to_numpy(dtype=np.float64)
    bins: NDArray[np.int64] = np.minimum((ranks * _TARGET_BINS).astype(np.int64), _TARGET_BINS - 1)
    return bins


def _time_order(frame: pd.DataFrame, plan: SplitPlan, usable: Rows) -> Rows:
    column = _column(frame, plan.column)
    if not (pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column)):
        raise DataError(
            LocalText(
                ja=f"列「{plan.column}」は日付でも数値でもないため、時間順に分割できません。",
                en=f"Column “{plan.column}” holds neither dates nor numbers, so rows can't be split by time.",
            ),
            cure=LocalText(
                ja="日時の列を選ぶか、無作為の分割にしてください。", en="Choose a column of dates, or split at random."
            ),
        )
    sorted_rows = column.iloc[usable].reset_index(drop=True).sort_values(kind="stable", na_position="first").index
    in_order: Rows = usable[np.asarray(sorted_rows)]
    return in_order


def _later_part(
    order: Rows,
    strata: NDArray[np.int64],
    groups: NDArray[np.int64] | None,
    target_kind: TargetKind,
    generator: np.random.Generator,
) -> NDArray[np.bool_]:
    """Tell per row of `order` whether it belongs to the later part of the data."""
    count = len(order)
    is_new = np.arange(count) >= count - round(NEW_SHARE * count)
    if groups is not None:
        is_new = _last_groups(groups[order])
    labels = strata[order]
    if _serves(labels, is_new, target_kind):
        return is_new
    if groups is not None:
        distinct = np.unique(groups[order])
        chosen = generator.permutation(distinct)[: max(1, round(NEW_SHARE * len(distinct)))]
        return np.isin(groups[order], chosen)
    return generator.permutation(is_new)


def _last_groups(groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Take whole groups from the end (by first appearance) until they hold a fifth of the rows."""
    codes, first, counts = np.unique(groups, return_index=True, return_counts=True)
    latest = np.argsort(-first, kind="stable")
    within = np.cumsum(counts[latest]) <= NEW_SHARE * len(groups)
    within[0] = len(codes) > 1
    return np.isin(groups, codes[latest[within]])


def _serves(labels: NDArray[np.int64], is_new: NDArray[np.bool_], target_kind: TargetKind) -> bool:
    """Tell whether both parts can be learnt from: every class (regression: most of the range) on either side."""
    old, new = labels[~is_new], labels[is_new]
    if not len(old) or not len(new):
        return False
    classes = np.unique(labels)
    if target_kind == "regression":
        return len(np.unique(new)) > len(classes) / 2 and len(np.unique(old)) > len(classes) / 2
    wanted = np.minimum(_MIN_CLASS_ROWS, np.array([(labels == one).sum() for one in classes]) // 2)
    held = np.array([(old == one).sum() for one in classes])
    present = np.isin(classes, new)
    return bool((held >= wanted).all() and (present.all() if target_kind == "binary" else present.sum() >= 2))


class _Division:
    """Divides rows into consecutive roles by stratum, by group or in time order."""

    def __init__(
        self,
        strata: NDArray[np.int64],
        groups: NDArray[np.int64] | None,
        times: NDArray[np.generic] | None,
        generator: np.random.Generator,
    ) -> None:
        self._strata = strata
        self._groups = groups
        self._times = times
        self._generator = generator

    def assign(self, roles: Roles, rows: Rows, shares: Sequence[float], *, first_role: int) -> None:
        """Write roles `first_role`, +1, +2 in the given shares into `roles` at `rows` (in time order when by time)."""
        if self._times is not None:
            parts = _cut_in_time(self._times[rows], shares)
        elif self._groups is not None and len(np.unique(self._groups[rows])) >= len(shares):
            parts = self._by_group(self._groups[rows], shares)
        else:
            parts = self._by_stratum(self._strata[rows], shares)
        roles[rows] = first_role + parts

    def _by_stratum(self, strata: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.int8]:
        parts = np.zeros(len(strata), dtype=np.int8)
        carried = np.zeros(len(shares))
        for stratum in np.unique(strata):
            rows = self._generator.permutation(np.flatnonzero(strata == stratum))
            # What rounding left over in one stratum is made good in the next, so that the whole keeps its shares.
            wanted = len(rows) * np.asarray(shares) + carried
            counts = _whole_counts(wanted, len(rows))
            carried = wanted - counts
            parts[rows] = np.repeat(np.arange(len(shares)), counts)
        return parts

    def _by_group(self, groups: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.int8]:
        """Give whole groups, in random order with the large first, to the part that lacks most."""
        codes, counts = np.unique(groups, return_counts=True)
        shuffled = self._generator.permutation(len(codes))
        wanted = np.asarray(shares) * len(groups)
        held = np.zeros(len(shares))
        given = np.zeros(len(codes), dtype=np.int8)
        for index in shuffled[np.argsort(-counts[shuffled], kind="stable")]:
            part = int(np.argmax((wanted - held) / wanted))
            given[index] = part
            held[part] += counts[index]
        return given[np.searchsorted(codes, groups)]


def _whole_counts(wanted: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Round `wanted` (parts,) to whole numbers ≥ 0 that add up to `total`, the largest remainders first."""
    counts = np.maximum(np.floor(wanted), 0).astype(np.int64)
    while counts.sum() > total:
        counts[np.argmax(counts - wanted)] -= 1
    while counts.sum() < total:
        counts[np.argmax(wanted - counts)] += 1
    return counts


def _cut_in_time(times: NDArray[np.generic], shares: Sequence[float]) -> NDArray[np.int8]:
    """Cut rows that are in time order; rows of the same moment stay together."""
    count = len(times)
    edges = [round(share * count) for share in np.cumsum(shares)[:-1]]
    parts = np.zeros(count, dtype=np.int8)
    for edge in edges:
        moved = edge
        while 0 < moved < count and times[moved] == times[moved - 1]:
            moved += 1
        # A long run of one moment would swallow the next part: then the run itself is cut.
        parts[(moved if moved < count and moved - edge <= 0.05 * count else edge) :] += 1
    return parts
