"""Tasks, found by name: one module each, with the same few functions. Importing this loads none of them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from evaluator.errors import NotFoundError
from scorecards.local_text import LocalText

TASK_NAMES: tuple[str, ...] = ("table",)


def task(name: str) -> ModuleType:
    """Return the module of task `name`: it has prepare, load, score, main_metric and reference_targets.

    Raises NotFoundError when there is no such task.
    """
    if name not in TASK_NAMES:
        known = ", ".join(TASK_NAMES)
        raise NotFoundError(
            LocalText(ja=f"タスク「{name}」はありません。", en=f"There is no task '{name}'."),
            where="task",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    return import_module(f"evaluator.tasks.{name}")
