"""What is said where nothing can be decided yet: how many seeds may help, and when none will."""

from __future__ import annotations

from dataclasses import replace

from evaluator.tasks.table.budgets import BUDGETS
from scorecards.judgement import State
from scorecards.local_text import Language
from scorecards.phrases import headline, meeting_sentences
from scorecards.phrases.criterion import LARGEST_BUDGET_SEEDS
from scorecards.record import Record
from tests.example_record import example_record


class TestUndecided:
    """The headline and the decision asked say the same number: the most that one of the open musts needs."""

    def record(self, *more: int | None, npv_p90: float = 1e6) -> Record:
        record = example_record("undecided")
        musts = [criterion.id for criterion in record.scorecard.criteria if criterion.must]
        needed = dict(zip(musts, more, strict=False))
        criteria = tuple(
            replace(result, state=State.UNDECIDED, more_seeds=needed[result.id])
            if result.id in needed
            else replace(result, state=State.PASS, more_seeds=None)
            for result in record.judgement.criteria
        )
        money = replace(record.judgement.business, npv_p90=npv_p90)
        return replace(record, judgement=replace(record.judgement, criteria=criteria, business=money))

    def said(self, record: Record, language: Language) -> tuple[str, str]:
        return headline(record.scorecard, record.judgement, language), meeting_sentences(record, language).decision[0]

    def test_both_say_the_most_that_one_needs_and_how_many_are_open(self) -> None:
        for text in self.said(self.record(3, 7), "ja"):
            assert "4 件のうち 2 件" in text
            assert text.endswith("目安: あと約 7 シードで判定できる見込みです (これまでの 5 シードからの推定)。")
        for text in self.said(self.record(3, 7), "en"):
            assert "2 of 4 required criteria" in text
            assert text.endswith("Roughly 7 more seeds may be enough to decide (estimate from 5 seeds so far).")

    def test_neither_gives_a_number_where_one_of_them_has_none(self) -> None:
        for text in (*self.said(self.record(3, None), "ja"), *self.said(self.record(3, None), "en")):
            assert "推定" not in text and "estimate" not in text

    def test_beyond_the_largest_budget_both_say_so(self) -> None:
        assert max(look for budget in BUDGETS.values() for look in budget.looks) == LARGEST_BUDGET_SEEDS
        for more, beyond in ((15, False), (16, True)):
            for text in self.said(self.record(3, more), "en"):
                assert ("more than the 20 seeds that the largest budget offers" in text) is beyond
            for text in self.said(self.record(3, more), "ja"):
                assert ("最大の予算で実行できる 20 シードより多く" in text) is beyond

    def test_seeds_that_cannot_decide_are_not_asked_for(self) -> None:
        for more, asked in ((15, "further seeds"), (16, "a looser threshold or more data"), (None, "a looser")):
            assert f"please approve {asked}" in self.said(self.record(3, more), "en")[1]
        for more in (16, None):
            decision = self.said(self.record(3, more), "ja")[1]
            assert "シードを追加し" not in decision and "基準値の緩和またはデータの追加" in decision
            assert decision.endswith("基準値を緩めるか、データを増やすことをご検討ください。")

    def test_more_seeds_cannot_turn_a_sure_loss(self) -> None:
        for text in self.said(self.record(3, 7, npv_p90=-5e5), "ja"):
            assert "シードを増やすだけでは「導入」になりません" in text
            assert "見込みです" not in text
        head, decision = self.said(self.record(3, 7, npv_p90=-5e5), "en")
        assert "more seeds alone cannot lead to Go" in head
        assert "please approve revisiting the assumptions" in decision
