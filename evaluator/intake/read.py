"""From files to a typed table: `detect` finds how they are written, `read_table` reads them.

Both walk over the files in pieces. `read_table` walks twice: first to decide each column's type by all of its cells,
then to fill the columns, so that memory holds little more than the finished table.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.batches import column_names, read_batches, sheet_has_header
from evaluator.intake.columns import ColumnBuilder
from evaluator.intake.dialect import find_decimal, find_header, find_layout, find_separator, head_text
from evaluator.intake.encoding import different_encodings, encoding_of_file, find_encoding, hash_files
from evaluator.intake.files import DEFAULT_MAX_BYTES, check_size, expand, find_format
from evaluator.intake.scan import Reading, scan
from evaluator.intake.sentinels import drop_sentinels
from evaluator.intake.sheets import sheet_choice
from evaluator.records import FILE_AS_SITE, DataSource
from scorecards.local_text import LocalText

SITE_FILE = "site_file"
# Key of `frame.attrs` under which `read_table` leaves what it noticed, as plain JSON types.
NOTES = "intake"


def detect(files: Sequence[Path], *, header: bool | None = None, max_bytes: int = DEFAULT_MAX_BYTES) -> DataSource:
    """Return how to read `files` (files of one table, or one folder): format, encoding, separator, decimal sign, hash.

    `header` None means: find out. `max_bytes`: limit for all files together, in bytes.
    Raises DataError where they are no table (empty, too large, binary, a broken encoding, one column, …) and
    NotFoundError where a file is not there.
    """
    paths = expand([Path(file) for file in files])
    check_size(paths, max_bytes)
    formats = {path: find_format(path) for path in paths}
    format_ = formats[paths[0]]
    for path, other in formats.items():
        if other != format_:
            raise _mixed_formats(path, other, paths[0], format_)
    encoding, separator, decimal = "utf-8", ",", "."
    if format_ == "csv":
        encoding = find_encoding(paths)
        first = DataSource(tuple(str(path) for path in paths), "csv", encoding, ",", ".", True, "")
        text = head_text(paths[0], encoding_of_file(first, paths[0]))
        separator = find_separator(text, paths[0])
        has_header = find_header(text, separator, paths[0]) if header is None else header
        find_layout(text, separator, has_header, paths[0])
        decimal = find_decimal(text, separator, has_header)
    elif format_ == "xlsx":
        has_header = sheet_has_header(paths[0]) if header is None else header
    else:
        has_header = True
    source = DataSource(
        files=tuple(str(path) for path in paths),
        format=format_,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        header=has_header,
        sha256=hash_files(paths),
    )
    column_names(source)
    return source


def read_table(source: DataSource, *, site: str = "") -> pd.DataFrame:
    """Return the whole table with typed columns, one row per row of the files in order.

    Whole numbers without gaps are int64, other numbers float64 (missing is NaN), dates datetime64[us], text that
    repeats itself category, other text string (missing is NA). A far-off number that repeats in three or more columns
    (−999, −200 …) is read as missing. Columns without a name are called c1…cN. With `site`
    'file' a column 'site_file' holds the name of each row's file without its ending. Rows without any value are left
    out. `frame.attrs['intake']` tells what was noticed on the way (see `evaluator.intake.profile`).

    Raises DataError where the files can't be read to the end, differ in columns, or hold no value at all.
    """
    names, renamed = column_names(source)
    readings, rows = scan(read_batches(source), names, source.decimal)
    builders = {name: ColumnBuilder(name, readings[name], source.decimal) for name in names}
    for batch in read_batches(source):
        for name, values in batch.columns.items():
            builders[name].feed(values)
    columns: dict[str, pd.Series] = {}
    empty_rows = np.ones(sum(rows), dtype=np.bool_)
    for name in names:
        columns[name] = builders.pop(name).finish()
        if empty_rows.any():
            empty_rows &= columns[name].isna().to_numpy()
    if empty_rows.all():
        raise _all_missing(source)
    sentinels = drop_sentinels(columns)
    if site == FILE_AS_SITE and FILE_AS_SITE not in names:
        columns[SITE_FILE] = _file_column(source, rows)
    frame = pd.DataFrame(columns, copy=False)
    dropped = int(empty_rows.sum())
    if dropped:
        frame = frame.loc[~empty_rows].reset_index(drop=True)
    frame.attrs[NOTES] = (
        _notes(readings, renamed, dropped)
        | {"sentinels": {n: list(v) for n, v in sentinels.items()}}
        | {"sheets": _sheets(source), "encodings": different_encodings(source)}
    )
    pa.default_memory_pool().release_unused()
    return frame


def site_column(frame: pd.DataFrame, site: str) -> str:
    """Return the frame's column that holds the sites: 'site_file' for the site 'file', else `site` itself."""
    return SITE_FILE if site == FILE_AS_SITE and SITE_FILE in frame.columns else site


def _file_column(source: DataSource, rows: Sequence[int]) -> pd.Series:
    stems = [Path(file).stem for file in source.files]
    if len(stems) < 2:
        raise DataError(
            LocalText(
                ja="ファイルを拠点とするには 2 つ以上のファイルが必要です。",
                en="Files can stand for sites only where there are two or more.",
            ),
            where=Path(source.files[0]).name,
            cure=LocalText(
                ja="拠点ごとのファイルをすべて指定するか、拠点の列名を指定してください。",
                en="Give one file per site, or name the column that holds the site.",
            ),
        )
    if len(set(stems)) < len(stems):
        stems = [Path(file).name if stems.count(Path(file).stem) > 1 else Path(file).stem for file in source.files]
    if len(set(stems)) < len(stems):
        stems = [f"{Path(file).parent.name}/{Path(file).name}" for file in source.files]
    counts = [*rows, *[0] * (len(stems) - len(rows))]
    categories = sorted(set(stems))
    codes: NDArray[np.int64] = np.repeat([categories.index(stem) for stem in stems], counts)
    return pd.Series(pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(categories)), name=SITE_FILE)


def _notes(readings: dict[str, Reading], renamed: Sequence[str], dropped: int) -> dict[str, object]:
    return {
        "odd": {name: dict(reading.odd) for name, reading in readings.items() if reading.odd},
        "ambiguous_dates": {name: r.pattern for name, r in readings.items() if r.ambiguous_dates},
        "dates": {name: reading.pattern for name, reading in readings.items() if reading.holds == "date"},
        "codes": [name for name, reading in readings.items() if reading.coded],
        "infinite": {name: reading.infinite for name, reading in readings.items() if reading.infinite},
        "renamed": list(renamed),
        "empty_rows": dropped,
    }


def _sheets(source: DataSource) -> dict[str, list[str]]:
    """Return, by the workbook's name, the sheet that was read and then those passed over; only where some were."""
    if source.format != "xlsx":
        return {}
    choices = {Path(file).name: sheet_choice(Path(file)) for file in source.files}
    return {name: [one.read, *one.passed_over] for name, one in choices.items() if one and one.passed_over}


def _mixed_formats(path: Path, format_: str, first: Path, first_format: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"ファイルの形式が混在しています ({first.name} は {first_format}、{path.name} は {format_})。",
            en=f"The files are of different kinds ({first.name}: {first_format}, {path.name}: {format_}).",
        ),
        where=path.name,
        cure=LocalText(
            ja="1 つの表にするファイルは同じ形式にそろえてください。", en="Save the files of one table in one format."
        ),
    )


def _all_missing(source: DataSource) -> DataError:
    return DataError(
        LocalText(ja="すべてのセルが欠損値です。", en="Every cell is missing."),
        where=Path(source.files[0]).name,
        cure=LocalText(
            ja="値の入った表を指定してください。書き出し元の設定もご確認ください。",
            en="Give a table that holds values; check the settings of the export.",
        ),
    )
