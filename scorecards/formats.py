"""Figures as people read them: three significant digits, a unit always, in Japanese and in English.

Stored units that are understood: `s`, `B`, `J`, `FLOP`, `share`, `ratio`, `pt`, `score`, counts (`steps`, `parameters`,
`trials`, `count`, …) and money (`format_money`). An unknown unit is written behind the number as it stands.
Negative figures carry a true minus sign (U+2212). An infinite time is 'never' / 「到達せず」, a missing figure '—'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scorecards.local_text import Language, LocalText

MISSING = "—"
NEVER = LocalText(ja="到達せず", en="never")
MINUS = "\u2212"
_MANY_SITES = 100_000
_THOUSAND = 1e3
RATIO_UNITS = frozenset({"ratio", "x", "×", "倍", "times"})
SCORE_UNITS = frozenset({"", "score", "nat", "bit", "target unit"})

_TIME_STEPS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_TIME_TURNS = {"h": 5400.0, "min": 90.0, "s": 1.0, "ms": 1e-3}
_THOUSANDS = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_COUNTS = {
    "steps": LocalText(ja="ステップ", en="steps"),
    "parameters": LocalText(ja="個", en="parameters"),
    "trials": LocalText(ja="回", en="trials"),
    "sites": LocalText(ja="拠点", en="sites"),
    "count": LocalText(ja="", en=""),
}
_UNIT_WORDS = {
    "score": LocalText(ja="スコア", en="score"),
    "share": LocalText(ja="割合", en="share"),
    "steps": LocalText(ja="ステップ", en="steps"),
    "parameters": LocalText(ja="個", en="parameters"),
    "trials": LocalText(ja="回", en="trials"),
    "sites": LocalText(ja="拠点", en="sites"),
    "count": LocalText(ja="個", en="count"),
    "target unit": LocalText(ja="目的変数の単位", en="unit of the target"),
}
_WHOLE_CURRENCIES = frozenset({"JPY", "KRW"})
_SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "CNY": "CN¥", "KRW": "₩", "INR": "₹"}
_ASSUMPTION_UNITS = {
    "year": LocalText(ja="年", en="year"),
    "month": LocalText(ja="月", en="month"),
    "h": LocalText(ja="時間", en="h"),
    "hour": LocalText(ja="時間", en="h"),
    "hours": LocalText(ja="時間", en="h"),
    "min": LocalText(ja="分", en="min"),
    "minutes": LocalText(ja="分", en="min"),
    "site": LocalText(ja="拠点", en="site"),
    "sites": LocalText(ja="拠点", en="sites"),
    "updates": LocalText(ja="回", en="updates"),
    "retrainings": LocalText(ja="回", en="retrainings"),
    "finetunes": LocalText(ja="回", en="fine-tunings"),
    "times": LocalText(ja="回", en="times"),
    "count": LocalText(ja="", en=""),
    "x": LocalText(ja="倍", en="×"),
    "ratio": LocalText(ja="倍", en="×"),
    "point": LocalText(ja="pt", en="pt"),
    "share": LocalText(ja="", en=""),
}


def significant(value: float, digits: int = 3) -> str:
    """Return `value` with at most `digits` significant digits, thousands set apart, trailing zeros dropped."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else (MISSING if math.isnan(value) else "∞")
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    text = f"{abs(rounded):,.{max(0, min(decimals, 12))}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if rounded < 0 else "") + text


def format_value(
    value: float | None, unit: str, language: Language, *, signed: bool | None = None, digits: int = 3
) -> str:
    """Return `value` (in its stored `unit`) with its unit; `signed` shows a plus too (the default for points).

    `digits`: significant ones, for ratios, scores, shares and points.
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return NEVER.in_language(language) if value > 0 else f"{MINUS}∞"
    return _joined(*_parts(value, unit, language, signed=signed, digits=digits))


def interval(
    low: float | None, high: float | None, unit: str, language: Language, *, digits: tuple[int, int] = (3, 3)
) -> str:
    """Return an interval, its unit once where both ends share it; an infinite end is said in words.

    `digits`: significant ones of the lower and of the upper end.
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    if math.isinf(low) and math.isinf(high):
        if low > 0:
            return NEVER.in_language(language)
        return "不明" if language == "ja" else "not known"
    if math.isinf(high):
        text = format_value(low, unit, language, digits=digits[0])
        return f"{text} 〜 上限なし" if language == "ja" else f"{text} and up"
    if math.isinf(low):
        text = format_value(high, unit, language, digits=digits[1])
        return f"{text} 以下、下限なし" if language == "ja" else f"{text} and down"
    (first, first_suffix), (last, last_suffix) = (
        _parts(end, unit, language, signed=None, digits=count) for end, count in zip((low, high), digits, strict=True)
    )
    if first == last and first_suffix == last_suffix:
        return _joined(first, first_suffix)
    until = " 〜 " if language == "ja" else " to "
    left = first if first_suffix == last_suffix else _joined(first, first_suffix)
    return f"{left}{until}{_joined(last, last_suffix)}"


def format_money(value: float | None, currency: str, language: Language, *, signed: bool = False) -> str:
    """Return an amount: 万 / 億 in Japanese, M / B in English, no fractions of a yen. `currency`: ISO 4217."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return ("−" if value < 0 else "") + "∞"
    size = float(f"{abs(value):.2e}")
    size = round(size, 0 if currency in _WHOLE_CURRENCIES else 2)
    sign = MINUS if value < 0 and size > 0 else ("+" if signed and size > 0 else "")
    scales: Sequence[tuple[float, str]] = (
        ((1e12, "兆"), (1e8, "億"), (1e4, "万")) if language == "ja" else ((1e12, "T"), (1e9, "B"), (1e6, "M"))
    )
    for scale, name in scales:
        if size >= scale:
            return f"{sign}{money_symbol(currency)}{significant(size / scale)}{name}"
    return f"{sign}{money_symbol(currency)}{significant(size)}"


def format_money_beside(
    value: float, largest: float, currency: str, language: Language, *, signed: bool = False
) -> str:
    """Return an amount in the one scale that suits `largest`, so that the figures of a chart or a line compare.

    Beside ¥11.3M a quarter of a million is ¥0.26M, and what vanishes at that scale is '≈ ¥0'. English amounts below a
    million are written out, as `format_money` writes them: 'k' is for axes alone.
    """
    if not math.isfinite(value) or not math.isfinite(largest) or largest == 0:
        return format_money(value, currency, language, signed=signed)
    scale, unit = money_scale(largest, currency, language)
    if language == "en" and scale == _THOUSAND:
        return format_money(value, currency, language, signed=signed)
    size = abs(value) / scale
    decimals = 2 if size < 1 else min(2, max(0, 2 - math.floor(math.log10(size))))
    decimals = 0 if scale == 1 and currency in _WHOLE_CURRENCIES else decimals
    number = round(size, decimals)
    symbol, name = money_symbol(currency), _scale_name(scale, unit, language)
    if number == 0:
        return f"{symbol}0" if value == 0 else f"≈ {symbol}0"
    text = f"{number:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{MINUS if value < 0 else '+' if signed else ''}{symbol}{text}{name}"


def format_money_together(values: Sequence[float], currency: str, language: Language) -> tuple[str, ...]:
    """Return the amounts of one sentence, all in the scale that suits the largest of them."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return tuple(format_money_beside(value, largest, currency, language) for value in values)


def _scale_name(scale: float, unit: str, language: Language) -> str:
    if scale == 1:
        return ""
    return unit[0] if language == "ja" else unit[-1]


def money_symbol(currency: str) -> str:
    """Return the currency's symbol, or its code and a space."""
    return _SYMBOLS.get(currency, f"{currency} ")


def money_scale(largest: float, currency: str, language: Language) -> tuple[float, str]:
    """Return (divisor, axis unit) for amounts up to `largest`, e.g. (10000, '万円') or (1000000, '¥M')."""
    name = "円" if currency == "JPY" else f" {currency}"
    if language == "ja":
        for scale, word in ((1e8, "億"), (1e4, "万")):
            if abs(largest) >= scale * 3:
                return scale, f"{word}{name}"
        return 1.0, name.strip()
    symbol = money_symbol(currency).strip()
    for scale, word, least in ((1e9, "B", 1e9), (1e6, "M", 1e6), (1e3, "k", 3e3)):
        if abs(largest) >= least:
            return scale, f"{symbol} {word}"
    return 1.0, symbol


def fold(ratio: float | None, language: Language) -> str:
    """Return a ratio as the meeting says it: '290 分の 1' / '1/290' below a half, otherwise '1.3 倍' / '1.3×'."""
    if ratio is None or not math.isfinite(ratio) or ratio <= 0 or ratio > 0.5:
        return format_value(ratio, "ratio", language)
    parts = significant(1 / ratio, 2 if 1 / ratio < 100 else 3)
    return f"{parts} 分の 1" if language == "ja" else f"1/{parts}"


def format_share(share: float | None, language: Language) -> str:
    """Return a share of one as per cent."""
    return format_value(share, "share", language)


def format_months(months: float | None, language: Language) -> str:
    """Return a payback time; None is 'never pays back within the horizon'."""
    if months is None or not math.isfinite(months):
        return "回収せず" if language == "ja" else "no payback"
    if months < 1:
        return "1 か月未満" if language == "ja" else "under 1 month"
    count = significant(round(months))
    return f"{count} か月" if language == "ja" else f"{count} month{'' if count == '1' else 's'}"


def format_sites(sites: int | None, language: Language) -> str:
    """Return a number of sites; None says that no number of sites breaks even."""
    if sites is None:
        return "なし" if language == "ja" else "none"
    if sites >= _MANY_SITES:
        scale, name = (1e4, "万") if language == "ja" else (1e6, "M")
        number = f"{significant(sites / scale)}{name}"
        return f"{number} 拠点" if language == "ja" else f"{number} sites"
    return f"{sites:,} 拠点" if language == "ja" else f"{sites:,} site{'' if sites == 1 else 's'}"


def format_probability(share: float, language: Language) -> str:
    """Return a probability estimated from draws as per cent; never 0 % or 100 %, which draws cannot show."""
    if share > 0.999:
        return "99.9 % 以上" if language == "ja" else "over 99.9 %"
    if share < 0.001:
        return "0.1 % 未満" if language == "ja" else "under 0.1 %"
    return format_value(share, "share", language)


def format_date(moment: str) -> str:
    """Return the ISO date of an ISO moment."""
    return moment[:10]


def unit_label(unit: str, language: Language, currency: str = "JPY") -> str:
    """Return an assumption's unit in words: 'JPY/h' → '¥/時間', 'updates/year' → '回/年'."""
    labels = []
    for part in unit.replace(" per ", "/").split("/"):
        word = part.strip()
        if word in (currency, "currency", "money"):
            labels.append(money_symbol(currency).strip())
        elif word in _ASSUMPTION_UNITS:
            labels.append(_ASSUMPTION_UNITS[word].in_language(language))
        else:
            labels.append(word)
    return "/".join(label if label != "1" else "回" if language == "ja" else "1" for label in labels).strip("/")


def unit_word(unit: str, language: Language) -> str:
    """Return a stored unit as a table's column says it: 'ratio' → '倍' / '×', 'score' → 'スコア' / 'score'."""
    if unit in RATIO_UNITS:
        return "倍" if language == "ja" else "×"
    return _UNIT_WORDS[unit].in_language(language) if unit in _UNIT_WORDS else unit


def axis_scale(largest: float, unit: str, language: Language) -> tuple[float, str]:
    """Return (divisor, unit in words) for an axis whose largest value is `largest` in the stored `unit`."""
    size = abs(largest)
    if unit == "s":
        name = _time(size)[1].strip()
        return next(length for length, word in _TIME_STEPS if word == name), name
    if unit in ("B", "bytes", "J", "FLOP", "Wh"):
        base = "B" if unit == "bytes" else unit
        scale, prefix = next(((scale, prefix) for scale, prefix in _THOUSANDS if size >= scale), (1.0, ""))
        return scale, f"{prefix}{base}"
    if unit == "share":
        return 0.01, "%"
    if unit in RATIO_UNITS:
        return 1.0, "倍" if language == "ja" else "×"
    if unit in SCORE_UNITS:
        return 1.0, ""
    return 1.0, _COUNTS[unit].in_language(language) if unit in _COUNTS else unit


def _parts(value: float, unit: str, language: Language, *, signed: bool | None, digits: int = 3) -> tuple[str, str]:
    """Return (number, suffix); the suffix carries its own leading space."""
    show_plus = unit == "pt" if signed is None else signed
    if unit == "s":
        number, suffix = _time(value)
    elif unit in ("B", "bytes"):
        number, suffix = _scaled(value, "B")
    elif unit in ("J", "FLOP", "Wh"):
        number, suffix = _scaled(value, unit)
    elif unit == "share":
        number, suffix = significant(value * 100, digits), " %"
    elif unit in RATIO_UNITS:
        number, suffix = significant(value, digits), " 倍" if language == "ja" else "×"
    elif unit in SCORE_UNITS:
        number, suffix = significant(value, digits), ""
    elif unit in _COUNTS:
        word = _COUNTS[unit].in_language(language)
        number, suffix = _count(value), f" {word}" if word else ""
    else:
        number, suffix = significant(value, digits), f" {unit}"
    if show_plus and value > 0 and number != "0":
        number = f"+{number}"
    return number, suffix


def _joined(number: str, suffix: str) -> str:
    return f"{number}{suffix}"


def _time(seconds: float) -> tuple[str, str]:
    size = abs(seconds)
    if size == 0:
        return "0", " s"
    for length, name in _TIME_STEPS:
        if float(f"{size:.2e}") >= _TIME_TURNS.get(name, 0.0):
            return significant(seconds / length), f" {name}"
    return significant(seconds / 1e-6), " µs"


def _scaled(value: float, unit: str) -> tuple[str, str]:
    for scale, prefix in _THOUSANDS:
        if float(f"{abs(value):.2e}") >= scale:
            return significant(value / scale), f" {prefix}{unit}"
    return significant(value), f" {unit}"


def _count(value: float) -> str:
    if float(value).is_integer():
        return (MINUS if value < 0 else "") + f"{abs(int(value)):,}"
    return significant(value)
