"""Files that only pretend to be text, told by their first bytes."""

from __future__ import annotations

from scorecards.local_text import LocalText

_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "PNG 画像", "a PNG picture"),
    (b"\xff\xd8\xff", "JPEG 画像", "a JPEG picture"),
    (b"GIF8", "GIF 画像", "a GIF picture"),
    (b"%PDF", "PDF 文書", "a PDF document"),
    (b"PK\x03\x04", "ZIP・Word・Excel ファイル", "a ZIP archive, or a Word or Excel file"),
    (b"\xd0\xcf\x11\xe0", "旧形式の Word・Excel 文書", "an old Word or Excel document"),
    (b"{\\rtf", "リッチテキスト (RTF) 文書", "a rich text (RTF) document"),
    (b"\x1f\x8b", "gzip 圧縮ファイル", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "zstd 圧縮ファイル", "a zstd archive"),
    (b"\x93NUMPY", "NumPy 配列", "a NumPy array"),
    (b"SQLite format 3", "SQLite データベース", "a SQLite database"),
    (b"\x7fELF", "実行ファイル", "a program"),
    (b"MZ\x90", "実行ファイル", "a program"),
    (b"RIFF", "音声・動画ファイル", "a sound or video file"),
    (b"PAR1", "Parquet ファイル", "a Parquet file"),
    (b"\x80\x04", "Python の pickle ファイル", "a Python pickle"),
    (b"\x80\x05", "Python の pickle ファイル", "a Python pickle"),
)


def foreign_kind(head: bytes) -> LocalText | None:
    """Return what kind of file begins with `head` where it is none of text, else None."""
    for magic, ja, en in _KINDS:
        if head.startswith(magic):
            return LocalText(ja=ja, en=en)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html")):
        return LocalText(ja="Web ページ (HTML)", en="a web page (HTML)")
    return None
