"""`new`: a PoC file from data files, everything inferred filled in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.commands import Command, put, tell
from evaluator.errors import InputError
from evaluator.tasks import TASK_NAMES
from scorecards.local_text import Language, LocalText

if TYPE_CHECKING:
    from evaluator.intake.findings import Finding
    from evaluator.poc_new import NewPoC
    from evaluator.tasks.protocol import Option

MARKS = {
    "info": LocalText(ja="参考", en="note"),
    "warning": LocalText(ja="注意", en="warning"),
    "error": LocalText(ja="問題", en="problem"),
}
SPLITS = ("random", "group", "time")
SHOWN_UNUSED = 10
# Notes that are told although they warn of nothing: what was decided without being asked.
TOLD_NOTES = ("near_leak", "sheet", "encodings", "sites_counted", "pairs_header")
# Notes on what was mended or left out without asking: told together, in one line.
REPAIRS = (
    *("pairs_left_out", "pairs_quoted", "pairs_small_sites", "zip_passed_over"),
    *("text_encodings", "text_aozora", "text_long_line", "text_notes", "text_small_sites"),
    *("strokes_small_sites", "strokes_too_many", "renamed_columns", "empty_rows"),
)
REPAIRED_IMAGES = "images_"
# Why a column is no input, by the code of the finding that says so at length.
UNUSED = {
    "leak": LocalText(ja="答えが漏れている可能性", en="may give the target away"),
    "empty_column": LocalText(ja="値がない", en="holds no value"),
    "constant": LocalText(ja="値が 1 種類だけ", en="the same value throughout"),
    "duplicate_column": LocalText(ja="ほかの列とまったく同じ", en="repeats another column"),
    "identifier": LocalText(ja="行ごとに異なる識別子", en="an identifier, different in every row"),
    "mostly_unique": LocalText(ja="値がほとんど繰り返さない", en="its values hardly repeat"),
    "free_text": LocalText(ja="自由記述の文章", en="free text"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.description = (
        "Write a PoC file for data files (a table, images, a time series, pen traces, text, or pairs of sentences), "
        "everything inferred filled in."
    )
    parser.epilog = "--task TASK --options lists each option of a task with its meaning, default and range."
    parser.add_argument(
        "data", metavar="DATA", nargs="*", type=Path, help="data files that belong together, or their folder"
    )
    parser.add_argument(
        "--task",
        default="",
        metavar="TASK",
        help=f"what is to be answered: {', '.join(TASK_NAMES)} (default: as the files' endings and contents say)",
    )
    parser.add_argument(
        "--options", action="store_true", help="list the options of --task (of every task without it), and end"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the task (see --options); may be repeated",
    )
    parser.add_argument("--target", default="", metavar="COLUMN", help="the column to predict (default: found)")
    parser.add_argument(
        "--site", default=None, metavar="COLUMN|file", help="the column that names the site, or 'file'; '' for none"
    )
    parser.add_argument("--no-header", action="store_true", help="the first row holds data, not names")
    parser.add_argument("--split", choices=SPLITS, default="", help="how rows are divided (default: random)")
    parser.add_argument("--split-column", default="", metavar="COLUMN", help="the column of the groups or times")
    parser.add_argument("--budget", default="quick", help="quick, standard or thorough (default: quick)")
    parser.add_argument(
        "--scorecard", default="meeting", help="a template's name, or the path of a scorecard's YAML (default: meeting)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, default=Path("poc.yaml"), help="default: poc.yaml")
    parser.add_argument("--force", action="store_true", help="replace FILE even where it holds something else")


def run(options: argparse.Namespace) -> int:
    """Read the data, write the PoC file, tell what was found."""
    if options.options:
        print_options((options.task,) if options.task else TASK_NAMES, options.language)
        return 0
    if not options.data:
        raise _no_data()
    from evaluator.poc_file import poc_to_yaml, write_poc
    from evaluator.poc_new import new_poc
    from evaluator.store.whole_file import check_target

    path: Path = options.output
    check_target(path)
    found = new_poc(
        options.data,
        task=options.task,
        target=options.target,
        site=options.site,
        header=False if options.no_header else None,
        budget_name=options.budget,
        scorecard=options.scorecard,
        split=options.split,
        split_column=options.split_column,
        options=dict(_named_value(text) for text in options.option),
    )
    if not options.force:
        _keep_other_contents(path, poc_to_yaml(found.poc, path.resolve().parent, scorecard_file=found.scorecard_file))
    write_poc(found.poc, path, scorecard_file=found.scorecard_file)
    report(found, path, options.language)
    return 0


def print_options(names: Sequence[str], speak: Language) -> None:
    """Print on stdout each option of the tasks: its name, title, meaning, default and range."""
    from evaluator.tasks import task

    for name in names:
        found = task(name)
        put(f"{name}: {found.TITLE.in_language(speak)}")
        if not found.OPTIONS:
            put(LocalText(ja="  設定はありません。", en="  It has no options.").in_language(speak))
        for option in found.OPTIONS:
            put(option_text(option).in_language(speak))


def option_text(option: Option) -> LocalText:
    """Return an option's two lines: what it is called and may be, and what it means."""
    if isinstance(option.default, bool):
        values = "true, false"
    elif option.choices:
        values = ", ".join(choice or "''" for choice in option.choices)
    else:
        bounds = ["" if one is None else f"{one:g}" for one in (option.low, option.high)]
        values = f"{bounds[0]} … {bounds[1]}".strip() if any(bounds) else ""
    default = str(option.default).lower() if isinstance(option.default, bool) else str(option.default)
    kept = LocalText(ja=f"既定 {default}" if default else "既定 自動", en=f"default {default or 'found out'}")
    range_ = LocalText(ja=f"、値 {values}" if values else "", en=f"; values {values}" if values else "")
    return LocalText(
        ja=f"  --option {option.name}=…  {option.title.ja} ({kept.ja}{range_.ja})\n      {option.help.ja}",
        en=f"  --option {option.name}=…  {option.title.en} ({kept.en}{range_.en})\n      {option.help.en}",
    )


def _no_data() -> InputError:
    return InputError(
        LocalText(ja="データファイルが指定されていません。", en="No data file was given."),
        where="new",
        cure=LocalText(
            ja="データファイルを指定してください。例: python -m evaluator new data.csv",
            en="Give one, for instance: python -m evaluator new data.csv",
        ),
    )


def _named_value(text: str) -> tuple[str, str]:
    """Return name and value of a NAME=VALUE. Raises InputError for anything else."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise InputError(
            LocalText(ja=f"「{text}」は 名前=値 の形ではありません。", en=f"'{text}' is not of the form NAME=VALUE."),
            where="--option",
            cure=LocalText(ja="例: --option horizon=24", en="For instance: --option horizon=24"),
        )
    return name.strip(), value.strip()


def _keep_other_contents(path: Path, text: str) -> None:
    """Raise InputError where `path` holds something else than `text`: it may have been edited."""
    if path.exists() and path.read_bytes() != text.encode():
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
    from scorecards.phrases.tasks import rows_text

    poc, asked = found.poc, found.question
    low, high = estimate_seconds(
        asked.rows, asked.features, len(poc.variants), poc.budget, poc.task, effort=asked.effort
    )
    for line in reason_lines(found):
        tell(line, speak)
    for line in unused_lines(found):
        tell(line, speak)
    for finding in found.findings:
        if finding.severity != "info" or finding.code in TOLD_NOTES:
            tell(finding_line(finding), speak)
    mended = repairs_line(found.findings)
    if mended is not None:
        tell(mended, speak)
    size = rows_text(poc.task, asked.rows)
    if asked.columns:
        size = LocalText(ja=f"入力 {asked.features} 列、{size.ja}", en=f"{asked.features} inputs, {size.en}")
    times = [format_value(seconds, "s", speak) for seconds in (low, high)]
    tell(
        LocalText(
            ja=f"{path} を書き出しました ({size.ja}、所要 {times[0]} ~ {times[1]})。"
            f"次は: python -m evaluator run {path}",
            en=f"Wrote {path} ({size.en}, takes {times[0]} to {times[1]}). Next: python -m evaluator run {path}",
        ),
        speak,
    )


def reason_lines(found: NewPoC) -> list[LocalText]:
    """Return a line for what was chosen and why: the target and the site, the task and its options where there are."""
    poc, reasons = found.poc, found.question.reasons
    site = LocalText(ja=poc.site or "なし", en=poc.site or "none")
    target = f"{poc.target} ({poc.target_kind})"
    said = {
        "target": LocalText(ja=f"目的列: {target}。", en=f"Target: {target}."),
        "site": LocalText(ja=f"拠点: {site.ja}。", en=f"Site: {site.en}."),
    }
    said |= {name: LocalText(ja=f"{name}: {value}。", en=f"{name}: {value}.") for name, value in poc.options.items()}
    return [
        LocalText(ja=f"{line.ja}{reasons[name].ja}", en=f"{line.en} {reasons[name].en}")
        for name, line in said.items()
        if name in reasons
    ]


def finding_line(finding: Finding) -> LocalText:
    """Return a finding as one line: its weight, what it is, and its cure."""
    mark, text, cure = MARKS[finding.severity], finding.text, finding.cure
    return LocalText(ja=f"[{mark.ja}] {text.ja}{cure.ja}", en=f"[{mark.en}] {text.en} {cure.en}")


def repairs_line(findings: Sequence[Finding]) -> LocalText | None:
    """Return in one line what is mended or left out while reading, of what no warning tells; None for nothing."""
    texts = [finding.text for finding in findings if finding.severity == "info" and _is_repair(finding.code)]
    if not texts:
        return None
    return LocalText(
        ja="直してから読み込みます: " + "、".join(text.ja.rstrip("。") for text in texts) + "。",
        en="Mended while reading: " + "; ".join(text.en.rstrip(".") for text in texts) + ".",
    )


def _is_repair(code: str) -> bool:
    return code in REPAIRS or code.startswith(REPAIRED_IMAGES)


def unused_lines(found: NewPoC) -> list[LocalText]:
    """Return a line for each column that is no input and why, the target and the sites aside; SHOWN_UNUSED at most."""
    poc = found.poc
    why = {finding.column: UNUSED[finding.code] for finding in found.findings if finding.code in UNUSED}
    unused = [
        name
        for name, kind in poc.columns.items()
        if kind in ("ignored", "identifier") and name not in (poc.target, poc.site) and name in why
    ]
    lines = [
        LocalText(ja=f"入力に使わない列: {name} ({why[name].ja})", en=f"Not an input: {name} ({why[name].en})")
        for name in unused[:SHOWN_UNUSED]
    ]
    more = len(unused) - SHOWN_UNUSED
    if more > 0:
        lines.append(LocalText(ja=f"入力に使わない列: ほか {more} 列", en=f"Not inputs: {more} more"))
    return lines


COMMAND = Command("new", "write a PoC file for data files, everything inferred filled in", arguments, run)
