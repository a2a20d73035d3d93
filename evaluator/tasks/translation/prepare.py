"""From files to token numbers: read, thin out, split by whole sources, encode with the training rows' tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.pairs import ReadPairs, read_pairs
from evaluator.intake.split import TRAIN, UNUSED
from evaluator.records import OptionValue
from evaluator.tasks.prepared import numbered_sites
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.translation.budgets import SIZES, Sizes
from evaluator.tasks.translation.data import (
    Architecture,
    TranslationData,
    TranslationFacts,
    TranslationPart,
    load,
    write,
)
from evaluator.tasks.translation.question import check_count, checked_options, directed
from evaluator.tasks.translation.remarks import (
    across_sites,
    bleu_by,
    limited,
    near_double_sources,
    same_targets,
    several_references,
    thinned,
    too_long,
    too_long_to_use,
    unknown_tokens,
)
from evaluator.tasks.translation.scores import BY_CHARACTER, BY_WORD, questions
from evaluator.tasks.translation.sites import OTHERS, site_labels
from evaluator.tasks.translation.split import assign, group_codes, near_doubles
from evaluator.tasks.translation.tokens import END, PADDING, learned
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.records import PoC

_LEARNED_FROM = ("train", "new_train")
"""Parts whose sentences are never compared with translations."""
MOST_LEFT_OUT = 0.5
"""Share of the pairs that may be too long: beyond it, what is left would be another question."""
NO_SPACES_SHARE = 0.3
"""Share of characters of scripts without spaces from which on a language is written without them."""
_NO_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))
"""Thai and Lao, Burmese, Khmer, kana, Chinese characters."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """Pairs with their sites and roles, all of one length."""

    source: NDArray[np.object_]
    target: NDArray[np.object_]
    site: NDArray[np.int32]
    role: NDArray[np.int8]

    def of(self, role: int) -> NDArray[np.int64]:
        return np.flatnonzero(self.role == role)


def prepare(poc: PoC, folder: Path) -> TranslationData:
    """Read the PoC's pairs, split and encode them, and write arrays and facts into `folder`.

    Raises DataError when the pairs can't be read, or too few are left.
    """
    options = checked_options(poc.options)
    pairs = directed(read_pairs(poc.data), options)
    labels, merged = site_labels(pairs, poc.site)
    sizes = SIZES[poc.budget]
    chosen = evenly(len(pairs.source), sizes.pairs)
    repairs = [finding.text for finding in (*pairs.findings, *merged)]
    if len(chosen) < len(pairs.source):
        repairs.append(limited(len(pairs.source), len(chosen)))
    rows, names, known, doubles = _divided(pairs, labels, chosen, f"{poc.data.sha256}:{poc.split.seed}")
    repairs += near_double_sources(doubles)
    if lost := int((rows.role == UNUSED).sum()):
        repairs.append(across_sites(lost))
    where = Path(poc.data.files[0]).name
    write(encoded(rows, (names, known), options, sizes, repairs, (poc.data.sha256, where)), folder)
    return load(folder)


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` of `count` places, evenly spread, in order."""
    used = min(count, most)
    return np.arange(used) * count // max(used, 1)


def _divided(
    pairs: ReadPairs, labels: Sequence[str], chosen: NDArray[np.int64], key: str
) -> tuple[_Rows, tuple[str, ...], int, int]:
    """Return the chosen pairs with their roles, the sites' names (those seen in training first), how many those are.

    Pairs that play no role carry UNUSED. The last number is of sources that are near doubles of others.
    """
    source, target = (np.array(side, dtype=object)[chosen] for side in (pairs.source, pairs.target))
    sites = [labels[place] for place in chosen]
    ordered = sorted(set(sites) - {""})
    codes = np.array([ordered.index(one) if one else -1 for one in sites], dtype=np.int64)
    others = ordered.index(OTHERS) if OTHERS in ordered else -1
    groups = group_codes(source.tolist())
    role = assign(groups, codes, key, never_new=others)
    names, known, site = numbered_sites(sites if ordered else None, role)
    return _Rows(source, target, site, role), names, known, near_doubles(source.tolist(), groups)


def encoded(
    rows: _Rows,
    sites: tuple[tuple[str, ...], int],
    options: Mapping[str, OptionValue],
    sizes: Sizes,
    repairs: Sequence[LocalText],
    origin: tuple[str, str],
) -> TranslationData:
    """Return the prepared pairs. sites: names, and how many are known; origin: the data's hash and the file's name."""
    unit, most, length = str(options["unit"]), int(options["vocabulary"]), int(options["length"])
    train = rows.of(TRAIN)
    languages = [learned(side[train].tolist(), unit, most) for side in (rows.source, rows.target)]
    numbers = [tokens.encode(side.tolist()) for tokens, side in zip(languages, (rows.source, rows.target), strict=True)]
    fits = np.array([0 < len(one) <= length and 0 < len(two) <= length for one, two in zip(*numbers, strict=True)])
    used = fits & (rows.role != UNUSED)
    long = int((~fits & (rows.role != UNUSED)).sum())
    if long > MOST_LEFT_OUT * len(fits):
        raise too_long_to_use(long, len(fits), length, origin[1])
    check_count(int(used.sum()), where=origin[1])
    longest = [max(len(one) for one, kept in zip(side, used, strict=True) if kept) for side in numbers]
    whole = {name: np.flatnonzero(used & (rows.role == role)) for role, name in enumerate(PART_NAMES)}
    _check_parts(whole, origin[1])
    kept = {
        name: _spread(rows.site, where, getattr(sizes, name)) if name != "train" else where
        for name, where in whole.items()
    }
    bleu_tokens = BY_CHARACTER if without_spaces(rows.target[train].tolist()) else BY_WORD
    facts = TranslationFacts(
        source=languages[0],
        target=languages[1],
        source_longest=longest[0],
        target_longest=longest[1] + 1,
        bleu_tokens=bleu_tokens,
        sites=sites[0],
        known_sites=sites[1],
        architecture=Architecture(
            hidden=int(options["hidden"]),
            layer_norm=bool(options["layer_norm"]),
            hyper_hidden=int(options["hyper_hidden"]),
            hyper_embedding=int(options["hyper_embedding"]),
        ),
        data_hash=origin[0],
        repairs=(
            *repairs,
            *([too_long(long, len(fits), length, unit)] if long else []),
            *unknown_tokens(numbers[1], used),
            *same_targets(rows.target[whole["train"]].tolist(), rows.target[whole["test"]].tolist()),
            *several_references(_with_several_targets(rows, kept["test"])),
            *thinned({name: (len(kept[name]), len(whole[name])) for name in PART_NAMES}),
            bleu_by(bleu_tokens),
        ),
    )
    parts = (_part(rows, numbers, kept[name], longest, compared=name not in _LEARNED_FROM) for name in PART_NAMES)
    return TranslationData(facts, *parts)


def _with_several_targets(rows: _Rows, where: NDArray[np.int64]) -> int:
    """Return how many questions of these rows have more than one known target."""
    return sum(
        len(set(rows.target[where][own])) > 1 for own in questions(rows.source[where].tolist(), rows.site[where])
    )


def without_spaces(sentences: Sequence[str]) -> bool:
    """Tell whether the language is written without spaces between words, by its characters."""
    codes = np.frombuffer("".join(sentences).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    inside = sum(((codes >= low) & (codes <= high)).sum() for low, high in _NO_SPACES)
    return bool(inside > NO_SPACES_SHARE * max(len(codes), 1))


def _part(
    rows: _Rows,
    numbers: Sequence[Sequence[list[int]]],
    where: NDArray[np.int64],
    longest: Sequence[int],
    *,
    compared: bool,
) -> TranslationPart:
    source = _padded([numbers[0][row] for row in where], longest[0])
    target = _padded([[*numbers[1][row], END] for row in where], longest[1] + 1)
    told = [[rows.source[row], rows.target[row]] if compared else ["", ""] for row in where]
    return TranslationPart(source, target, rows.site[where], np.array(told, dtype=np.str_).reshape(-1, 2))


def _padded(sentences: Sequence[Sequence[int]], width: int) -> NDArray[np.uint16]:
    found = np.full((len(sentences), width), PADDING, dtype=np.uint16)
    for row, sentence in zip(found, sentences, strict=True):
        row[: len(sentence)] = sentence
    return found


def _spread(site: NDArray[np.int32], rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return which of `rows` stay where there are more than `most`: evenly spread, every site with its share."""
    if len(rows) <= most:
        return rows
    of_sites = [rows[site[rows] == one] for one in np.unique(site[rows])]
    return np.sort(np.concatenate([own[evenly(len(own), max(1, len(own) * most // len(rows)))] for own in of_sites]))


def _check_parts(parts: Mapping[str, NDArray[np.int64]], where: str) -> None:
    """Raise DataError where one of the first three parts is empty: a few sources make up nearly all pairs."""
    if all(len(parts[name]) for name in PART_NAMES[:3]):
        return
    raise DataError(
        LocalText(
            ja="同じ原文の対訳が多く、学習・検証・テストに分けられません。",
            en="Too many pairs share their source: training, validation and test can't be kept apart.",
        ),
        where=where,
        cure=LocalText(ja="異なる原文の対訳を追加してください。", en="Add pairs with other sources."),
    )
