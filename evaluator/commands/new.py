"""`new`: a PoC file from data files, everything inferred filled in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.commands import Command, tell
from evaluator.errors import InputError
from scorecards.local_text import Language, LocalText

if TYPE_CHECKING:
    from evaluator.poc_new import NewPoC

MARKS = {
    "info": LocalText(ja="参考", en="note"),
    "warning": LocalText(ja="注意", en="warning"),
    "error": LocalText(ja="問題", en="problem"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("data", metavar="DATA", nargs="+", type=Path, help="data files of one table, or their folder")
    parser.add_argument("--task", default="table", help="what is to be answered (default: table)")
    parser.add_argument("--target", default="", metavar="COLUMN", help="the column to predict (default: found)")
    parser.add_argument(
        "--site", default=None, metavar="COLUMN|file", help="the column that names the site, or 'file'; '' for none"
    )
    parser.add_argument("--no-header", action="store_true", help="the first row holds data, not names")
    parser.add_argument("--budget", default="quick", help="quick, standard or thorough (default: quick)")
    parser.add_argument("--scorecard", default="meeting", help="the scorecard's template (default: meeting)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, default=Path("poc.yaml"), help="default: poc.yaml")
    parser.add_argument("--force", action="store_true", help="replace FILE even where it holds something else")


def run(options: argparse.Namespace) -> int:
    """Read the data, write the PoC file, tell what was found."""
    from evaluator.poc_file import poc_to_yaml, write_poc
    from evaluator.poc_new import new_poc

    found = new_poc(
        options.data,
        task=options.task,
        target=options.target,
        site=options.site,
        header=False if options.no_header else None,
        budget_name=options.budget,
        scorecard=options.scorecard,
    )
    path: Path = options.output
    if not options.force:
        _keep_other_contents(path, poc_to_yaml(found.poc, path.resolve().parent))
    write_poc(found.poc, path)
    report(found, path, options.language)
    return 0


def _keep_other_contents(path: Path, text: str) -> None:
    """Raise InputError where `path` holds something else than `text`: it may have been edited."""
    if path.exists() and (not path.is_file() or path.read_bytes() != text.encode()):
        raise InputError(
            LocalText(ja="すでに別の内容のファイルがあります。", en="There is such a file with other contents."),
            where=str(path),
            cure=LocalText(
                ja="-o で別の名前を指定するか、--force で上書きしてください。",
                en="Choose another name with -o, or replace it with --force.",
            ),
        )


def report(found: NewPoC, path: Path, speak: Language) -> None:
    """Print on stderr what was inferred and what to look at."""
    from evaluator.plan import estimate_seconds
    from scorecards.formats import format_value

    poc, reasons = found.poc, found.proposal.reasons
    kinds = list(poc.columns.values())
    inputs = sum(kind in ("numeric", "categorical", "date") for kind in kinds) - 1
    low, high = estimate_seconds(found.rows, inputs, len(poc.variants), poc.budget)
    site = LocalText(ja=poc.site or "なし", en=poc.site or "none")
    lines = [
        LocalText(ja=f"目的列: {poc.target} ({poc.target_kind})。", en=f"Target: {poc.target} ({poc.target_kind})."),
        LocalText(ja=f"拠点: {site.ja}。", en=f"Site: {site.en}."),
    ]
    for line, reason in zip(lines, (reasons["target"], reasons["site"]), strict=True):
        tell(LocalText(ja=f"{line.ja}{reason.ja}", en=f"{line.en} {reason.en}"), speak)
    for finding in found.findings:
        if finding.severity != "info" or finding.code == "near_leak":
            mark, text, cure = (
                item.in_language(speak) for item in (MARKS[finding.severity], finding.text, finding.cure)
            )
            tell(LocalText(ja=f"[{mark}] {text}{cure}", en=f"[{mark}] {text} {cure}"), speak)
    times = [format_value(seconds, "s", speak) for seconds in (low, high)]
    tell(
        LocalText(
            ja=f"{path} を書き出しました (入力 {inputs} 列、{found.rows:,} 行、所要 {times[0]} ~ {times[1]})。"
            f"次は: python -m evaluator run {path}",
            en=f"Wrote {path} ({inputs} inputs, {found.rows:,} rows, takes {times[0]} to {times[1]}). "
            f"Next: python -m evaluator run {path}",
        ),
        speak,
    )


COMMAND = Command("new", "write a PoC file for a table, everything inferred filled in", arguments, run)
