"""The business assumptions as rows of a form: shares are read and asked in per cent, and stored as fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from scorecards.assumptions import ASSUMPTION_LIMITS, Assumption
from scorecards.errors import ScorecardError
from scorecards.formats import significant, unit_label
from scorecards.local_text import Language, LocalText

ENDS = ("low", "likely", "high")
_DIGITS = 12


def entry(value: float, unit: str) -> float:
    """Return a stored value as the form shows it: a share in per cent."""
    return round(value * 100, _DIGITS) if unit == "share" else value


def stored(entered: object, before: float, unit: str) -> float:
    """Return an entered value as it is stored; untouched it is `before` to the last digit, an empty cell is NaN."""
    value = float(entered) if isinstance(entered, int | float) else math.nan
    if value == entry(before, unit):
        return before
    return round(value / 100, _DIGITS) if unit == "share" else value


def assumption_rows(values: Sequence[Assumption], language: Language, currency: str) -> pd.DataFrame:
    """Return a row an assumption: `title`, `low`, `likely`, `high`, `unit`."""
    return pd.DataFrame(
        {
            "title": [item.title.in_language(language) for item in values],
            **{end: [entry(getattr(item, end), item.unit) for item in values] for end in ENDS},
            "unit": [_unit(item, language, currency) for item in values],
        }
    )


def changed_assumptions(values: Sequence[Assumption], rows: pd.DataFrame) -> Mapping[str, Assumption]:
    """Return the assumptions as the rows now give them.

    Raises ScorecardError, in the form's own units, for a value out of its limits or a range out of order.
    """
    changed = {}
    for item, row in zip(values, rows.to_dict("records"), strict=True):
        low, likely, high = (stored(row[end], getattr(item, end), item.unit) for end in ENDS)
        changed[item.id] = replace(item, low=low, likely=likely, high=high)
        _check(changed[item.id])
    return changed


def _check(item: Assumption) -> None:
    least, most = ASSUMPTION_LIMITS[item.id]
    for value in (item.low, item.likely, item.high):
        if not least <= value <= most:
            none = LocalText(ja=f"「{item.title.ja}」の値が空です。", en=f"'{item.title.en}' has an empty value.")
            wrong = _said(item, "「{title}」に {value} は使えません。", "'{title}' can't be {value}.", value=value)
            raise ScorecardError(
                none if math.isnan(value) else wrong,
                cure=_said(
                    item,
                    "{least} から {most} までの値を入力してください。",
                    "Enter a value from {least} to {most}.",
                    least=least,
                    most=most,
                ),
            )
    if not item.low <= item.likely <= item.high:
        raise ScorecardError(
            _said(
                item,
                "「{title}」の範囲が逆です (低め {low}、標準 {likely}、高め {high})。",
                "The range of '{title}' is out of order (low {low}, likely {likely}, high {high}).",
                low=item.low,
                likely=item.likely,
                high=item.high,
            ),
            cure=LocalText(ja="低め ≦ 標準 ≦ 高め にしてください。", en="Make it low ≤ likely ≤ high."),
        )


def _said(item: Assumption, ja: str, en: str, **values: float) -> LocalText:
    figures = {name: _figure(value, item.unit) for name, value in values.items()}
    return LocalText(ja=ja.format(title=item.title.ja, **figures), en=en.format(title=item.title.en, **figures))


def _figure(value: float, unit: str) -> str:
    number = significant(entry(value, unit), 6)
    return f"{number} %" if unit == "share" else number


def _unit(item: Assumption, language: Language, currency: str) -> str:
    return "%" if item.unit == "share" else unit_label(item.unit, language, currency)
