"""What the variants made stands in every report that is looked at: each kind of exhibit in PDF, page and slides."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pypdfium2
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from scorecards.local_text import Language
from scorecards.phrases.exhibits import MEANINGS, REAL, TITLES
from scorecards.phrases.names import variant_name
from scorecards.record import Json, Record
from scorecards.reports import Format, render
from scorecards.reports.exhibits import MOST_DRAWINGS, MOST_VARIANTS, drawing_rows, exhibits_of, shown_exhibits
from tests.example_record import example_record

KINDS: Mapping[str, Language] = {
    "text": "ja",
    "drawings": "en",
    "translations": "ja",
    "forecasts": "en",
    "confusion": "ja",
}
PASSAGE = "吾輩は猫である。名前はまだ無い。\nどこで生れたかとんと見当がつかぬ。"
STROKES: list[Json] = [[[0.0, 30.0, 60.0], [0.0, 50.0, 10.0]], [[10.0, 20.0], [5.0, 45.0]]]
HISTORY: list[Json] = [100 + 20 * math.sin(day / 4) for day in range(28)]
TRUTH: list[Json] = [100 + 20 * math.sin(day / 4) for day in range(28, 40)]


def exhibit(kind: str, variant: str) -> dict[str, Json]:
    """Return a made-up exhibit of `kind`, as a task's `exhibit` gives it."""
    if kind == "text":
        return {"kind": kind, "real": PASSAGE, "made": f"{variant} が書いた文章です。"}
    if kind == "drawings":
        return {"kind": kind, "real": [STROKES] * 8, "made": [STROKES] * 8}
    if kind == "translations":
        rows: list[Json] = [
            {"source": f"Sentence {n}.", "reference": f"文 {n} です。", "made": f"{variant} の文 {n}"} for n in range(9)
        ]
        return {"kind": kind, "rows": rows}
    if kind == "forecasts":
        row: dict[str, Json] = {"site": "Umeda", "times": [], "history": HISTORY, "truth": TRUTH, "made": TRUTH}
        return {"kind": kind, "rows": [row] * 5}
    return {"kind": kind, "classes": ["猫", "犬"], "counts": [[9, 1], [2, 8]]}


@cache
def with_exhibits(kind: str) -> Record:
    record = example_record("go")
    shown: dict[str, Json] = {variant: exhibit(kind, variant) for variant in record.variants}
    rows = record.measurements[record.measurements["metric"] == "quality.auc"]
    return replace(record, exhibits=shown, curves=record.curves.head(0), measurements=rows)


@cache
def rendered(kind: str, format: Format) -> bytes:
    return render(with_exhibits(kind), format, KINDS[kind])


def told(kind: str) -> list[str]:
    """Return words that a report with this exhibit has to have."""
    language = KINDS[kind]
    names = [variant_name(variant, language) for variant in ("hyper", "dense")]
    own = {
        "text": [REAL.in_language(language), "吾輩は猫である", "hyper が書いた文章です。"],
        "drawings": [REAL.in_language(language)],
        "translations": ["Sentence 0.", "文 0 です。", "hyper の文 0", "dense の文 5"],
        "forecasts": ["Umeda"],
        "confusion": [],
    }[kind]
    return [TITLES[kind].in_language(language), MEANINGS[kind].in_language(language), *own, *names]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_the_exhibit(kind: str) -> None:
    page = rendered(kind, "html").decode()
    assert all(text in page for text in told(kind))
    if kind in ("drawings", "forecasts", "confusion"):
        assert page[page.index(TITLES[kind].in_language(KINDS[kind])) :].count("<svg") >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_pdf_shows_the_exhibit(kind: str) -> None:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(rendered(kind, "pdf"))]
    text = "".join("".join(pages).split())
    assert all("".join(words.split()) in text for words in told(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_slide_shows_the_exhibit(kind: str) -> None:
    title = TITLES[kind].in_language(KINDS[kind])
    deck = Presentation(io.BytesIO(rendered(kind, "pptx")))
    slide = next(
        slide for slide in deck.slides if any(s.has_text_frame and s.text_frame.text == title for s in slide.shapes)
    )
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    texts += [c.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for c in row.cells]
    pictures = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    words = [text for text in told(kind) if kind != "forecasts" or text not in ("hypernetwork", "ordinary model")]
    assert all(any(text in found for found in texts) for text in words)
    assert bool(pictures) is (kind in ("drawings", "forecasts", "confusion"))
    for picture in pictures:
        assert picture._element.xpath(".//p:cNvPr")[0].get("descr")
        assert picture.left + picture.width <= deck.slide_width and picture.top + picture.height <= deck.slide_height


def test_the_candidate_and_the_baseline_are_shown_first_and_only_a_few_of_each() -> None:
    record = with_exhibits("drawings")
    kind, shown = shown_exhibits(record)
    assert kind == "drawings" and list(shown)[:2] == ["hyper", "dense"] and len(shown) == MOST_VARIANTS
    assert {len(some) for some in drawing_rows(shown, "en").values()} == {MOST_DRAWINGS}
    found = exhibits_of(with_exhibits("translations"), "ja")
    assert found is not None and len(found.lines) == 6 and len(found.heads) == 2 + MOST_VARIANTS


def test_a_record_without_exhibits_or_with_an_unknown_kind_has_none() -> None:
    record = example_record("go")
    assert exhibits_of(record, "ja") is None
    assert exhibits_of(replace(record, exhibits={"hyper": {"kind": "holograms"}}), "ja") is None
