"""What reports say of the money: headline figures, assumptions, and where the NPV turns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scorecards.formats import (
    format_money_together,
    format_months,
    format_probability,
    format_sites,
    significant,
    unit_label,
)
from scorecards.judgement import BusinessResult
from scorecards.local_text import Language
from scorecards.phrases import assumption_name, break_even_text, how_name
from scorecards.phrases.meeting import assumed_savings_text, break_even_sentence
from scorecards.record import Record
from scorecards.reports.plain_text import one_line
from scorecards.reports.words import word


@dataclass(frozen=True)
class Figure:
    """A headline figure: its name, the figure, a remark."""

    name: str
    value: str
    remark: str = ""


def money_figures(record: Record, language: Language) -> tuple[Figure, ...]:
    """Return the median NPV, what is left of the likely one without assumed savings, chance, payback, break-even."""
    money = record.judgement.business
    sites = record.assumptions.values.get("sites")
    now = format_sites(round(sites.likely), language) if sites else ""
    assumed = (f"前提は {now}" if language == "ja" else f"assumed: {now}") if now else ""
    return (
        _median(money, language),
        *_without_assumed(money, language),
        Figure(
            word("chance", language),
            format_probability(money.probability_positive, language),
            assumed_savings_text(money, language),
        ),
        Figure(word("payback", language), format_months(money.payback_months, language)),
        Figure(word("break_even", language), break_even_text(money, language), assumed),
    )


def _median(money: BusinessResult, language: Language) -> Figure:
    p10, p50, p90 = format_money_together((money.npv_p10, money.npv_p50, money.npv_p90), money.currency, language)
    until = " 〜 " if language == "ja" else " to "
    years = f"{money.horizon_years} 年" if language == "ja" else f"{money.horizon_years} years"
    mark = how_name("assumed", language)
    basis = (f"（{mark}）" if language == "ja" else f" ({mark})") if money.rests_on_assumptions else ""
    name = f"{years} {word('npv', language)}" if language == "ja" else f"{word('npv', language)}, {years}"
    return Figure(name, p50, f"{word('npv_interval', language)} {p10}{until}{p90}{basis}")


def _without_assumed(money: BusinessResult, language: Language) -> tuple[Figure, ...]:
    """Return the likely NPV by what was measured or quoted alone, beside the whole; none where they are the same."""
    whole, known = money.npv_likely, money.npv_without_assumed
    if not math.isfinite(known) or whole == known:
        return ()
    texts = format_money_together((known, whole), money.currency, language)
    remark = f"仮定を含むと {texts[1]} (標準の前提)" if language == "ja" else f"with them {texts[1]} (likely values)"
    return (Figure(word("npv_measured", language), texts[0], remark),)


def assumption_lines(record: Record, language: Language) -> tuple[tuple[str, ...], ...]:
    """Return a line an assumption: name, low, likely and high value, unit, source, remark."""
    lines = []
    for item in record.assumptions.values.values():
        factor = 100 if item.unit == "share" else 1
        numbers = [significant(value * factor) for value in (item.low, item.likely, item.high)]
        unit = "%" if item.unit == "share" else unit_label(item.unit, language, record.assumptions.currency)
        remark = one_line(item.note or (item.basis.in_language(language) if item.basis else ""))
        lines.append(
            (one_line(item.title.in_language(language)), *numbers, unit, how_name(item.source, language), remark)
        )
    return tuple(lines)


def boundary_lines(record: Record, language: Language) -> tuple[str, ...]:
    """Return where the money turns: the assumptions whose range crosses zero, the break-even number of sites."""
    money, lines = record.judgement.business, []
    for bar in money.tornado:
        low, high = sorted((bar.npv_at_low, bar.npv_at_high))
        if low < 0 < high:
            name = assumption_name(bar, language)
            span = format_money_together((low, high), money.currency, language)
            lines.append(
                f"「{name}」の想定の幅の中で、NPV の符号が変わります ({span[0]} 〜 {span[1]})。"
                if language == "ja"
                else f"The NPV changes sign within the range of “{name}” ({span[0]} to {span[1]})."
            )
    if not lines:
        lines.append(
            "どの前提も、ひとつだけを想定の幅で動かしたのでは、NPV の符号は変わりません。"
            if language == "ja"
            else "No single assumption, moved over its range, changes the sign of the NPV."
        )
    if money.break_even_sites is not None:
        lines.append(break_even_sentence(money, language))
    return tuple(lines)
