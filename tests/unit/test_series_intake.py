"""Series from files: times in many spellings, steps, grids, and every repair counted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluator.errors import DataError
from evaluator.intake.series_files import detect_series
from evaluator.intake.series_grid import carried, filled
from evaluator.intake.series_step import find_step
from evaluator.intake.series_times import clock_seconds
from tests.series_data import make_frame, read, written


def told(path: Path, **asked: str) -> str:
    """Return the repairs in English."""
    return " | ".join(text.en for text in read(path, site="", **asked).grid.repairs)


def hourly(count: int = 200) -> pd.DataFrame:
    times = pd.Timestamp("2025-03-01 00:00") + pd.to_timedelta(np.arange(count), unit="h")
    return pd.DataFrame({"time": times.strftime("%Y-%m-%d %H:%M"), "value": np.arange(count) % 24 + 0.5})


def first_times(path: Path, **asked: str) -> list[str]:
    table = read(path, site="", **asked)
    return [str(one)[:16] for one in table.grid.step.times(3)]


def test_a_daily_table_is_read_with_its_sites_and_covariates(tmp_path: Path) -> None:
    table = read(written(tmp_path, make_frame(days=60, stores=3)))
    assert (table.target, table.site, table.time) == ("demand", "store", ("date",))
    assert table.grid.values.shape == (3, 60)
    assert table.grid.covariate_names == ("weather",)
    assert table.grid.step.season == 7
    assert table.grid.repairs == ()
    assert table.columns == {"date": "date", "store": "identifier", "demand": "numeric", "weather": "numeric"}


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"Date": "10/03/2004", "Time": "18.00.00"}, "2004-03-10T18:00"),
        ({"Date": "2004-03-10", "Time": "18:00"}, "2004-03-10T18:00"),
        ({"日付": "2004年3月10日", "時刻": "18時"}, "2004-03-10T18:00"),
        ({"日時": "2004年03月10日 18時"}, "2004-03-10T18:00"),
        ({"日時": "2004年03月10日18時00分"}, "2004-03-10T18:00"),
        ({"year": 2004, "month": 3, "day": 10, "hour": 18}, "2004-03-10T18:00"),
        ({"timestamp": 1078941600}, "2004-03-10T18:00"),
        ({"timestamp": 1078941600000}, "2004-03-10T18:00"),
        ({"datetime": "200403101800"}, "2004-03-10T18:00"),
    ],
)
def test_times_are_found_and_put_together(tmp_path: Path, frame: dict[str, object], expected: str) -> None:
    """40 hours from one moment on, each written in the same way."""
    start = pd.Timestamp("2004-03-10 18:00")
    rows = []
    for hour in range(40):
        at = start + pd.Timedelta(hours=hour)
        row: dict[str, object] = {}
        for name, example in frame.items():
            if name in ("year", "month", "day", "hour"):
                row[name] = getattr(at, name)
            elif name == "timestamp":
                row[name] = int(at.timestamp()) * (1000 if int(str(example)) > 10**11 else 1)
            elif name == "datetime":
                row[name] = at.strftime("%Y%m%d%H%M")
            elif name == "日時":
                row[name] = at.strftime("%Y年%m月%d日 %H時" if str(example).endswith("時") else "%Y年%m月%d日%H時%M分")
            elif name in ("Time", "時刻"):
                row[name] = at.strftime({"18.00.00": "%H.%M.%S", "18:00": "%H:%M", "18時": "%H時"}[str(example)])
            else:
                style = {"10/03/2004": "%d/%m/%Y", "2004-03-10": "%Y-%m-%d"}.get(str(example))
                row[name] = at.strftime(style) if style else f"{at.year}年{at.month}月{at.day}日"
        rows.append({**row, "value": hour * 1.5})
    path = written(tmp_path, pd.DataFrame(rows))
    order = {"date_order": "dmy"} if "10/03/2004" in frame.values() else {}
    assert first_times(path, **order)[0] == expected
    assert read(path, site="", **order).grid.values.shape == (1, 40)


def slashed(tmp_path: Path, style: str, days: int = 12) -> Path:
    """Twelve days a month at most, so that day and month could be exchanged everywhere."""
    at = [pd.Timestamp(2025, month, day) for month in range(1, 7) for day in range(1, days + 1)]
    return written(tmp_path, pd.DataFrame({"date": [one.strftime(style) for one in at], "value": range(len(at))}))


def test_day_and_month_that_could_be_exchanged_are_asked_never_guessed(tmp_path: Path) -> None:
    path = slashed(tmp_path, "%d/%m/%Y")
    with pytest.raises(DataError, match="more than one way") as caught:
        read(path, site="")
    assert caught.value.cure is not None
    assert "date_order=dmy|mdy" in caught.value.cure.en
    assert read(path, site="", date_order="dmy").grid.step.start == np.datetime64("2025-01-01")
    dmy, mdy = (read(path, site="", date_order=order).grid for order in ("dmy", "mdy"))
    assert np.isfinite(dmy.values).sum() == np.isfinite(mdy.values).sum() == 72
    assert dmy.values[0, 31] == 12.0  # 1 February, the thirteenth row
    assert mdy.values[0, 1] == 12.0  # … which is 2 January, read the other way round


def test_two_digit_years_are_asked_too(tmp_path: Path) -> None:
    path = slashed(tmp_path, "%d/%m/%y")
    with pytest.raises(DataError, match="more than one way"):
        read(path, site="")
    assert read(path, site="", date_order="dmy").grid.step.start == np.datetime64("2025-01-01")


def test_a_single_day_above_twelve_settles_the_order(tmp_path: Path) -> None:
    assert read(slashed(tmp_path, "%d/%m/%Y", days=13), site="").order == "dmy"
    assert read(slashed(tmp_path, "%m/%d/%Y", days=13), site="").order == "mdy"


def test_clocks_are_read_and_what_is_none_is_refused() -> None:
    assert clock_seconds(pd.Series(["18.00.00", "06.30.15"])).tolist() == [64_800, 23_415]  # type: ignore[union-attr]
    assert clock_seconds(pd.Series([0, 7, 24])).tolist() == [0, 25_200, 86_400]  # type: ignore[union-attr]
    assert clock_seconds(pd.Series([0, 730, 2330])).tolist() == [0, 27_000, 84_600]  # type: ignore[union-attr]
    assert clock_seconds(pd.Series(["morning", "noon"])) is None
    assert clock_seconds(pd.Series([5, 2575])) is None


@pytest.mark.parametrize(
    ("frequency", "count", "unit", "size", "season"),
    [
        ("h", 100, "second", 3600, 24),
        ("D", 100, "second", 86_400, 7),
        ("W", 60, "second", 604_800, 52),
        ("MS", 60, "month", 1, 12),
        ("ME", 60, "month", 1, 12),
        ("QS", 30, "month", 3, 4),
        ("YS", 30, "month", 12, 1),
        ("15min", 200, "second", 900, 96),
        ("min", 200, "second", 60, 60),
    ],
)
def test_the_step_and_its_season_are_found(frequency: str, count: int, unit: str, size: int, season: int) -> None:
    times = pd.date_range("2020-01-01", periods=count, freq=frequency).to_numpy(dtype="datetime64[s]")
    step = find_step(times, np.zeros(count, dtype=np.int64))
    assert (step.unit, step.size, step.season, step.finer) == (unit, size, season, 0)
    assert step.positions(times).tolist() == list(range(count))


def test_a_step_that_changes_is_made_even_and_said(tmp_path: Path) -> None:
    coarse = pd.date_range("2025-01-01", periods=100, freq="h")
    fine = pd.date_range(coarse[-1] + pd.Timedelta(minutes=10), periods=300, freq="10min")
    frame = pd.DataFrame({"time": [*coarse.astype(str), *fine.astype(str)], "value": np.arange(400.0)})
    path = written(tmp_path, frame)
    table = read(path, site="")
    assert table.grid.step.size == 3600
    assert "averaged to 1 hour" in told(path)
    assert table.grid.values[0, 100] == pytest.approx(np.arange(105, 111).mean())


def test_steps_that_do_not_fit_each_other_and_chance_times_are_refused(tmp_path: Path) -> None:
    seven = pd.date_range("2025-01-01", periods=100, freq="7min")
    ten = pd.date_range(seven[-1] + pd.Timedelta(minutes=10), periods=100, freq="10min")
    frame = pd.DataFrame({"time": [*seven.astype(str), *ten.astype(str)], "value": np.arange(200.0)})
    with pytest.raises(DataError, match="step changes"):
        read(written(tmp_path, frame), site="")
    seconds = np.cumsum(np.random.default_rng(0).integers(1, 90_000, 300))
    frame = pd.DataFrame({"time": (pd.Timestamp("2025-01-01") + pd.to_timedelta(seconds, unit="s")).astype(str)})
    with pytest.raises(DataError, match="no regular distance"):
        read(written(tmp_path, frame.assign(value=np.arange(300.0))), site="")


def test_jitter_is_moved_to_the_grid_and_counted(tmp_path: Path) -> None:
    frame = hourly()
    frame["time"] = [f"{text}:0{row % 3}" for row, text in enumerate(frame["time"])]
    table = read(written(tmp_path, frame), site="")
    assert table.grid.values.shape == (1, 200)
    assert table.grid.repairs == ()  # seconds of an hour are no repair
    frame.loc[50, "time"] = "2025-03-03 02:10:00"
    assert "1 row off the step" in told(written(tmp_path, frame))


def test_gaps_duplicates_and_disorder_are_mended_and_counted(tmp_path: Path) -> None:
    frame = hourly()
    frame = frame.drop(index=[30, 31, *range(100, 120)])
    twice = frame.loc[[50, 60]].assign(value=lambda one: one["value"] + [0.0, 4.0])
    path = written(tmp_path, pd.concat([frame, twice]).sample(frac=1.0, random_state=0))
    table = read(path, site="")
    text = told(path)
    assert "22 values missing, in 2 gaps. Interpolated for the inputs, and never scored: 2 values in 1 gap" in text
    assert "2 rows at the time of another: 1 with the same value were dropped, 1 with another" in text
    assert "Rows were sorted by time" in text
    line = table.grid.values[0]
    assert np.flatnonzero(np.isnan(line)).tolist() == [30, 31, *range(100, 120)]
    assert line[60] == pytest.approx(frame.loc[60, "value"] + 2.0)
    whole = filled(table.grid.values)[0]
    assert whole[30] == pytest.approx(line[29] + (line[32] - line[29]) / 3)
    assert np.isnan(whole[100:120]).all()


def test_covariates_are_carried_on_never_taken_from_later() -> None:
    values = np.array([[[1.0], [np.nan], [3.0], *[[np.nan]] * 8, [9.0]]], dtype=np.float32)
    found = carried(values, limit=3)[0, :, 0]
    assert found[:6].tolist() == [1, 1, 3, 3, 3, 3]
    assert np.isnan(found[6:11]).all()


def test_a_plain_sentinel_is_missing_and_a_mere_suspect_is_kept(tmp_path: Path) -> None:
    frame = hourly(400)
    frame.loc[10:29, "value"] = -200
    path = written(tmp_path, frame)
    assert "-200 in 'value' (20 cells) plainly stands for 'missing'" in told(path)
    assert np.isnan(read(path, site="").grid.values[0, 10:30]).all()
    frame.loc[10:29, "value"] = -37
    path = written(tmp_path, frame)
    assert "missing" not in told(path)


def test_times_with_a_zone_become_utc_and_it_is_said(tmp_path: Path) -> None:
    frame = hourly()
    frame["time"] = [text.replace(" ", "T") + ":00+09:00" for text in frame["time"]]
    path = written(tmp_path, frame)
    assert "turned into UTC" in told(path)
    assert first_times(path)[0] == "2025-02-28T15:00"


def test_an_archive_of_tables_gives_sites_by_file(tmp_path: Path) -> None:
    path = tmp_path / "sites.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("north", "south"):
            archive.writestr(f"data/{name}.csv", hourly().to_csv(index=False))
        archive.writestr("data/readme.pdf", "no table")
        archive.writestr("__MACOSX/._north.csv", "junk")
    source, findings = detect_series([path])
    assert source.files == (str(path),)
    assert "1 file in the ZIP passed over" in findings[0].text.en
    table = read(path)
    assert table.grid.sites == ("north", "south")
    assert table.site == "file"


def test_the_column_that_makes_times_unique_is_proposed_as_site(tmp_path: Path) -> None:
    frame = make_frame(days=60, stores=3).rename(columns={"store": "label"})
    table = read(written(tmp_path, frame))
    assert table.site == "label"
    assert table.grid.values.shape == (3, 60)
