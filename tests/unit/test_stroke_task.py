"""The stroke task: question, preparing, splits, scores and targets."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluator.errors import DataError
from evaluator.intake.strokes_forms import Drawing
from evaluator.tasks import stroke, task_for
from evaluator.tasks.protocol import PART_NAMES, Asked
from evaluator.tasks.stroke.budgets import SIZES
from evaluator.tasks.stroke.data import DOWN, END, PADDING, UP, encoded, strokes_of
from evaluator.tasks.stroke.doubles import without_near_doubles
from evaluator.tasks.stroke.prepare import deviation, thinned
from evaluator.tasks.stroke.simplify import corners, simplified
from evaluator.tasks.stroke.targets import Mixture, mixed_predictors, points_of
from evaluator.tasks.targets import targets_of
from tests.stroke_data import ask, make_lines, poc_of, prepared, told, written


def drawing(points: list[list[float]], lifts: list[int]) -> Drawing:
    return Drawing(np.array(points, dtype=np.float64), np.isin(np.arange(len(points)), lifts))


def test_the_question_finds_writers_and_counts(tmp_path: Path) -> None:
    asked = ask(written(tmp_path, make_lines()))
    assert (asked.site, asked.sites, asked.rows) == ("writer", 5, 200)
    assert asked.target_kind == "stroke"
    assert ask(written(tmp_path, make_lines()), options={"hidden": 128}).effort == 1.0 > asked.effort
    assert "writer" in asked.reasons["site"].en
    assert task_for([tmp_path / "pen.ndjson"]) == "stroke"


@pytest.mark.parametrize(("asked", "site"), [("", ""), ("writer", "writer"), (None, "writer")])
def test_a_site_that_is_asked_for_counts(asked: str | None, site: str, tmp_path: Path) -> None:
    assert ask(written(tmp_path, make_lines()), site=asked).site == site


def test_places_and_classes_are_sites_where_no_one_is_named(tmp_path: Path) -> None:
    plain = [{"drawing": one["drawing"]} for one in make_lines(120)]
    written(tmp_path, plain[:60], "two/a.ndjson")
    written(tmp_path, plain[60:], "two/b.ndjson")
    assert ask(tmp_path / "two").site == "file"
    written(tmp_path, plain[60:], "three/x/a.ndjson")
    written(tmp_path, plain[:60], "three/y/a.ndjson")
    assert ask(tmp_path / "three").site == "top_folder"
    classes = [{**one, "word": "cat" if number % 2 else "dog"} for number, one in enumerate(plain)]
    assert ask(written(tmp_path, classes, "classes.ndjson")).site == "word"
    assert ask(written(tmp_path, plain, "plain.ndjson")).site == ""


def test_the_number_that_ends_a_traces_name_is_its_drawer(tmp_path: Path) -> None:
    for number in range(60):
        lines = ["START", "0,0,0", f"{number + 1},-5,9", "BREAK"]
        written(tmp_path, lines, f"{'Greek' if number < 30 else 'Latin'}/c{number}/{number:04}_{number % 3 + 1:02}.txt")
    asked = ask(tmp_path)
    assert (asked.site, asked.sites) == ("drawer", 3)
    assert "3 drawers" in asked.reasons["site"].en
    assert ask(tmp_path, site="top_folder").sites == 2


def test_what_strokes_do_not_have_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, make_lines())
    with pytest.raises(DataError, match="target"):
        stroke.question([path], Asked(target="word"))
    with pytest.raises(DataError, match="random"):
        stroke.question([path], Asked(split="time"))
    with pytest.raises(DataError, match="'school'"):
        ask(path, site="school")
    with pytest.raises(DataError, match="too few sites"):
        ask(path, site="word")


def test_small_sites_become_one_that_is_never_new(tmp_path: Path) -> None:
    lines = [*make_lines(200), *make_lines(12, seed=5, writers=("rare", "odd"))]
    asked = ask(written(tmp_path, lines))
    assert asked.sites == 5
    assert "2 sites with less than 20" in told(asked.findings)
    for seed in range(5):
        poc = poc_of(asked)
        data = stroke.prepare(poc_of(asked, split=type(poc.split)("random", "", seed)), tmp_path / f"d{seed}")
        assert "(others)" in data.site_names[: data.known_sites]
        assert len(data.site_names) == 6


def test_offsets_and_states_are_those_of_the_drawing_and_come_back() -> None:
    one = drawing([[5, 5], [15, 5], [15, 10], [25, 12]], [2, 3])
    offsets, states = encoded([one, drawing([[0, 0], [1, 1]], [1])], 4)
    np.testing.assert_allclose(offsets[0], [[0, 0], [10, 0], [0, 5], [10, 2], [0, 0]])
    assert states.tolist() == [[DOWN, DOWN, UP, END, PADDING], [DOWN, END, PADDING, PADDING, PADDING]]
    assert strokes_of(offsets[0] / 10, states[0], 10.0) == [[[0, 10, 10], [0, 0, 5]], [[20], [7]]]
    assert deviation(offsets, states) == pytest.approx(math.sqrt((100 + 25 + 104 + 2) / 8))


def test_simplifying_keeps_corners_and_stays_within_the_tolerance() -> None:
    random = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 200)
    line = 50 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + random.normal(0, 0.2, (200, 2))
    kept = corners(line, 1.0, 200)
    assert kept is not None
    assert kept[0]
    assert kept[-1]
    assert 5 < kept.sum() < 40
    assert corners(line, 1.0, int(kept.sum())) is not None
    assert corners(line, 1.0, int(kept.sum()) - 1) is None
    places = np.flatnonzero(kept)
    for start, end in pairwise(places):
        along = (line[end] - line[start]) / np.hypot(*(line[end] - line[start]))
        aside = line[start : end + 1] - line[start]
        away = np.abs(along[0] * aside[:, 1] - along[1] * aside[:, 0])
        assert away.max() <= 1.0 + 1e-9
    straight = drawing([[0, 0], [1, 0.001], [2, 0], [2, 5], [9, 9], [10, 9]], [3, 5])
    found, more = simplified(straight, 0.01, 20)
    assert found is not None
    np.testing.assert_allclose(found.points, [[0, 0], [2, 0], [2, 5], [9, 9], [10, 9]])
    assert found.lifts.tolist() == [False, False, True, False, True]
    assert not more


def test_a_drawing_of_too_many_points_is_simplified_until_it_fits_and_told(tmp_path: Path) -> None:
    angle = np.linspace(0, 5 * np.pi, 10_000)
    spiral = [[(angle * np.cos(angle)).tolist(), (angle * np.sin(angle)).tolist()]]
    lines = [*make_lines(99), {"writer": "ann", "drawing": spiral}]
    data = prepared(tmp_path, lines)
    assert 12 < data.facts.length <= 19
    assert data.rows == 100
    assert any("1 of 100 drawings were simplified further, to 20 points" in one.en for one in data.repairs)
    assert any("simplified from" in one.en for one in data.repairs)
    growing = [[float(x), float(x % 2) * x] for x in range(20_000)]
    assert simplified(drawing(growing, [19_999]), 0.02, 20)[1]
    many = drawing([[float(x), float(x % 7)] for x in range(60)], list(range(1, 60, 2)))
    assert simplified(many, 0.01, 20) == (None, True)


def test_parts_have_their_shares_sites_and_no_drawing_in_two(tmp_path: Path) -> None:
    data = prepared(tmp_path, make_lines(500))
    counts = [data.part(name).rows for name in PART_NAMES]
    assert sum(counts) == data.rows == 500
    np.testing.assert_allclose(counts, [280, 60, 60, 40, 20, 40], atol=3)
    assert data.known_sites == 4
    assert {int(site) for site in data.train.site} == {0, 1, 2, 3}
    assert set(data.new_test.site.tolist()) == {4}
    rows = [one.tobytes() for name in PART_NAMES for one in np.asarray(data.part(name).offsets)]
    assert len(set(rows)) == 500
    train = np.asarray(data.train.offsets)[:, 1:][data.train.there]
    assert math.sqrt((train**2).mean()) == pytest.approx(1.0, abs=1e-4)
    again = stroke.load(tmp_path / "data")
    assert again.facts == data.facts
    np.testing.assert_array_equal(again.new_train.states, data.new_train.states)
    assert json.loads(data.facts_text())["architecture"]["mixtures"] == 3


def test_without_sites_the_later_part_is_new(tmp_path: Path) -> None:
    lines = make_lines(100)
    data = prepared(tmp_path, lines, site="")
    assert not data.has_sites
    assert sum(data.part(name).rows for name in PART_NAMES[3:]) == 20
    assert set(data.train.site.tolist()) == {-1}
    scaled = {one.tobytes() for one in np.asarray(data.new_test.offsets)}
    late, _ = encoded([Drawing(*_points(one["drawing"])) for one in lines[80:]], data.facts.length)
    assert scaled <= {(one / np.float32(data.facts.scale)).astype(np.float32).tobytes() for one in late}


def _points(strokes: list[list[list[float]]]) -> tuple[Any, Any]:
    points = np.concatenate([np.array(stroke, dtype=np.float64).T for stroke in strokes])
    ends = np.cumsum([len(stroke[0]) for stroke in strokes]) - 1
    whole, _ = simplified(Drawing(points, np.isin(np.arange(len(points)), ends)), 0.01, 20)
    assert whole is not None
    return whole.points, whole.lifts


def test_doubles_and_odd_sizes_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = make_lines(100)
    (other,) = make_lines(1, seed=9)
    huge = [[[x * 1000 for x in stroke[0]], [y * 1000 for y in stroke[1]]] for stroke in other["drawing"]]
    data = prepared(tmp_path, [*lines, lines[3], lines[4], {"writer": "ann", "drawing": huge}])
    assert data.rows == 100
    said = " | ".join(one.en for one in data.repairs)
    assert "2 of 103 drawings repeat another one exactly" in said
    assert "1 of 101 drawings skipped: 1 more than 20 times larger or smaller" in said
    same = prepared(tmp_path / "same", [*lines, {"writer": "ann", "drawing": huge}], {"size": "same"})
    assert same.rows == 101
    assert same.facts.scale < 1
    again = {**other, "writer": "bob"}
    assert prepared(tmp_path / "again", [*lines, again, {**again, "drawing": huge}], {"size": "same"}).rows == 101


def test_near_doubles_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = make_lines(100)

    def changed(number: int, change: Callable[[Any], Any]) -> dict[str, Any]:
        strokes = [[change(np.array(axis)).tolist() for axis in one] for one in lines[number]["drawing"]]
        return {"writer": "ann", "drawing": strokes}

    def finer(axis: Any) -> Any:
        return np.interp(np.arange(0, len(axis) - 0.9, 0.25), np.arange(len(axis)), axis)

    near = [changed(3, finer), changed(4, lambda axis: axis + 7.5), changed(5, lambda axis: axis * 1.0001)]
    data = prepared(tmp_path, [*lines, *near])
    assert data.rows == 100
    assert any("3 of 103 drawings left out: once simplified, the same as another one" in one.en for one in data.repairs)
    far = [changed(3, lambda axis: axis * 1.02), changed(4, lambda axis: axis[::-1])]
    assert prepared(tmp_path / "far", [*lines, *far]).rows == 102


def test_the_first_of_near_doubles_stays() -> None:
    zigzag = [[0.0, 0.0], [10.0, 5.0], [0.0, 9.0]]
    moved = [[x + 100, y + 100.005] for x, y in zigzag]
    other = [[0.0, 0.0], [10.0, 5.0], [0.0, 9.2]]
    lifted = drawing(zigzag, [1, 2])
    rows = [drawing(zigzag, [2]), lifted, drawing(other, [2]), drawing(moved, [2]), drawing(other, [2]), lifted]
    assert without_near_doubles(rows).tolist() == [0, 1, 2]
    assert without_near_doubles([]).tolist() == []


def test_large_data_is_thinned_to_the_budget_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "quick", type(SIZES["quick"])(100, 8, 8, 4, 4, 4))  # type: ignore[misc]
    data = prepared(tmp_path, make_lines(300))
    assert data.validation.rows == data.test.rows == 8
    said = " | ".join(one.en for one in data.repairs)
    assert "Of 300 drawings the budget allows 100" in said
    assert "validation 8/12" in said
    site = np.repeat(["a", "b"], [10, 30])
    np.testing.assert_array_equal(np.unique(site[thinned(site, 8)], return_counts=True)[1], [2, 6])


def test_scores_count_real_points_only(tmp_path: Path) -> None:
    data = prepared(tmp_path, make_lines(100))
    part = data.test
    prediction = np.zeros((part.rows, data.facts.length, 2))
    prediction[..., 0][part.there] = -2.0
    first = np.argwhere(part.there)[0]
    prediction[first[0], first[1]] = (-1.0, 1.0)
    points = part.there.sum()
    found = data.scores(part, prediction)
    assert found["quality.log_likelihood"] == pytest.approx(-2 + 1 / points)
    assert found["quality.log_loss"] == -found["quality.log_likelihood"]
    assert found["quality.end_accuracy"] == pytest.approx(1 / points)
    assert data.main_score(part, prediction) == found[data.main_metric]
    empty = part.take(slice(0, 0))
    assert math.isnan(data.main_score(empty, prediction[:0]))


def test_the_reference_beats_one_gaussian_and_sets_the_target(tmp_path: Path) -> None:
    data = prepared(tmp_path, make_lines(300))
    training, tuning = stroke.references(data)
    for one, target in zip((training, tuning), targets_of((training, tuning)), strict=True):
        assert one.score > one.naive + 0.5
        assert target == pytest.approx(one.naive + 0.9 * (one.score - one.naive))
    assert training.noise > 0


def test_a_predictor_sees_the_offsets_before_and_no_others(tmp_path: Path) -> None:
    part = prepared(tmp_path, make_lines(100)).validation
    points = points_of(part)
    assert len(points.offset) == part.there.sum()
    for number in (0, 1, 4):
        row = int(points.row[number])
        at = number - int(np.flatnonzero(points.row == row)[0]) + 1
        offsets = np.asarray(part.offsets[row], dtype=np.float64)
        np.testing.assert_allclose(points.offset[number], offsets[at])
        np.testing.assert_allclose(points.seen[number], [*offsets[at - 1], *(offsets[at - 2] if at > 1 else (0, 0))])
        assert points.state[number] == part.states[row, at]
        assert points.before[number] == part.states[row, at - 1]


def test_a_mixture_of_one_is_the_linear_gaussian_predictor() -> None:
    random = np.random.default_rng(1)
    seen = random.normal(0, 1, (20_000, 4))
    weights = np.array([[0.5, 0], [0, -0.7], [0.2, 0.1], [0, 0]])
    covariance = np.array([[0.5, 0.3], [0.3, 1.0]])
    offset = seen @ weights + random.multivariate_normal([0.5, -1.0], covariance, 20_000)
    found = Mixture(seen, offset, 1).log_density(seen, offset)
    away = offset - seen @ weights - [0.5, -1.0]
    squared = np.einsum("pi,ij,pj->p", away, np.linalg.inv(covariance), away)
    expected = -0.5 * squared - 0.5 * math.log((2 * math.pi) ** 2 * np.linalg.det(covariance))
    assert found.mean() == pytest.approx(expected.mean(), abs=0.02)
    assert np.corrcoef(found, expected)[0, 1] > 0.999
    nothing = Mixture(seen[:, :0], offset, 1).log_density(seen[:, :0], offset)
    assert nothing.mean() < found.mean() - 0.2


def test_the_reference_knows_every_pen_state(tmp_path: Path) -> None:
    data = prepared(tmp_path, make_lines(100))
    known, asked = points_of(data.train), points_of(data.validation)
    assert np.isfinite(mixed_predictors(known, asked)).all()
    never = type(known)(*(getattr(known, name)[known.before == DOWN] for name in known.__dataclass_fields__))
    assert np.isfinite(mixed_predictors(never, asked)).all()
    single = type(known)(*(getattr(known, name)[:1] for name in known.__dataclass_fields__))
    assert np.isfinite(mixed_predictors(single, asked)).all()
