"""The series task: nothing of later leaks into earlier, known points alone are scored, sites are held out."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from evaluator.tasks import fitting_tasks, series, task, task_for
from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.series import SeriesData
from evaluator.tasks.series.budgets import MOST_ROWS
from evaluator.tasks.series.lags import absolute_fits, forecasts, lag_inputs, ridge, targets
from evaluator.tasks.series.scores import score, skill
from evaluator.tasks.targets import targets_of
from tests.series_data import ask, make_frame, poc_of, prepared, written


@cache
def data_of(sites: bool = True) -> SeriesData:
    frame = make_frame() if sites else make_frame(stores=1, days=500).drop(columns="store")
    return prepared(Path(mkdtemp()), frame)


def test_it_is_found_by_its_name_and_has_what_a_task_has() -> None:
    found = task("series")
    assert found.NAME == "series"
    assert {"quick", "standard", "thorough"} == set(found.BUDGETS) == set(MOST_ROWS)
    assert [option.name for option in found.OPTIONS] == ["horizon", "history", "season", "date_order", "time"]


def test_the_question_finds_horizon_history_and_season(tmp_path: Path) -> None:
    path = written(tmp_path, make_frame())
    found = ask(path)
    assert (found.target, found.site, found.target_kind, found.sites) == ("demand", "store", "series", 5)
    assert dict(found.options) == {"horizon": 7, "history": 28, "season": 7, "date_order": "", "time": "date"}
    assert (found.split.by, found.split.column) == ("time", "date")
    assert {"target", "site", "time", "horizon"} <= set(found.reasons)
    assert ask(path, {"horizon": "3", "season": "14"}).options["history"] == 28


def test_sites_are_held_out_and_all_six_parts_have_rows() -> None:
    data = data_of()
    assert data.known_sites == 4
    assert len(data.site_names) == 5
    for name in PART_NAMES:
        sites = set(data.part(name).site.tolist())
        assert sites == ({4} if name.startswith("new") else {0, 1, 2, 3})
    shares = [data.part(name).rows / sum(data.part(one).rows for one in PART_NAMES[:3]) for name in PART_NAMES[:3]]
    assert shares == pytest.approx([0.70, 0.15, 0.15], abs=0.05)


@pytest.mark.parametrize("sites", [True, False])
def test_no_value_is_predicted_in_two_roles_and_training_comes_first(sites: bool) -> None:
    data = data_of(sites)
    horizon = data.facts.horizon
    for names in (PART_NAMES[:3], PART_NAMES[3:]):
        spans = [(data.part(name).origin.min() + 1, data.part(name).origin.max() + horizon) for name in names]
        assert spans[0][1] < spans[1][0] <= spans[1][1] < spans[2][0]
    if not sites:
        assert data.test.origin.max() + horizon <= data.new_train.origin.min()
        assert data.known_sites == 0
        assert set(data.train.site.tolist()) == {-1}


def test_later_values_change_neither_statistics_nor_inputs(tmp_path: Path) -> None:
    frame = make_frame()
    changed = frame.copy()
    late = changed["date"] >= "2024-10-01"
    changed.loc[late, "demand"] = changed.loc[late, "demand"] * 5 + 1000
    changed.loc[late, "weather"] = 99.0
    one = prepared(tmp_path, frame)
    path = written(tmp_path, changed)
    asked = ask(path)
    source = type(asked.source)(**{**asked.source.__dict__, "sha256": one.facts.data_hash})  # the same sites held out
    two = series.prepare(poc_of(asked, data=source), tmp_path / "changed")
    assert one.site_names == two.site_names
    assert one.facts.means == two.facts.means
    assert one.facts.deviations == two.facts.deviations
    assert one.facts.covariate_means == two.facts.covariate_means
    boundary = 274  # 1 October 2024
    early = one.train.origin < boundary
    assert early.all()
    np.testing.assert_array_equal(one.train.windows(), two.train.windows())
    np.testing.assert_array_equal(one.train.naive(), two.train.naive())
    assert not np.array_equal(one.test.truth(), two.test.truth())


def test_the_naive_forecast_is_the_last_known_week(tmp_path: Path) -> None:
    frame = make_frame(stores=1, days=300).drop(columns="store")
    missing = [100, *range(150, 160)]
    data = prepared(tmp_path, frame.drop(index=missing), {"horizon": 10})
    values = frame["demand"].to_numpy(dtype=np.float32).astype(np.float64)
    values[missing] = np.nan
    row = data.train.take(np.flatnonzero(data.train.origin == 120))
    np.testing.assert_allclose(row.naive()[0], [*values[114:121], *values[114:117]])
    np.testing.assert_allclose(row.truth()[0], values[121:131])
    after = data.train.take(np.flatnonzero(data.train.origin == 161)).naive()[0]
    np.testing.assert_allclose(after[5:7], values[160:162])  # known in the last week
    assert after[0] == pytest.approx(values[148])  # a week further back
    assert not np.isin(missing, data.train.origin).any()


def test_filled_values_are_inputs_but_never_scored(tmp_path: Path) -> None:
    frame = make_frame(stores=1, days=300).drop(columns="store")
    data = prepared(tmp_path, frame.drop(index=[100, 101]))
    part = data.train.take(np.flatnonzero(data.train.origin == 98))
    assert np.isnan(part.truth()[0]).tolist() == [False, True, True, False, False, False, False]
    wrong = np.nan_to_num(part.truth(), nan=1e9)
    assert data.main_score(part, wrong) == 1.0
    seen = data.train.take(np.flatnonzero(data.train.origin == 102)).windows()[0]
    assert seen[:, 1].sum() == 0  # filled, so not flagged as missing
    assert any("2 values missing, in 1 gap." in text.en for text in data.repairs)


def test_scores_by_hand() -> None:
    truth = np.array([[1.0, 2.0], [3.0, np.nan]])
    naive = np.array([[2.0, 4.0], [6.0, 0.0]])
    guess = np.array([[1.0, 3.0], [5.0, 77.0]])
    assert skill(truth, naive, guess) == pytest.approx(1 - (0 + 1 + 2) / (1 + 2 + 3))
    found = score(truth, naive, np.array([1.0, 4.0]), guess)
    assert found["quality.mae"] == pytest.approx(1.0)
    assert found["quality.rmse"] == pytest.approx((5 / 3) ** 0.5)
    assert found["quality.mase"] == pytest.approx((0 + 1 + 0.5) / 3)
    assert skill(truth, truth, guess) != skill(truth, truth, guess)  # a naive forecast without error: undefined
    assert np.isnan(list(score(truth[:0], naive[:0], np.zeros(0), guess[:0]).values())).all()


def test_what_is_written_is_loaded(tmp_path: Path) -> None:
    data = prepared(tmp_path, make_frame(days=120))
    loaded = series.load(tmp_path / "data")
    assert loaded.facts == data.facts
    assert not (tmp_path / "data.partial").exists()
    for name in PART_NAMES:
        np.testing.assert_array_equal(loaded.part(name).truth(), data.part(name).truth())
    assert data.scores(data.test, data.test.naive())["quality.skill"] == 0.0


def test_the_budget_thins_out_evenly_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.tasks.series.preparing.MOST_ROWS", {"quick": 300})
    data = prepared(tmp_path, make_frame())
    assert 290 <= data.rows <= 310
    assert any("evenly spread" in text.en for text in data.repairs)
    weekdays = np.bincount(data.train.origin % 7, minlength=7)
    assert weekdays.min() > 0.5 * weekdays.max()


def test_the_same_data_is_split_alike_and_another_seed_holds_out_others() -> None:
    path = written(Path(mkdtemp()), make_frame(days=120, stores=12))
    asked = ask(path)
    names = [
        series.prepare(poc_of(asked, split=type(asked.split)("time", "date", seed)), path.parent / str(n)).site_names
        for n, seed in enumerate((0, 0, 1, 2))
    ]
    assert names[0] == names[1]
    assert len(set(names)) > 1


def test_reference_targets_lie_between_naive_and_reachable() -> None:
    for target in targets_of(series.references(data_of())):
        assert 0.05 < target < 0.9


def test_ridge_is_the_closed_form_and_reweighting_lowers_the_absolute_error() -> None:
    data = data_of()
    inputs, wanted = lag_inputs(data.train), targets(data.train)
    random = np.random.default_rng(0)
    x, w = np.append(random.normal(size=(200, 3)), np.ones((200, 1)), axis=1), random.normal(size=(4, 2))
    np.testing.assert_allclose(ridge(x, x @ w, 1e-9), w, atol=1e-5)
    fits = absolute_fits(inputs, wanted, 1e-2)
    first, *_, last = [next(fits) for _ in range(5)]
    assert np.nanmean(np.abs(inputs @ last - wanted)) < np.nanmean(np.abs(inputs @ first - wanted))
    held = ridge(inputs, wanted, 1e6, start=last)
    np.testing.assert_allclose(held, last, atol=1e-3)
    assert data.main_score(data.train, forecasts(data.train, inputs, last)) > 0.2


def test_archives_of_tables_are_proposed_as_series_and_those_of_images_as_images(tmp_path: Path) -> None:
    tables, images, broken = (tmp_path / f"{name}.zip" for name in ("tables", "images", "broken"))
    with zipfile.ZipFile(tables, "w") as archive:
        archive.writestr("north.csv", "day,sold\n")
        archive.writestr("south.csv", "day,sold\n")
        archive.writestr("chart.png", b"")
    with zipfile.ZipFile(images, "w") as archive:
        archive.writestr("labels.csv", "path,label\n")
        for name in ("a.png", "b.png"):
            archive.writestr(name, b"")
    broken.write_bytes(b"no archive")
    assert task_for([tables]) == "series"
    assert task_for([images]) == task_for([broken]) == "image"
    assert "image" in fitting_tasks([tables])
    (tmp_path / "delivery").mkdir()
    tables.rename(tmp_path / "delivery" / "tables.zip")
    (tmp_path / "delivery" / "LICENSE").write_text("free", encoding="utf-8")
    (tmp_path / "delivery" / "README.md").write_text("tables of two stores", encoding="utf-8")
    assert task_for([tmp_path / "delivery"]) == "series", "notes beside the data don't count"
