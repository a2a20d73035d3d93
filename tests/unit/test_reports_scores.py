"""Scores beside the main one reach the reports; of what variants made, the deciding rival's is shown."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
from pptx import Presentation

from scorecards.local_text import LANGUAGES, Language
from scorecards.record import Record
from scorecards.reports import render
from scorecards.reports.exhibits import exhibits_of, shown_exhibits
from scorecards.reports.score_table import score_table
from tests.example_record import example_record


def translated() -> Record:
    """Return a record whose variants were scored by BLEU, the candidate's seeds at 0.40, 0.41, … 0.44."""
    record = example_record("conditional")
    rows = record.measurements.copy()
    bleu = rows["metric"] == "quality.accuracy"
    rows.loc[bleu, "metric"] = "quality.bleu"
    rows.loc[bleu, "value"] = 0.39 + rows.loc[bleu, "seed"] / 100
    rows.loc[bleu & (rows["variant"] == "dense"), "value"] += 0.2
    exhibit = {"kind": "translations", "rows": [{"source": "はい", "reference": "Yes", "made": "Yes"}]}
    return replace(record, measurements=rows, exhibits=dict.fromkeys(record.variants, exhibit))


def test_the_table_holds_means_of_every_score_the_candidate_first() -> None:
    heads, lines = score_table(translated(), "en")
    assert heads == ("Variant", "AUC", "log loss", "BLEU")
    assert [line[0] for line in lines[:2]] == ["hypernetwork", "ordinary model"]
    assert [line[3] for line in lines[:2]] == ["0.42", "0.62"]
    assert len(lines) == len(translated().variants)
    assert not any("equal" in head for head in heads), "scores of the validation data are no test scores"


@pytest.mark.parametrize("language", LANGUAGES)
def test_bleu_is_read_back_from_slides_page_and_paper(language: Language) -> None:
    record = translated()
    deck = Presentation(io.BytesIO(render(record, "pptx", language)))
    cells = [
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    assert {"BLEU", "0.42", "0.62"} <= set(cells)
    html = render(record, "html", language).decode()
    assert all(f">{part}<" in html for part in ("BLEU", "0.42", "0.62"))
    paper = pypdfium2.PdfDocument(render(record, "pdf", language))
    text = " ".join(page.get_textpage().get_text_range() for page in paper)
    assert all(part in text.split() for part in ("BLEU", "0.42", "0.62"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_deciding_rival_is_shown_and_who_is_left_out_is_told(language: Language) -> None:
    record = translated()
    _, shown = shown_exhibits(record)
    assert list(shown) == ["hyper", "dense", "dense_site"]
    exhibits = exhibits_of(record, language)
    assert exhibits is not None
    assert {"ja": "勾配ブースティング木", "en": "boosted trees"}[language] in exhibits.meaning
    few = replace(record, exhibits={name: record.exhibits[name] for name in ("hyper", "dense")})
    told = exhibits_of(few, language)
    assert told is not None
    assert len(told.meaning) < len(exhibits.meaning)
