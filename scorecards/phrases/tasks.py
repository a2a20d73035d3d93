"""What a task calls its rows: a table has rows, an image task images."""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.local_text import LocalText

_ROWS: Mapping[str, tuple[str, str]] = {
    "table": ("{count} 行", "{count} rows"),
    "image": ("{count} 枚の画像", "{count} images"),
    "text": ("{count} 区間の文章", "{count} windows of text"),
    "stroke": ("{count} 枚の手書き", "{count} drawings"),
    "translation": ("{count} 組の対訳", "{count} pairs of sentences"),
    "series": ("{count} 回の予測", "{count} forecasts"),
}


def rows_text(task: str, rows: int) -> LocalText:
    """Return e.g. '7,043 rows', in the words of `task`; 'rows' for a task that has no word of its own."""
    ja, en = _ROWS.get(task, _ROWS["table"])
    return LocalText(ja=ja.format(count=f"{rows:,}"), en=en.format(count=f"{rows:,}"))
