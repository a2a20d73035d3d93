"""The question that Blueprint would ask of pairs of sentences: direction, sites, and whether there are enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.pairs import ReadPairs, detect_pairs, read_pairs
from evaluator.records import OptionValue
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.translation.budgets import SIZES, effort
from evaluator.tasks.translation.options import OPTIONS
from evaluator.tasks.translation.sites import proposed, site_labels
from scorecards.local_text import LocalText

LEAST_PAIRS = 200
"""With fewer, validation and test would be a handful of sentences."""


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the pairs in `files`: one of columns, or two aligned ones, the source's first.

    `asked.site`: a further column; '' for none; None to find out. Raises DataError.
    """
    options = {option.name: asked.options.get(option.name, option.default) for option in OPTIONS}
    _check_asked(asked)
    source = detect_pairs(files, header=asked.header)
    pairs = directed(read_pairs(source), options)
    check_count(len(pairs.source), where=Path(source.files[0]).name)
    site, reason = proposed(pairs) if asked.site is None else (asked.site, None)
    labels, merged = site_labels(pairs, site)
    reasons = {"swap": _direction(pairs)} | ({} if reason is None else {"site": reason})
    return Question(
        source=source,
        target="",
        target_kind="translation",
        site=site,
        options=options,
        rows=len(pairs.source),
        features=int(options["length"]),
        sites=len(set(labels)) if site else 0,
        reasons=reasons,
        effort=effort(int(options["hidden"]), str(options["unit"])),
        findings=(*pairs.findings, *merged, *_large(len(pairs.source))),
    )


def directed(pairs: ReadPairs, options: Mapping[str, OptionValue]) -> ReadPairs:
    """Return the pairs in the direction asked for."""
    if not options["swap"]:
        return pairs
    return replace(pairs, source=pairs.target, target=pairs.source, names=(pairs.names[1], pairs.names[0]))


def check_count(pairs: int, *, where: str) -> None:
    """Raise DataError where there are too few pairs."""
    if pairs < LEAST_PAIRS:
        raise DataError(
            LocalText(
                ja=f"対訳が少なすぎます。使えるのは {pairs:,} 組ですが、少なくとも {LEAST_PAIRS} 組が必要です。",
                en=f"There are too few pairs: {pairs:,} can be used, where at least {LEAST_PAIRS} are needed.",
            ),
            where=where,
            cure=LocalText(ja="対訳を追加してください。", en="Add more pairs."),
        )


def checked_options(given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return every option, those not given by default (a PoC made by hand may list a few only)."""
    from evaluator.tasks import task

    return checked(task("translation"), given)


def _direction(pairs: ReadPairs) -> LocalText:
    return LocalText(
        ja=f"「{pairs.names[0]}」から「{pairs.names[1]}」へ訳します。逆方向は設定 swap で選べます。",
        en=f"'{pairs.names[0]}' is translated into '{pairs.names[1]}'; the option swap turns that around.",
    )


def _check_asked(asked: Asked) -> None:
    """Raise DataError for what only tables have: a target column, other ways to split."""
    if asked.target:
        raise DataError(
            LocalText(
                ja="翻訳に目的列の指定はありません。1 列目 (1 つ目のファイル) から 2 列目へ訳します。",
                en="Translation has no target column: the first column (or file) is translated into the second.",
            ),
            where="--target",
            cure=LocalText(
                ja="--target を外してください。逆方向に訳す場合は --option swap=true を指定してください。",
                en="Leave --target out; --option swap=true translates the other way.",
            ),
        )
    if asked.split in ("group", "time"):
        raise DataError(
            LocalText(
                ja="対訳は常に、同じ原文を 1 つにまとめて無作為に分割します。",
                en="Pairs are always split at random, those of one source together.",
            ),
            where="--split",
            cure=LocalText(ja="--split を外してください。", en="Leave --split out."),
        )


def _large(pairs: int) -> tuple[Finding, ...]:
    if pairs <= SIZES["quick"].pairs:
        return ()
    limits = LocalText(
        ja="、".join(f"{name} は {sizes.pairs:,} 組" for name, sizes in SIZES.items()),
        en=", ".join(f"{sizes.pairs:,} for {name}" for name, sizes in SIZES.items()),
    )
    return (
        Finding(
            "pairs_large",
            "",
            "info",
            LocalText(
                ja=f"対訳が {pairs:,} 組あります。予算ごとの上限まで、全体から均等に選んで使います ({limits.ja})。",
                en=f"There are {pairs:,} pairs; they are thinned out evenly to the budget's limit ({limits.en}).",
            ),
            LocalText(ja="すべてを使う場合は、予算を上げてください。", en="Choose a larger budget to use more."),
        ),
    )
