"""A sample's record is titled in the report's language, whoever makes the report; the JSON stays as it was frozen."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pptx import Presentation

import evaluator.store
from dashboard.titles import shown_title
from evaluator.__main__ import main
from evaluator.notebook import shown
from sample_data import samples
from scorecards.record import Record
from tests.example_record import example_record

TITLE = samples()[0].title


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Record:
    """Return the record of a sample, titled in Japanese, that a store in an empty folder keeps."""
    kept = replace(example_record("go"), title=TITLE.ja)
    monkeypatch.setattr(evaluator.store, "open_store", lambda *_, **__: SimpleNamespace(record=lambda _: kept))
    monkeypatch.chdir(tmp_path)
    return kept


def test_the_command_line_titles_a_report_in_its_language(record: Record) -> None:
    for language, own, other in (("en", TITLE.en, TITLE.ja), ("ja", TITLE.ja, TITLE.en)):
        assert main(["report", record.id, "--format", "html", "-o", "out.html", "--lang", language]) == 0
        page = Path("out.html").read_text(encoding="utf-8")
        assert f"<title>{own}</title>" in page and other not in page
    assert main(["report", record.id, "--format", "pptx", "-o", "out.pptx", "--lang", "en"]) == 0
    assert Presentation(io.BytesIO(Path("out.pptx").read_bytes())).core_properties.title == TITLE.en


def test_the_json_keeps_the_frozen_title(record: Record) -> None:
    assert main(["report", record.id, "--format", "json", "-o", "out.json", "--lang", "en"]) == 0
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["poc"]["title"] == TITLE.ja


def test_a_notebook_titles_a_record_in_each_language(record: Record) -> None:
    page = shown(record)._repr_html_()
    japanese, english = page.split('<div lang="en">')
    assert f"<h4>{TITLE.ja}: " in japanese and f"<h4>{TITLE.en}: " in english
    assert shown(record).summary("en").startswith(TITLE.en)


def test_a_title_of_ones_own_stays() -> None:
    own = shown(replace(example_record("go"), title="Our transformers"))
    assert own._repr_html_().count("<h4>Our transformers: ") == 2
    assert shown_title("Our transformers", "ja") == "Our transformers"
