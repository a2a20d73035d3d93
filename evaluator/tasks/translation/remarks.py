"""What is said of prepared pairs: left out, kept apart, thinned out. Each with its count, kept in the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from numpy import bool_
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.tasks.translation.scores import BY_CHARACTER
from evaluator.tasks.translation.split import normal_form
from evaluator.tasks.translation.tokens import UNKNOWN
from scorecards.local_text import LocalText

_UNITS: Mapping[str, tuple[str, str]] = {"subwords": ("部分語", "subwords"), "characters": ("文字", "characters")}


def limited(total: int, used: int) -> LocalText:
    """Tell how many pairs the budget allows."""
    return LocalText(
        ja=f"{total:,} 組の対訳のうち、全体から均等に選んだ {used:,} 組を使いました (予算の上限)。",
        en=f"Of {total:,} pairs the budget allows {used:,}: spread evenly over the file.",
    )


def across_sites(count: int) -> LocalText:
    """Tell how many pairs of new sites have a source that known sites have too."""
    return LocalText(
        ja=f"新しい拠点の対訳のうち {count:,} 組は、同じ原文 (句読点などの違いは無視) が"
        "学習側の拠点にもあるため除きました。",
        en=f"{count:,} pairs of new sites were left out: sites to learn from have the same source (punctuation "
        "and the like apart).",
    )


def near_double_sources(count: int) -> tuple[LocalText, ...]:
    """Tell how many sources are another one, written a little differently."""
    if not count:
        return ()
    return (
        LocalText(
            ja=f"大文字・小文字、全角・半角、句読点、空白の違いを除くと、ほかの原文と同じになる原文が {count:,} 文"
            "あります。学習とテストに分かれないよう、同じ区分に入れました。",
            en=f"{count:,} sources are the same as another one but for letter case, character width, punctuation or "
            "spaces. Such sources stay in one part, so that none is both learned from and tested on.",
        ),
    )


def too_long(count: int, total: int, length: int, unit: str) -> LocalText:
    """Tell how many pairs are longer than the option allows."""
    ja, en = _UNITS[unit]
    return LocalText(
        ja=f"{total:,} 組のうち {count:,} 組は、片側が {length:,} {ja}を超えるため除きました。",
        en=f"{count:,} of {total:,} pairs were left out: a side has more than {length:,} {en}.",
    )


def too_long_to_use(count: int, total: int, length: int, where: str) -> DataError:
    """Most pairs are longer than the option allows."""
    return DataError(
        LocalText(
            ja=f"{total:,} 組のうち {count:,} 組が、長さの上限 {length:,} を超えています。",
            en=f"{count:,} of {total:,} pairs are longer than the limit of {length:,}.",
        ),
        where=where,
        cure=LocalText(
            ja="設定 length を大きくするか、文ごとに区切った対訳を用意してください。",
            en="Raise the option length, or give pairs that are cut into sentences.",
        ),
    )


def unknown_tokens(target: Sequence[Sequence[int]], used: NDArray[bool_]) -> tuple[LocalText, ...]:
    """Tell how many target tokens the training rows don't know."""
    kept = [one for one, row in zip(target, used, strict=True) if row]
    unknown, total = sum(one.count(UNKNOWN) for one in map(list, kept)), sum(map(len, kept))
    if not unknown:
        return ()
    share = 100 * unknown / total
    return (
        LocalText(
            ja=f"訳文の {total:,} トークンのうち {unknown:,} ({share:.2f} %) は、学習データでまれか、学習データにない"
            "文字です。1 つの「未知のトークン」として扱います。",
            en=f"{unknown:,} of {total:,} target tokens ({share:.2f} %) are rare or absent in the training rows: all "
            "are one 'unknown' token.",
        ),
    )


def same_targets(train: Iterable[str], test: Sequence[str]) -> tuple[LocalText, ...]:
    """Tell how many test pairs have a target, by its normal form, that was learned with another source."""
    known = {normal_form(sentence) for sentence in train}
    same = sum(normal_form(sentence) in known for sentence in test)
    if not same:
        return ()
    return (
        LocalText(
            ja=f"テストの {len(test):,} 組のうち {same:,} 組は、訳文が学習データにもあります"
            " (原文は異なります。句読点などの違いは無視しました)。",
            en=f"{same:,} of {len(test):,} test pairs have a target that training has too, with another source "
            "(punctuation and the like apart).",
        ),
    )


def several_references(count: int) -> tuple[LocalText, ...]:
    """Tell how many test sources have more than one known target."""
    if not count:
        return ()
    return (
        LocalText(
            ja=f"テストの原文のうち {count:,} 文には訳文が 2 通り以上あります。BLEU と chrF では 1 文を 1 回だけ数え、"
            "すべての訳文と比べます。",
            en=f"Test sources with more than one target: {count:,}. BLEU and chrF count each once, compared with all "
            "its targets.",
        ),
    )


def thinned(counts: Mapping[str, tuple[int, int]]) -> tuple[LocalText, ...]:
    """Tell which parts are used in part only. counts: part → rows used, rows there are."""
    listed = ", ".join(f"{name} {used:,}/{rows:,}" for name, (used, rows) in counts.items() if used < rows)
    if not listed:
        return ()
    return (
        LocalText(
            ja=f"予算の上限に合わせて、一部の対訳だけで評価・微調整します (使用/全体): {listed}",
            en=f"To keep within the budget, only some pairs are scored or fine-tuned on (used/all): {listed}.",
        ),
    )


def bleu_by(tokens: str) -> LocalText:
    """Tell what BLEU counts as a word."""
    if tokens == BY_CHARACTER:
        return LocalText(
            ja="BLEU は訳文を 1 文字ずつに区切って数えます (sacrebleu の char)。単語で数えた値とは比べられません。",
            en="BLEU counts characters as words (sacrebleu's 'char'): it does not compare with a BLEU of words.",
        )
    return LocalText(
        ja="BLEU は訳文を単語に区切って数えます (sacrebleu の 13a)。", en="BLEU counts words (sacrebleu's '13a')."
    )
