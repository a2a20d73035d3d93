"""What is said of pairs of sentences: refused, mended, or left out. Each with its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.text_remarks import controls_removed, garbled
from scorecards.local_text import LocalText

_AS_COLUMNS = LocalText(
    ja="1 行に「原文 (タブ) 訳文」の形 (TSV、UTF-8) で保存するか、行がそろった 2 つのファイルを指定してください。",
    en="Save one pair a line as source, tab, target (TSV, UTF-8), or give two files whose lines belong together.",
)
_CHECK_PAIRS = LocalText(
    ja="件数が多い場合は、対訳の作り方や書き出し方をご確認ください。",
    en="If there are many, check how the pairs were made or exported.",
)


def left_out(counts: Counter[str], total: int, longest: int) -> tuple[Finding, ...]:
    """Tell how many of `total` pairs were left out, and why.

    counts: 'empty' one side is, 'blank' both are, 'long' a side is over `longest` characters, 'copied' the target is
    the source, 'repeated' the pair came before.
    """
    reasons = {
        "empty": LocalText(ja="片側が空", en="one side is empty"),
        "blank": LocalText(ja="空行", en="blank lines"),
        "long": LocalText(ja=f"{longest:,} 文字を超える文", en=f"a side of more than {longest:,} characters"),
        "copied": LocalText(ja="訳文が原文と同じ", en="the target repeats the source"),
        "repeated": LocalText(ja="前にある対訳と重複", en="the pair came before"),
    }
    found = {reason: counts[reason] for reason in reasons if counts[reason]}
    listed = LocalText(
        ja="、".join(f"{reasons[reason].ja} {count:,}" for reason, count in found.items()),
        en=", ".join(f"{reasons[reason].en}: {count:,}" for reason, count in found.items()),
    )
    left = sum(found.values())
    return (
        Finding(
            "pairs_left_out",
            "",
            "warning" if set(found) - {"repeated", "blank"} else "info",
            LocalText(
                ja=f"{total:,} 組のうち {left:,} 組を除きました ({listed.ja})。",
                en=f"{left:,} of {count_of(total, 'pair')} {_was(left)} left out ({listed.en}).",
            ),
            _CHECK_PAIRS,
        ),
    )


def made_plain(removed: Counter[str]) -> tuple[Finding, ...]:
    """Tell what was taken out of the sentences themselves."""
    found = []
    if removed["nul"] + removed["control"]:
        found.append(controls_removed(removed["nul"], removed["control"]))
    if removed["garbled"]:
        found.append(garbled(removed["garbled"]))
    if removed["stray"]:
        found.append(
            Finding(
                "pairs_stray_returns",
                "",
                "warning",
                LocalText(
                    ja=f"行の途中にある改行文字 (CR) {removed['stray']:,} 個を空白に置き換えました。",
                    en=f"{count_of(removed['stray'], 'carriage return')} inside lines replaced by spaces.",
                ),
                _CHECK_PAIRS,
            )
        )
    if removed["quoted"]:
        found.append(
            Finding(
                "pairs_quoted",
                "",
                "info",
                LocalText(
                    ja=f"表計算ソフトが付けた引用符を {removed['quoted']:,} 個のセルから外しました。",
                    en=f"Removed: a spreadsheet's quotation marks around {count_of(removed['quoted'], 'cell')}.",
                ),
                LocalText(ja="対応は不要です。", en="Nothing needs to be done."),
            )
        )
    return tuple(found)


def several_targets(count: int) -> Finding:
    """Tell how many sources have more than one translation: they stay together in one part."""
    return Finding(
        "pairs_several_targets",
        "",
        "info",
        LocalText(
            ja=f"訳文が 2 通り以上ある原文が {count:,} 文あります。同じ原文の対訳は、学習とテストに分かれないよう"
            "同じ区分に入れます。",
            en=f"{count_of(count, 'source')} {_has(count)} more than one target. Pairs of one source stay in one part, "
            "so that none is both learned from and tested on.",
        ),
        LocalText(ja="対応は不要です。", en="Nothing needs to be done."),
    )


def unequal_lines(names: Sequence[str], counts: Sequence[int]) -> DataError:
    """Two aligned files differ in length."""
    return DataError(
        LocalText(
            ja=f"2 つのファイルの行数が異なります ({names[0]}: {counts[0]:,} 行、{names[1]}: {counts[1]:,} 行)。",
            en=f"The two files differ in length: {names[0]} has {count_of(counts[0], 'line')}, "
            f"{names[1]} has {counts[1]:,}.",
        ),
        where=" + ".join(names),
        cure=LocalText(
            ja="n 行目どうしが対訳になるように、欠けている行や余分な行を直してください。",
            en="Mend missing or extra lines, so that line n of one file translates line n of the other.",
        ),
    )


def one_column(name: str, without: int, total: int) -> DataError:
    """A file of columns has no second one."""
    return DataError(
        LocalText(
            ja=f"{total:,} 行のうち {without:,} 行に列が 1 つしかなく、訳文が見つかりません。",
            en=f"{without:,} of {count_of(total, 'line')} {_has(without)} one column only: there is no target.",
        ),
        where=name,
        cure=_AS_COLUMNS,
    )


def too_many_files(names: Sequence[str], where: str) -> DataError:
    """More than two files were given."""
    shown = ", ".join(names[:6])
    return DataError(
        LocalText(
            ja=f"{len(names):,} 個のファイルがあり、どれとどれが対訳か分かりません ({shown})。",
            en=f"There are {len(names):,} files, and nothing tells which belong together ({shown}).",
        ),
        where=where,
        cure=LocalText(
            ja="対訳の TSV を 1 つ、または原文・訳文の順に 2 つのファイルを指定してください。",
            en="Name one TSV of pairs, or two files: the source's first, then the target's.",
        ),
    )


def all_alike(where: str) -> DataError:
    """Every target is its source."""
    return DataError(
        LocalText(ja="すべての訳文が原文と同じです。", en="Every target is the same as its source."),
        where=where,
        cure=LocalText(
            ja="同じファイルや同じ列を 2 回指定していないか、ご確認ください。",
            en="Check that the same file, or the same column, was not given twice.",
        ),
    )


def no_pairs(lines: int, where: str) -> DataError:
    """No line holds a pair."""
    return DataError(
        LocalText(
            ja=f"{lines:,} 行を読みましたが、原文と訳文のそろった行がありません。",
            en=f"{count_of(lines, 'line')} {_was(lines)} read, and none holds both a source and a target.",
        ),
        where=where,
        cure=_AS_COLUMNS,
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
