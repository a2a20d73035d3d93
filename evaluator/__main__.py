"""The command line: `python -m evaluator COMMAND …`. Exit status 0 done, 2 the input is at fault, 1 anything else."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from evaluator.commands import language, parse, say_line, tell
from evaluator.errors import BlueprintError, InputError
from scorecards.local_text import LocalText

DEBUG_VARIABLE = "BLUEPRINT_DEBUG"


def main(argv: Sequence[str]) -> int:
    """Run the command that `argv` names and return the exit status; every error is one line on stderr."""
    speak = language(argv)
    try:
        options, command = parse(argv)
        options.language = speak
        status = command.run(options)
        sys.stdout.flush()
    except BlueprintError as error:
        say_line(error.line(speak))
        return 2 if isinstance(error, InputError) else 1
    except KeyboardInterrupt:
        tell(LocalText(ja="中断しました。", en="Interrupted."), speak)
        return 1
    except BrokenPipeError:  # the reader of our output has gone (`… | head`): nothing to say, and nobody to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # the last net: a user reads a line, a developer asks for the traceback
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        tell(_unexpected(error), speak)
        return 1
    return status


def _unexpected(error: Exception) -> LocalText:
    name = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return LocalText(
        ja=f"予期しないエラーです ({name})。{DEBUG_VARIABLE}=1 を付けて実行すると詳細が表示されます。",
        en=f"An unexpected error ({name}). Run it with {DEBUG_VARIABLE}=1 to see where.",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
