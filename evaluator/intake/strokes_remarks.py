"""What is said of pen traces: skipped, left out, or all of them unusable. Each with its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.strokes_forms import LARGEST, MOST_RAW_POINTS, Reason
from scorecards.local_text import LocalText

WHY: Mapping[Reason, LocalText] = {
    "empty": LocalText(ja="点がない", en="without points"),
    "one_point": LocalText(ja="点が 1 つだけ", en="with a single point"),
    "no_size": LocalText(ja="すべての点が同じ位置", en="with all points in one place"),
    "not_finite": LocalText(
        ja=f"座標が NaN・無限大、または絶対値が {LARGEST:.0e} を超える",
        en=f"with coordinates that are NaN, infinite or beyond {LARGEST:.0e}",
    ),
    "ragged": LocalText(ja="x と y の個数が異なる", en="with lists of x and y of different lengths"),
    "wrong_type": LocalText(
        ja="数値の並びでない、または知られた形式でない", en="that are no lists of numbers in a known form"
    ),
    "too_many_points": LocalText(
        ja=f"点が {MOST_RAW_POINTS:,} 個を超える", en=f"with more than {MOST_RAW_POINTS:,} points"
    ),
    "odd_size": LocalText(
        ja="大きさがほかの描画と 20 倍以上異なる", en="more than 20 times larger or smaller than the others"
    ),
}
_MOST_FILES = 3
_CHECK = LocalText(
    ja="書き出しに誤りがないか、該当する描画をご確認ください。", en="Check these drawings for faults in the export."
)


def reasons(skipped: Mapping[Reason, int]) -> LocalText:
    """Return how many drawings were skipped for which reason, most frequent first."""
    ordered = sorted(skipped.items(), key=lambda item: -item[1])
    return LocalText(
        ja="、".join(f"{WHY[reason].ja} {count:,} 枚" for reason, count in ordered),
        en=", ".join(f"{count:,} {WHY[reason].en}" for reason, count in ordered),
    )


def drawings_skipped(kept: int, skipped: Mapping[Reason, int]) -> Finding:
    """Tell how many drawings were skipped, of how many, and why."""
    count = sum(skipped.values())
    why = reasons(skipped)
    return Finding(
        "strokes_skipped",
        "",
        "warning",
        LocalText(
            ja=f"{kept + count:,} 枚のうち {count:,} 枚の描画を除きました: {why.ja}",
            en=f"{count:,} of {kept + count:,} drawings skipped: {why.en}.",
        ),
        _CHECK,
    )


def not_simplified(kept: int, skipped: int, most: int) -> Finding:
    """Tell how many drawings have too many turns or strokes to keep `most` points."""
    return Finding(
        "strokes_not_simplified",
        "",
        "warning",
        LocalText(
            ja=f"{kept + skipped:,} 枚のうち、{most:,} 点まで簡略化できない {skipped:,} 枚の描画を除きました。",
            en=f"{skipped:,} of {kept + skipped:,} drawings skipped: can't be simplified to {most:,} points.",
        ),
        LocalText(
            ja="必要な描画であれば、設定 max_points を大きくしてください。",
            en="Raise the option max_points if they are needed.",
        ),
    )


def read_findings(
    kept: int, skipped: Counter[Reason], broken: int, left_out: Mapping[str, LocalText], beyond: int
) -> tuple[Finding, ...]:
    """Return what reading skipped: drawings, lines, files, and drawings beyond the limit."""
    found = [drawings_skipped(kept + beyond, skipped)] if skipped else []
    if broken:
        found.append(
            Finding(
                "strokes_broken_lines",
                "",
                "warning",
                LocalText(
                    ja=f"JSON として読めない {broken:,} 行を除きました。",
                    en=f"Skipped: {count_of(broken, 'line')} of no JSON.",
                ),
                _CHECK,
            )
        )
    if left_out:
        shown = list(left_out.items())[:_MOST_FILES]
        more = len(left_out) - len(shown)
        found.append(
            Finding(
                "strokes_files_left_out",
                "",
                "warning",
                LocalText(
                    ja="読まなかったファイルがあります: "
                    + " ".join(f"{name} ({why.ja.rstrip('。')})" for name, why in shown)
                    + (f" ほか {more:,} 個。" if more else "。"),
                    en="Files left out: "
                    + "; ".join(f"{name} ({why.en.rstrip('.')})" for name, why in shown)
                    + (f"; and {more:,} more." if more else "."),
                ),
                LocalText(
                    ja="必要なファイルであれば、そのファイルだけを指定すると直し方が表示されます。",
                    en="Where one is needed, give it alone: the message then says how to mend it.",
                ),
            )
        )
    if beyond:
        found.append(
            Finding(
                "strokes_too_many",
                "",
                "info",
                LocalText(
                    ja=f"描画は先頭の {kept:,} 枚までを読みました (残り {beyond:,} 枚)。",
                    en=f"The first {kept:,} drawings were read; {beyond:,} lie beyond the limit.",
                ),
                LocalText(ja="対応は不要です。", en="Nothing needs to be done."),
            )
        )
    return tuple(found)


def nothing_usable(
    name: str, files: int, skipped: Counter[Reason], broken: int, left_out: Mapping[str, LocalText]
) -> DataError:
    """Return the error for files without a single drawing that can be used: why, in one message."""
    parts = [reasons(skipped)] if skipped else []
    if broken:
        parts.append(LocalText(ja=f"JSON でない行 {broken:,} 行", en=f"{count_of(broken, 'line')} of no JSON"))
    parts += list(left_out.values())[:1]
    why_ja, why_en = "、".join(part.ja for part in parts), ", ".join(part.en for part in parts)
    return DataError(
        LocalText(
            ja="使える描画がありません" + (f" ({why_ja.rstrip('。')})。" if parts else "。"),
            en="There is no drawing that can be used" + (f" ({why_en.rstrip('.')})." if parts else "."),
        ),
        where=name if files == 1 else f"{name} (+{files - 1})",
        cure=LocalText(
            ja='1 行に 1 枚の NDJSON ({"drawing": [[[x…], [y…]], …]}) にしてください。',
            en='Give NDJSON with one drawing a line: {"drawing": [[[x…], [y…]], …]}.',
        ),
    )
