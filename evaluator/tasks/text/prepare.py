"""From files to windows: read, cut by site and position, encode with the training text's characters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evaluator.errors import DataError
from evaluator.intake.split import NEW_PART_SHARES, NEW_SHARE, PART_SHARES, choose_new_sites
from evaluator.intake.text import read_texts
from evaluator.records import OptionValue
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.text.budgets import SIZES, Sizes
from evaluator.tasks.text.data import Architecture, TextData, TextFacts, TextPart, load, write
from evaluator.tasks.text.question import check_length, checked_options, read_streams
from evaluator.tasks.text.symbols import encode, vocabulary, windows
from evaluator.tasks.text.thinning import thinned, told_thinned
from evaluator.tasks.text.unknowns import told_unknown
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.records import PoC

_KNOWN, _NEW = PART_NAMES[:3], PART_NAMES[3:]
FEWEST_SYMBOLS = 5
"""Fewer characters that repeat are no text: predicting the rare ones would look like skill."""


def prepare(poc: PoC, folder: Path) -> TextData:
    """Read the PoC's files, cut them by site and position, encode, and write arrays and facts into `folder`.

    Raises DataError when the text can't be read or is too short.
    """
    options = checked_options(poc.options)
    texts = read_texts(poc.data, aozora=str(options["aozora"]))
    found = read_streams(texts, poc.site, options)
    sizes = SIZES[poc.budget]
    text, shortened = limited(found.text, sizes.characters)
    check_length(sum(map(len, text.values())), int(options["length"]), where=Path(poc.data.files[0]).name)
    new = new_sites(text, found.own_sites, f"{poc.data.sha256}:{poc.split.seed}")
    repairs = [*(finding.text for finding in (*texts.findings, *found.findings)), *shortened]
    write(encoded(text, new, options, sizes, poc.data.sha256, repairs), folder)
    return load(folder)


def limited(text: Mapping[str, str], most: int) -> tuple[dict[str, str], tuple[LocalText, ...]]:
    """Return each site's first characters, `most` in all, every site with its share; and what is told of it."""
    total = sum(map(len, text.values()))
    if total <= most:
        return dict(text), ()
    kept = {name: one[: len(one) * most // total] for name, one in text.items()}
    used = sum(map(len, kept.values()))
    return kept, (
        LocalText(
            ja=f"{total:,} 文字のうち、各拠点の先頭から合わせて {used:,} 文字を使いました (予算の上限)。",
            en=f"Of {total:,} characters the budget allows {used:,}: each site's first ones.",
        ),
    )


def new_sites(text: Mapping[str, str], own: Sequence[str], key: str) -> tuple[str, ...]:
    """Return the sites held out as new: about a fifth of `own`, the same ones for the same `key`."""
    if not own:
        return ()
    digest = hashlib.sha256(f"sites:{key}".encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
    rows = np.repeat(np.arange(len(own)), [max(len(text[name]) // 100, 5) for name in own])
    return tuple(own[code] for code in choose_new_sites(rows, generator))


def cut(text: str, shares: Sequence[float]) -> list[str]:
    """Cut a text into pieces of these shares, in order."""
    edges = [0, *(round(share * len(text)) for share in np.cumsum(shares)[:-1]), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def pieces(text: Mapping[str, str], new: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return part → site → its text. Without sites ('') the last fifth of the text plays the new one."""
    found: dict[str, dict[str, str]] = {name: {} for name in PART_NAMES}
    for site, whole in text.items():
        earlier, later = (whole, "") if site else cut(whole, (1 - NEW_SHARE, NEW_SHARE))
        if site in new:
            earlier, later = "", whole
        for names, one, shares in ((_KNOWN, earlier, PART_SHARES), (_NEW, later, NEW_PART_SHARES)):
            for name, piece in zip(names, cut(one, shares), strict=True):
                if piece:
                    found[name][site] = piece
    return found


def encoded(
    text: Mapping[str, str],
    new: Sequence[str],
    options: Mapping[str, OptionValue],
    sizes: Sizes,
    data_hash: str,
    repairs: Sequence[LocalText],
) -> TextData:
    """Return the prepared text; `new`: the sites held out. Characters are numbered by the training part alone."""
    parts = pieces(text, new)
    symbols = vocabulary(list(parts["train"].values()), int(options["max_symbols"]))
    if len(symbols) < FEWEST_SYMBOLS:
        raise _too_few_symbols(len(symbols))
    names = [name for name in text if name]
    names = [*(name for name in names if name not in new), *(name for name in names if name in new)]
    length = int(options["length"])
    rows = {name: _part(parts[name], names, symbols, length) for name in PART_NAMES}
    kept = thinned(rows, sizes)
    facts = TextFacts(
        symbols=symbols,
        length=length,
        sites=tuple(names),
        known_sites=len(names) - len(new),
        architecture=Architecture(
            layers=int(options["layers"]),
            hidden=int(options["hidden"]),
            layer_norm=bool(options["layer_norm"]),
            recurrent_dropout=float(options["recurrent_dropout"]),
            hyper_hidden=int(options["hyper_hidden"]),
            hyper_embedding=int(options["hyper_embedding"]),
        ),
        data_hash=data_hash,
        repairs=(*repairs, *told_unknown(kept, sites=bool(names)), *told_thinned(rows, kept)),
    )
    return TextData(facts, *(kept[name] for name in PART_NAMES))


def _too_few_symbols(found: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"繰り返し現れる文字が {found} 種類しかなく、次の文字を予測する問いになりません。",
            en=f"Only {found} different characters occur often enough: there is nothing to predict.",
        ),
        cure=LocalText(ja="ふつうの文章のファイルを指定してください。", en="Give files of ordinary text."),
    )


def _part(text: Mapping[str, str], names: Sequence[str], symbols: Sequence[str], length: int) -> TextPart:
    found, sites = [np.zeros((0, length + 1), dtype=np.uint16)], [np.zeros(0, dtype=np.int32)]
    starts = [np.zeros(0, dtype=np.int64)]
    for site, piece in text.items():
        rows = windows(encode(piece, symbols), length)
        found.append(rows)
        sites.append(np.full(len(rows), names.index(site) if site else -1, dtype=np.int32))
        starts.append(np.arange(len(rows)) * length)
    return TextPart(np.concatenate(found), np.concatenate(sites), np.concatenate(starts))
