"""`worker`: take the jobs that the dashboard queues."""

from __future__ import annotations

import argparse

from evaluator.commands import Command


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--once", action="store_true", help="end when no job waits, instead of waiting for one")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when the process that started this one has ended"
    )


def run(options: argparse.Namespace) -> int:
    """Work until stopped."""
    from evaluator.commands.run import interruptible
    from evaluator.store import open_store
    from evaluator.worker import work

    with interruptible() as stop:
        work(open_store(options.store), options.language, stop, once=options.once, with_parent=options.with_parent)
    return 0


COMMAND = Command("worker", "take jobs that the dashboard queues, until stopped", arguments, run)
