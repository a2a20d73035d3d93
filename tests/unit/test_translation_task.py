"""The translation task: split by whole sources, numbered by the training rows, scored by hand-checked figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import numpy as np
import pytest

from evaluator.errors import DataError
from evaluator.intake.split import UNUSED
from evaluator.networks.protocol import AnyFitted
from evaluator.plan import candidate_of, variants_for
from evaluator.tasks import task, translation
from evaluator.tasks.protocol import PART_NAMES, Floats
from evaluator.tasks.targets import targets_of
from evaluator.tasks.translation import TranslationData
from evaluator.tasks.translation.budgets import SIZES
from evaluator.tasks.translation.data import TranslationPart
from evaluator.tasks.translation.exhibit import SHOWN
from evaluator.tasks.translation.prepare import evenly, without_spaces
from evaluator.tasks.translation.remarks import same_targets
from evaluator.tasks.translation.scores import compared, questions
from evaluator.tasks.translation.split import assign, group_codes, normal_form
from evaluator.tasks.translation.targets import stream
from evaluator.tasks.translation.tokens import BEGIN, END, PADDING, SPECIALS, UNKNOWN, UNKNOWN_SIGN, learned
from sample_data.business_pairs import make as business
from tests.translation_data import SITES, as_lines, ask, make_pairs, poc_of, prepared, told, written


@cache
def data_of(sites: bool = True) -> TranslationData:
    return prepared(Path(mkdtemp()), make_pairs(), site=None if sites else "")


def test_it_is_found_by_its_name_and_has_what_a_task_has() -> None:
    found = task("translation")
    assert found.NAME == "translation"
    assert {"quick", "standard", "thorough"} == set(found.BUDGETS) == set(SIZES)
    assert {"swap", "unit", "vocabulary", "length", "layer_norm"} <= {option.name for option in found.OPTIONS}
    assert candidate_of("translation") == "hyper_dynamic"
    assert "dense_site" in variants_for("branch", "translation", {})
    assert "dense_site" not in variants_for("", "translation", {})


def test_the_question_finds_direction_and_sites(tmp_path: Path) -> None:
    path = written(tmp_path, as_lines(make_pairs(), header=True))
    found = ask(path)
    assert (found.site, found.sites, found.target, found.target_kind) == ("branch", 5, "", "translation")
    assert "'source' is translated into 'target'" in found.reasons["swap"].en
    assert "site" in found.reasons
    swapped = ask(path, options={"swap": True}, site="")
    assert (swapped.site, swapped.sites) == ("", 0)
    assert "'target' is translated into 'source'" in swapped.reasons["swap"].en
    assert ask(path, options={"hidden": 128}).effort > ask(path, options={"hidden": 64}).effort > 1.0
    few = make_pairs()[:-5] + [(f"猫{n}", f"cat {n}", "far") for n in range(5)]
    merged = ask(written(tmp_path, as_lines(few), "few.tsv"))
    assert merged.site == "c3"
    assert "1 site with fewer than 20 pairs" in told(merged.findings)


def test_no_source_is_on_two_sides_and_all_six_parts_have_rows() -> None:
    for sites in (True, False):
        data = data_of(sites)
        where: dict[bytes, set[str]] = {}
        for name in PART_NAMES:
            part = data.part(name)
            assert part.rows > 0
            for row in part.source:
                where.setdefault(row.tobytes(), set()).add(name)
        assert Counter(len(names) for names in where.values()).keys() == {1}
        assert data.train.rows > 3 * data.validation.rows
    data = data_of()
    assert sorted(data.site_names) == sorted(SITES)
    assert data.known_sites == 4
    for name in PART_NAMES:
        assert set(data.part(name).site.tolist()) == ({4} if name.startswith("new") else {0, 1, 2, 3})
    assert set(data_of(False).train.site.tolist()) == {-1}


def test_roles_keep_sources_together_in_their_shares_and_the_last_fifth_is_new() -> None:
    groups = group_codes([f"s{number % 900}" for number in range(1_000)])
    roles = assign(groups, np.full(1_000, -1), "key")
    assert all(len(set(roles[groups == group])) == 1 for group in range(900))
    shares = np.bincount(roles, minlength=6) / 1_000
    np.testing.assert_allclose(shares, [0.56, 0.12, 0.12, 0.08, 0.04, 0.08], atol=0.02)
    assert groups[roles >= 3].min() > groups[roles < 3].max()
    np.testing.assert_array_equal(roles, assign(groups, np.full(1_000, -1), "key"))
    assert (roles != assign(groups, np.full(1_000, -1), "other")).any()


def test_a_source_of_known_sites_is_not_used_at_new_ones() -> None:
    groups = np.array([number % 60 for number in range(600)])
    sites = np.arange(600) // 60
    roles = assign(groups, sites, "key")
    new = np.unique(sites[(roles >= 3) | (roles == UNUSED)])
    assert len(new) == 2
    assert (roles[np.isin(sites, new)] == UNUSED).all()
    own = np.where(np.isin(sites, new), groups + 100, groups)
    fresh = assign(own, sites, "key")
    assert (fresh[np.isin(sites, new)] >= 3).all()
    assert all(len(set(fresh[own == group])) == 1 for group in np.unique(own))
    assert {3, 4, 5} == set(fresh[np.isin(sites, new)].tolist())
    kept = assign(own, sites, "key", never_new=int(new[0]))
    assert (kept[sites == new[0]] < 3).all()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("A dog sees a cat", "a dog sees a cat."),
        ("A dog  sees a cat!", "Ａ dog,sees a cat"),
        ("犬は 3 匹の猫を見る", "犬は３匹の猫を見る。"),
        ("「ﾊﾞｽ」で行く", "バスで行く"),
        ("Straße", "STRASSE"),
    ],
)
def test_what_differs_in_case_width_or_marks_only_is_one_source(one: str, two: str) -> None:
    assert normal_form(one) == normal_form(two)
    assert group_codes([one, "another", two, "..."]).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(("one", "two"), [("ハス", "バス"), ("...", "!!!"), ("กิน", "กัน"), ("a + b", "a − b")])
def test_what_differs_otherwise_is_another_source(one: str, two: str) -> None:
    assert normal_form(one) != normal_form(two)


@pytest.mark.parametrize("sites", [True, False])
def test_near_doubles_stay_on_one_side_and_are_told(sites: bool, tmp_path: Path) -> None:
    plain = [(f"number {source}", target, site) for source, target, site in make_pairs(300)]
    near = [(f"{source.upper()} .", f"{target}.", site) for source, target, site in plain]
    data = prepared(tmp_path, [*plain, *near], site=None if sites else "")
    symbols = data.facts.source.symbols
    where: dict[str, set[str]] = {}
    for name in PART_NAMES:
        for row in np.asarray(data.part(name).source):
            written_as = "".join(symbols[number - SPECIALS] for number in row if number >= SPECIALS)
            where.setdefault(normal_form(written_as), set()).add(name)
    assert len(where) > 250
    assert {len(names) for names in where.values()} == {1}
    said = " | ".join(one.en for one in data.repairs)
    assert f"{2 * len({source for source, _, _ in plain})} sources are the same as another one but for" in said


def test_targets_that_training_has_too_are_counted_by_their_normal_form() -> None:
    (found,) = same_targets(["A dog.", "A cat."], ["a dog", "a horse", "A CAT"])
    assert found.en.startswith("2 of 3 test pairs have a target that training has too")
    assert not same_targets(["A dog."], ["a horse"])


def test_a_source_counts_once_in_bleu_with_all_its_targets(tmp_path: Path) -> None:
    assert questions(["a", "b", "a", "a"], np.array([0, 0, 0, 1])) == [[0, 2], [1], [3]]
    assert compared(["the cat sat on the mat"], [["a dog ran away", "the cat sat on the mat"]], "13a") == {
        "quality.bleu": pytest.approx(1.0),
        "quality.chrf": pytest.approx(1.0),
    }
    pairs = make_pairs(300)
    again = [(source, f"{target} again and again", site) for source, target, site in pairs]
    data = prepared(tmp_path, [*pairs, *again], {"length": 80})
    part = data.test
    asked = questions(part.sentences[:, 0].tolist(), part.site)
    several = sum(len(set(part.sentences[own, 1].tolist())) > 1 for own in asked)
    assert several == len(asked) < part.rows
    said = " | ".join(one.en for one in data.repairs)
    assert f"Test sources with more than one target: {several}." in said
    answers = np.asarray(part.target).copy()
    for own in asked:  # every row is answered as its source's first one is: each answer is among the references
        answers[own] = answers[own[0]]
    prediction = np.stack([np.where(part.counted, -1.0, 0.0), answers.astype(np.float64)], axis=-1)
    assert data.scores(part, prediction)["quality.bleu"] == pytest.approx(1.0)
    assert data.scores(part, prediction)["quality.chrf"] == pytest.approx(1.0)


def test_no_source_is_shown_twice(tmp_path: Path) -> None:
    pairs = [(f"number {source}", target, site) for source, target, site in make_pairs(300)]
    again = [(f"{source.upper()}.", f"{target} again", site) for source, target, site in pairs]
    data = prepared(
        tmp_path, [*pairs, *again, *((source, f"{target} too", "") for source, target, _ in pairs)], {"length": 80}
    )

    class Echo:
        """Translates as the human does."""

        def predictor(self, *, cached: bool) -> Callable[[TranslationPart], Floats]:
            return lambda part: np.asarray(part.target).astype(np.float64)[..., None]

    shown: Any = translation.exhibit(data, cast("AnyFitted", Echo()))
    sources = [normal_form(row["source"]) for row in shown["rows"]]
    assert len(sources) == len(set(sources)) == SHOWN
    assert all(row["made"] == row["reference"] for row in shown["rows"])


def test_characters_are_numbered_by_the_training_rows_and_others_are_unknown() -> None:
    tokens = learned(["aab", "bac", "cあ"], "characters", 2)
    assert tokens.symbols == ("a", "b")
    assert tokens.count == SPECIALS + 2
    assert tokens.encode(["abz"]) == [[SPECIALS, SPECIALS + 1, UNKNOWN]]
    assert tokens.text(np.array([SPECIALS, UNKNOWN, END, SPECIALS])) == f"a{UNKNOWN_SIGN}"
    assert tokens.text(np.array([PADDING, BEGIN])) == ""


@pytest.mark.parametrize("most", [30, 60, 400])
def test_subwords_spell_what_was_written_and_are_no_more_than_asked(most: int) -> None:
    sentences = [target for _, target, _ in make_pairs(300)]
    tokens = learned(sentences, "subwords", most)
    assert SPECIALS < tokens.count <= most + SPECIALS
    numbers = tokens.encode(sentences[:20])
    assert {PADDING, BEGIN, END}.isdisjoint(number for one in numbers for number in one)
    if most > 30:
        assert [tokens.text(np.array([*one, END, PADDING])) for one in numbers] == sentences[:20]
    assert learned(sentences, "subwords", most) == tokens
    assert UNKNOWN in tokens.encode(["犬 sees"])[0]


def test_rows_hold_what_was_written(tmp_path: Path) -> None:
    pairs = make_pairs()
    known = {source: {target for one, target, _ in pairs if one == source} for source, _, _ in pairs}
    for options in ({}, {"unit": "subwords", "vocabulary": 60}, {"swap": True}):
        data = prepared(tmp_path / str(len(options)) / str(options.get("swap")), pairs, options)
        part = data.test
        assert part.target.shape == (part.rows, data.facts.target_longest)
        assert part.source.shape == (part.rows, data.facts.source_longest)
        assert (part.counted.sum(axis=1) == (np.asarray(part.target) == END).argmax(axis=1) + 1).all()
        for row, (source, target) in enumerate(part.sentences.tolist()):
            pair = (target, source) if options.get("swap") else (source, target)
            assert pair[1] in known[pair[0]]
            assert data.facts.target.text(np.asarray(part.target[row])) == target
        assert set(data.train.sentences.ravel().tolist()) == {""}


def test_scores_follow_from_likelihoods_and_translations() -> None:
    data = data_of()
    part = data.test.take(slice(0, 3))
    told_off = np.where(part.counted, math.log(0.25), 0.0)[..., None].astype(np.float32)
    found = data.scores(part, told_off)
    assert found == {
        "quality.log_likelihood": pytest.approx(math.log(0.25)),
        "quality.log_perplexity": pytest.approx(-math.log(0.25)),
    }
    assert data.main_score(part, told_off) == found[data.main_metric]
    same = np.concatenate([told_off, np.asarray(part.target)[..., None].astype(np.float32)], axis=-1)
    assert data.scores(part, same)["quality.bleu"] == pytest.approx(1.0)
    assert data.scores(part, same)["quality.chrf"] == pytest.approx(1.0)
    silent = np.concatenate([told_off, np.zeros_like(told_off)], axis=-1)
    assert data.scores(part, silent)["quality.bleu"] == 0.0
    assert math.isnan(data.main_score(part.take(slice(0, 0)), told_off[:0]))


def test_bleu_is_the_geometric_mean_of_precisions_times_brevity() -> None:
    made, human = ["the cat sat on the mat"], [["the cat sat on the red mat"]]
    precisions = (6 / 6, 4 / 5, 3 / 4, 2 / 3)
    expected = math.exp(1 - 7 / 6) * math.prod(precisions) ** 0.25
    assert compared(made, human, "13a")["quality.bleu"] == pytest.approx(expected, abs=1e-6)
    assert compared(["猫が座る"], [["猫が座った"]], "13a")["quality.bleu"] < 0.01
    assert compared(["猫が座る"], [["猫が座った"]], "char")["quality.bleu"] > 0.3


def test_languages_without_spaces_are_told_by_their_characters() -> None:
    assert without_spaces(["これは TSV です。"])
    assert without_spaces(["ภาษาไทย"])
    assert not without_spaces(["This is 東京.", "Voilà."])
    assert data_of().facts.bleu_tokens == "13a"
    swapped = prepared(Path(mkdtemp()), make_pairs(), {"swap": True})
    assert swapped.facts.bleu_tokens == "char"
    assert any("counts characters" in one.en for one in swapped.repairs)


def test_the_reference_is_a_trigram_and_naive_the_share_of_each_token() -> None:
    data = data_of()
    one = data.train.take(slice(0, 2))
    tokens = stream([one])[0]
    assert tokens.tolist() == [number for row in one.target for number in (BEGIN, *row[row != PADDING])]
    training, finetuning = translation.references(data)
    counts = np.bincount(np.asarray(data.train.target)[data.train.counted], minlength=data.facts.target.count) + 1.0
    scored = np.asarray(data.validation.target)[data.validation.counted]
    assert training.naive == pytest.approx(float(np.log(counts / counts.sum())[scored].mean()), abs=0.01)
    assert training.naive < training.score < 0
    targets = targets_of((training, finetuning))
    assert targets[0] == pytest.approx(training.naive + 0.9 * (training.score - training.naive))
    assert targets[1] == pytest.approx(finetuning.naive + 0.9 * (finetuning.score - finetuning.naive))


def test_what_is_prepared_is_loaded_and_the_same_again(tmp_path: Path) -> None:
    asked = ask(written(tmp_path, as_lines(make_pairs())), options={"unit": "subwords", "vocabulary": 80})
    one, two = (translation.prepare(poc_of(asked), tmp_path / name) for name in ("one", "two"))
    assert one.facts == two.facts == translation.load(tmp_path / "one").facts
    for name in PART_NAMES:
        for array in ("source", "target", "site", "sentences"):
            np.testing.assert_array_equal(getattr(one.part(name), array), getattr(two.part(name), array))
    others = {
        translation.prepare(poc_of(asked, split=type(asked.split)("random", "", seed)), tmp_path / str(seed)).site_names
        for seed in range(5)
    }
    assert len(others) > 1
    assert not list(tmp_path.glob("*.partial"))


def test_many_pairs_are_thinned_evenly_and_told(tmp_path: Path) -> None:
    assert evenly(10, 4).tolist() == [0, 2, 5, 7]
    assert evenly(3, 4).tolist() == [0, 1, 2]
    pairs = [(f"{number}{source}", target, site) for number, (source, target, site) in enumerate(make_pairs(11_000))]
    data = prepared(tmp_path, pairs)
    assert data.test.rows <= SIZES["quick"].test
    assert set(data.test.site.tolist()) == {0, 1, 2, 3}
    text = " ".join(one.en for one in data.repairs)
    assert "Of 11,000 pairs the budget allows 10,000" in text
    assert "only some pairs are scored" in text


def test_long_pairs_are_left_out_up_to_half(tmp_path: Path) -> None:
    longest = sorted(len(target) for _, target, _ in make_pairs())
    data = prepared(tmp_path, make_pairs(), {"length": longest[-60]})
    assert data.facts.target_longest == longest[-60] + 1
    assert any("pairs were left out: a side has more than" in one.en for one in data.repairs)
    with pytest.raises(DataError, match="longer than the limit"):
        prepared(tmp_path, make_pairs(), {"length": longest[40]})


def test_the_sample_is_what_its_script_makes_and_its_departments_are_the_sites() -> None:
    assert business.FILE.read_text(encoding="utf-8") == business.pairs()
    assert business.FILE.stat().st_size < 300_000
    found = ask(business.FILE, options={"unit": "subwords"})
    assert (found.site, found.sites, found.rows) == ("部署", len(business.DEPARTMENTS), business.PAIRS)
