"""Which column of the pairs names the sites, and which sites are large enough to stand for themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.pairs import ReadPairs
from evaluator.intake.remarks_wording import count_of
from scorecards.local_text import LocalText

OTHERS = "(others)"
LEAST_PAIRS = 20
"""Pairs of a site: with fewer its six parts would be empty."""
MOST_SITES = 24
"""So many sites with the most pairs are kept; the others become one."""
MOST_DISTINCT = 200
"""A column of more different values names sentences' authors or licences, not sites."""


def proposed(pairs: ReadPairs) -> tuple[str, LocalText | None]:
    """Return the first further column that divides the pairs into sites, and why; '' where there is none."""
    for name, column in pairs.columns.items():
        counts = Counter(value for value in column if value)
        large = sum(count >= LEAST_PAIRS for count in counts.values())
        if large > 1 and len(counts) <= MOST_DISTINCT:
            return name, LocalText(
                ja=f"列「{name}」に、{LEAST_PAIRS} 組以上の対訳を持つ値が {large:,} 種類あるためです。",
                en=f"Column '{name}' has {large:,} values with {LEAST_PAIRS} pairs or more.",
            )
    return "", None


def site_labels(pairs: ReadPairs, site: str) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Return each pair's site ('' without sites), small ones merged into OTHERS, and what is said of it.

    Raises DataError where there is no such column, or fewer than two sites are large enough.
    """
    if not site:
        return ("",) * len(pairs.source), ()
    if site not in pairs.columns:
        raise _no_column(site, list(pairs.columns))
    column = pairs.columns[site]
    counts = Counter(value for value in column if value)
    by_size = sorted((one for one in counts if counts[one] >= LEAST_PAIRS), key=lambda one: (-counts[one], one))
    kept = set(by_size[:MOST_SITES])
    if len(kept) < 2:
        raise _too_few(site, len(counts), len(kept))
    merged = sum(value not in kept for value in column)
    labels = tuple(value if value in kept else OTHERS for value in column)
    return labels, (_merged(len(counts) - len(kept), merged),) if merged else ()


def _merged(sites: int, rows: int) -> Finding:
    return Finding(
        "pairs_small_sites",
        "",
        "info",
        LocalText(
            ja=f"対訳が {LEAST_PAIRS} 組に満たない拠点、多い順に {MOST_SITES} 番目より後の拠点 ({sites:,} か所)、"
            f"拠点名が空の対訳を、1 つの拠点「{OTHERS}」にまとめました (計 {rows:,} 組)。",
            en=f"{count_of(sites, 'site')} with fewer than {LEAST_PAIRS} pairs or beyond the {MOST_SITES} largest, and "
            f"pairs without a site, became one site '{OTHERS}' ({rows:,} pairs in all).",
        ),
        LocalText(
            ja="分けて扱う場合は、拠点の列をご確認ください。", en="Check the column of sites if they should stay apart."
        ),
    )


def _no_column(site: str, known: Sequence[str]) -> DataError:
    listed = ", ".join(known)
    return DataError(
        LocalText(
            ja=f"原文と訳文のほかに、列「{site}」はありません。",
            en=f"Beside source and target there is no column '{site}'.",
        ),
        where="--site",
        cure=LocalText(
            ja=f"次のいずれかを指定してください: {listed}" if known else "3 列目に拠点名を加えた TSV が必要です。",
            en=f"Choose one of: {listed}." if known else "Give a TSV whose third column names the site.",
        ),
    )


def _too_few(site: str, found: int, large: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"列「{site}」の {found:,} 拠点のうち、{LEAST_PAIRS} 組以上の対訳があるのは {large:,} か所だけです。",
            en=f"Of {found:,} sites in column '{site}', {large:,} have {LEAST_PAIRS} pairs or more.",
        ),
        where="--site",
        cure=LocalText(
            ja="2 か所以上に十分な対訳を用意するか、拠点なしで実行してください。",
            en="Give enough pairs of two sites or more, or run without sites.",
        ),
    )
