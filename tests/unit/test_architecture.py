"""The house stands: imports run in one direction, and nothing that shows or judges loads torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("dashboard", "evaluator", "scorecards")
MAY_IMPORT = {
    "scorecards": {"scorecards"},
    "evaluator": {"evaluator", "scorecards", "sample_data"},
    "dashboard": {"dashboard", "evaluator", "scorecards", "sample_data"},
    "sample_data": {"sample_data", "scorecards"},
}
TORCH_ROOMS = ("evaluator/networks/", "evaluator/tasks/", "evaluator/measure/")
TORCH_FILES = {"evaluator/training.py", "evaluator/tuning.py", "evaluator/trial.py"}


def modules(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_run_in_one_direction(room: str) -> None:
    assert modules(room), f"no modules found in {room}"
    own = set(MAY_IMPORT) | {"tests", "benchmarks"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.split(".")[0] in own - MAY_IMPORT[room]
    ]
    assert not wrong


def test_torch_is_imported_only_where_networks_are_trained_and_measured() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in modules(room)
        if any(name.split(".")[0] == "torch" for name in imported(path))
        and str(path.relative_to(ROOT)) not in TORCH_FILES
        and not str(path.relative_to(ROOT)).startswith(TORCH_ROOMS)
    ]
    assert not wrong


@pytest.mark.parametrize("room", ["dashboard", "scorecards"])
def test_a_fresh_interpreter_that_imports_the_room_has_no_torch(room: str) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules(room)
        if path.name != "__main__.py"
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "sys.exit('torch is loaded' if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_command_line_starts_without_torch() -> None:
    code = "import evaluator, evaluator.__main__, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_room_without_a_purpose() -> None:
    names = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert not [str(path) for room in (*ROOMS, "tests", "benchmarks") for path in modules(room) if path.stem in names]
