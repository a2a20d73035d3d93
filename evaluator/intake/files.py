"""Which files make a table: folders opened up, endings and first bytes looked at, the size held to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from evaluator.errors import DataError, NotFoundError
from scorecards.local_text import LocalText

FileFormat = Literal["csv", "parquet", "xlsx"]

TEXT_ENDINGS = (".csv", ".tsv", ".data", ".txt", ".dat", ".tab")
PARQUET_ENDINGS = (".parquet", ".pq")
TABLE_ENDINGS = (*TEXT_ENDINGS, *PARQUET_ENDINGS, ".xlsx", ".xlsm")
# In a folder, notes such as README.txt lie beside the data: these endings count only where no other table is found.
WEAK_ENDINGS = (".txt", ".dat")

DEFAULT_MAX_BYTES = 1_000_000_000
HEAD_BYTES = 4096

_ZIP = b"PK\x03\x04"
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "PNG 画像", "a PNG picture"),
    (b"\xff\xd8\xff", "JPEG 画像", "a JPEG picture"),
    (b"GIF8", "GIF 画像", "a GIF picture"),
    (b"%PDF", "PDF 文書", "a PDF document"),
    (b"\x1f\x8b", "gzip 圧縮ファイル", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "zstd 圧縮ファイル", "a zstd archive"),
    (b"\x93NUMPY", "NumPy 配列", "a NumPy array"),
    (b"\xd0\xcf\x11\xe0", "旧形式の Excel ブック (.xls)", "an old Excel workbook (.xls)"),
    (b"SQLite format 3", "SQLite データベース", "a SQLite database"),
    (b"\x7fELF", "実行ファイル", "a program"),
    (b"\x89HDF", "HDF5 ファイル", "an HDF5 file"),
    (b"RIFF", "音声・動画ファイル", "a sound or video file"),
    (b"\x80\x02", "Python の pickle ファイル", "a Python pickle"),
    (b"\x80\x03", "Python の pickle ファイル", "a Python pickle"),
    (b"\x80\x04", "Python の pickle ファイル", "a Python pickle"),
    (b"\x80\x05", "Python の pickle ファイル", "a Python pickle"),
)
_SAVE_AS_CSV = LocalText(
    ja="表を CSV (UTF-8)、Parquet、XLSX のいずれかで保存し直してください。",
    en="Save the table as CSV (UTF-8), Parquet or XLSX and try again.",
)


def expand(files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the table files meant by `files`: each file as it is, each folder as the tables in it, sorted by name.

    Raises NotFoundError when something is not there, DataError when a folder holds no table.
    """
    if not files:
        raise DataError(
            LocalText(ja="データファイルが指定されていません。", en="No data file was given."), cure=_SAVE_AS_CSV
        )
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            found.extend(_tables_in(path))
        elif path.is_file():
            found.append(path)
        else:
            raise NotFoundError(
                LocalText(ja="ファイルが見つかりません。", en="There is no such file."),
                where=str(path),
                cure=LocalText(ja="パスの綴りをご確認ください。", en="Check the spelling of the path."),
            )
    return tuple(path.resolve() for path in found)


def _tables_in(folder: Path) -> list[Path]:
    visible = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    tables = [path for path in visible if path.suffix.lower() in TABLE_ENDINGS]
    strong = [path for path in tables if path.suffix.lower() not in WEAK_ENDINGS]
    if not tables:
        raise DataError(
            LocalText(ja="フォルダーに表のファイルがありません。", en="The folder holds no table."),
            where=str(folder),
            cure=LocalText(
                ja=f"使える拡張子は {'、'.join(TABLE_ENDINGS)} です。",
                en=f"Tables end in {', '.join(TABLE_ENDINGS)}.",
            ),
        )
    return strong or tables


def check_size(files: Sequence[Path], max_bytes: int) -> None:
    """Raise DataError when the files together are empty or larger than `max_bytes` bytes; nothing is read."""
    for path in files:
        if path.stat().st_size == 0:
            raise DataError(
                LocalText(ja="ファイルが空です (0 バイト)。", en="The file is empty (0 bytes)."),
                where=path.name,
                cure=LocalText(
                    ja="書き出しが途中で止まっていないか確認し、もう一度保存してください。",
                    en="Check whether the export was cut short, and save it again.",
                ),
            )
    total = sum(path.stat().st_size for path in files)
    if total > max_bytes:
        size, limit = f"{total / 1e9:.3g} GB", f"{max_bytes / 1e9:.3g} GB"
        raise DataError(
            LocalText(
                ja=f"データの大きさ {size} が上限 {limit} を超えています。",
                en=f"The data takes {size}; the limit is {limit}.",
            ),
            where=files[0].name,
            cure=LocalText(
                ja="行を抽出するか不要な列を除いてください。Parquet 形式にすると小さくなります。",
                en="Take a sample of the rows or drop columns; Parquet is smaller as well.",
            ),
        )


def find_format(path: Path) -> FileFormat:
    """Return how `path` is stored, by its first bytes rather than its name.

    Raises DataError for pictures, archives, pickles and whatever else is no table.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_ZIP):
        return _zip_format(path)
    for magic, name_ja, name_en in _FOREIGN:
        if head.startswith(magic):
            raise _not_a_table(path, name_ja, name_en)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise _not_a_table(path, "Web ページ (HTML/XML)", "a web page (HTML or XML)")
    if start.startswith((b"{", b"[{", b"[[")):
        raise _not_a_table(path, "JSON ファイル", "a JSON file")
    if _is_binary(head):
        raise _not_a_table(path, "バイナリファイル", "a binary file")
    if path.suffix.lower() in PARQUET_ENDINGS:
        raise _no_parquet(path)
    return "csv"


def _no_parquet(path: Path) -> DataError:
    return DataError(
        LocalText(
            ja="名前は Parquet ですが、中身は Parquet ファイルではなくテキストです。",
            en="By its name this is Parquet, but it is no Parquet file: it holds text.",
        ),
        where=path.name,
        cure=LocalText(
            ja="CSV であれば拡張子を .csv に直すか、Parquet 形式で書き出し直してください。",
            en="If it is CSV, give it the ending .csv; otherwise export it as Parquet again.",
        ),
    )


def _zip_format(path: Path) -> FileFormat:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise _not_a_table(path, "壊れた ZIP ファイル", "a damaged ZIP archive") from error
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if path.suffix.lower() == ".npz" or any(name.endswith(".npy") for name in names):
        raise _not_a_table(path, "NumPy 配列 (.npz)", "a NumPy archive (.npz)")
    raise DataError(
        LocalText(ja="ZIP ファイルのままでは読めません。", en="A ZIP archive can't be read as a table."),
        where=path.name,
        cure=LocalText(
            ja="展開して、中の表ファイル (またはフォルダー) を指定してください。",
            en="Unpack it and name the tables in it, or their folder.",
        ),
    )


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    if zeros and not _looks_like_utf16(head):
        return True
    controls = sum(byte < 32 and byte not in (9, 10, 11, 12, 13, 26) for byte in head) - zeros
    return controls > len(head) * 0.02


def _looks_like_utf16(head: bytes) -> bool:
    """Tell text in UTF-16 without a byte order mark: nearly every line end is followed or led by a zero byte."""
    half = max(1, len(head) // 2)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    return max(even, odd) > 0.2 and min(even, odd) < 0.02


def utf16_order(head: bytes) -> str | None:
    """Return 'utf-16', 'utf-16-le' or 'utf-16-be' where `head` (the first bytes of a file) is UTF-16, else None."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head and _looks_like_utf16(head):
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    return None


def _not_a_table(path: Path, name_ja: str, name_en: str) -> DataError:
    return DataError(
        LocalText(
            ja=f"このファイルは表ではありません ({name_ja}のようです)。",
            en=f"This file is no table: it looks like {name_en}.",
        ),
        where=path.name,
        cure=_SAVE_AS_CSV,
    )
