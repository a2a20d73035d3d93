"""What the command line's commands share: their options, the user's language, and how they speak."""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from evaluator.errors import DiskFullError, InputError
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
                ja=f"コマンドの指定が正しくありません ({_in_japanese(message)})。",
                en=f"The command isn't complete ({message}).",
            ),
            where=self.prog,
            cure=LocalText(ja="-h を付けると使い方が表示されます。", en="Add -h to see how it is used."),
        )


# What argparse says in English, by pattern; the groups are names and values as they were typed.
_JAPANESE = (
    (r"the following arguments are required: (.+)", r"\1 の指定が必要です"),
    (r"unrecognized arguments: (.+)", r"\1 という指定はありません"),
    (r"ambiguous option: (\S+) could match (.+)", r"\1 は \2 のどれとも読めます"),
    (r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)", r"\1 に \2 は使えません。使えるもの: \3"),
    (r"argument (.+?): expected (?:at least )?one argument", r"\1 に値が必要です"),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1 に値 \2 は付けられません"),
    (r"argument (.+?): invalid \S+ value: (.+)", r"\1 に \2 は使えません"),
)


def _in_japanese(message: str) -> str:
    """Return argparse's `message` in Japanese; one that isn't known stays as it is."""
    for pattern, japanese in _JAPANESE:
        found = re.fullmatch(pattern, message)
        if found is not None:
            return found.expand(japanese)
    return message


def all_commands() -> tuple[Command, ...]:
    """Return every command, in the order of the help. To add one, add its module here."""
    from evaluator.commands import export, new, report, run, show, worker

    modules = (new, run, show, report, export, worker)
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
    say_line(text.in_language(to))


def say_line(line: str) -> None:
    """Print one line on stderr; where its reader has gone (`2>&1 | head`) nobody is told, and the work goes on."""
    try:
        print(line, file=sys.stderr, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def put(text: str) -> None:
    """Print on stdout, whole. Raises DiskFullError where stdout is a file on a full disk."""
    try:
        print(text, flush=True)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still held must not fail once more
        raise DiskFullError(
            LocalText(
                ja="ディスクの空きがないため、出力を書き切れませんでした。",
                en="The disk is full, so the output is not complete.",
            ),
            cure=LocalText(ja="空きを作ってから、もう一度実行してください。", en="Free some space and run this again."),
        ) from error


def poc_of(name: str) -> str:
    """Return the id that `name` stands for: an id, or a PoC file."""
    if not name.endswith((".yaml", ".yml")):
        return name
    from evaluator.poc_file import read_poc
    from evaluator.store.codec import poc_id

    return poc_id(read_poc(Path(name)))
