"""The text task: cut in reading order, numbered by the training text alone, scored by hand-checked likelihoods."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from evaluator.errors import DataError
from evaluator.intake.text import read_texts
from evaluator.plan import variants_for
from evaluator.poc_new import new_poc
from evaluator.tasks import task, text
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.targets import targets_of
from evaluator.tasks.text import TextData, TextPart
from evaluator.tasks.text.budgets import SIZES
from evaluator.tasks.text.data import UNKNOWN
from evaluator.tasks.text.prepare import limited
from evaluator.tasks.text.sites import streams
from evaluator.tasks.text.symbols import encode, vocabulary, windows
from evaluator.tasks.text.targets import Trigram
from evaluator.tasks.text.thinning import first_rows, spread_rows
from sample_data.reports_text import make as reports
from tests.text_data import SMALL, ask, make_speeches, poc_of, prepared, written


@cache
def data_of(sites: bool = True) -> TextData:
    return prepared(Path(mkdtemp()), make_speeches(), site=None if sites else "")


def test_it_is_found_by_its_name_and_has_what_a_task_has() -> None:
    found = task("text")
    assert found.NAME == "text"
    assert {"quick", "standard", "thorough"} == set(found.BUDGETS) == set(SIZES)
    assert {"length", "aozora", "sites", "layers", "layer_norm"} <= {option.name for option in found.OPTIONS}
    assert text.CANDIDATE == "hyper_dynamic"


def test_one_layer_has_nothing_to_share() -> None:
    assert {"shared", "hyper"} <= set(variants_for("speaker", "text", {"layers": 2}))
    assert not {"shared", "hyper"} & set(variants_for("speaker", "text", {"layers": 1}))
    assert "dense_site" not in variants_for("", "text", {"layers": 1})


def test_the_question_says_who_takes_part_because_of_its_options(tmp_path: Path) -> None:
    file = written(tmp_path, make_speeches())
    one, two = ask(file, options={"layers": 1}).reasons, ask(file, options={"layer_norm": False}).reasons
    assert "layers to 2" in one["layers"].en
    assert "layers を 2" in one["layers"].ja
    assert "rival" in one["layer_norm"].en
    assert not {"layers", "layer_norm"} & set(two)


@pytest.mark.parametrize("site", ["", None])
def test_what_normalisation_and_sites_do_alone_has_a_rival_of_its_own(tmp_path: Path, site: str | None) -> None:
    found = new_poc([written(tmp_path, make_speeches())], task="text", site=site, options={"length": 20}).poc
    rivals = {"layer_norm_lstm", "small_dense"} | (set() if site == "" else {"dense_site"})
    assert rivals <= set(found.variants)
    assert rivals == set(found.scorecard.rivals)
    assert (found.scorecard.candidate, found.scorecard.baseline) == ("hyper_dynamic", "dense")


def test_the_question_finds_speakers_files_and_folders(tmp_path: Path) -> None:
    found = ask(written(tmp_path, make_speeches(), "play/text.txt"))
    assert (found.site, found.sites, found.target, found.target_kind) == ("speaker", 5, "", "text")
    assert found.options["sites"] == "speaker"
    assert "site" in found.reasons
    assert found.rows > 300
    assert ask(tmp_path / "play", site="").site == ""
    for seed, name in enumerate(("a/one.txt", "a/two.txt", "b/three.txt")):
        written(tmp_path / "tree", make_speeches(200, seed=seed), name)
    assert ask(tmp_path / "tree").site == "top_folder"
    assert ask(tmp_path / "tree", options={"sites": "file"}).sites == 3
    assert ask(tmp_path / "tree" / "a").site == "file"


def test_sites_are_held_out_and_all_six_parts_have_rows() -> None:
    data = data_of()
    assert (len(data.site_names), data.known_sites) == (5, 4)
    for name in PART_NAMES:
        part = data.part(name)
        assert part.windows.shape == (part.rows, SMALL["length"] + 1)  # type: ignore[operator]
        assert set(part.site.tolist()) == ({4} if name.startswith("new") else {0, 1, 2, 3})
    shares = [data.part(name).rows for name in PART_NAMES[:3]]
    assert shares[0] > 3 * shares[1] > 0


def test_without_sites_the_parts_follow_each_other_in_the_text() -> None:
    content = make_speeches()
    data = prepared(Path(mkdtemp()), content, {"sites": "none", "length": 80})
    assert not data.has_sites
    assert data.known_sites == 0
    at = [content.index(data.facts.text(data.part(name).windows[row])) for name in PART_NAMES for row in (0, -1)]
    assert at == sorted(at)
    assert at[6] >= 0.8 * len(content) - 1
    assert set(data.train.site.tolist()) == {-1}


def test_every_character_but_the_first_is_predicted_once() -> None:
    rows = windows(np.arange(45, dtype=np.uint16), 10)
    assert rows.shape == (4, 11)
    assert rows[:, 1:].ravel().tolist() == list(range(1, 41))
    assert rows[1:, 0].tolist() == rows[:-1, -1].tolist()
    assert windows(np.arange(10, dtype=np.uint16), 10).shape == (0, 11)


def test_characters_are_numbered_by_the_training_text_and_others_are_unknown() -> None:
    symbols = vocabulary(["bbbbb", "aaaa猫猫猫", "zz"], 10)
    assert symbols == (UNKNOWN, "b", "a", "猫")
    assert encode("ab猫z😀", symbols).tolist() == [2, 1, 3, 0, 0]
    assert vocabulary(["bbbbb", "aaaa"], 1) == (UNKNOWN, "b")
    late = make_speeches() + "ザ" * 300
    data = prepared(Path(mkdtemp()), late, {"sites": "none"})
    assert "ザ" not in data.facts.symbols
    told = next(one for one in data.repairs if "'unknown' symbol" in one.en)
    counted = {name: int((data.part(name).targets == 0).sum()) for name in PART_NAMES}
    assert counted["new_test"] > counted["train"] == counted["test"] == 0
    assert f"test on later text {counted['new_test']:,}/{data.new_test.targets.size:,}" in told.en
    assert "test 0/" in told.en
    assert f"後半の文章のテスト {counted['new_test']:,}/" in told.ja


def test_scores_follow_from_likelihoods() -> None:
    data = data_of()
    part = data.test.take(slice(0, 2))
    prediction = np.zeros((2, 20, 2), dtype=np.float32)
    prediction[..., 0] = math.log(0.25)
    prediction[0, :, 1] = 1.0
    found = data.scores(part, prediction)
    assert found["quality.log_likelihood"] == pytest.approx(math.log(0.25))
    assert found["quality.bits_per_character"] == pytest.approx(2.0)
    assert found["quality.accuracy"] == 0.5
    assert data.main_score(part, prediction) == found[data.main_metric]
    assert math.isnan(data.main_score(part, prediction[:0]))


def test_a_trigram_is_a_distribution_and_knows_what_it_counted() -> None:
    random = np.random.default_rng(0)
    rows = random.integers(0, 4, size=(50, 12))
    model = Trigram(rows, 4)
    context = np.array([[1, 2, 3]] * 4)
    context[:, 2] = np.arange(4)
    assert model.probabilities(context)[:, 1].sum() == pytest.approx(1.0)
    assert model.probabilities(context)[:, 0] == pytest.approx(np.full(4, model.probabilities(context)[0, 0]))
    cycle = np.tile(np.arange(4), (30, 3))
    unigram, trigram = Trigram(cycle, 4).log_likelihoods(cycle)
    assert unigram == pytest.approx(-math.log(4), abs=0.05)
    assert trigram > -0.05


def test_reference_targets_lie_between_unigram_and_certainty() -> None:
    data = data_of()
    unigram, trigram = Trigram(
        np.asarray(data.train.windows).astype(np.int64), len(data.facts.symbols)
    ).log_likelihoods(np.asarray(data.validation.windows).astype(np.int64))
    target, finetune = targets_of(text.references(data))
    assert target == pytest.approx(unigram + 0.9 * (trigram - unigram))
    assert unigram < target < trigram < 0
    assert unigram - 1 < finetune < 0


def test_what_is_prepared_is_loaded_and_the_same_again(tmp_path: Path) -> None:
    asked = ask(written(tmp_path, make_speeches()))
    one, two = (text.prepare(poc_of(asked), tmp_path / name) for name in ("one", "two"))
    assert one.facts == two.facts == text.load(tmp_path / "one").facts
    for name in PART_NAMES:
        np.testing.assert_array_equal(one.part(name).windows, two.part(name).windows)
    others = {
        text.prepare(poc_of(asked, split=type(asked.split)("time", "", seed)), tmp_path / str(seed)).site_names
        for seed in range(5)
    }
    assert len(others) > 1
    assert not list(tmp_path.glob("*.partial"))


def test_a_large_text_is_cut_to_the_budget_and_long_parts_are_thinned_and_told(tmp_path: Path) -> None:
    kept, notes = limited({"a": "x" * 600, "b": "y" * 200}, 400)
    assert {name: len(one) for name, one in kept.items()} == {"a": 300, "b": 100}
    assert "800" in notes[0].en
    assert "400" in notes[0].en
    data = prepared(tmp_path, make_speeches(3_000))
    assert data.test.rows <= SIZES["quick"].test
    assert data.new_train.rows <= SIZES["quick"].new_train
    assert set(data.test.site.tolist()) == {0, 1, 2, 3}
    assert any("only some windows" in one.en for one in data.repairs)


def test_thinned_rows_begin_with_some_in_a_row_and_give_every_site_its_share() -> None:
    site = np.repeat(np.array([0, 1, 2], np.int32), [100, 50, 4])
    found = spread_rows(site, 50, 5)
    own = [found[site[found] == one] for one in range(3)]
    assert [len(one) for one in own] == [32, 16, 1]
    assert own[0][:5].tolist() == [0, 1, 2, 3, 4]
    assert own[1][:5].tolist() == [100, 101, 102, 103, 104]
    assert own[0][-1] > 90
    assert (np.diff(found) > 0).all()
    assert (np.diff(spread_rows(site, 10, 5)[:6]) > 1).all()
    assert first_rows(site, 50)[:33].tolist() == [*range(32), 100]


def test_a_stretch_ends_at_a_gap_and_where_another_site_begins() -> None:
    rows = windows(np.arange(61, dtype=np.uint16), 10)
    site, start = np.zeros(6, dtype=np.int32), np.arange(6) * 10
    part = TextPart(rows, site, start)
    assert part.stretch(35).tolist() == list(range(1, 36))
    assert part.stretch(400).tolist() == list(range(1, 61))
    assert part.take(np.array([0, 1, 3, 4])).stretch(400).tolist() == list(range(1, 21))
    assert TextPart(rows, np.array([0, 0, 0, 1, 1, 1], np.int32), start).stretch(400).tolist() == list(range(1, 31))
    assert part.take(np.array([4])).stretch(400).tolist() == list(range(41, 51))


def test_the_first_test_rows_of_a_thinned_part_read_on_as_in_the_text(tmp_path: Path) -> None:
    content = make_speeches(4_000)
    data = prepared(tmp_path, content, site="")
    assert data.test.rows < len(content) * 0.1 / 20
    assert data.facts.text(data.test.stretch(400)) in content
    assert len(data.test.stretch(400)) == 400


def test_the_sample_is_what_its_script_makes_and_its_writers_are_the_sites() -> None:
    assert reports.FILE.read_text(encoding="utf-8") == reports.log()
    found = ask(reports.FILE)
    assert (found.site, found.sites) == ("speaker", len(reports.WRITERS))


def test_files_of_one_name_in_two_folders_are_two_sites(tmp_path: Path) -> None:
    for folder, words in (("x", "いろはにほへと。"), ("y", "ちりぬるをわか。")):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, words * 1500, "a.txt")
    texts = read_texts(ask(tmp_path, options={"sites": "none"}).source, aozora="no")
    assert set(streams(texts, "file", length=20, most=10).text) == {"x/a", "y/a"}


def test_two_sites_are_one_to_learn_from_and_one_held_out_and_told(tmp_path: Path) -> None:
    two = make_speeches(300, writers=("ann", "bob"))
    data = prepared(tmp_path, two)
    assert (data.known_sites, len(data.site_names)) == (1, 2)
    assert any("only two sites" in one.en for one in data.repairs)
    assert not any("only two sites" in one.en for one in data_of().repairs)


def test_a_text_of_hardly_any_characters_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "ああいい。" * 4000)
    with pytest.raises(DataError, match="different characters"):
        text.prepare(poc_of(ask(file, options={"sites": "none"})), tmp_path / "data")
