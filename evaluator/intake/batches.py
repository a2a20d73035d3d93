"""The table piece by piece: CSV, Parquet and XLSX as a stream of batches, so that memory holds one piece at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from evaluator.errors import DataError
from evaluator.intake.cells import PARSER_NULLS
from evaluator.intake.dialect import Layout, check_width, clean_names, find_layout, guess_header, head_text
from evaluator.intake.encoding import encoding_of_file
from evaluator.intake.sheets import cell_text, sheet_head_rows, sheet_rows
from evaluator.records import DataSource
from scorecards.local_text import LocalText

_BLOCK_BYTES = 4 << 20
_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Batch:
    """Some rows of one file. `columns`: text arrays as written, or typed arrays where the format knows types."""

    file: int
    rows: int
    columns: dict[str, pa.Array]


def column_names(source: DataSource) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the table's column names and those that Blueprint had to make up or change.

    Raises DataError when the files of one table have different columns.
    """
    layouts = [_layout(source, path) for path in source.files]
    names = layouts[0].names
    for path, layout in zip(source.files[1:], layouts[1:], strict=True):
        if set(layout.names) != set(names):
            raise _different_columns(source.files[0], path, names, layout.names)
    return names, layouts[0].renamed


def read_batches(source: DataSource) -> Iterator[Batch]:
    """Yield the rows of all files in order. Raises DataError where a file breaks off or a row has a wrong width."""
    readers = {"csv": _csv_batches, "parquet": _parquet_batches, "xlsx": _xlsx_batches}
    for index, path in enumerate(source.files):
        for batch in readers[source.format](source, Path(path)):
            yield Batch(index, batch.num_rows, {name: batch.column(name) for name in batch.schema.names})


def _layout(source: DataSource, file: str) -> Layout:
    path = Path(file)
    if source.format == "csv":
        return find_layout(head_text(path, encoding_of_file(source, path)), source.separator, source.header, path)
    if source.format == "parquet":
        names, renamed = clean_names(_parquet_file(path).schema_arrow.names, len(_parquet_file(path).schema_arrow))
    else:
        first, width = _sheet_head(path, header=source.header)
        names, renamed = clean_names(first, width)
    check_width(len(names), path.name)
    return Layout(names, 0, renamed)


def _different_columns(first: str, other: str, names: Sequence[str], others: Sequence[str]) -> DataError:
    missing = [name for name in names if name not in others][:3]
    extra = [name for name in others if name not in names][:3]
    difference = ", ".join([f"-{name}" for name in missing] + [f"+{name}" for name in extra])
    return DataError(
        LocalText(
            ja=f"{Path(first).name} と列が異なります ({len(names)} 列と {len(others)} 列: {difference})。",
            en=f"Its columns differ from {Path(first).name} ({len(names)} and {len(others)}: {difference}).",
        ),
        where=Path(other).name,
        cure=LocalText(
            ja="同じ列を持つファイルだけを 1 つの表として指定してください。",
            en="Give files with the same columns as one table.",
        ),
    )


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv_batches(source: DataSource, path: Path) -> Iterator[pa.RecordBatch]:
    layout = _layout(source, str(path))
    encoding = encoding_of_file(source, path)
    faults: list[pa.csv.InvalidRow] = []
    read = pa.csv.ReadOptions(
        column_names=list(layout.names),
        skip_rows=layout.skip_lines,
        block_size=_BLOCK_BYTES,
        encoding="utf8" if encoding.startswith("utf-8") else encoding,
        use_threads=False,
    )
    parse = pa.csv.ParseOptions(
        delimiter=source.separator,
        newlines_in_values=True,
        invalid_row_handler=partial(_note_fault, faults, len(layout.names)),
    )
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(layout.names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=PARSER_NULLS,
    )
    try:
        with pa.csv.open_csv(str(path), read, parse, convert) as reader:
            for batch in reader:
                if faults:
                    raise _ragged(path, layout, faults[0])
                yield batch
        if faults:
            raise _ragged(path, layout, faults[0])
    except (pa.ArrowInvalid, UnicodeError) as error:
        raise _unreadable(path, str(error), source.separator) from error


def _note_fault(faults: list[pa.csv.InvalidRow], width: int, row: pa.csv.InvalidRow) -> str:
    """Keep the first row of a wrong width; rows that hold nothing at all are left out silently."""
    if row.text.strip(" ,;\t|\"'") and not faults:
        faults.append(row)
    return "skip"


def _ragged(path: Path, layout: Layout, row: pa.csv.InvalidRow) -> DataError:
    line = f":{row.number + layout.skip_lines}" if row.number else ""
    shown = row.text if len(row.text) <= 60 else row.text[:57] + "…"
    return DataError(
        LocalText(
            ja=f"列数が {row.expected_columns} ではなく {row.actual_columns} の行があります: 「{shown}」",
            en=f"A row has {row.actual_columns} columns instead of {row.expected_columns}: “{shown}”",
        ),
        where=f"{path.name}{line}",
        cure=LocalText(
            ja='この行の区切り文字の過不足を直してください。区切り文字を含む文字列は " で囲みます。',
            en='Mend the separators on that row; text that holds a separator goes in double quotes (").',
        ),
    )


def _unreadable(path: Path, detail: str, separator: str) -> DataError:
    if "straddling object" in detail or "parse" in detail.lower():
        return DataError(
            LocalText(
                ja='" (引用符) が閉じられていないため、途中から読めません。',
                en="A double quote (\") is never closed, so the rest can't be read.",
            ),
            where=path.name,
            cure=LocalText(
                ja='閉じていない " を探して直すか、セル中の " を "" と書いてください。',
                en='Find the unclosed " and close it; a quote inside a cell is written "".',
            ),
        )
    return DataError(
        LocalText(ja=f"表として読めません ({detail})。", en=f"The table can't be read ({detail})."),
        where=path.name,
        cure=LocalText(ja="UTF-8 の CSV として保存し直してください。", en="Save it again as CSV in UTF-8."),
    )


# --- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet_file(path: Path) -> pa.parquet.ParquetFile:
    try:
        return pa.parquet.ParquetFile(str(path))
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            LocalText(ja="Parquet ファイルが壊れているようです。", en="The Parquet file seems to be damaged."),
            where=path.name,
            cure=LocalText(ja="もう一度書き出してください。", en="Export it once more."),
        ) from error


def _parquet_batches(source: DataSource, path: Path) -> Iterator[pa.RecordBatch]:
    names = _layout(source, str(path)).names
    file = _parquet_file(path)
    nested = [name for name, field in zip(names, file.schema_arrow, strict=True) if pa.types.is_nested(field.type)]
    if nested:
        raise DataError(
            LocalText(
                ja=f"列「{nested[0]}」は入れ子の値 (リストなど) のため扱えません。",
                en=f"Column “{nested[0]}” holds nested values (lists or structures).",
            ),
            where=path.name,
            cure=LocalText(
                ja="この列を除くか、1 セル 1 値の列に分けてください。",
                en="Drop that column or split it into columns of single values.",
            ),
        )
    try:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            yield batch.rename_columns(list(names))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, str(error), "") from error


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _sheet_head(path: Path, *, header: bool) -> tuple[tuple[str, ...], int]:
    rows = sheet_head_rows(path)
    if not rows or (header and len(rows) == 1):
        raise DataError(
            LocalText(ja="シートにデータの行がありません。", en="The sheet holds no row of data."),
            where=path.name,
            cure=LocalText(
                ja="シートに列名の行とデータの行を置いてください。",
                en="Put a row of names and rows of data on a sheet.",
            ),
        )
    return (rows[0] if header else ()), max(len(row) for row in rows)


def sheet_has_header(path: Path) -> bool:
    """Tell whether the workbook's table begins with a row of names."""
    rows = sheet_head_rows(path)
    return not rows or guess_header(rows)


def _xlsx_batches(source: DataSource, path: Path) -> Iterator[pa.RecordBatch]:
    names = _layout(source, str(path)).names
    rows = sheet_rows(path)
    if source.header:
        next(rows, None)
    held: list[list[str | None]] = []
    for row in rows:
        cells = [cell_text(value) for value in row[: len(names)]]
        held.append(cells + [None] * (len(names) - len(cells)))
        if len(held) == _BATCH_ROWS:
            yield _text_batch(held, names)
            held = []
    if held:
        yield _text_batch(held, names)


def _text_batch(rows: list[list[str | None]], names: Sequence[str]) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=list(names))
