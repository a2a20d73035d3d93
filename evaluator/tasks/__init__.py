"""Tasks, found by name: one package each, with what `evaluator.tasks.protocol.Task` says. Importing this loads none."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evaluator.errors import NotFoundError
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.tasks.protocol import Task

TASK_NAMES: tuple[str, ...] = ("table", "image", "series")
"""To add a task, add its package and its name here. The first one that reads a file's ending is proposed for it."""


def task(name: str) -> Task:
    """Return the task called `name`. Raises NotFoundError when there is none."""
    if name not in TASK_NAMES:
        known = ", ".join(TASK_NAMES)
        raise NotFoundError(
            LocalText(ja=f"タスク「{name}」はありません。", en=f"There is no task '{name}'."),
            where="task",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    return cast("Task", import_module(f"evaluator.tasks.{name}"))


def task_for(files: Sequence[Path]) -> str:
    """Return the name of the first task that reads files of these endings; a folder counts by what it holds.

    What no task reads is left to the table task, whose intake says what it can read.
    """
    endings = {path.suffix.lower() for file in files for path in _held(Path(file))}
    for name in TASK_NAMES:
        if endings and endings <= set(task(name).ENDINGS):
            return name
    return TASK_NAMES[0]


def _held(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")]
