from __future__ import annotations

from dataclasses import replace

import pytest

from scorecards.judgement import Reason, State, VerdictState
from scorecards.local_text import LANGUAGES, Language
from scorecards.phrases import (
    REASON_CODES,
    assumption_name,
    benefit,
    cash_flow_name,
    criterion_sentence,
    headline,
    meeting_sentences,
    metric_name,
    reason_sentence,
    setting_name,
    state_name,
    state_sign,
    variant_name,
    verdict_name,
)
from scorecards.reports.contents import contents_of
from scorecards.vocabulary import FINETUNE_METHODS, METRIC_UNITS, PREDICT_SETTINGS, VARIANTS
from tests.example_record import KINDS, Kind, example_record


def test_every_word_of_the_vocabulary_has_a_name() -> None:
    settings = (*FINETUNE_METHODS, *PREDICT_SETTINGS, "as_is")
    assert [name for name in METRIC_UNITS if metric_name(name, "ja") == name or metric_name(name, "en") == name] == []
    assert [name for name in VARIANTS if variant_name(name, "ja") == name] == []
    assert [name for name in settings if setting_name(name, "ja") == name] == []


def test_every_assumption_and_cash_flow_has_a_name() -> None:
    record = example_record("go")
    for language in LANGUAGES:
        assert all(assumption_name(name, language) != name for name in record.assumptions.values)
        assert all(cash_flow_name(name, language) != name for name in record.judgement.business.cash_flows)


def test_states_are_told_by_sign_and_word() -> None:
    assert [state_sign(state) for state in State] == ["✓", "✕", "?", "—", "!"]
    assert len({state_name(state, "ja") for state in State}) == len(State)
    assert verdict_name(VerdictState.CONDITIONAL, "ja") == "条件付き導入"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_criterion_has_a_whole_sentence(kind: Kind, language: Language) -> None:
    record = example_record(kind)
    end = "。" if language == "ja" else "."
    for reason in record.judgement.verdict.reasons:
        assert reason.code in REASON_CODES
        assert reason_sentence(reason, record.scorecard, record.judgement, language).endswith(end)
    for result in record.judgement.criteria:
        assert criterion_sentence(result, record.scorecard, language).endswith(end)
    parts = meeting_sentences(record, language)
    said = (*parts.purpose, *parts.result, *parts.risk, *parts.cost, *parts.decision)
    assert all(text.strip().endswith(end) for text in said)
    assert not any("{" in text or "None" in text or "nan" in text for text in said)


@pytest.mark.parametrize("code", REASON_CODES)
def test_a_reason_without_figures_still_reads(code: str) -> None:
    record = example_record("conditional")
    for language in LANGUAGES:
        text = reason_sentence(Reason(code, {}), record.scorecard, record.judgement, language)
        assert text and text != code and "{" not in text


def test_the_headline_names_the_rival() -> None:
    record = example_record("conditional")
    assert "埋め込み付き通常モデル" in headline(record.scorecard, record.judgement, "ja")
    assert "ordinary model with a site embedding" in headline(record.scorecard, record.judgement, "en")


def test_a_no_go_headline_claims_no_gain() -> None:
    record = example_record("no_go")
    assert "済みます" not in headline(record.scorecard, record.judgement, "ja")
    assert "満たしていません" in headline(record.scorecard, record.judgement, "ja")


def test_a_benefit_is_claimed_only_where_the_whole_interval_bears_it_out() -> None:
    record = example_record("go")
    update = next(result for result in record.judgement.criteria if result.id == "update_bytes")
    assert "更新の配布量" in benefit(update, "ja")
    assert benefit(replace(update, high=1.2), "ja") == ""
    assert benefit(replace(update, state=State.UNDECIDED), "ja") == ""


def test_a_loss_at_the_median_is_not_called_merely_possible() -> None:
    record = example_record("conditional")
    money = replace(record.judgement.business, npv_p10=-5e6, npv_p50=-1e6, npv_p90=1e5)
    judgement = replace(record.judgement, business=money)
    reason = Reason("npv_uncertain", {"p10": -5e6, "p50": -1e6, "p90": 1e5})
    assert "more likely than a gain" in reason_sentence(reason, record.scorecard, judgement, "en")
    assert "loss is possible" in reason_sentence(
        Reason("npv_uncertain", {"p50": 1e6}), record.scorecard, judgement, "en"
    )


def test_trials_that_never_reached_the_target_are_told() -> None:
    record = example_record("infinite")
    parts = meeting_sentences(record, "ja")
    assert any("目標に到達しませんでした" in text for text in parts.result)
    assert any("エラーで終わりました" in text for text in parts.risk)


def test_money_without_a_measurement_says_so() -> None:
    record = example_record("go")
    money = replace(record.judgement.business, missing=("size.update_bytes",))
    parts = meeting_sentences(replace(record, judgement=replace(record.judgement, business=money)), "ja")
    assert any("更新の配布量" in text and "測定していない" in text for text in parts.risk)
    assert not any("測定していない" in text for text in meeting_sentences(record, "ja").risk)


def test_unsteady_timings_are_told() -> None:
    record = example_record("go")
    flag = {"variant": "hyper", "metric": "predict.p50_seconds", "setting": "cached", "relative_deviation": 0.3}
    shaky = replace(record, environment={**record.environment, "unstable": [flag]})  # type: ignore[dict-item]
    told = [text for text in meeting_sentences(shaky, "en").risk if "varied much" in text]
    assert told == ["Some timings varied much from trial to trial: prediction latency (median)."]
    assert ("unsteady timing", "hypernetwork · prediction latency (median) · cached: ±30 %") in contents_of(
        shaky, "en"
    ).environment


def test_synthetic_data_is_always_told() -> None:
    record = example_record("go")
    told = "合成データ"
    assert any(told in text for text in meeting_sentences(record, "ja").risk)
    real = replace(record, dataset=replace(record.dataset, synthetic=False))
    assert not any(told in text for text in meeting_sentences(real, "ja").risk)
