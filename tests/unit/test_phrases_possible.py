"""Intervals of shares and accuracies are shown within what is possible; what is stored stays as it was computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scorecards.judgement import CriterionResult, Reason
from scorecards.phrases import criterion_sentence, known_interval_text, reason_sentence
from scorecards.phrases.possible import as_shown, possible_interval
from scorecards.record import Record
from scorecards.reports.contents import contents_of
from scorecards.reports.slides import comparison
from tests.example_record import example_record

WIDE = (-254.0, 254.0)


def wide(metric: str, criterion: str = "success_share") -> tuple[Record, CriterionResult]:
    """Return a record whose criterion (the candidate's and every rival's) has an interval beyond what is possible."""

    def widened(results: tuple[CriterionResult, ...]) -> tuple[CriterionResult, ...]:
        return tuple(
            replace(one, metric=metric, unit="pt", value=0.0, low=WIDE[0], high=WIDE[1], n=2, confidence=0.95)
            if one.id == criterion
            else one
            for one in results
        )

    record = example_record("conditional")
    judged = record.judgement
    rivals = {name: widened(results) for name, results in judged.rivals.items()}
    record = replace(record, judgement=replace(judged, criteria=widened(judged.criteria), rivals=rivals))
    return record, next(one for one in record.judgement.criteria if one.id == criterion)


def share_criterion() -> str:
    record = example_record("conditional")
    return next(one.id for one in record.judgement.criteria if one.metric == "finetune.success_share")


@pytest.mark.parametrize("metric", ["finetune.success_share", "quality.auc", "quality.accuracy"])
def test_a_difference_of_shares_is_shown_within_a_hundred_points(metric: str) -> None:
    record, result = wide(metric, share_criterion())
    assert known_interval_text(result, "ja") == "95 % 区間 −100 〜 +100 pt、2 シード"
    assert known_interval_text(result, "en") == "95 % interval −100 to +100 pt, 2 seeds"
    assert "254" not in criterion_sentence(result, record.scorecard, "ja")
    assert (result.low, result.high) == WIDE


@pytest.mark.parametrize(("metric", "shown"), [("quality.r2", WIDE), ("quality.log_likelihood", WIDE)])
def test_scores_without_bounds_stay(metric: str, shown: tuple[float, float]) -> None:
    assert possible_interval(wide(metric, share_criterion())[1]) == shown


def test_the_main_score_tells_the_bounds_of_a_score_after_fine_tuning() -> None:
    result = wide("finetune.score_after", share_criterion())[1]
    assert possible_interval(result) == WIDE
    assert possible_interval(result, "quality.skill") == WIDE
    assert possible_interval(result, "quality.auc") == (-100.0, 100.0)


def test_a_share_of_one_variant_is_no_less_than_nothing() -> None:
    result = replace(wide("finetune.success_share", share_criterion())[1], unit="share", method="t", low=-0.4, high=1.7)
    assert possible_interval(result) == (0.0, 1.0)
    unknown = replace(result, low=float("-inf"), high=float("inf"))
    assert possible_interval(unknown) == (unknown.low, unknown.high)


def test_reports_show_what_is_possible_and_the_record_keeps_its_interval() -> None:
    record, result = wide("finetune.score_after", share_criterion())
    row = next(row for row in contents_of(record, "en").rows if row.result.id == result.id)
    for text in (row.interval, row.interval_words, row.sentence):
        assert "−100 to +100 pt" in text and "254" not in text
    assert len({(dot.low, dot.high) for dot in comparison(as_shown(record), row, "en")} - {(-100.0, 100.0)}) == 0
    assert next(one for one in record.judgement.criteria if one.id == result.id).low == WIDE[0]


def test_the_interval_beside_the_site_rival_is_possible_too() -> None:
    record = example_record("conditional")
    figures: dict[str, str | float] = {"rival": "dense_site", "metric": "quality.auc", "low": -2.5, "high": 2.5}
    text = reason_sentence(Reason("site_rival_not_beaten", figures), record.scorecard, record.judgement, "en")
    assert "−100 to +100 pt" in text
