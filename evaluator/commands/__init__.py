"""What the command line's commands share: their options, the user's language, and how they speak."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from evaluator.errors import InputError
from scorecards.local_text import LANGUAGES, Language, LocalText

LANGUAGE_VARIABLE = "BLUEPRINT_LANG"


@dataclass(frozen=True)
class Command:
    """One command: its name, what it does, its arguments, and the function that runs it and returns the exit status."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that reports a wrong argument as an InputError of one line."""

    def error(self, message: str) -> NoReturn:
        """Raise InputError."""
        raise InputError(
            LocalText(
                ja=f"コマンドの指定が正しくありません ({message})。", en=f"The command isn't complete ({message})."
            ),
            where=self.prog,
            cure=LocalText(ja="-h を付けると使い方が表示されます。", en="Add -h to see how it is used."),
        )


def all_commands() -> tuple[Command, ...]:
    """Return every command, in the order of the help. To add one, add its module here."""
    from evaluator.commands import new, report, run, show, worker

    modules = (new, run, show, report, worker)
    return tuple(module.COMMAND for module in modules)


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, Command]:
    """Return the arguments and the command that they name. Raises InputError; SystemExit after -h."""
    parser = Parser(prog="python -m evaluator", description="Does a hypernetwork pay off on your own data?")
    chooser = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands = {command.name: command for command in all_commands()}
    for command in commands.values():
        sub = chooser.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(sub)
        sub.add_argument("--store", metavar="URL", help="the store: a folder or a database URL (default: .blueprint)")
        sub.add_argument("--lang", choices=LANGUAGES, default=None, help="language of messages and reports")
    arguments = parser.parse_args(argv)
    return arguments, commands[arguments.command]


def language(argv: Sequence[str]) -> Language:
    """Return the user's language: --lang, else BLUEPRINT_LANG, else the locale if it is English, else Japanese.

    It works on the plain arguments, because it is needed for the message that they can't be parsed.
    """
    asked = [after for before, after in pairwise(argv) if before == "--lang"]
    asked += [word.removeprefix("--lang=") for word in argv if word.startswith("--lang=")]
    for value in (*asked, os.environ.get(LANGUAGE_VARIABLE, "")):
        if value in LANGUAGES:
            return "ja" if value == "ja" else "en"
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if locale.startswith("en") else "ja"


def tell(text: LocalText, to: Language) -> None:
    """Print one line on stderr."""
    print(text.in_language(to), file=sys.stderr, flush=True)


def poc_of(name: str) -> str:
    """Return the id that `name` stands for: an id, or a PoC file."""
    if not name.endswith((".yaml", ".yml")):
        return name
    from evaluator.poc_file import read_poc
    from evaluator.store.codec import poc_id

    return poc_id(read_poc(Path(name)))
