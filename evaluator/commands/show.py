"""`show`: a PoC's record, or how far it is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from evaluator.commands import Command, poc_of, put
from evaluator.errors import NotFoundError
from scorecards.local_text import Language, LocalText

if TYPE_CHECKING:
    from evaluator.store.rows import Progress
    from scorecards.record import Record

STATES = {
    "queued": LocalText(ja="待機中", en="queued"),
    "running": LocalText(ja="実行中", en="running"),
    "done": LocalText(ja="完了", en="done"),
    "failed": LocalText(ja="失敗", en="failed"),
    "cancelled": LocalText(ja="中止", en="cancelled"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("poc", metavar="POC", help="a PoC's id, or its file")
    parser.add_argument("--json", action="store_true", help="print the record as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the record; without one, how far the PoC is (with --json that is an error)."""
    from evaluator.store import open_store

    store, poc = open_store(options.store, make=False), poc_of(options.poc)
    progress = store.progress(poc)
    try:
        record = store.record(poc)
    except NotFoundError:
        if options.json:
            raise
        print_progress(poc, progress, options.language)
        return 0
    print_record(record, options.language, as_json=options.json)
    return 0


def print_progress(poc: str, progress: Progress, speak: Language) -> None:
    """Print how far a PoC without a record is."""
    state = STATES[progress.state].in_language(speak)
    trials = LocalText(ja="試行", en="trials").in_language(speak)
    put(f"{poc}: {state} ({progress.trials_done}/{progress.trials_total} {trials})")
    if progress.message is not None:
        put(progress.message.in_language(speak))


def print_record(record: Record, speak: Language, *, as_json: bool) -> None:
    """Print a record on stdout: as one JSON object, or as the lines a reader needs first."""
    from scorecards.record_json import to_json

    put(to_json(record, indent=1) if as_json else "\n".join(record_lines(record, speak)))


def record_lines(record: Record, speak: Language) -> list[str]:
    """Return verdict, reasons, criteria and money as lines of text."""
    from scorecards.phrases.criterion import criterion_sentence
    from scorecards.phrases.names import state_name, state_sign, verdict_name
    from scorecards.phrases.verdict import headline, npv_text, reason_sentence

    judgement, scorecard = record.judgement, record.scorecard
    lines = [
        f"{record.title}  ({record.id}, v{record.version}, {record.finished})",
        f"{verdict_name(judgement.verdict.state, speak)}: {headline(scorecard, judgement, speak)}",
        "",
    ]
    lines += [f"  - {reason_sentence(reason, scorecard, judgement, speak)}" for reason in judgement.verdict.reasons]
    lines.append("")
    for result in judgement.criteria:
        sentence = criterion_sentence(result, scorecard, speak)
        lines.append(f"  {state_sign(result.state)} {state_name(result.state, speak)}  {sentence}")
    return [*lines, "", npv_text(judgement.business, speak)]


COMMAND = Command("show", "show a PoC's verdict, criteria and measurements", arguments, run)
