"""Files that a PoC file is, or names: their text, and their paths from where it stands."""

from __future__ import annotations

import os
from pathlib import Path

from evaluator.errors import InputError, NotFoundError
from evaluator.store.connection import disk_error
from scorecards.local_text import LocalText


def read_text(path: Path) -> str:
    """Return a YAML file's text. Raises NotFoundError, or InputError where it isn't UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError(
            LocalText(ja="ファイルがありません。", en="There is no such file."),
            where=str(path),
            cure=LocalText(
                ja="パスの綴りを確かめるか、python -m evaluator new で作ってください。",
                en="Check the path, or make it with python -m evaluator new.",
            ),
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            LocalText(ja="UTF-8 のテキストとして読めません。", en="This can't be read as UTF-8 text."),
            where=str(path),
            cure=LocalText(ja="UTF-8 で保存し直してください。", en="Save it as UTF-8."),
        ) from error
    except OSError as error:
        raise disk_error(error, str(path)) from error


def relative_path(file: Path, folder: Path) -> str:
    """Return `file` as it is written in a PoC file that stands in `folder`."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive on Windows has no relative path
        return str(file)
