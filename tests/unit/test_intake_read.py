"""Reading tables however they are written: encodings, separators, numbers, gaps, dates, several files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluator.errors import DataError
from evaluator.intake.read import NOTES, detect, read_table, site_column

TABLE = "店舗,日付,売上\n東京,2026-01-05,100\n大阪,2026-01-06,120\n東京,2026-01-07,\n大阪,2026-01-08,90\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, text: str, encoding: str = "utf-8") -> pd.DataFrame:
    return read_table(detect([write(path, text, encoding)]))


def column(tmp_path: Path, cells: list[str], name: str = "x", separator: str = "|") -> pd.Series:
    """Read `cells` as one column beside another, and return it."""
    lines = [f"{name}{separator}other", *(f"{cell}{separator}{index}a" for index, cell in enumerate(cells))]
    return read(tmp_path / "column.csv", "\n".join(lines))[name]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp932", "cp932"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("euc_jp", "euc_jp"),
    ],
)
def test_the_encoding_is_found_and_the_text_comes_out_right(tmp_path: Path, encoding: str, found: str) -> None:
    source = detect([write(tmp_path / "t.csv", TABLE, encoding)])
    frame = read_table(source)
    assert source.encoding == found
    assert list(frame.columns) == ["店舗", "日付", "売上"]
    assert frame["店舗"].tolist() == ["東京", "大阪", "東京", "大阪"]


def test_half_width_katakana_and_western_letters_are_told_apart(tmp_path: Path) -> None:
    kana = detect([write(tmp_path / "a.csv", "店,値\nｱｲｳ,1\nｶｷｸ,2\n", "cp932")])
    western = detect([write(tmp_path / "b.csv", "Straße,Größe\nMünchen,1\nKöln,2\n", "cp1252")])
    assert (kana.encoding, western.encoding) == ("cp932", "cp1252")
    assert read_table(western)["Straße"].tolist() == ["München", "Köln"]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row) for row in [["a", "b", "c"], ["1", "2", "x"], ["3", "4", "y"]])
    source = detect([write(tmp_path / "t.txt", text)])
    assert source.separator == separator
    assert read_table(source).shape == (2, 3)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_blank_lines_do(tmp_path: Path, line_end: str) -> None:
    text = line_end.join(["", "a,b", "1,2", "", "3,4", ""])
    frame = read(tmp_path / "t.csv", text)
    assert frame["b"].tolist() == [2, 4]


def test_decimal_commas_and_grouped_thousands(tmp_path: Path) -> None:
    source = detect([write(tmp_path / "t.csv", "a;b;c\n1,5;1.234;x\n2,25;12.345,75;y\n-0,5;7;z\n")])
    frame = read_table(source)
    assert source.decimal == ","
    assert frame["a"].tolist() == [1.5, 2.25, -0.5]
    assert frame["b"].tolist() == [1234.0, 12345.75, 7.0]


def test_numbers_as_people_write_them(tmp_path: Path) -> None:
    cells = ["1,234", '"5"', "¥1,200", "▲30", "(45)", "１２３", "12%", "+7", ".5", "3.38e-005", "1,200円", " 8 "]
    expected = [1234, 5, 1200, -30, -45, 123, 12, 7, 0.5, 3.38e-5, 1200, 8]
    assert column(tmp_path, cells).tolist() == expected


def test_quoted_and_unquoted_numbers_are_one_column(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", 'G1;G2;s\n"5";6;"GP"\n7;"8";"MS"\n')
    assert frame["G1"].dtype == np.int64
    assert frame["G2"].tolist() == [6, 8]


def test_the_usual_spellings_of_missing(tmp_path: Path) -> None:
    cells = ["1", "", "NA", "n/a", "NaN", "null", "?", "-", "欠損", " ", "#N/A", "－", "不明", "2.5"]
    series = column(tmp_path, cells)
    assert series.dropna().tolist() == [1.0, 2.5]
    assert len(series) == len(cells)


def test_words_for_unknown_stay_answers_among_text(tmp_path: Path) -> None:
    series = column(tmp_path, ["wood", "none", "brick", "不明", "-", "wood", "brick", "none", "不明", "?"])
    assert set(series.dropna()) == {"wood", "none", "brick", "不明"}
    assert series.isna().sum() == 2


def test_a_few_remarks_among_numbers_become_missing_and_are_noted(tmp_path: Path) -> None:
    cells = [str(number) for number in range(200)]
    cells[17] = "over range"
    frame = read(tmp_path / "t.csv", "x,y\n" + "\n".join(f"{cell},{index}" for index, cell in enumerate(cells)))
    assert frame["x"].isna().sum() == 1
    assert frame.attrs[NOTES]["odd"] == {"x": {"over range": 1}}
    json.dumps(frame.attrs[NOTES])


def test_text_with_many_numbers_in_it_stays_text(tmp_path: Path) -> None:
    assert set(column(tmp_path, ["1", "2", "A", "B", "1", "2", "A", "B"])) == {"1", "2", "A", "B"}


def test_codes_keep_their_zeros_and_long_numbers_their_digits(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "zip,card\n0150001,4000123412341234\n1000001,4000123412341235\n")
    assert frame["zip"].tolist() == ["0150001", "1000001"]
    assert frame["card"].tolist() == ["4000123412341234", "4000123412341235"]
    assert frame.attrs[NOTES]["codes"] == ["zip", "card"]


def test_a_type_that_only_the_last_row_reveals(tmp_path: Path) -> None:
    rows = "\n".join(f"{index},{index % 7}" for index in range(30_000))
    frame = read(tmp_path / "t.csv", f"x,y\n{rows}\n0.5,text\n")
    assert frame["x"].iloc[-1] == 0.5
    assert frame["y"].isna().sum() == 1  # one odd cell among 30,000 numbers
    many = "\n".join(["z,y"] + [f"{index},{'abcd'[index % 4]}" for index in range(2_000)])
    assert set(read(tmp_path / "u.csv", many)["y"]) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["2026-01-05", "2026-12-31"], dt.datetime(2026, 1, 5)),
        (["2026/1/5", "2026/12/31"], dt.datetime(2026, 1, 5)),
        (["2026-01-05 13:45", "2026-01-06T01:02:03.5"], dt.datetime(2026, 1, 5, 13, 45)),
        (["2026-01-05T09:00:00+09:00", "2026-01-06T09:00:00+09:00"], dt.datetime(2026, 1, 5)),
        (["05/01/2026", "31/12/2026"], dt.datetime(2026, 1, 5)),
        (["01/05/2026", "12/31/2026"], dt.datetime(2026, 1, 5)),
        (["5.1.2026", "31.12.2026"], dt.datetime(2026, 1, 5)),
        (["1/5/2026 3:30 PM", "12/31/2026 12:05 AM"], dt.datetime(2026, 1, 5, 15, 30)),
        (["2026年1月5日", "2026年12月31日"], dt.datetime(2026, 1, 5)),
        (["2026年1月5日 9時30分", "2026年1月6日 10時5分"], dt.datetime(2026, 1, 5, 9, 30)),
        (["2026/01/05(月)", "2026/01/06(火)"], dt.datetime(2026, 1, 5)),
        (["令和8年1月5日", "平成31年4月30日"], dt.datetime(2026, 1, 5)),
        (["令和元年5月1日", "R8.1.5"], dt.datetime(2019, 5, 1)),
        (["20260105", "20261231"], dt.datetime(2026, 1, 5)),
        (["5 Jan 2026", "31-Dec-2026"], dt.datetime(2026, 1, 5)),
        (["January 5, 2026", "Dec 31 2026"], dt.datetime(2026, 1, 5)),
        (["2026-01", "2026-02"], dt.datetime(2026, 1, 1)),
    ],
)
def test_dates(tmp_path: Path, cells: list[str], first: dt.datetime) -> None:
    series = column(tmp_path, [*cells, "", "-"])
    assert series.dtype.kind == "M"
    assert series.iloc[0] == pd.Timestamp(first)
    assert series.isna().tolist() == [False, False, True, True]


def test_day_and_month_that_could_be_exchanged_are_noted(tmp_path: Path) -> None:
    ambiguous = read(tmp_path / "a.csv", "d,x\n01/02/2026,1\n01/03/2026,2\n01/04/2026,3\n")
    clear = read(tmp_path / "b.csv", "d,x\n01/02/2026,1\n13/02/2026,2\n")
    assert ambiguous.attrs[NOTES]["ambiguous_dates"] == {"d": "D/M/Y"}
    assert clear.attrs[NOTES]["ambiguous_dates"] == {}


def test_of_two_readings_of_dates_the_one_that_runs_forward_is_taken(tmp_path: Path) -> None:
    days = [f"{month}/{day}/2026" for month in (1, 2, 3) for day in range(1, 13)]  # month/day, day by day
    frame = read(tmp_path / "t.csv", "d,x\n" + "\n".join(f"{day},1" for day in days))
    assert frame["d"].is_monotonic_increasing
    assert frame.attrs[NOTES]["ambiguous_dates"] == {"d": "M/D/Y"}


@pytest.mark.parametrize("cells", [["2026-02-30", "2026-01-01"], ["1-2-3", "4-5-6"], ["13/13/2026", "01/01/2026"]])
def test_what_only_looks_like_a_date_stays_text(tmp_path: Path, cells: list[str]) -> None:
    assert column(tmp_path, cells).tolist() == cells


def test_a_header_is_told_from_data(tmp_path: Path) -> None:
    with_names = detect([write(tmp_path / "a.csv", "age,city\n30,Tokyo\n40,Osaka\n")])
    without = detect([write(tmp_path / "b.csv", "30,Tokyo\n40,Osaka\n50,Tokyo\n")])
    texts = detect([write(tmp_path / "c.csv", "colour,shape\nred,round\nblue,flat\nred,flat\n")])
    years = detect([write(tmp_path / "d.csv", "store,2024,2025\nA,10,12\nB,20,24\n")])
    positions = detect([write(tmp_path / "e.csv", "0,1,2,3,y\n0.5,1.5,2.5,3.5,1\n4.5,5.5,6.5,7.5,0\n")])
    found = [one.header for one in (with_names, without, texts, years, positions)]
    assert found == [True, False, True, True, True]
    assert list(read_table(without).columns) == ["c1", "c2"]


def test_the_users_word_on_the_header_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "age,city\n30,Tokyo\n40,Osaka\n")
    frame = read_table(detect([path], header=False))
    assert frame.shape == (3, 2)
    assert list(frame.columns) == ["c1", "c2"]


def test_names_missing_or_repeated_are_made_up_and_noted(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "a,,a,=cmd(),<script>,\n1,2,3,4,5,\n6,7,8,9,10,\n")
    assert list(frame.columns) == ["a", "c2", "a_2", "=cmd()", "<script>", "c6"]
    assert frame.attrs[NOTES]["renamed"] == ["c2", "a_2", "c6"]


def test_a_separator_at_each_line_of_data_does_not_shift_the_names(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "a,b\n1,2,\n3,4,\n")
    assert frame["a"].tolist() == [1, 3]
    rows_named = read(tmp_path / "r.csv", "a,b\nrow1,1,2\nrow2,3,4\n")
    assert rows_named["a"].tolist() == [1, 3]


def test_a_title_above_the_table_is_skipped(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "売上集計表\n出典: 本社\n\n店舗,売上,客数\n東京,100,3\n大阪,120,4\n")
    assert list(frame.columns) == ["店舗", "売上", "客数"]
    assert frame["売上"].tolist() == [100, 120]


def test_cells_with_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", 'a,b\n"x, y",1\n"line\nbreak",2\n"say ""hi""",3\n')
    assert frame["a"].tolist() == ["x, y", "line\nbreak", 'say "hi"']


def test_rows_without_any_value_are_left_out_and_noted(tmp_path: Path) -> None:
    frame = read(tmp_path / "t.csv", "a,b\n1,2\n,\n3,4\n,\n")
    assert frame["a"].tolist() == [1.0, 3.0]
    assert frame.attrs[NOTES]["empty_rows"] == 2


def test_a_code_for_missing_in_several_columns_is_read_as_missing(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    table = pd.DataFrame(generator.normal(10, 1, (300, 4)).round(2), columns=list("abcd"))
    table.loc[:20, ["a", "b", "c"]] = -999
    table.to_csv(tmp_path / "t.csv", index=False)
    frame = read_table(detect([tmp_path / "t.csv"]))
    assert frame[["a", "b", "c"]].isna().sum().tolist() == [21, 21, 21]
    assert frame["d"].isna().sum() == 0
    assert set(frame.attrs[NOTES]["sentinels"]) == {"a", "b", "c"}


def test_several_files_are_one_table_and_may_be_its_sites(tmp_path: Path) -> None:
    write(tmp_path / "north.csv", "x,y\n1,a\n2,b\n")
    write(tmp_path / "south.csv", "y,x\nc,3\n")
    source = detect([tmp_path])
    frame = read_table(source, site="file")
    assert frame["x"].tolist() == [1, 2, 3]
    assert frame["site_file"].tolist() == ["north", "north", "south"]
    assert site_column(frame, "file") == "site_file"
    assert "site_file" not in read_table(source)


def test_a_column_called_file_is_itself_the_site(tmp_path: Path) -> None:
    frame = read_table(detect([write(tmp_path / "t.csv", "file,x\na,1\nb,2\n")]), site="file")
    assert site_column(frame, "file") == "file"
    with pytest.raises(DataError, match="two or more"):
        read_table(detect([write(tmp_path / "u.csv", "z,x\na,1\nb,2\n")]), site="file")


def test_notes_beside_the_tables_of_a_folder_are_no_tables(tmp_path: Path) -> None:
    write(tmp_path / "a.DATA", "1,2\n3,4\n")
    write(tmp_path / "SOURCE.txt", "where it came from")
    assert [Path(file).name for file in detect([tmp_path]).files] == ["a.DATA"]


def test_parquet_and_xlsx_say_the_same_as_csv(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "店舗": ["東京", "大阪", "東京", None],
            "日付": pd.to_datetime(["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"]),
            "売上": [1.5, 2.5, np.nan, 4.0],
            "客数": [1, 2, 3, 4],
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    table.to_excel(tmp_path / "t.xlsx", index=False)
    expected = read_table(detect([tmp_path / "t.csv"]))
    for name, format_ in (("t.parquet", "parquet"), ("t.xlsx", "xlsx")):
        source = detect([tmp_path / name])
        assert source.format == format_
        pd.testing.assert_frame_equal(read_table(source), expected)


def test_parquet_keeps_its_own_types(tmp_path: Path) -> None:
    table = pd.DataFrame({"code": ["007", "008"], "flag": [True, False], "small": np.array([1, 2], dtype=np.float32)})
    table.to_parquet(tmp_path / "t.parquet")
    frame = read_table(detect([tmp_path / "t.parquet"]))
    assert frame["code"].tolist() == ["007", "008"]
    assert frame["flag"].tolist() == ["True", "False"]
    assert frame["small"].dtype == np.float32


def test_the_hash_follows_the_bytes(tmp_path: Path) -> None:
    first = detect([write(tmp_path / "a.csv", "x,y\n1,2\n3,4\n")]).sha256
    same = detect([write(tmp_path / "b.csv", "x,y\n1,2\n3,4\n")]).sha256
    other = detect([write(tmp_path / "a.csv", "x,y\n1,2\n3,5\n")]).sha256
    assert first == same != other
