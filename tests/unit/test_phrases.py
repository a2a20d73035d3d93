from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.tasks import TASK_NAMES
from scorecards.judgement import Reason, State, VerdictState
from scorecards.local_text import LANGUAGES, Language
from scorecards.phrases import (
    REASON_CODES,
    benefit,
    compared_text,
    criterion_reason,
    criterion_sentence,
    headline,
    interval_text,
    known_interval_text,
    meeting_sentences,
    metric_name,
    reason_sentence,
    seeds_text,
    setting_name,
    short_reason,
    state_name,
    state_sign,
    value_or_reason,
    value_pair,
    variant_name,
    verdict_name,
)
from scorecards.phrases.tasks import rows_text
from scorecards.record import Record
from scorecards.reports.contents import contents_of
from scorecards.verdict import judge
from scorecards.vocabulary import AT_EQUAL_COST, FINETUNE_METHODS, METRIC_UNITS, PREDICT_SETTINGS, VARIANTS
from tests.example_record import KINDS, MAIN_METRIC, Kind, example_measurements, example_record


def rejudged(record: Record, measurements: pd.DataFrame) -> Record:
    judgement = judge(
        measurements,
        scorecard=record.scorecard,
        assumptions=record.assumptions,
        main_metric=MAIN_METRIC,
        variants=record.variants,
    )
    return replace(record, measurements=measurements, judgement=judgement)


def test_every_word_of_the_vocabulary_has_a_name() -> None:
    methods = (*FINETUNE_METHODS, *PREDICT_SETTINGS, "as_is")
    assert [name for name in METRIC_UNITS if metric_name(name, "ja") == name or metric_name(name, "en") == name] == []
    assert [name for name in VARIANTS if variant_name(name, "ja") == name] == []
    assert [name for name in methods if setting_name(name, "ja") == name] == []


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


@pytest.mark.parametrize("kind", KINDS)
def test_every_headline_names_who_is_compared_and_what_is_gained(kind: Kind) -> None:
    record = example_record(kind)
    for language, names, gain in (
        ("ja", ("ハイパーネットワーク", "通常モデル"), "更新の配布量は 1,680 分の 1"),
        ("en", ("hypernetwork", "ordinary model"), "updates are 1/1,680 of the size"),
    ):
        text = headline(record.scorecard, record.judgement, language)  # type: ignore[arg-type]
        assert all(name in text for name in (*names, gain))
    nothing = replace(
        record.judgement, criteria=tuple(replace(one, state=State.UNDECIDED) for one in record.judgement.criteria)
    )
    text = headline(record.scorecard, nothing, "en")
    assert text.startswith("With the hypernetwork in place of the ordinary model, ")
    assert "1/1,680" not in text


def test_a_better_score_is_a_gain_where_the_whole_interval_is_above_the_baseline() -> None:
    record = example_record("go")
    score = next(result for result in record.judgement.criteria if result.id == "quality_difference")
    assert benefit(score, "ja").startswith("AUC は +")
    assert headline(record.scorecard, record.judgement, "en").count("the AUC is") == 1
    assert benefit(replace(score, low=-0.1), "ja") == ""


def test_a_no_go_headline_says_what_is_not_met() -> None:
    record = example_record("no_go")
    assert "必須基準「性能差 (AUC)」を満たしていません" in headline(record.scorecard, record.judgement, "ja")


def test_an_end_that_rounds_to_the_boundary_shows_more_digits() -> None:
    result = next(one for one in example_record("go").judgement.criteria if one.id == "prediction_overhead")
    near = replace(result, low=0.775, high=1.20033, state=State.UNDECIDED)
    assert "0.775 to 1.2003×" in interval_text(near, "en")
    assert "0.775 to 1.2×" in interval_text(replace(near, high=1.2), "en")
    assert "0.775 to 1.21×" in interval_text(replace(near, high=1.21), "en")


def test_all_rivals_are_named_in_one_sentence() -> None:
    record = example_record("conditional")
    reason = Reason("rival_as_good", {"rival": "small_dense", "rivals": "small_dense,dense_site,dense"})
    ja, en = (reason_sentence(reason, record.scorecard, record.judgement, language) for language in LANGUAGES)
    assert ja.startswith("「同規模の通常モデル」「埋め込み付き通常モデル」「通常モデル」 (出力層だけの調整) でも")
    assert en.startswith(
        "The size-matched ordinary model, the ordinary model with a site embedding and the ordinary model"
    )
    assert en.endswith("do as well: consider them first.")


def test_why_nothing_was_measured_is_told_in_a_few_words() -> None:
    for code, told in (("no_tuning_needed", "調整なしで目標到達"), ("no_usable_target", "使える目標なし")):
        assert short_reason(Reason(code, {}), "ja") == told
        assert criterion_reason(Reason(code, {}), "en").endswith(".")
    assert short_reason(None, "ja") == ""


def test_a_benefit_is_claimed_only_where_the_whole_interval_bears_it_out() -> None:
    record = example_record("go")
    update = next(result for result in record.judgement.criteria if result.id == "update_bytes")
    assert "更新の配布量" in benefit(update, "ja")
    assert benefit(replace(update, high=1.2), "ja") == ""
    assert benefit(replace(update, state=State.UNDECIDED), "ja") == ""


def test_trials_that_never_reached_the_target_are_told() -> None:
    record = example_record("infinite")
    parts = meeting_sentences(record, "ja")
    assert any("候補は 5 シード" in text and "目標に到達しませんでした" in text for text in parts.result)
    assert any("エラーで終わりました" in text for text in parts.risk)


def test_a_baseline_that_never_got_there_leaves_no_ratio_to_tell() -> None:
    rows = example_measurements("go", 4)
    never = (rows["variant"] == "dense") & (rows["metric"] == "finetune.seconds_to_target") & (rows["seed"] % 2 == 0)
    record = rejudged(example_record("go", 4), rows.assign(value=rows["value"].mask(never, math.inf)))
    result = next(one for one in record.judgement.criteria if one.id == "finetune_time")
    told = {language: criterion_sentence(result, record.scorecard, language) for language in LANGUAGES}
    assert "通常モデルは 4 シード中 2 シードで目標に届かず、比を出せません。" in told["ja"]
    assert "The baseline missed the target with 2 of 4 seeds: there is no ratio to give." in told["en"]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(LANGUAGES), st.data())
def test_no_sentence_shows_a_ratio_beyond_a_million(kind: Kind, language: Language, data: st.DataObject) -> None:
    """Some trials much slower, some never there, on either side."""
    rows = example_measurements(kind, 4)
    timed = rows["metric"].isin(["train.seconds_to_target", "finetune.seconds_to_target"])
    for variant in ("hyper", "dense"):
        for seed in range(1, 5):
            factor = data.draw(st.sampled_from([1.0, 1.0, 30.0, 1 / 30, math.inf]))
            rows.loc[timed & (rows["variant"] == variant) & (rows["seed"] == seed), "value"] *= factor
    parts = meeting_sentences(rejudged(example_record(kind, 4), rows), language)
    for text in (*parts.result, *parts.risk, *parts.decision):
        ratios = re.findall(r"([\d,.]+) ?(?:倍|×)|1/([\d,.]+)|([\d,.]+) 分の 1", text)
        numbers = [float(part.replace(",", "").rstrip(".")) for found in ratios for part in found if part]
        assert all(number < 1e6 for number in numbers), text
        assert "nan" not in text and "None" not in text


def test_what_needs_no_tuning_says_so() -> None:
    record = example_record("go")
    reason = Reason("no_tuning_needed", {})
    criteria = tuple(
        replace(result, state=State.NOT_MEASURED, value=None, low=None, high=None, reason=reason)
        if result.id == "finetune_time"
        else result
        for result in record.judgement.criteria
    )
    untuned = next(result for result in criteria if result.id == "finetune_time")
    judgement = replace(record.judgement, criteria=criteria)
    want = Reason("want_not_measured", {"criterion": "finetune_time"})
    told = "調整なしの状態で目標に達しているため、比べる調整時間がありません。"
    assert reason_sentence(want, record.scorecard, judgement, "ja").endswith(told)
    assert criterion_sentence(untuned, record.scorecard, "ja").endswith(told)
    assert "already meets the target" in reason_sentence(want, record.scorecard, judgement, "en")


def test_seeds_that_needed_no_tuning_are_told_where_the_rest_is_compared() -> None:
    record = example_record("go")
    result = next(one for one in record.judgement.criteria if one.id == "finetune_time")
    told = {language: criterion_sentence(result, record.scorecard, language) for language in LANGUAGES}
    assert "残りの" not in told["ja"] and "untouched" not in told["en"]
    some = replace(result, n=3, met_as_is=2)
    told = {language: criterion_sentence(some, record.scorecard, language) for language in LANGUAGES}
    assert "2 シードでは調整前のモデルがすでに目標に達していたため、残りの 3 シードだけで比べています。" in told["ja"]
    assert "With 2 seeds an untouched model already met the target" in told["en"]
    assert "the other 3 alone." in told["en"]


def test_an_interval_without_a_value_is_told_where_it_bounds_something() -> None:
    result = next(one for one in example_record("go").judgement.criteria if one.id == "finetune_time")
    open_end = replace(result, value=None, low=0.31, high=math.inf)
    assert known_interval_text(open_end, "ja") == "95 % 区間 0.31 倍 〜 上限なし、5 シード"
    assert known_interval_text(replace(open_end, low=0.0, high=2.0), "en") == "95 % interval up to 2×, 5 seeds"
    for nothing in (
        replace(open_end, low=0.0),
        replace(open_end, low=None, high=None),
        replace(open_end, n=1),
        replace(open_end, unit="pt", low=-math.inf),
    ):
        assert known_interval_text(nothing, "ja") == ""
    assert known_interval_text(result, "en") == interval_text(result, "en")


def test_intervals_tell_their_confidence() -> None:
    record = example_record("go")
    result = record.judgement.criteria[0]
    assert interval_text(result, "ja").startswith("95 % 区間 ")
    assert interval_text(replace(result, confidence=0.9751), "en").startswith("97.5 % interval ")
    assert interval_text(replace(result, confidence=None), "en").startswith("interval ")
    assert seeds_text(4, "ja") == "4 シード"
    assert seeds_text(1, "en") == "1 seed"


def test_unsteady_timings_are_told() -> None:
    record = example_record("go")
    flag = {"variant": "hyper", "metric": "predict.p50_seconds", "setting": "cached", "relative_deviation": 0.3}
    shaky = replace(record, environment={**record.environment, "unstable": [flag]})  # type: ignore[dict-item]
    told = [text for text in meeting_sentences(shaky, "en").risk if "varied much" in text]
    assert told == ["Some timings varied much from seed to seed: prediction latency (median)."]
    assert ("unsteady timing", "hypernetwork · prediction latency (median) · cached: ±30 %") in contents_of(
        shaky, "en"
    ).environment


def test_synthetic_data_is_always_told() -> None:
    record = example_record("go")
    told = "合成データ"
    assert any(told in text for text in meeting_sentences(record, "ja").risk)
    real = replace(record, dataset=replace(record.dataset, synthetic=False))
    assert not any(told in text for text in meeting_sentences(real, "ja").risk)


def test_a_score_at_equal_time_is_no_second_gain() -> None:
    record = example_record("go")
    score = next(result for result in record.judgement.criteria if result.id == "quality_difference")
    assert benefit(score, "en") and benefit(replace(score, metric="quality.at_equal_seconds"), "en") == ""


def test_the_purpose_counts_in_the_words_of_the_task() -> None:
    record = replace(example_record("go"), task="translation")
    assert any("3,000 組の対訳、24 拠点" in text for text in meeting_sentences(record, "ja").purpose)
    assert any("(3,000 pairs of sentences, 24 sites)" in text for text in meeting_sentences(record, "en").purpose)


@pytest.mark.parametrize("task", TASK_NAMES)
def test_every_task_has_a_word_for_its_rows(task: str) -> None:
    assert task == "table" or rows_text(task, 3).en != rows_text("table", 3).en


@pytest.mark.parametrize("metric", AT_EQUAL_COST)
def test_scores_of_the_validation_data_are_marked_beside_the_pair(metric: str) -> None:
    record = example_record("conditional")
    judged = next(one for one in record.judgement.criteria if one.metric == "quality.at_equal_seconds")
    for language, mark in (("ja", " (検証データ)"), ("en", " (validation data)")):
        scored = replace(judged, metric=metric)
        assert compared_text(scored, record.scorecard, language).endswith(mark)
        assert value_pair(scored, language).endswith(mark)
        tested = replace(judged, metric=MAIN_METRIC)
        assert mark not in compared_text(tested, record.scorecard, language) + value_pair(tested, language)


def test_a_missing_value_is_told_by_its_reason() -> None:
    result = replace(example_record("conditional").judgement.criteria[0], value=None)
    for reason, ja in ((Reason("never_reached", {}), "目標に届かず"), (None, "—")):
        assert value_or_reason(replace(result, reason=reason), "ja") == ja
    known = replace(result, value=1.25, unit="pt", threshold=0.0, reason=Reason("interval_crosses", {}))
    assert value_or_reason(known, "en") == "+1.25 pt"
