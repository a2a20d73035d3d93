"""Series that can't serve: each gives one DataError (what, where, how to mend it) in both languages."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluator.__main__ import main
from evaluator.errors import InputError
from tests.series_data import ask, make_frame, prepared, repair_texts, written

pytestmark = pytest.mark.faults

_JAPANESE = re.compile(r"[ぁ-ん]")


def assert_told(error: pytest.ExceptionInfo[InputError], what: str) -> None:
    """A good message: what it says, a cure, and proper Japanese beside the English."""
    told = error.value
    assert re.search(what, told.what.en), told.what.en
    assert told.cure is not None
    for text in (told.what, told.cure):
        assert _JAPANESE.search(text.ja), text.ja
        assert not _JAPANESE.search(text.en), text.en
    assert "\n" not in told.line("ja")


def test_a_table_without_times_says_how_to_name_them(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.random.default_rng(0).normal(size=50), "b": range(50)})
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, frame))
    assert_told(caught, "No column tells the time")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"target": "nothing"}, "no target column"),
        ({"target": "store"}, "no numeric column to predict"),
        ({"site": "nothing"}, "no site column"),
        ({"split": "random"}, "always split by time"),
    ],
)
def test_wrong_columns_are_named(tmp_path: Path, changes: dict[str, str], what: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, make_frame(days=60)), **changes)
    assert_told(caught, what)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"time": "nothing"}, "no time column"),
        ({"horizon": 40, "history": 40}, "too short"),
        ({"horizon": 30, "history": 1}, "Too few|too short"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: dict[str, str | int], what: str) -> None:
    with pytest.raises(InputError) as caught:
        prepared(tmp_path, make_frame(days=60), options)
    assert_told(caught, what)


def test_dates_that_contradict_the_order_or_each_other(tmp_path: Path) -> None:
    days = pd.date_range("2025-01-01", periods=90)
    frame = pd.DataFrame({"date": days.strftime("%d/%m/%Y"), "value": np.arange(90.0)})
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, frame), {"date_order": "mdy"})
    assert_told(caught, "can't be read in the order given")
    frame["date"] = [f"{day:%d/%m/%Y}" if row < 45 else f"{day:%m/%d/%Y}" for row, day in enumerate(days)]
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, frame))
    assert_told(caught, "differ in their order")


def test_several_series_in_one_table_ask_for_the_site(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, make_frame(days=60, stores=3)), site="")
    assert_told(caught, "several series")


def test_a_constant_value_and_one_that_is_all_missing(tmp_path: Path) -> None:
    for value in (7.0, np.nan):
        frame = make_frame(days=60, stores=2).assign(demand=value)
        with pytest.raises(InputError) as caught:
            ask(written(tmp_path, frame), target="demand")
        assert_told(caught, "don't vary|no numeric column")


def test_a_time_far_off_is_told_before_memory_is_spent(tmp_path: Path) -> None:
    times = pd.date_range("2025-01-01", periods=200, freq="s").astype(str)
    frame = pd.DataFrame({"time": ["1900-01-01 00:00:00", *times[1:]], "value": np.arange(200.0)})
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, frame))
    assert_told(caught, "too many")


def test_one_site_that_is_too_short_is_left_out_and_counted(tmp_path: Path) -> None:
    frame = make_frame(days=120, stores=4)
    frame = frame[(frame["store"] != "店3") | (frame["date"] < "2024-01-20")]
    question = ask(written(tmp_path, frame))
    assert "1 of 4 sites left out: too short" in repair_texts(question.findings)
    data = prepared(tmp_path, frame)
    assert len(data.site_names) == 3
    assert any("1 of 4 sites left out: too short" in text.en for text in data.repairs)


def test_text_among_the_numbers_is_named_with_its_count(tmp_path: Path) -> None:
    frame = make_frame(days=100, stores=1)[["date", "demand"]].astype({"demand": object})
    frame.loc[::20, "demand"] = "broken"
    for changes in ({}, {"target": "demand"}):
        with pytest.raises(InputError) as caught:
            ask(written(tmp_path, frame), **changes)
        assert_told(caught, r"'demand' holds no number in 5 of 100 rows \(such as broken\)")


def test_sites_of_steps_that_do_not_go_together(tmp_path: Path) -> None:
    hours = pd.DataFrame({"date": pd.date_range("2025-01-01", periods=200, freq="h"), "store": "A"})
    days = pd.DataFrame({"date": pd.date_range("2025-01-01", periods=200, freq="D"), "store": "B"})
    frame = pd.concat([hours, days]).assign(demand=np.arange(400.0) % 7)
    with pytest.raises(InputError) as caught:
        ask(written(tmp_path, frame), site="store")
    assert_told(caught, "Of 2 sites only 'B' is long enough")
    assert caught.value.where


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_archives_that_are_unsafe_broken_or_empty(tmp_path: Path) -> None:
    table = make_frame(days=60).to_csv(index=False).encode()
    cases = {
        "leads out": archive(tmp_path / "out.zip", {"../series.csv": table}),
        "holds no table": archive(tmp_path / "none.zip", {"picture.png": b"x"}),
        "would be too large": archive(tmp_path / "bomb.zip", {"series.csv": b"0," * 30_000_000}),
    }
    link = tmp_path / "link.zip"
    with zipfile.ZipFile(link, "w") as file:
        info = zipfile.ZipInfo("series.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(info, "/etc/passwd")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(cases["leads out"].read_bytes()[:200])
    for what, path in [*cases.items(), ("leads out", link), ("damaged", broken)]:
        with pytest.raises(InputError) as caught:
            ask(path)
        assert_told(caught, what)
    assert not list(tmp_path.parent.glob("series.csv"))


def test_the_command_asks_for_the_order_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = [pd.Timestamp(2025, month, day) for month in range(1, 9) for day in range(1, 13)]
    frame = pd.DataFrame({"date": [one.strftime("%d/%m/%Y") for one in at], "value": np.arange(96.0)})
    path = written(tmp_path, frame)
    assert main(["new", str(path), "--task", "series", "-o", str(tmp_path / "poc.yaml"), "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert "date_order=dmy|mdy" in told
    assert len(told.strip().splitlines()) == 1
