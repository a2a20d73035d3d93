"""The documentation names what exists: metrics, criteria, assumptions, commands; and README's files are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluator.commands import all_commands
from scorecards.record_json import to_dict
from scorecards.scorecard_file import load_template
from scorecards.vocabulary import MAIN_METRIC, METRIC_UNITS
from tests.example_record import example_record

ROOT = Path(__file__).resolve().parents[2]


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_metric_is_explained() -> None:
    text = document("docs/method.md") + document("docs/scorecard.md")
    assert not [name for name in METRIC_UNITS if f"`{name}`" not in text]


def test_the_scores_beyond_tables_are_explained_in_both_languages() -> None:
    beyond = [
        name
        for name in METRIC_UNITS
        if name.startswith("quality.")
        and "equal" not in name
        and name not in (MAIN_METRIC, "quality.auc", "quality.r2")
    ]
    assert "quality.skill" in beyond
    for file, heading in (("docs/method.md", "## Beyond tables"), ("docs/method.ja.md", "## 表以外のデータ")):
        section = document(file).partition(heading)[2].partition("\n## ")[0]
        assert not [name for name in beyond if f"`{name}`" not in section]


def test_every_criterion_and_assumption_of_the_template_is_explained() -> None:
    scorecard, assumptions = load_template("meeting")
    text = document("docs/scorecard.md")
    names = [criterion.id for criterion in scorecard.criteria] + list(assumptions.values)
    assert not [name for name in names if f"`{name}`" not in text]


def test_what_the_json_report_says_of_a_criterion_is_explained() -> None:
    text = document("docs/scorecard.md").partition("## In the JSON report")[2]
    keys = set(to_dict(example_record("infinite"))["criteria"][0]) - {"id", "state", "how", "points"}  # type: ignore[index, call-overload, arg-type]
    assert not [key for key in (*keys, '"inf"', '"-inf"', "null") if f"`{key}`" not in text]


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    text = document(readme)
    assert not [command.name for command in all_commands() if f"python -m evaluator {command.name}" not in text]


@pytest.mark.parametrize(
    "name", ["README.md", "README.ja.md", "CONTRIBUTING.md", "docs/method.md", "docs/method.ja.md", "docs/scorecard.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document(name))
    broken = [
        link for link in links if not link.startswith("http") and not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert links
    assert not broken
