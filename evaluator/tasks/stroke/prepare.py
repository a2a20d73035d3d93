"""From files to offsets: read, leave doubles out, thin out, simplify, divide by site, scale by the training part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.intake.split import assign_roles
from evaluator.intake.strokes import read_strokes
from evaluator.intake.strokes_forms import Drawing
from evaluator.intake.strokes_remarks import drawings_skipped, not_simplified
from evaluator.records import OptionValue
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.stroke.budgets import SIZES, Sizes
from evaluator.tasks.stroke.data import (
    Architecture,
    StrokeData,
    StrokeFacts,
    StrokePart,
    encoded,
    load,
    write,
)
from evaluator.tasks.stroke.doubles import doubles, near_doubles, without_doubles, without_near_doubles
from evaluator.tasks.stroke.options import NONE
from evaluator.tasks.stroke.question import check_count, checked_options
from evaluator.tasks.stroke.simplify import simplified
from evaluator.tasks.stroke.sites import OTHERS, by_site
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.records import PoC

ODD_SIZE = 20.0
"""A drawing so many times larger or smaller than the middle one has other units, or is a slip of the pen."""
_UNDIVIDED = ("train",)


@dataclass(frozen=True)
class _Usable:
    """Drawings that stay, simplified, each with its site ('' without sites), and what is told of the others."""

    drawings: list[Drawing]
    site: list[str]
    repairs: tuple[LocalText, ...]


def prepare(poc: PoC, folder: Path) -> StrokeData:
    """Read the PoC's files, simplify, divide, encode, and write arrays and facts into `folder`.

    Raises DataError when the drawings can't be read or are too few.
    """
    options = checked_options(poc.options)
    sizes = SIZES[poc.budget]
    read = read_strokes(poc.data)
    sites = by_site(read.drawings, poc.site or NONE, int(options["max_sites"]))
    usable = _usable(read.drawings, sites.of, options, sizes)
    check_count(len(usable.drawings), where=Path(poc.data.files[0]).name)
    names = [name for name in sites.names if name in set(usable.site)]
    roles = _roles(usable.site, names, poc)
    repairs = (*(finding.text for finding in (*read.findings, *sites.findings)), *usable.repairs)
    write(_data(usable, names, roles, options, sizes, poc.data.sha256, repairs), folder)
    return load(folder)


def _usable(
    drawings: Sequence[Drawing], site: Sequence[str], options: Mapping[str, OptionValue], sizes: Sizes
) -> _Usable:
    """Return the drawings to use: none of an odd size, evenly thinned to the budget, simplified, none twice."""
    repairs: list[LocalText] = []
    single = without_doubles(drawings)
    if len(single) < len(drawings):
        repairs.append(doubles(len(drawings) - len(single), len(drawings)))
    if options["size"] == "keep":
        single, odd = _without_odd_sizes(drawings, single)
        repairs += [drawings_skipped(len(single), {"odd_size": odd}).text] if odd else []
    chosen = single[thinned(np.array([site[place] for place in single]), sizes.drawings)]
    if len(chosen) < len(single):
        repairs.append(_limited(len(chosen), len(single)))
    most = int(options["max_points"])
    found, kept_sites, stronger = [], [], 0
    for place in chosen:
        one, more = simplified(drawings[place], float(options["tolerance"]), most)
        if one is not None:
            found.append(_sized(one, str(options["size"])))
            kept_sites.append(site[place])
            stronger += more
    if len(found) < len(chosen):
        repairs.append(not_simplified(len(found), len(chosen) - len(found), most).text)
    repairs += _simplified_told(drawings, chosen, found, stronger, options)
    different = without_near_doubles(found)
    if len(different) < len(found):
        repairs.append(near_doubles(len(found) - len(different), len(found)))
    return _Usable([found[place] for place in different], [kept_sites[place] for place in different], tuple(repairs))


def _without_odd_sizes(drawings: Sequence[Drawing], places: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    sizes = np.array([np.ptp(drawings[place].points, axis=0).max() for place in places])
    ratio = sizes / np.median(sizes)
    kept = (ratio < ODD_SIZE) & (ratio > 1 / ODD_SIZE)
    return places[kept], int((~kept).sum())


def thinned(site: NDArray[np.generic], most: int) -> NDArray[np.int64]:
    """Return which rows stay where there are more than `most`: of each site its share, evenly spread."""
    if len(site) <= most:
        return np.arange(len(site))
    chosen = []
    for one in np.unique(site):
        own = np.flatnonzero(site == one)
        count = max(1, len(own) * most // len(site))
        chosen.append(own[np.arange(count) * len(own) // count])
    return np.sort(np.concatenate(chosen))


def _sized(drawing: Drawing, size: str) -> Drawing:
    if size == "keep":
        return drawing
    return replace(drawing, points=drawing.points / np.ptp(drawing.points, axis=0).max())


def _roles(site: Sequence[str], names: Sequence[str], poc: PoC) -> NDArray[np.int8]:
    """Return each drawing's role; the site that gathers the small ones is never a new one."""
    kind = pd.Series(site, dtype="object")
    frame = pd.DataFrame({"kind": kind, "site": kind.where(kind != OTHERS)})
    return assign_roles(
        frame,
        target="kind",
        target_kind="multiclass" if names else "binary",  # of one class only, so that the later part is cut in order
        site="site" if names else "",
        plan=poc.split,
        data_hash=poc.data.sha256,
    )


def _data(
    usable: _Usable,
    names: Sequence[str],
    roles: NDArray[np.int8],
    options: Mapping[str, OptionValue],
    sizes: Sizes,
    data_hash: str,
    repairs: Sequence[LocalText],
) -> StrokeData:
    length = max(len(one.points) for one in usable.drawings) - 1
    offsets, states = encoded(usable.drawings, length)
    scale = deviation(offsets[roles == 0], states[roles == 0])
    offsets /= np.float32(scale)
    new = {site for site, role in zip(usable.site, roles, strict=True) if role >= 3 and names}
    order = [*(name for name in names if name not in new), *(name for name in names if name in new)]
    place = {name: number for number, name in enumerate(order)}
    site = np.array([place.get(name, -1) for name in usable.site], dtype=np.int32)
    whole = StrokePart(offsets, states, site)
    rows = {name: whole.take(np.flatnonzero(roles == role)) for role, name in enumerate(PART_NAMES)}
    kept = {
        name: part if name in _UNDIVIDED else part.take(thinned(part.site, getattr(sizes, name)))
        for name, part in rows.items()
    }
    facts = StrokeFacts(
        length=length,
        scale=scale,
        tolerance=float(options["tolerance"]),
        max_points=int(options["max_points"]),
        size=str(options["size"]),
        sites=tuple(order),
        known_sites=len(order) - len(new),
        architecture=Architecture(
            layers=int(options["layers"]),
            hidden=int(options["hidden"]),
            mixtures=int(options["mixtures"]),
            layer_norm=bool(options["layer_norm"]),
            recurrent_dropout=float(options["recurrent_dropout"]),
            hyper_hidden=int(options["hyper_hidden"]),
            hyper_embedding=int(options["hyper_embedding"]),
        ),
        data_hash=data_hash,
        repairs=(*repairs, *_fewer_scored(rows, kept)),
    )
    return StrokeData(facts, *(kept[name] for name in PART_NAMES))


def deviation(offsets: NDArray[np.float32], states: NDArray[np.int8]) -> float:
    """Return the root mean square of the offsets' x and y, first points and padding apart: one factor for both axes."""
    there = states[:, 1:] >= 0
    return float(np.sqrt(np.mean(np.square(offsets[:, 1:][there], dtype=np.float64)))) or 1.0


def _limited(used: int, total: int) -> LocalText:
    return LocalText(
        ja=f"予算の上限に合わせて、{total:,} 枚のうち {used:,} 枚を各拠点から均等に使いました。",
        en=f"Of {total:,} drawings the budget allows {used:,}, taken evenly from every site.",
    )


def _simplified_told(
    drawings: Sequence[Drawing],
    chosen: NDArray[np.int64],
    found: Sequence[Drawing],
    stronger: int,
    options: Mapping[str, OptionValue],
) -> list[LocalText]:
    before, after = sum(len(drawings[place].points) for place in chosen), sum(len(one.points) for one in found)
    told = []
    if after < before:
        told.append(
            LocalText(
                ja=f"描画を簡略化し、{before:,} 点を {after:,} 点にしました (許容差は長辺の"
                f" {100 * float(options['tolerance']):g} %)。",
                en=f"The drawings were simplified from {before:,} points to {after:,} (within"
                f" {100 * float(options['tolerance']):g} % of a drawing's longer side).",
            )
        )
    if stronger:
        told.append(
            LocalText(
                ja=f"{len(chosen):,} 枚のうち {stronger:,} 枚は、{options['max_points']:,} 点に収まるまで"
                "さらに強く簡略化しました。",
                en=f"{stronger:,} of {len(chosen):,} drawings were simplified further, to "
                f"{options['max_points']:,} points at most.",
            )
        )
    return told


def _fewer_scored(rows: Mapping[str, StrokePart], kept: Mapping[str, StrokePart]) -> tuple[LocalText, ...]:
    counts = [(name, kept[name].rows, rows[name].rows) for name in PART_NAMES if kept[name].rows < rows[name].rows]
    if not counts:
        return ()
    listed = ", ".join(f"{name} {used:,}/{of:,}" for name, used, of in counts)
    return (
        LocalText(
            ja=f"予算の上限に合わせて、一部の描画だけで評価・微調整します (使用/全体): {listed}",
            en=f"To keep within the budget, only some drawings are scored or fine-tuned on (used/all): {listed}.",
        ),
    )
