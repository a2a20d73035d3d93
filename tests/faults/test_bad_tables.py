"""Tables that can't serve: each gives one DataError (what, where, how to mend it) in both languages."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluator.__main__ import main
from evaluator.errors import DataError, InputError, NotFoundError
from evaluator.intake.findings import Finding
from evaluator.intake.profile import profile
from evaluator.intake.propose import check_question, propose
from evaluator.intake.read import detect, read_table
from evaluator.records import SplitPlan

pytestmark = pytest.mark.faults

_JAPANESE = re.compile(r"[ぁ-ん]")


def ask(path: Path, target: str = "", site: str = "", split: SplitPlan | None = None) -> tuple[Finding, ...]:
    """Go the whole way from the file to a checked question."""
    source = detect([path])
    frame = read_table(source, site=site if site == "file" else "")
    table = profile(frame, source)
    proposal = propose(table, frame, target=target, site=site)
    return check_question(frame, table, proposal.target, proposal.site, columns=proposal.columns, split=split)


def table(rows: int = 200, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(generator.normal(size=(rows, 3)).round(3), columns=["a", "b", "c"])
    frame["y"] = np.where(generator.random(rows) < 0.5, "yes", "no")
    return frame


def assert_told(error: pytest.ExceptionInfo[InputError], what: str, where: str = "") -> None:
    """A good message: what it says, where, a cure, and proper Japanese beside the English."""
    told = error.value
    assert re.search(what, told.what.en), told.what.en
    assert where in told.where
    assert told.cure is not None
    for text in (told.what, told.cure):
        assert _JAPANESE.search(text.ja), text.ja
        assert not _JAPANESE.search(text.en.replace("“", "")), text.en
    assert "\n" not in told.line("ja")


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def archive(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as stream:
        stream.writestr(name, "a,b\n1,2\n")
    return out.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b"\n  \n\n", "no text"),
    "header_only": (b"a,b,y\n", "names only"),
    "one_column": (b"y\n1\n2\n3\n", "one column"),
    "all_missing": (b"a,b,y\n,,\nNA,?,-\n,,\n", "Every cell is missing"),
    "picture": (png(), "PNG"),
    "noise": (np.random.default_rng(1).bytes(5000), "no table"),
    "pickle": (pickle.dumps({"a": [1, 2]}), "pickle"),
    "json": (b'{"a": [1, 2]}', "JSON"),
    "page": (b"<!DOCTYPE html><html></html>", "web page"),
    "old_excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"),
    "zip": (archive("data.csv"), "ZIP"),
    "npz": (archive("x.npy"), "NumPy"),
    "broken_parquet": (b"PAR1" + b"not really" * 10, "Parquet"),
    "broken_xlsx": (archive("xl/workbook.xml"), "workbook"),
    "wide": ((",".join(f"x{i}" for i in range(3000)) + "\n" + ",".join("1" * 3000) + "\n").encode(), "3,000 columns"),
    "ragged": (b"a,b,y\n1,2,3\n4,5\n6,7,8\n", "instead of 3"),
    "open_quote": (b'a,b,y\n1,2,3\n4,"5,6\n7,8,9\n', "quote|instead of"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_table(tmp_path: Path, name: str) -> None:
    content, what = FILES[name]
    path = tmp_path / f"{name}.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        ask(path, "y")
    assert_told(error, what, path.name)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_an_encoding_error_in_the_middle_names_its_line(tmp_path: Path, encoding: str) -> None:
    lines = ["店舗,売上"] + [f"東京駅前店舗,{index}" for index in range(3000)]
    raw = "\n".join(lines).encode(encoding)
    marker = "店舗,1700\n".encode(encoding).removeprefix(b"\xff\xfe")
    at = raw.index(marker)
    broken = {"utf-8": b"\xff\xfe", "cp932": b"\xfd\xff", "utf-16": b"\x00\xdc"}[encoding]
    path = tmp_path / "t.csv"
    path.write_bytes(raw[:at] + broken + raw[at:])
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "Line 1702 .* can't be read as", "t.csv:1702")


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)  # sparse: takes no room on the disk
    with pytest.raises(DataError) as error:
        detect([path])
    assert_told(error, "2 GB; the limit is 1 GB", "large.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as error:
        detect([tmp_path / "nowhere.csv"])
    assert_told(error, "no such file", "nowhere.csv")


def test_a_folder_without_tables_and_files_that_do_not_fit_together(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("nothing here")
    with pytest.raises(DataError) as none:
        detect([tmp_path])
    assert_told(none, "no table")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,z\n1,2\n")
    with pytest.raises(DataError) as different:
        detect([tmp_path])
    assert_told(different, "columns differ", "b.csv")
    table().to_parquet(tmp_path / "b.csv")
    with pytest.raises(DataError) as mixed:
        detect([tmp_path])
    assert_told(mixed, "different kinds", "b.csv")


def few(rows: int) -> Callable[[], pd.DataFrame]:
    return lambda: table(rows)


def changed(**columns: Any) -> Callable[[], pd.DataFrame]:
    return lambda: table().assign(**columns)


def rare_class() -> pd.DataFrame:
    frame = table()
    frame["y"] = "no"
    frame.loc[:1, "y"] = "yes"
    return frame


QUESTIONS: dict[str, tuple[Callable[[], pd.DataFrame], str, str, str]] = {
    "one_row": (few(1), "y", "", "only 1 row;"),
    "few_rows": (few(30), "y", "", "only 30 rows"),
    "few_targets": (changed(y=["yes", "no"] * 20 + [None] * 160), "y", "", "Only 40 rows hold a value"),
    "no_such_target": (table, "Y_", "", "no target column “Y_”"),
    "constant_target": (changed(y="no"), "y", "", "only one value"),
    "empty_target": (changed(y=np.nan), "y", "", "holds no value"),
    "class_of_two": (rare_class, "y", "", "“yes” .* only 2 rows"),
    "names_as_target": (changed(y=[f"name{i}" for i in range(200)]), "y", "", "200 different values"),
    "dates_as_target": (changed(y=pd.date_range("2026-01-01", periods=200).astype(str)), "y", "", "holds dates"),
    "no_inputs": (lambda: table()[["y"]].assign(k="same", e=np.nan), "y", "", "No column is left"),
    "no_such_site": (table, "y", "store", "no site column “store”"),
    "site_is_target": (table, "y", "y", "target and site"),
    "one_site": (changed(s="Tokyo"), "y", "s", "only one site"),
    "a_site_a_row": (changed(s=[f"s{i}" for i in range(200)]), "y", "s", "too few rows"),
    "one_file_as_site": (table, "y", "file", "two or more"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_that_a_table_cannot_answer(tmp_path: Path, name: str) -> None:
    make, target, site, what = QUESTIONS[name]
    path = tmp_path / "t.csv"
    make().to_csv(path, index=False)
    with pytest.raises(InputError) as error:
        ask(path, target, site)
    assert_told(error, what)


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        (SplitPlan("time", "y", 0), "neither dates nor numbers"),
        (SplitPlan("group", "y", 0), "too few groups"),
        (SplitPlan("group", "gruop", 0), "no column to split by"),
    ],
)
def test_splits_that_a_table_does_not_allow(tmp_path: Path, plan: SplitPlan, what: str) -> None:
    table().to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError) as error:
        ask(tmp_path / "t.csv", "y", split=plan)
    assert_told(error, what)


def test_a_misspelt_target_is_met_with_the_likely_name(tmp_path: Path) -> None:
    table().rename(columns={"y": "Churn"}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError) as error:
        ask(tmp_path / "t.csv", "chrun")
    assert error.value.cure is not None
    assert "“Churn”" in error.value.cure.en


def test_names_like_formulas_and_markup_are_plain_names(tmp_path: Path) -> None:
    frame = table().rename(columns={"a": "=cmd()", "b": "<script>alert(1)</script>", "y": "@target"})
    frame.to_csv(tmp_path / "t.csv", index=False)
    source = detect([tmp_path / "t.csv"])
    read = read_table(source)
    assert list(read.columns) == ["=cmd()", "<script>alert(1)</script>", "c", "@target"]
    assert ask(tmp_path / "t.csv", "@target") == ()


def told_by_new(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str], language: str) -> str:
    """Run `python -m evaluator new` in `folder` (nothing may be left behind) and return its one line."""
    before = sorted(folder.iterdir())
    assert main(["new", *arguments, "-o", str(folder / "poc.yaml"), "--lang", language]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert "Traceback" not in line
    assert sorted(folder.iterdir()) == before
    return line


@pytest.mark.parametrize("name", FILES)
def test_the_command_line_refuses_files_that_are_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    content, what = FILES[name]
    path = tmp_path / f"{name}.csv"
    path.write_bytes(content)
    arguments = [str(path), "--target", "y"]
    english = told_by_new(arguments, tmp_path, capsys, "en")
    assert english.startswith(path.name)
    assert re.search(what, english), english
    assert _JAPANESE.search(told_by_new(arguments, tmp_path, capsys, "ja"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_command_line_refuses_questions_and_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    make, target, site, what = QUESTIONS[name]
    path = tmp_path / "t.csv"
    make().to_csv(path, index=False)
    arguments = [str(path), "--target", target, "--site", site]
    english = told_by_new(arguments, tmp_path, capsys, "en")
    assert english.startswith("t.csv")
    assert re.search(what, english), english
    assert _JAPANESE.search(told_by_new(arguments, tmp_path, capsys, "ja"))


def test_rows_without_a_value_are_not_called_names_only(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,y\n,,\n,,\n", encoding="ascii")
    with pytest.raises(DataError) as error:
        ask(tmp_path / "t.csv")
    assert_told(error, "Every cell is missing", "t.csv")


def test_a_cover_sheet_is_passed_over_and_named(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame([["売上報告"], ["2026 年 11 月"]]).to_excel(book, sheet_name="表紙", index=False, header=False)
        table().to_excel(book, sheet_name="データ", index=False)
        table(60).to_excel(book, sheet_name="控え", index=False)
    source = detect([path])
    frame = read_table(source)
    assert (list(frame.columns), len(frame)) == (["a", "b", "c", "y"], 200)
    [finding] = [one for one in profile(frame, source).findings if one.code == "sheet"]
    assert "「データ」を読みました" in finding.text.ja
    assert "“表紙”, “控え”" in finding.text.en


def test_files_in_two_encodings_are_each_read_in_their_own(tmp_path: Path) -> None:
    rows = "\n".join(f"{n % 7},東京駅前店舗{n % 3},{n % 2}" for n in range(60))
    names = ("a.csv", "b.csv", "c.csv")
    for name, encoding in zip(names, ("cp932", "utf-8-sig", "utf-16"), strict=True):
        (tmp_path / name).write_bytes(f"数量,店舗,欠品\n{rows}\n".encode(encoding))
    source = detect([tmp_path])
    assert source.encoding == "cp932"
    frame = read_table(source, site="file")
    assert list(frame.columns) == ["数量", "店舗", "欠品", "site_file"]
    assert sorted(frame["店舗"].unique()) == [f"東京駅前店舗{n}" for n in range(3)]
    [finding] = [one for one in profile(frame, source).findings if one.code == "encodings"]
    assert "a.csv: CP932 (Shift_JIS), b.csv: UTF-8 (BOM), c.csv: UTF-16" in finding.text.en
    (tmp_path / "b.csv").write_bytes("数量,店舗,欠品\n".encode() + rows.encode() + b"\n1,\xff\xfe,0\n")
    with pytest.raises(DataError) as error:
        detect([tmp_path])
    assert_told(error, "can't be read as UTF-8", "b.csv:62")
