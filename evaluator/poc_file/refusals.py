"""What is wrong with a PoC file, said with its line and the way out: no PoC file, no such column, no split column."""

from __future__ import annotations

from evaluator.errors import ScorecardError
from evaluator.records import ColumnKind
from scorecards.local_text import LocalText
from scorecards.strict_yaml import YamlNode, closest


def no_poc_file(where: str, data: str) -> ScorecardError:
    """Return the error for a file that is no PoC file, probably the data itself; its contents are not repeated."""
    return ScorecardError(
        LocalText(ja="これは PoC のファイル (YAML) ではありません。", en="This is no PoC file (YAML)."),
        where=where,
        cure=LocalText(
            ja=f"データから作るには: python -m evaluator new {data} -o poc.yaml",
            en=f"To make one from data: python -m evaluator new {data} -o poc.yaml",
        ),
    )


def no_split_column(node: YamlNode, by: str, columns: dict[str, ColumnKind]) -> ScorecardError:
    """Return the error for a split that needs a column and has none; names those that would fit."""
    wanted: tuple[ColumnKind, ...] = ("date",) if by == "time" else ("identifier", "categorical")
    fitting = [name for name, kind in columns.items() if kind in wanted][:10]
    listed_ja = f"使える列の例: {'、'.join(fitting)}。" if fitting else ""
    listed_en = f" For instance: {', '.join(fitting)}." if fitting else ""
    if by == "time" and not fitting:
        listed_ja, listed_en = "この表に日付の列はありません。", " This table has no column of dates."
    return node.error(
        LocalText(ja=f"by: {by} には split.column が必要です。", en=f"by: {by} needs split.column, which is missing."),
        cure=LocalText(
            ja=f"分割に使う列名を column に書いてください。{listed_ja}",
            en=f"Name the column to split by under column.{listed_en}",
        ),
    )


def must_be_column(node: YamlNode, columns: dict[str, ColumnKind], others: tuple[str, ...]) -> None:
    """Raise ScorecardError where the node names neither one of the columns nor one of `others`."""
    name = node.scalar
    if name in columns or name in others:
        return
    guess = closest(name, tuple(columns))
    raise node.error(
        LocalText(ja=f"「{name}」という列は columns にありません。", en=f"There is no column '{name}' under columns."),
        cure=LocalText(
            ja=f"「{guess}」のことではありませんか。" if guess else "columns にある名前を書いてください。",
            en=f"Did you mean '{guess}'?" if guess else "Use one of the names under columns.",
        ),
    )
