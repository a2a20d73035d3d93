"""Why a column can't be what is predicted: it holds text among its numbers, or never changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluator.errors import DataError
from evaluator.intake.remarks_wording import count_of, shorten
from scorecards.local_text import LocalText

MOSTLY_NUMBERS = 0.5
"""From this share of numbers on a column of text was probably meant to be one of numbers."""


def no_target(frame: pd.DataFrame, names: Sequence[str]) -> DataError:
    """Return the error for a table without a column to predict. `names`: the columns that might have been one."""
    told = [found for name in names if (found := why_not(frame[name])) is not None][:3]
    return DataError(
        LocalText(
            ja="予測できる数値の列がありません。" + "".join(text.ja for text in told),
            en="There is no numeric column to predict." + "".join(f" {text.en}" for text in told),
        ),
        cure=LocalText(
            ja="変化する数値の列を含む表を指定してください。数値でないセルは、正しい数値に直すか空にしてください。",
            en="Give a table with a numeric column that varies. Cells that are no numbers: correct or empty them.",
        ),
    )


def not_numeric(frame: pd.DataFrame, name: str, *, taken: bool) -> DataError:
    """Return the error for a target that is no column of numbers; `taken`: it is the time or the site."""
    why = None if taken else why_not(frame[name])
    return DataError(
        LocalText(
            ja=f"列「{name}」は予測できる数値の列ではありません。" + (why.ja if why else ""),
            en=f"'{name}' is no numeric column to predict." + (f" {why.en}" if why else ""),
        ),
        where="target",
        cure=LocalText(
            ja="日時・拠点以外の数値の列を選んでください。数値でないセルは、正しい数値に直すか空にしてください。",
            en="Choose a numeric column, not the time or the site. Cells that are no numbers: correct or empty them.",
        ),
    )


def why_not(column: pd.Series) -> LocalText | None:
    """Return why a column that looks like one of numbers can't be predicted, None where it doesn't look like one."""
    known = column.dropna()
    numbers = pd.to_numeric(known.astype(str), errors="coerce")
    odd = known[numbers.isna()].astype(str)
    if not len(known) or len(odd) > (1 - MOSTLY_NUMBERS) * len(known):
        return None
    name = str(column.name)
    if len(odd):
        shown = ", ".join(shorten(text, 20) for text in dict.fromkeys(odd.head(1_000).tolist()))[:60]
        return LocalText(
            ja=f"列「{name}」は {len(column):,} 行中 {len(odd):,} 行が数値ではありません (例: {shown})。",
            en=f"'{name}' holds no number in {len(odd):,} of {count_of(len(column), 'row')} (such as {shown}).",
        )
    if known.nunique() > 1:
        return None
    value = shorten(str(known.iloc[0]), 20)
    return LocalText(ja=f"列「{name}」の値はすべて {value} です。", en=f"'{name}' is {value} throughout.")
