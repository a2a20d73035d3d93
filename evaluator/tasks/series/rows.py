"""Which forecasts are made, and which role each plays: earlier moments train, later ones test; some sites are new.

Training, validation and test times of the known sites are cut at the same two moments for all of them. A new site is
cut by its own times. A forecast belongs to a role only if all that it predicts does, so no value is
predicted in two roles.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.series_grid import SeriesGrid
from evaluator.intake.split import NEW_PART_SHARES, NEW_SHARE, PART_SHARES, choose_new_sites
from scorecards.local_text import LocalText

ROLES = 6
FEWEST_ROWS = 30
"""Forecasts that a site must allow; one with fewer is too short to learn from and to be scored on."""
KNOWN_SHARE = 0.5
"""A forecast needs this share of its history and of its horizon known."""

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Forecasts:
    """The forecasts of a data set: (rows,) track, origin and role each.

    `trained_until`: (tracks,) first position that a track's statistics must not see. `sites`: (tracks,) index among
    the sites, -1 where there are none. `possible`: how many forecasts there were before thinning out.
    """

    track: Positions
    origin: Positions
    role: NDArray[np.int8]
    trained_until: Positions
    sites: NDArray[np.int32]
    names: tuple[str, ...]
    known_sites: int
    possible: int
    repairs: tuple[LocalText, ...]


def plan_forecasts(
    grid: SeriesGrid,
    filled: NDArray[np.float64],
    *,
    horizon: int,
    history: int,
    data_hash: str,
    seed: int,
    most: int,
) -> Forecasts:
    """Return the forecasts, at most about `most` of them, evenly spread in time.

    filled: the grid's values with short gaps filled. Raises DataError where the series are too short for the horizon.
    """
    origins = [possible_origins(grid.values[track], filled[track], horizon, history) for track in range(len(filled))]
    enough = [track for track, found in enumerate(origins) if len(found) >= FEWEST_ROWS]
    if not enough:
        raise _too_short(grid, horizon, history)
    repairs = _short_told(grid, enough)
    has_sites = len(grid.sites) > 1
    if has_sites and len(enough) == 1:
        raise _one_site_left(grid, enough[0])
    new = _new_tracks(origins, enough, data_hash, seed) if has_sites else []
    known = [track for track in enough if track not in new]
    spans = _known_spans([origins[track] for track in known], PART_SHARES, horizon, whole=has_sites)
    pieces: list[tuple[int, Positions, NDArray[np.int8]]] = []
    trained_until = np.zeros(len(filled), dtype=np.int64)
    kept = []
    for track in known:
        role = _roles(origins[track], spans[0], horizon, 0)
        if not (role == 0).any():
            continue
        kept.append(track)
        trained_until[track] = spans[0][0]
        pieces.append((track, origins[track], role))
    if not has_sites:
        pieces.append((known[0], origins[known[0]], _roles(origins[known[0]], spans[1], horizon, 3)))
    for track in new:
        edges = _edges(origins[track], NEW_PART_SHARES)
        trained_until[track] = edges[0]
        pieces.append((track, origins[track], _roles(origins[track], edges, horizon, 3)))
    if len(kept) < len(known):
        repairs.append(_late_told(grid, [track for track in known if track not in kept]))
    names, sites = _numbered(grid, kept, new) if has_sites else ((), np.full(len(filled), -1, dtype=np.int32))
    return _thinned(pieces, trained_until, sites, names, len(kept) if has_sites else 0, most, repairs)


def possible_origins(values: NDArray[np.float64], filled: NDArray[np.float64], horizon: int, history: int) -> Positions:
    """Return the positions from which a forecast can be made and scored: value known, enough known on both sides."""
    length = len(values)
    known = np.append(0, np.cumsum(np.isfinite(values)))
    seen = np.append(0, np.cumsum(np.isfinite(filled)))
    at = np.arange(history - 1, length - horizon)
    if not len(at):
        return at
    past = (seen[at + 1] - seen[at + 1 - history]) / history
    future = (known[at + 1 + horizon] - known[at + 1]) / horizon
    return np.asarray(at[np.isfinite(values[at]) & (past >= KNOWN_SHARE) & (future >= KNOWN_SHARE)], dtype=np.int64)


def _new_tracks(origins: list[Positions], enough: list[int], data_hash: str, seed: int) -> list[int]:
    digest = hashlib.sha256(f"split:{data_hash}:{seed}".encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
    codes = np.repeat(enough, [len(origins[track]) for track in enough])
    return [int(track) for track in choose_new_sites(codes, generator)]


def _known_spans(
    origins: list[Positions], shares: tuple[float, ...], horizon: int, *, whole: bool
) -> list[tuple[int, ...]]:
    """Return the cuts (validation from, test from, end) of the known part, and without sites of the later part too."""
    merged = np.sort(np.concatenate(origins))
    if whole:
        return [_edges(merged, shares)]
    split = round((1 - NEW_SHARE) * len(merged))
    earlier, later = _edges(merged[:split], shares), _edges(merged[split:], NEW_PART_SHARES)
    return [(*earlier[:2], later[3] - horizon, earlier[3]), later]


def _edges(origins: Positions, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Return where the second and the third role begin, the position after the last origin, and the first origin."""
    count = len(origins)
    first, second = (int(origins[min(round(share * count), count - 1)]) for share in np.cumsum(shares)[:2])
    return first, second, int(origins[-1]) + 1, int(origins[0])


def _roles(origins: Positions, edges: tuple[int, ...], horizon: int, first_role: int) -> NDArray[np.int8]:
    """Return each origin's role, -1 where its horizon reaches into the next one or it lies outside."""
    validation, test, end, begin = edges
    role = np.full(len(origins), -1, dtype=np.int8)
    role[(origins >= begin) & (origins + horizon < validation)] = first_role
    role[(origins >= validation) & (origins + horizon < test)] = first_role + 1
    role[(origins >= test) & (origins < end)] = first_role + 2
    return role


def _numbered(grid: SeriesGrid, known: list[int], new: list[int]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    sites = np.full(len(grid.sites), -1, dtype=np.int32)
    ordered = [*known, *new]
    sites[ordered] = np.arange(len(ordered), dtype=np.int32)
    return tuple(grid.sites[track] for track in ordered), sites


def _thinned(
    pieces: list[tuple[int, Positions, NDArray[np.int8]]],
    trained_until: Positions,
    sites: NDArray[np.int32],
    names: tuple[str, ...],
    known_sites: int,
    most: int,
    repairs: list[LocalText],
) -> Forecasts:
    possible = sum(int((role >= 0).sum()) for _, _, role in pieces)
    kept = min(most / max(possible, 1), 1.0)
    generator = np.random.Generator(np.random.PCG64(0))
    tracks, origins, roles = [], [], []
    for track, origin, role in pieces:
        for one in np.unique(role[role >= 0]):
            chosen = _spread(np.flatnonzero(role == one), kept, generator)
            tracks.append(np.full(len(chosen), track, dtype=np.int64))
            origins.append(origin[chosen])
            roles.append(role[chosen])
    role = np.concatenate(roles)
    if len(role) < possible:
        repairs.append(
            LocalText(
                ja=f"予測の開始時点 {possible:,} 個から、予算の上限まで均等に {len(role):,} 個を選びました。",
                en=f"Of {possible:,} possible forecasts {len(role):,}, evenly spread, were taken: the budget's limit.",
            )
        )
    if any(not (role == one).any() for one in range(3)):
        raise _too_few_forecasts(possible)
    return Forecasts(
        np.concatenate(tracks),
        np.concatenate(origins),
        role,
        trained_until,
        sites,
        names,
        known_sites,
        possible,
        tuple(repairs),
    )


def _spread(rows: Positions, share: float, generator: np.random.Generator) -> Positions:
    """Return a share of `rows`, one at a random place in each equal stretch: even in time, at all hours of the day."""
    count = max(round(share * len(rows)), 1)
    if count >= len(rows):
        return rows
    places = (np.arange(count) + generator.random(count)) * len(rows) / count
    return rows[places.astype(np.int64)]


def _listed(grid: SeriesGrid, tracks: list[int]) -> str:
    return ", ".join(grid.sites[track] for track in tracks[:3]) + (" …" if len(tracks) > 3 else "")


def _short_told(grid: SeriesGrid, enough: list[int]) -> list[LocalText]:
    short = [track for track in range(len(grid.sites)) if track not in enough]
    if not short:
        return []
    return [
        LocalText(
            ja=f"{len(grid.sites):,} 拠点中、期間が短すぎる {len(short):,} 拠点を除きました ({_listed(grid, short)})。",
            en=f"{len(short):,} of {count_of(len(grid.sites), 'site')} left out: too short ({_listed(grid, short)}).",
        )
    ]


def _late_told(grid: SeriesGrid, late: list[int]) -> LocalText:
    return LocalText(
        ja=f"学習期間にデータのない {len(late):,} 拠点を除きました ({_listed(grid, late)})。",
        en=f"{count_of(len(late), 'site')} left out: no data in the training time ({_listed(grid, late)}).",
    )


def _too_short(grid: SeriesGrid, horizon: int, history: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"系列が短すぎます ({grid.length:,} 点)。過去 {history} 点から先 {horizon} 点を予測できる時点が "
            f"{FEWEST_ROWS} 個以上必要です。",
            en=f"The series is too short ({grid.length:,} steps): {FEWEST_ROWS} moments with {history} steps before "
            f"and {horizon} after them are needed.",
        ),
        cure=LocalText(
            ja="より長い期間を指定するか、--option horizon=… と history=… を小さくしてください。",
            en="Give a longer period, or a smaller --option horizon=… and history=….",
        ),
    )


def _one_site_left(grid: SeriesGrid, left: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"{len(grid.sites):,} 拠点のうち、予測に足りる長さがあるのは「{grid.sites[left]}」だけです。"
            "ほかの拠点は、期間が短すぎるか、共通の時間間隔では欠けている点が多すぎます。",
            en=f"Of {count_of(len(grid.sites), 'site')} only '{grid.sites[left]}' is long enough for forecasts: the "
            "others are too short, or lack too many values at the step that all share.",
        ),
        cure=LocalText(
            ja="拠点の期間と時間間隔をそろえるか、その 1 拠点だけを拠点なしで指定してください。",
            en="Give all sites the same period and step, or that site alone, without sites.",
        ),
    )


def _too_few_forecasts(possible: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"予測できる時点が少なく ({possible:,} 個)、学習・検証・評価に分けられません。",
            en=f"Too few forecasts ({possible:,}) to be divided into training, validation and test.",
        ),
        cure=LocalText(
            ja="より長い期間を指定するか、--option horizon=… を小さくしてください。",
            en="Give a longer period, or a smaller --option horizon=….",
        ),
    )
