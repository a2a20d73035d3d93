"""What every format has to tell: what was done to the data, what the terms mean, both NPVs; and no box characters."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import openpyxl
import pypdfium2
import pytest
from pptx import Presentation

from scorecards.local_text import LANGUAGES, Language, LocalText
from scorecards.phrases.terms import terms_line
from scorecards.record import Record
from scorecards.record_json import from_json
from scorecards.reports import FORMATS, Format, render
from scorecards.reports.contents import contents_of
from scorecards.reports.missing_glyphs import MISSING, drawable
from scorecards.reports.slide_charts import nice_step, tick_format
from scorecards.reports.slide_parts import table
from scorecards.reports.slide_text import Box, Run
from tests.example_record import example_record

REPAIRS = (
    LocalText(ja="37 件の値を欠損として扱いました。", en="37 values count as missing."),
    LocalText(ja="重複した 12 行を除きました。", en="12 duplicate rows were left out."),
)


@cache
def mended() -> Record:
    record = example_record("conditional")
    rows = record.measurements[record.measurements["metric"].isin(["quality.auc", "size.install_bytes"])]
    return replace(
        record,
        dataset=replace(record.dataset, repairs=REPAIRS),
        measurements=rows,
        curves=record.curves.head(0),
    )


@cache
def pages(format: Format, language: Language) -> tuple[str, ...]:
    """Return the texts of a report: pages, slides with their notes, or sheets; a page alone where there is one."""
    content = render(mended(), format, language)
    if format == "pdf":
        return tuple(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    if format == "pptx":
        deck = Presentation(io.BytesIO(content))
        return tuple("".join(node.text or "" for node in slide.element.iter("{*}t")) for slide in deck.slides)
    if format == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return tuple("\n".join(str(c.value) for row in sheet for c in row if c.value) for sheet in book)
    if format == "json":
        texts = from_json(content.decode()).dataset.repairs
        return ("".join(text.in_language(language) for text in texts),)
    return (content.decode(),)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", FORMATS)
def test_what_was_mended_or_left_out_stands_in_every_format(format: Format, language: Language) -> None:
    text = squeezed("".join(pages(format, language)))
    assert all(squeezed(repair.in_language(language)) in text for repair in REPAIRS)
    nothing = contents_of(mended(), language).word("no_repairs")
    assert squeezed(nothing) not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", ["pdf", "pptx", "xlsx", "html"])
def test_seeds_and_points_are_explained_where_they_are_first_used(format: Format, language: Language) -> None:
    assert squeezed(terms_line(language)) in squeezed(pages(format, language)[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", ["pdf", "pptx", "html"])
def test_the_npv_with_and_without_assumed_savings_are_told_apart(format: Format, language: Language) -> None:
    contents = contents_of(mended(), language)
    median, without = contents.figures[:2]
    assert median.value != without.value and without.value not in without.remark
    assert without.name == contents.word("npv_measured")
    first = squeezed(pages(format, language)[0])
    assert all(squeezed(text) in first for text in (median.name, median.value, without.name, without.value))
    assert squeezed(without.remark) in first
    if format == "pptx":  # the waterfall ends in the likely NPV, which is not the median
        slide = next(slide for slide in pages(format, language) if contents.word("waterfall") in slide)
        assert without.name in slide


def test_an_npv_that_assumes_nothing_is_told_once() -> None:
    record = example_record("conditional")
    money = replace(record.judgement.business, npv_without_assumed=record.judgement.business.npv_likely)
    same = replace(record, judgement=replace(record.judgement, business=money))
    names = [figure.name for figure in contents_of(same, "en").figures]
    assert len(names) == 4 and contents_of(same, "en").word("npv_measured") not in names


def test_letters_that_the_typeface_lacks_leave_no_boxes_in_the_pdf() -> None:
    assert drawable("ż 店舗 é") == "z 店舗 é"
    assert drawable("👍🏽 한국") == f"{MISSING}{MISSING} {MISSING}{MISSING}"
    assert drawable('{"a": "1\\n2"}\n') == '{"a": "1\\n2"}\n'
    record = replace(mended(), title="한국 店舗 👍")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(render(record, "pdf", "ja")))
    assert f"{MISSING}{MISSING} 店舗 {MISSING}" in text and "この資料の書体にない文字です" in text
    assert "この資料の書体にない文字です" not in "".join(pages("pdf", "ja"))


def test_labels_of_a_native_chart_have_the_decimals_of_their_step() -> None:
    for span, expected in ((4.0, "#,##0"), (1.0, "#,##0.0"), (0.2, "#,##0.00"), (60_000.0, "#,##0")):
        positive, negative = tick_format(nice_step(span)).split(";")
        assert positive == expected and negative == f'"\u2212"{expected}'


def test_a_row_of_a_table_is_as_high_as_its_text_and_the_table_stays_in_its_box() -> None:
    slide = Presentation().slides.add_slide(Presentation().slide_layouts[6])
    lines = [[Run("short", 11), Run("a name that takes more than one line " * 3, 11)], [Run("b", 11), Run("c", 11)]]
    heights = [row.height.inches for row in table(slide, Box(0, 0, 4, 3), ["x", "y"], lines, [1, 2]).table.rows]
    assert heights[1] > 2 * heights[2] and sum(heights) <= 3
    many = [[Run("word " * 12, 12), Run("word " * 12, 12)] for _ in range(9)]
    tight = table(slide, Box(0, 0, 4, 6), ["x", "y"], many, [2, 2]).table
    assert sum(row.height.inches for row in tight.rows) <= 6.0
    assert tight.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size.pt < 12
