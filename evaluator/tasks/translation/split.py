"""Which pair plays which role: by whole sources, so that no sentence is both learned from and tested on.

Sentences that differ only in letter case, character width, punctuation or spaces count as one source.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.split import (
    NEW_PART_SHARES,
    NEW_SHARE,
    NEW_TRAIN,
    PART_SHARES,
    TRAIN,
    UNUSED,
    choose_new_sites,
)

Roles = NDArray[np.int8]
Codes = NDArray[np.int64]


def assign(groups: Codes, sites: Codes, key: str, *, never_new: int = -1) -> Roles:
    """Return each pair's role (rows,): 0 train to 5 new_test, UNUSED where its source belongs to another side.

    groups: a code a source (rows,), numbered by first appearance (`group_codes`). sites: a code a site (rows,), all -1
    without sites. With sites about a fifth of them are new, and a source that known sites have too is not used at new
    ones; without, the last fifth of the pairs is. The same for the same `key`. never_new: a site's code that is never
    held out.
    """
    generator = np.random.Generator(np.random.PCG64(_seed(key)))
    has_sites = (sites >= 0).any()
    eligible = np.where(sites == never_new, -1, sites)
    new = np.isin(sites, choose_new_sites(eligible, generator)) if has_sites else _last(groups)
    roles: Roles = np.full(len(groups), UNUSED, dtype=np.int8)
    _divide(roles, groups, ~new, PART_SHARES, TRAIN, generator)
    fresh = new & ~np.isin(groups, groups[~new])
    decided = np.full(groups.max(initial=-1) + 1, UNUSED, dtype=np.int8)
    for site in np.unique(sites[fresh]):  # a source of several new sites plays at all of them what it plays at first
        own = fresh & (sites == site)
        _divide(roles, groups, own & (decided[groups] == UNUSED), NEW_PART_SHARES, NEW_TRAIN, generator)
        known = own & (decided[groups] != UNUSED)
        roles[known] = decided[groups[known]]
        decided[groups[own]] = roles[own]
    return roles


class _WithoutMarks(dict[int, str]):
    """What `str.translate` puts for a character: nothing for punctuation, spaces and control characters."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = "" if unicodedata.category(character)[0] in "PZC" else character
        return self[code]


_WITHOUT_MARKS = _WithoutMarks()


def normal_form(sentence: str) -> str:
    """Return what two sentences share that differ in letter case, character width, punctuation or spaces only.

    NFKC, casefolded, without punctuation and spaces; a sentence of nothing else keeps them.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", sentence).casefold())
    return plain.translate(_WITHOUT_MARKS) or plain


def group_codes(sentences: Sequence[str]) -> Codes:
    """Return a code for every different normal form of a sentence (rows,), numbered by first appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(normal_form(one), len(numbers)) for one in sentences], dtype=np.int64)


def near_doubles(sentences: Sequence[str], groups: Codes) -> int:
    """Return how many different sentences (rows,) share their code with another one that is written differently."""
    written = {*zip(sentences, groups.tolist(), strict=True)}
    counts = np.bincount([group for _, group in written], minlength=1)
    return int(counts[counts > 1].sum())


def _seed(key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"pairs:{key}".encode()).digest()[:16], "big")


def _last(groups: Codes) -> NDArray[np.bool_]:
    """Tell which pairs belong to the last fifth, by their source's first appearance."""
    counts = np.bincount(groups)
    before = np.concatenate([[0], np.cumsum(counts)[:-1]])
    late: NDArray[np.bool_] = (before >= round((1 - NEW_SHARE) * len(groups)))[groups]
    return late


def _divide(
    roles: Roles,
    groups: Codes,
    chosen: NDArray[np.bool_],
    shares: Sequence[float],
    first: int,
    generator: np.random.Generator,
) -> None:
    """Give the chosen pairs the roles `first`, +1, +2 in these shares, whole groups in random order."""
    codes, counts = np.unique(groups[chosen], return_counts=True)
    order = generator.permutation(len(codes))
    before = np.concatenate([[0], np.cumsum(counts[order])[:-1]])[: len(codes)]
    edges = np.cumsum(shares)[:-1] * counts.sum()
    part = np.empty(len(codes), dtype=np.int8)
    part[order] = np.searchsorted(edges, before + counts[order] / 2, side="right")
    roles[chosen] = first + part[np.searchsorted(codes, groups[chosen])]
