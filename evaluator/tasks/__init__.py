"""Tasks, found by name: one package each, with what `evaluator.tasks.protocol.Task` says. Importing this loads none."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evaluator.errors import NotFoundError
from evaluator.intake.text_archives import NOTES
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.tasks.protocol import Task

TASK_NAMES: tuple[str, ...] = ("table", "image", "series", "stroke", "text", "translation")
"""To add a task, add its package and its name here. The first one that reads a file's ending is proposed for it, unless
a later one `claims` the file by its content."""


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
    return fitting_tasks(files)[0]


def fitting_tasks(files: Sequence[Path]) -> list[str]:
    """Return the names of all tasks that read files of these endings, the first being the one to propose.

    Where several do, one whose `claims(files)` tells from the content that they are its own comes first.
    """
    endings = {path.suffix.lower() for file in files for path in _held(Path(file))}
    fitting = [name for name in TASK_NAMES if endings and _reads(name, endings)]
    if len(fitting) > 1:
        own = {name for name in fitting if _claims(name, files)}
        fitting = [name for name in fitting if name in own or not endings & _by_content(name)]
        fitting.sort(key=lambda name: name not in own)
    return fitting or [TASK_NAMES[0]]


def claiming_tasks(files: Sequence[Path]) -> list[str]:
    """Return the names of the tasks that read files of these endings and say by their content that they are theirs."""
    endings = {path.suffix.lower() for file in files for path in _held(Path(file))}
    return [name for name in TASK_NAMES if endings and _reads(name, endings) and _claims(name, files)]


def _by_content(name: str) -> set[str]:
    """Return the endings of which a task reads only what it claims: common ones that mostly hold something else."""
    return set(getattr(task(name), "BY_CONTENT", ()))


def _reads(name: str, endings: set[str]) -> bool:
    """Tell whether the task reads these endings together; its `BESIDE` are read beside others, never alone."""
    found = task(name)
    return endings <= set(found.ENDINGS) and not endings <= set(getattr(found, "BESIDE", ()))


def _claims(name: str, files: Sequence[Path]) -> bool:
    """Tell whether the task says that the files are its own, by more than their endings; few tasks do."""
    claims = getattr(task(name), "claims", None)
    return claims is not None and bool(claims([Path(file) for file in files]))


def _held(path: Path) -> list[Path]:
    """Return the files of a folder that may be data: hidden ones, README and LICENSE aren't, unless nothing else is."""
    if not path.is_dir():
        return [path]
    files = [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")]
    return [file for file in files if file.suffix and not NOTES.fullmatch(file.stem)] or files
