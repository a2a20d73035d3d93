"""What is said of the money: names of assumptions, NPV, payback, break-even."""

from __future__ import annotations

import math
from dataclasses import replace

from scorecards.business import hinges_on_an_assumption, pays_anyway
from scorecards.judgement import BusinessResult, Reason, TornadoBar
from scorecards.local_text import LANGUAGES, LocalText
from scorecards.phrases import (
    assumption_name,
    break_even_text,
    cash_flow_name,
    meeting_sentences,
    npv_text,
    reason_sentence,
)
from scorecards.phrases.meeting import break_even_sentence, cost_sentences, tornado_sentence
from scorecards.scorecard_file import load_template
from tests.example_record import example_record


def test_break_even_where_the_sites_do_not_decide() -> None:
    money = replace(example_record("go").judgement.business, break_even_sites=1)
    assert break_even_text(money, "ja") == "拠点数によらず"
    assert any("any number of sites" in text for text in cost_sentences(money, "en"))
    assert not any("1 拠点です" in text for text in cost_sentences(money, "ja"))
    assert break_even_text(replace(money, break_even_sites=18), "en") == "18 sites"


class TestOneSiteThatPaysByAssumedQuality:
    """It breaks even at one site under the likely assumptions, by a value of quality that is assumed."""

    go = example_record("go").judgement.business
    sure = replace(go, break_even_sites=1, npv_p10=1e5, npv_without_assumed=2e5)
    bars = (
        TornadoBar("sites", -3e6, 4e6),
        TornadoBar("adoption_hours", -2e6, 4e6),
        TornadoBar("value_per_point", -1e5, 4e6),
    )

    def cases(self) -> tuple[BusinessResult, ...]:
        risky, assumed = replace(self.sure, npv_p10=-1.0), replace(self.sure, npv_without_assumed=-1.0)
        return tuple(replace(money, tornado=self.bars) for money in (risky, assumed))

    def test_a_sure_gain_is_told_as_one(self) -> None:
        for money in (self.sure, replace(self.sure, npv_p10=0.0, npv_without_assumed=0.0)):
            assert pays_anyway(money) and not hinges_on_an_assumption(money)
            assert break_even_text(money, "ja") == "拠点数によらず"
        assert not pays_anyway(replace(self.sure, break_even_sites=2))
        assert not hinges_on_an_assumption(replace(self.sure, break_even_sites=2, npv_p10=-1.0))

    def test_it_is_not_said_to_pay_with_any_number_of_sites(self) -> None:
        for money in self.cases():
            assert hinges_on_an_assumption(money) and not pays_anyway(money)
            assert break_even_text(money, "ja") == "性能の価値による"
            assert break_even_text(money, "en") == "depends on the value of quality"
            said = "".join((*cost_sentences(money, "ja"), *cost_sentences(money, "en")))
            assert "拠点数によらず" not in said and "any number of sites" not in said
            assert (
                "採算は、拠点数ではなく、性能の価値 (前提「性能 1 ポイントの価値 (年間)」) の見積もりによります。"
                in said
            )
            assert "depends on the value of quality (“Value of one point (per year)”), not on the number" in said

    def test_another_assumption_is_named_and_none_is_made_up(self) -> None:
        for money in self.cases():
            labour = replace(money, tornado=self.bars[:2])
            assert "「導入作業の時間 (一度きり)」" in break_even_sentence(labour, "ja")
            assert break_even_text(labour, "en") == "depends on the assumptions"
            assert "assumed savings" in break_even_sentence(replace(money, tornado=()), "en")


def test_a_probability_that_counts_assumed_savings_says_so() -> None:
    money = replace(example_record("go").judgement.business, npv_likely=1e6, probability_positive=0.994)
    assumed = replace(money, npv_without_assumed=-2e5)
    assert "プラスになる確率は 99.4 % (仮定した効果を含む) です。" in cost_sentences(assumed, "ja")[0]
    assert cost_sentences(assumed, "en")[0].endswith("a gain is 99.4 % (on assumed values).")
    for known in (0.0, 1e6, math.nan):
        assert cost_sentences(replace(money, npv_without_assumed=known), "en")[0].endswith("a gain is 99.4 %.")
    loss = replace(money, npv_likely=-3e5, npv_without_assumed=-3e5)
    assert "assumed" not in cost_sentences(loss, "en")[0]


def test_a_loss_at_the_median_is_not_called_merely_possible() -> None:
    record = example_record("conditional")
    money = replace(record.judgement.business, npv_p10=-5e6, npv_p50=-1e6, npv_p90=1e5)
    judgement = replace(record.judgement, business=money)
    reason = Reason("npv_uncertain", {"p10": -5e6, "p50": -1e6, "p90": 1e5})
    assert "more likely than a gain" in reason_sentence(reason, record.scorecard, judgement, "en")
    assert "loss is possible" in reason_sentence(
        Reason("npv_uncertain", {"p50": 1e6}), record.scorecard, judgement, "en"
    )


def test_money_in_one_sentence_shares_a_scale() -> None:
    record = example_record("go")
    money = replace(record.judgement.business, npv_p10=-250_000.0, npv_p50=900_000.0, npv_p90=4.2e6)
    money = replace(money, tornado=(TornadoBar("sites", -80_000.0, 4e6),))
    assert npv_text(money, "en") == "¥0.9M at the median (80 % interval −¥0.25M to ¥4.2M)"
    assert npv_text(money, "ja") == "中央値で ¥90万 (80 % 区間 −¥25万 〜 ¥420万)"
    assert "between −¥0.08M and ¥4M" in tornado_sentence(money, "en")


def test_the_payback_is_told_as_the_discounted_one() -> None:
    money = replace(example_record("go").judgement.business, payback_months=14.2)
    assert "割引回収期間は 14 か月です。" in cost_sentences(money, "ja")
    assert "The discounted payback time is 14 months." in cost_sentences(money, "en")
    never = replace(money, payback_months=None)
    assert any("割引後の金額では" in text for text in cost_sentences(never, "ja"))
    assert any("(discounted)" in text for text in cost_sentences(never, "en"))


def test_a_number_of_sites_that_only_costs_is_told_apart() -> None:
    money = replace(example_record("go").judgement.business, break_even_sites=None)
    falling = replace(money, tornado=(TornadoBar("sites", 2e6, 1e6),))
    assert any("no smallest number of sites" in text for text in cost_sentences(falling, "en"))
    assert any("No realistic number of sites" in text for text in cost_sentences(replace(money, tornado=()), "en"))


def test_money_without_a_measurement_says_so() -> None:
    record = example_record("go")
    money = replace(record.judgement.business, missing=("size.update_bytes",))
    parts = meeting_sentences(replace(record, judgement=replace(record.judgement, business=money)), "ja")
    assert any("更新の配布量" in text and "測定していない" in text for text in parts.risk)
    assert not any("測定していない" in text for text in meeting_sentences(record, "ja").risk)


def test_names_of_assumptions_are_the_scorecards_own() -> None:
    values = load_template("meeting")[1].values
    own = LocalText(ja="店の数", en="Shops")
    for language in LANGUAGES:
        for name, item in values.items():
            assert (
                assumption_name(name, language) == assumption_name(item, language) == item.title.in_language(language)
            )
        assert assumption_name(TornadoBar("sites", 0.0, 1.0, own), language) == own.in_language(language)
        assert assumption_name(TornadoBar("sites", 0.0, 1.0), language) == values["sites"].title.in_language(language)


def test_every_assumption_and_cash_flow_has_a_name() -> None:
    record = example_record("go")
    for language in LANGUAGES:
        assert all(assumption_name(name, language) != name for name in record.assumptions.values)
        assert all(cash_flow_name(name, language) != name for name in record.judgement.business.cash_flows)
