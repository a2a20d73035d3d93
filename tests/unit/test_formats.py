from __future__ import annotations

import math
from typing import Literal

import pytest

from scorecards.formats import (
    axis_scale,
    fold,
    format_money,
    format_money_beside,
    format_money_together,
    format_months,
    format_probability,
    format_sites,
    format_value,
    interval,
    money_scale,
    significant,
    unit_label,
    unit_word,
)


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (0.0004, "s", "400 µs", "400 µs"),
        (0.0123456, "s", "12.3 ms", "12.3 ms"),
        (0.99999, "s", "1 s", "1 s"),
        (74.26, "s", "74.3 s", "74.3 s"),
        (89.96, "s", "1.5 min", "1.5 min"),
        (6000, "s", "1.67 h", "1.67 h"),
        (32, "B", "32 B", "32 B"),
        (9300, "B", "9.3 kB", "9.3 kB"),
        (999_999, "B", "1 MB", "1 MB"),
        (0.4, "pt", "+0.4 pt", "+0.4 pt"),
        (-1, "pt", "−1 pt", "−1 pt"),
        (0, "pt", "0 pt", "0 pt"),
        (1.024, "ratio", "1.02 倍", "1.02×"),
        (0.71, "share", "71 %", "71 %"),
        (564_042, "parameters", "564,042 個", "564,042 parameters"),
        (1.23456e9, "FLOP", "1.23 GFLOP", "1.23 GFLOP"),
        (0.91234, "score", "0.912", "0.912"),
        (math.inf, "s", "到達せず", "never"),
        (None, "s", "—", "—"),
        (math.nan, "s", "—", "—"),
    ],
)
def test_a_figure_has_three_digits_and_its_unit(value: float | None, unit: str, ja: str, en: str) -> None:
    assert format_value(value, unit, "ja") == ja
    assert format_value(value, unit, "en") == en


@pytest.mark.parametrize(
    ("value", "ja", "en"),
    [
        (4_200_000, "¥420万", "¥4.2M"),
        (-1_100_000, "−¥110万", "−¥1.1M"),
        (123_400_000, "¥1.23億", "¥123M"),
        (99_999.9, "¥10万", "¥100,000"),
        (2000, "¥2,000", "¥2,000"),
        (-0.2, "¥0", "¥0"),
        (0, "¥0", "¥0"),
    ],
)
def test_money_speaks_the_language(value: float, ja: str, en: str) -> None:
    assert format_money(value, "JPY", "ja") == ja
    assert format_money(value, "JPY", "en") == en


def test_other_currencies_keep_their_cents_and_signs() -> None:
    assert format_money(0.25, "USD", "en") == "$0.25"
    assert format_money(1_500_000, "CHF", "en") == "CHF 1.5M"
    assert format_money(12, "JPY", "ja", signed=True) == "+¥12"


def test_an_interval_names_its_unit_once() -> None:
    assert interval(-0.1, 0.9, "pt", "ja") == "−0.1 〜 +0.9 pt"
    assert interval(8, 19, "s", "en") == "8 to 19 s"
    assert interval(8, 190, "s", "en") == "8 s to 3.17 min"
    assert interval(2, 2, "B", "en") == "2 B"


def test_infinite_ends_are_words() -> None:
    assert interval(0.3, math.inf, "ratio", "ja") == "0.3 倍 〜 上限なし"
    assert interval(-math.inf, math.inf, "pt", "en") == "not known"
    assert interval(math.inf, math.inf, "s", "ja") == "到達せず"
    assert interval(None, None, "s", "ja") == "—"


def test_small_ratios_are_said_as_folds() -> None:
    assert fold(1 / 290, "ja") == "290 分の 1"
    assert fold(1 / 290, "en") == "1/290"
    assert fold(0.8, "ja") == "0.8 倍"


def test_draws_never_prove_certainty() -> None:
    assert format_probability(1.0, "ja") == "99.9 % 以上"
    assert format_probability(0.0, "en") == "under 0.1 %"
    assert format_probability(0.654, "en") == "65.4 %"


def test_amounts_of_one_sentence_share_a_scale() -> None:
    assert format_money_together((-2.6e5, 1.2e6, 4.2e6), "JPY", "en") == ("−¥0.26M", "¥1.2M", "¥4.2M")
    assert format_money_together((-5e6, 2e8, 12e8), "JPY", "ja") == ("−¥0.05億", "¥2億", "¥12億")
    assert format_money_together((), "JPY", "ja") == ()
    assert format_money_together((math.inf, 2e6), "JPY", "en")[1] == "¥2M"


def test_payback_and_sites() -> None:
    assert format_months(None, "ja") == "回収せず"
    assert format_months(14.2, "ja") == "14 か月"
    assert format_months(1, "en") == "1 month"
    assert format_sites(None, "en") == "none"
    assert format_sites(7_012_579, "ja") == "701万 拠点"
    assert format_sites(1, "en") == "1 site"


def test_axis_units_follow_the_largest_figure() -> None:
    assert axis_scale(0.0004, "s", "en") == (1e-6, "µs")
    assert axis_scale(250_000, "B", "en") == (1e3, "kB")
    assert money_scale(660_000, "JPY", "ja") == (1e4, "万円")
    assert money_scale(6_000_000, "USD", "en") == (1e6, "$ M")


def test_assumption_units_are_words() -> None:
    assert unit_label("currency/h", "ja") == "¥/時間"
    assert unit_label("updates/year", "en") == "updates/year"
    assert unit_label("currency/GB", "en", "USD") == "$/GB"


def test_rounding_does_not_show_a_fourth_digit() -> None:
    assert significant(1234.5) == "1,230"
    assert significant(0.00099999) == "0.001"


@pytest.mark.parametrize(
    ("value", "largest", "language", "text"),
    [
        (-260_000, 11.3e6, "en", "−¥0.26M"),
        (11.3e6, 11.3e6, "en", "¥11.3M"),
        (-3, 11.3e6, "en", "≈ ¥0"),
        (-260_000, 11.3e6, "ja", "−¥26万"),
        (50_000_000, 1.2e9, "ja", "¥0.5億"),
        (0, 1.2e9, "ja", "¥0"),
        (12.4, 50, "ja", "¥12"),
    ],
)
def test_amounts_side_by_side_have_one_scale(
    value: float, largest: float, language: Literal["ja", "en"], text: str
) -> None:
    assert format_money_beside(value, largest, "JPY", language) == text


def test_units_of_tables_are_words() -> None:
    assert [unit_word(unit, "ja") for unit in ("ratio", "score", "share", "steps", "s")] == [
        "倍", "スコア", "割合", "ステップ", "s",
    ]  # fmt: skip
    assert unit_word("ratio", "en") == "×"
