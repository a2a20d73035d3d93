"""A template's scorecard, fitted to the variants of another task."""

from __future__ import annotations

from dataclasses import replace

from evaluator.plan import has_price
from scorecards.adaptation import for_competitors, without_price
from scorecards.scorecard_file import load_template

CARD, ASSUMPTIONS = load_template("meeting")


def test_a_table_keeps_its_template() -> None:
    tables = ("dense", "shared", "hyper", "small_dense", "dense_site", "boosted_trees")
    assert for_competitors(CARD, "hyper", tables, sites=True) is CARD
    assert for_competitors(CARD, "hyper", ("dense", "hyper"), sites=False) is CARD


def test_another_candidate_meets_the_simpler_variants_of_its_task() -> None:
    card = for_competitors(CARD, "hyper_dynamic", ("dense", "hyper_dynamic", "linear", "dense_site"), sites=True)
    assert (card.candidate, card.baseline) == ("hyper_dynamic", "dense")
    assert card.rivals == ("dense_site", "linear")
    changed = [one.id for one, before in zip(card.criteria, CARD.criteria, strict=True) if one != before]
    assert changed == ["prediction_overhead", "prediction_uncached"]


def test_a_dynamic_candidate_keeps_no_weights_so_both_latencies_are_its_one() -> None:
    card = for_competitors(CARD, "hyper_dynamic", ("dense", "hyper_dynamic", "dense_site"), sites=True)
    latencies = [one for one in card.criteria if one.metric == "predict.p50_seconds"]
    assert [(one.candidate_setting, one.baseline_setting) for one in latencies] == [("cached", "cached")] * 2
    assert all("can keep none" in one.explanation.en and "保持できず" in one.explanation.ja for one in latencies)


def test_a_point_without_a_price_is_worth_nothing_unless_somebody_priced_it() -> None:
    worth = without_price(ASSUMPTIONS).values["value_per_point"]
    assert (worth.low, worth.likely, worth.high) == (0.0, 0.0, 0.0)
    assert worth.basis is not None
    assert "log-likelihood" in worth.basis.en
    assert {
        name for name in ASSUMPTIONS.values if without_price(ASSUMPTIONS).values[name] != ASSUMPTIONS.values[name]
    } == {"value_per_point"}
    quoted = replace(ASSUMPTIONS.values["value_per_point"], source="quoted", note="contract")
    own = replace(ASSUMPTIONS, values={**ASSUMPTIONS.values, "value_per_point": quoted})
    assert without_price(own) is own
    assert not has_price("text")
    assert has_price("table")


def test_a_rival_that_the_template_does_not_know_is_added() -> None:
    card = for_competitors(CARD, "hyper", ("dense", "hyper", "linear", "small_dense"), sites=True)
    assert card.rivals == ("small_dense", "linear")


def test_without_sites_a_dynamic_candidate_tunes_and_ships_its_generator_and_says_so() -> None:
    card = for_competitors(CARD, "hyper_dynamic", ("dense", "hyper_dynamic"), sites=False)
    settings = {criterion.id: criterion.candidate_setting for criterion in card.criteria}
    assert settings["update_bytes"] == settings["finetune_score"] == settings["finetune_skill"] == "generator"
    assert settings["prediction_overhead"] == "cached"
    said = {criterion.id: criterion.explanation for criterion in card.criteria}
    for name in ("update_bytes", "finetune_score"):
        assert "generator" in said[name].en
        assert "生成器" in said[name].ja
        assert "embedding" not in said[name].en
        assert "埋め込み" not in said[name].ja
