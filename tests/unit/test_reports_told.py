"""What every format has to tell: what was done to the data, what the terms mean, both NPVs; and no box characters."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import openpyxl
import pypdfium2
import pytest
from pptx import Presentation

from scorecards.judgement import Reason
from scorecards.local_text import LANGUAGES, Language, LocalText
from scorecards.phrases import criterion_title, short_reason
from scorecards.phrases.terms import VALIDATION, terms_line
from scorecards.record import Record
from scorecards.record_json import from_json
from scorecards.reports import FORMATS, Format, render
from scorecards.reports.contents import contents_of
from scorecards.reports.missing_glyphs import MISSING, drawable
from scorecards.reports.slide_charts import nice_step, tick_format
from scorecards.reports.slide_parts import table
from scorecards.reports.slide_text import Box, Run
from scorecards.vocabulary import AT_EQUAL_COST
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


def slides_of(record: Record, language: Language) -> list[str]:
    deck = Presentation(io.BytesIO(render(record, "pptx", language)))
    return ["\n".join(node.text or "" for node in slide.element.iter("{*}t")) for slide in deck.slides]


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_say_why_there_is_no_value_in_the_words_of_the_card(language: Language) -> None:
    record, reason = example_record("infinite"), Reason("never_reached", {})
    criteria = tuple(
        replace(one, value=None, reason=reason) if one.metric == "finetune.seconds_to_target" else one
        for one in record.judgement.criteria
    )
    slides = slides_of(replace(record, judgement=replace(record.judgement, criteria=criteria)), language)
    why = short_reason(reason, language)
    title = next(criterion_title(record.scorecard, one.id, language) for one in criteria if one.value is None)
    assert why in slides[0]
    assert any(why in slide and title in slide for slide in slides[1:])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_slide_tells_by_a_word_what_is_required(language: Language) -> None:
    contents = contents_of(example_record("conditional"), language)
    deck = Presentation(io.BytesIO(render(example_record("conditional"), "pptx", language)))
    rows = next(shape.table for shape in deck.slides[0].shapes if shape.has_table).rows
    told = [[cell.text for cell in row.cells] for row in rows][1:]
    assert len(told) == len(contents.rows) > 0
    for cells, row in zip(told, contents.rows, strict=True):
        assert row.title in cells and contents.word("must" if row.criterion.must else "want") in cells
    assert len({cells[2] for cells in told}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_validation_data_is_marked_and_explained(language: Language) -> None:
    contents = contents_of(example_record("conditional"), language)
    mark = "(検証データ)" if language == "ja" else "(validation data)"
    assert {mark in row.compared for row in contents.rows if row.result.metric in AT_EQUAL_COST} == {True}
    assert VALIDATION.name.in_language(language) in dict(contents.glossary)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gain_by_assumed_savings_is_told_as_one_on_slides_and_pages(language: Language) -> None:
    record = example_record("go")
    money = replace(record.judgement.business, npv_without_assumed=-260_000.0, break_even_sites=1)
    record = replace(record, judgement=replace(record.judgement, business=money))
    basis = "仮定した効果を含む" if language == "ja" else "on assumed values"
    page = render(record, "html", language).decode()
    leads = [slide for slide in slides_of(record, language) if f" ({basis})" in slide]
    assert leads and basis in page
    pays = "拠点数によらず" if language == "ja" else "any number of sites"
    assert pays not in page
