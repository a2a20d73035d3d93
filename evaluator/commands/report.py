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
    """Write the report, all at once or not at all. JSON is the record as it was frozen, its title included."""
    from evaluator.store import open_store
    from evaluator.store.whole_file import check_target, write_whole
    from evaluator.titles import titled
    from scorecards.reports import render

    record = open_store(options.store, make=False).record(poc_of(options.poc))
    path: Path = options.output or Path(f"{record.id}.{options.format}")
    check_target(path)
    shown = record if options.format == "json" else titled(record, options.language)
    write_whole(path, render(shown, options.format, options.language))
    tell(LocalText(ja=f"{path} を書き出しました。", en=f"Wrote {path}."), options.language)
    return 0


COMMAND = Command("report", "write a PoC's report", arguments, run)
