"""The worked example of docs/extending.md: its file and its line make a variant that the whole road knows."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.networks import registry
from evaluator.networks.registry import VARIANTS
from evaluator.networks.table import dense
from evaluator.plan import variants_for
from evaluator.trial import run_trial
from tests.numpy_variant import small_request
from tests.small_table import poc_on_table

pytestmark = pytest.mark.training

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
MODULE = "evaluator.networks.table.low_rank"


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write the document's module and add its line."""
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    code, line = blocks
    file = tmp_path / "low_rank.py"
    file.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(MODULE, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, MODULE, module)
    spec.loader.exec_module(module)
    task, name = re.findall(r'"(\w+)"', line)
    monkeypatch.setattr(registry, "VARIANTS", {**VARIANTS, task: (*VARIANTS[task], name)})
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
