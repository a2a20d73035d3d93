"""`report`: a frozen record as slides, PDF, workbook, page or JSON."""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluator.commands import Command, poc_of, tell
from scorecards.local_text import LocalText

FORMATS = ("pdf", "pptx", "xlsx", "html", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("poc", metavar="POC", help="a PoC's id, or its file")
    parser.add_argument("--format", choices=FORMATS, required=True, help="the report's form")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write it (default: ID.FORMAT)")


def run(options: argparse.Namespace) -> int:
    """Write the report, all at once or not at all."""
    from evaluator.store import open_store
    from scorecards.reports import render

    record = open_store(options.store).record(poc_of(options.poc))
    content = render(record, options.format, options.language)
    path: Path = options.output or Path(f"{record.id}.{options.format}")
    write_whole(path, content)
    tell(LocalText(ja=f"{path} を書き出しました。", en=f"Wrote {path}."), options.language)
    return 0


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a full disk leaves nothing half-written. Raises StoreError."""
    from evaluator.store.connection import disk_error

    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise disk_error(error, str(path)) from error


COMMAND = Command("report", "write a PoC's report", arguments, run)
