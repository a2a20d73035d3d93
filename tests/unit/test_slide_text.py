"""Text on a slide fits its box: measured with the typeface, set smaller where it is long."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Emu

from scorecards.local_text import LANGUAGES, Language
from scorecards.phrases.terms import terms_line
from scorecards.reports import render
from scorecards.reports.slide_text import SMALLEST, Box, Run, fitted, height, lines
from tests.example_record import Kind, example_record

LONG = "拠点ごとの調整に要する時間と技能を、同じ条件で測定した結果にもとづいて判断します。"


def test_lines_follow_the_width_of_the_words() -> None:
    assert lines([Run("short", 12)], 5.0) == 1
    assert lines([Run("あ" * 40, 12)], 72 * 0 + 4.0) == 2  # 40 × 12 pt = 480 pt in 288 pt less the room kept
    assert lines([Run("word " * 40, 12)], 4.0) > lines([Run("word " * 40, 12)], 8.0)
    assert lines([Run("x" * 300, 12)], 2.0) > 5  # a word longer than the line is broken


def test_text_that_fits_keeps_its_size() -> None:
    text = [[Run("short", 14), Run(" and bold", 12, bold=True)]]
    assert fitted(text, Box(0, 0, 4, 1)) == text


def test_long_text_is_set_smaller_until_it_fits() -> None:
    box = Box(0, 0, 4, 0.75)
    found = fitted([[Run(LONG * 2, 14)]], box)
    assert SMALLEST <= found[0][0].size < 14
    assert height(found, 4, 3) <= 0.75
    assert found[0][0].text == LONG * 2


def test_what_no_size_can_hold_is_left_out_from_the_end_with_a_sign() -> None:
    box = Box(0, 0, 4, 0.5)
    found = fitted([[Run(f"{index}{LONG}", 12)] for index in range(6)], box)
    assert len(found) < 6
    assert found[0][0].text.startswith("0")
    assert found[-1][-1].text.endswith("…")
    assert height(found, 4, 3) <= 0.5 or len(found) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["conditional", "go", "no_go", "undecided", "infinite"])
def test_the_summarys_texts_fit_their_boxes(kind: Kind, language: Language) -> None:
    deck = Presentation(io.BytesIO(render(example_record(kind), "pptx", language)))
    texts = [shape for shape in deck.slides[0].shapes if shape.has_text_frame and shape.text_frame.text.strip()]
    assert len(texts) > 12
    for shape in texts:
        paragraphs = [_runs(paragraph) for paragraph in shape.text_frame.paragraphs]
        needed = height(paragraphs, Emu(shape.width).inches, 3)
        room = 1.06 if len(shape.text_frame.text) > 60 else 1.35  # what has a line of its own may be tight
        assert needed <= Emu(shape.height).inches * room, shape.text_frame.text
    frame = next(shape for shape in deck.slides[0].shapes if shape.has_table)
    below = next(shape for shape in texts if shape.text_frame.text == terms_line(language))
    assert frame.top + sum(row.height for row in frame.table.rows) <= below.top


def _runs(paragraph: Any) -> list[Run]:
    return [Run(run.text, run.font.size.pt, bool(run.font.bold)) for run in paragraph.runs]
