"""A template's scorecard, fitted to the variants of another task."""

from __future__ import annotations

from scorecards.adaptation import for_competitors
from scorecards.scorecard_file import load_template

CARD, _ = load_template("meeting")


def test_a_table_keeps_its_template() -> None:
    tables = ("dense", "shared", "hyper", "small_dense", "dense_site", "boosted_trees")
    assert for_competitors(CARD, "hyper", tables, sites=True) is CARD
    assert for_competitors(CARD, "hyper", ("dense", "hyper"), sites=False) is CARD


def test_another_candidate_meets_the_simpler_variants_of_its_task() -> None:
    card = for_competitors(CARD, "hyper_dynamic", ("dense", "hyper_dynamic", "linear", "dense_site"), sites=True)
    assert (card.candidate, card.baseline) == ("hyper_dynamic", "dense")
    assert card.rivals == ("dense_site", "linear")
    assert card.criteria == CARD.criteria


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
