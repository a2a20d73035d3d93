"""The worked examples of docs/extending.md: their files and lines make a variant, and a task, that the road knows."""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evaluator.networks import registry
from evaluator.networks.registry import VARIANTS
from evaluator.networks.table import dense
from evaluator.plan import variants_for
from evaluator.store import open_store
from evaluator.trial import run_trial
from tests.numpy_variant import small_request
from tests.small_table import poc_on_table

pytestmark = pytest.mark.training

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^(?P<line>The line, in )?`(?P<path>[\w/]+\.py)`:\n\n```python\n(?P<code>.*?)```", re.DOTALL | re.M)
QUICK, SHORT = '_budget("quick", (4,), 3, 200)', '_budget("quick", (2,), 1, 40)'


def examples() -> dict[str, list[re.Match[str]]]:
    """Return the document's code by chapter: files, and lines to be added to files."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    chapters = re.split(r"^# ", text, flags=re.M)[1:]
    return {chapter.partition("\n")[0]: list(BLOCK.finditer(chapter)) for chapter in chapters}


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write the document's variant and add its line."""
    module_file, line = examples()["Adding a variant"]
    name = module_file["path"].removesuffix(".py").replace("/", ".")
    file = tmp_path / Path(module_file["path"]).name
    file.write_text(module_file["code"], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    task, variant = re.findall(r'"(\w+)"', line["code"])
    monkeypatch.setattr(registry, "VARIANTS", {**VARIANTS, task: (*VARIANTS[task], variant)})
    monkeypatch.setattr("evaluator.plan.VARIANTS", registry.VARIANTS)
    yield


@pytest.mark.usefixtures("added")
def test_the_documents_variant_is_found_trained_and_measured(tmp_path: Path) -> None:
    from evaluator.tasks.table import prepare

    assert "low_rank" in variants_for("")
    poc = poc_on_table(tmp_path)
    data = prepare(poc, tmp_path / "data")
    result = run_trial(small_request(tmp_path / "trial", variant="low_rank", data=str(tmp_path / "data")))
    rows = {(row.metric, row.setting): row.value for row in result.measurements}
    assert rows["train.steps", ""] > 0
    learned = dense.VARIANT.network(data.facts, {"dropout": 0.0})
    assert rows["size.parameters", ""] < sum(value.numel() for value in learned.parameters())
    assert any(metric == "finetune.score_after" for metric, _ in rows)
    assert not any(metric == "generate.seconds" for metric, _ in rows)


@pytest.fixture
def extended(tmp_path: Path) -> Path:
    """Return a copy of the project with the document's task: files written, lines added, the quick budget cut short."""
    root = tmp_path / "project"
    for room in ("evaluator", "scorecards", "sample_data"):
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    for block in examples()["Adding a task"]:
        file = root / block["path"]
        if block["line"]:
            file.write_text(with_line(file.read_text(encoding="utf-8"), block["code"].strip()), encoding="utf-8")
        else:
            assert not file.exists()
            file.parent.mkdir(exist_ok=True)
            file.write_text(block["code"], encoding="utf-8")
    task = root / "evaluator" / "tasks" / "counts.py"
    code = task.read_text(encoding="utf-8")
    assert QUICK in code
    task.write_text(code.replace(QUICK, SHORT), encoding="utf-8")
    return root


def with_line(text: str, line: str) -> str:
    """Return a module's text with the document's line; '...' stands for what the tuple of that name holds already."""
    name, more = re.split(r" ?[=:] ", line, maxsplit=1)
    if "..." in more:
        (new,) = re.findall(r'"(\w+)"', more)
        text, found = re.subn(rf"({re.escape(name)}[^()\n]*\([^()]*?),?(\s*\))", rf'\1, "{new}"\2', text, count=1)
    else:
        text, found = re.subn(r"(?m)^(VARIANTS\b.*\{)$", rf"\1\n    {line}", text, count=1)
    assert found == 1
    return text


def write_calls(file: Path) -> None:
    """Write calls an hour at six shops, which differ in level and go with hour and promotion; one wild hour."""
    generator = np.random.default_rng(0)
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["shop", "hour", "promotion", "note", "calls"])
        for shop in range(6):
            for hour in generator.integers(8, 22, 90):
                promotion = int(generator.random() < 0.3)
                rate = np.exp(1.0 + 0.1 * shop + 0.1 * (hour - 15) + 0.8 * promotion)
                table.writerow([f"shop {shop}", hour, promotion, "ab"[hour % 2], generator.poisson(rate)])
        table.writerow(["shop 5", 21, 1, "b", 900])


def evaluator(root: Path, *words: str) -> str:
    """Run the command line of the project at `root` and return what it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "evaluator", *words, "--lang", "en"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def test_the_documents_task_goes_the_whole_road(extended: Path) -> None:
    write_calls(extended / "calls.csv")
    asked = ("--task", "counts", "--target", "calls", "--site", "shop", "--option", "most=40")
    evaluator(extended, "new", "calls.csv", *asked, "-o", "poc.yaml")
    evaluator(extended, "run", "poc.yaml", "--store", "store")
    store = open_store(str(extended / "store"))
    (poc,) = store.pocs()
    record = store.record(poc.id)
    assert (record.dataset.main_metric, record.dataset.target) == ("quality.log_likelihood", "calls")
    assert any("of 541 rows" in text.en for text in record.dataset.repairs)
    frame = record.measurements
    of = {name: frame[(frame["variant"] == name) & (frame["seed"] == 1)] for name in ("dense", "hyper")}
    for rows in of.values():
        assert {"quality.log_likelihood", "quality.mae", "train.seconds_to_target"} <= set(rows["metric"])
    stored = [rows.loc[rows["metric"] == "size.parameters", "value"].item() for rows in of.values()]
    assert stored[1] < stored[0]
    methods = [set(rows.loc[rows["metric"] == "finetune.score_after", "setting"]) for rows in of.values()]
    assert methods[1] - methods[0] == {"generator", "embedding_only"}
    assert "generate.seconds" in set(of["hyper"]["metric"])
    assert record.judgement.criteria
