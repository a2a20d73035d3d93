"""Writing a file that a user asked for: all at once or not at all, and never over a folder or a device."""

from __future__ import annotations

import os
from pathlib import Path

from evaluator.errors import DiskFullError, InputError
from evaluator.store.connection import NO_SPACE
from scorecards.local_text import LocalText

_NAME_LENGTH = 60


def check_target(path: Path) -> None:
    """Raise InputError where no file can be written at `path`: its folder is missing, or it is no plain file."""
    try:
        if path.is_dir():
            raise _refused(path, "これはフォルダーです。", "This is a folder.")
        if not path.resolve().parent.is_dir():
            raise InputError(
                LocalText(ja="書き出し先のフォルダーがありません。", en="The folder to write to does not exist."),
                where=str(path),
                cure=LocalText(
                    ja="先にフォルダーを作るか、-o で別の場所を指定してください。",
                    en="Make the folder first, or choose another place with -o.",
                ),
            )
        if path.exists() and not path.is_file():
            raise _refused(path, "通常のファイルではないため、上書きしません。", "This is no plain file; it is kept.")
    except OSError as error:
        raise _unwritable(path, error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that neither a full disk nor an interruption leaves anything half-written.

    A link is followed. Raises InputError where nothing can be written at `path`, DiskFullError on a full disk.
    """
    check_target(path)
    target = path.resolve()
    partial = target.with_name(f".{target.name[:_NAME_LENGTH]}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        _remove(partial)


def _remove(partial: Path) -> None:
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return  # it was never made: the error that is under way says why


def _refused(path: Path, ja: str, en: str) -> InputError:
    cure = LocalText(ja="-o でファイル名を指定してください。", en="Name a file with -o.")
    return InputError(LocalText(ja=ja, en=en), where=str(path), cure=cure)


def _unwritable(path: Path, error: OSError) -> InputError:
    if error.errno in NO_SPACE:
        return DiskFullError(
            LocalText(
                ja="ディスクの空きがないため、書き出せませんでした。",
                en="The disk is full, so the file was not written.",
            ),
            where=str(path),
            cure=LocalText(ja="空きを作ってから、もう一度実行してください。", en="Free some space and run this again."),
        )
    return InputError(
        LocalText(
            ja=f"ファイルを書き出せませんでした ({error.strerror})。",
            en=f"The file couldn't be written ({error.strerror}).",
        ),
        where=str(path),
        cure=LocalText(
            ja="書き込み権限と名前の長さを確かめるか、-o で別の場所を指定してください。",
            en="Check permissions and the length of the name, or choose another place with -o.",
        ),
    )
