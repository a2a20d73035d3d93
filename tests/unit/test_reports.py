from __future__ import annotations

import ctypes
import io
import math
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pandas as pd
import pypdfium2
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck

from scorecards.formats import format_money_together
from scorecards.judgement import Reason, State
from scorecards.local_text import LANGUAGES, Language
from scorecards.phrases import headline, verdict_name
from scorecards.record import Record
from scorecards.reports import FORMATS, MEDIA_TYPES, Format, render
from scorecards.reports.contents import contents_of
from scorecards.reports.slide_charts import _outward, nice_step
from tests.example_record import KINDS, Kind, example_record

EVERY_KIND_AND_LANGUAGE: list[tuple[Kind, Language]] = [
    *((kind, "ja") for kind in KINDS),
    ("conditional", "en"),
    ("infinite", "en"),
]
NASTY_TITLE = '#image("x") $x$ *a* <script>alert(1)</script> =cmd() & 「店舗」'


@cache
def _rendered(kind: Kind, format: Format, language: Language) -> bytes:
    return render(example_record(kind), format, language)


def _nasty() -> Record:
    return replace(example_record("conditional"), title=NASTY_TITLE)


def _pdf_pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _deck(content: bytes) -> Deck:
    return Presentation(io.BytesIO(content))


def _slide_texts(deck: Deck) -> list[str]:
    pages = []
    for slide in deck.slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for shape in slide.shapes:
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
        pages.append("\n".join(texts))
    return pages


def test_every_format_has_a_media_type() -> None:
    assert set(MEDIA_TYPES) == set(FORMATS) == {"pdf", "pptx", "xlsx", "html", "json"}
    with pytest.raises(ValueError, match="doc"):
        render(example_record("go"), "doc", "ja")  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND_AND_LANGUAGE)
def test_the_pdfs_first_page_is_the_whole_summary(kind: Kind, language: Language) -> None:
    record, pages = example_record(kind), _pdf_pages(_rendered(kind, "pdf", language))
    contents, first = contents_of(record, language), _squeezed(pages[0])
    for key in ("purpose", "result", "risk", "cost", "decision"):
        assert _squeezed(contents.word(key)) in first
    assert _squeezed(verdict_name(record.judgement.verdict.state, language)) in first
    assert _squeezed(headline(record.scorecard, record.judgement, language)) in first
    assert _squeezed(contents.sentences.decision[0]) in first
    assert _squeezed(contents.stamp) in first
    assert f"1/{len(pages)}" in first
    assert _squeezed(contents.questions[0].title) in _squeezed(pages[1])
    money = record.judgement.business
    for amount in format_money_together((money.npv_p10, money.npv_p50, money.npv_p90), "JPY", language):
        assert _squeezed(amount) in first
    assert _squeezed("割引回収期間" if language == "ja" else "Discounted payback") in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_its_fonts_inside_and_no_box_characters(language: Language) -> None:
    content = _rendered("conditional", "pdf", language)
    text = "".join(_pdf_pages(content))
    assert not {"\ufffd", "\ufffe", "\u25a1", "\0"} & set(text)
    assert "✓" in text and "✕" in text
    document = pypdfium2.PdfDocument(content)
    names = set()
    for page in document:
        for item in page.get_objects(max_depth=4):
            if item.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                font = pypdfium2.raw.FPDFTextObj_GetFont(item.raw)
                assert pypdfium2.raw.FPDFFont_GetIsEmbedded(font) == 1
                buffer = ctypes.create_string_buffer(200)
                pypdfium2.raw.FPDFFont_GetBaseFontName(font, buffer, 200)
                names.add(buffer.value.decode())
    assert names and all("NotoSansJP" in name for name in names)


def test_user_text_is_never_markup() -> None:
    record = _nasty()
    squeezed = _squeezed(NASTY_TITLE)
    assert squeezed in _squeezed(_pdf_pages(render(record, "pdf", "ja"))[0])
    assert NASTY_TITLE in _slide_texts(_deck(render(record, "pptx", "ja")))[0]
    page = render(record, "html", "ja").decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND_AND_LANGUAGE)
def test_slides_say_the_verdict_first_and_the_notes_say_the_sentences(kind: Kind, language: Language) -> None:
    record, deck = example_record(kind), _deck(_rendered(kind, "pptx", language))
    contents, texts = contents_of(record, language), _slide_texts(deck)
    assert contents.verdict in texts[0] and contents.headline in texts[0]
    assert contents.sentences.decision[0] in texts[0] and contents.stamp in texts[0]
    for number, block in enumerate(contents.questions, start=1):
        assert block.title in texts[number]
        said = deck.slides[number].notes_slide.notes_text_frame.text
        assert all(row.sentence in said for row in block.rows)
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, start=1))
    assert all(risk in deck.slides[0].notes_slide.notes_text_frame.text for risk in contents.sentences.risk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_name_their_font_for_both_scripts_in_texts_and_charts(language: Language) -> None:
    deck = _deck(_rendered("conditional", "pptx", language))
    runs = [run for slide in deck.slides for run in slide.element.iter(qn("a:r"))]
    assert len(runs) > 100
    for run in runs:
        properties = run.find(qn("a:rPr"))
        for tag in ("a:latin", "a:ea"):
            assert properties.find(qn(tag)).get("typeface") == "Noto Sans JP"
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert charts
    for chart in charts:
        looks = [look for part in chart._chartSpace.iter(qn("c:txPr")) for look in part.iter(qn("a:defRPr"))]
        assert looks and chart._chartSpace.find(qn("c:txPr")) is not None
        for look in (*looks, *chart._chartSpace.iter(qn("a:rPr"))):
            for tag in ("a:latin", "a:ea"):
                assert look.find(qn(tag)).get("typeface") == "Noto Sans JP"


def test_slides_carry_native_charts_with_the_records_figures() -> None:
    record = example_record("conditional")
    deck = _deck(_rendered("conditional", "pptx", "ja"))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == len(record.scorecard.questions) + 2
    quality = next(result for result in record.judgement.criteria if result.id == "quality_difference")
    values = charts[0].plots[0].series[0]._element.findall(f".//{qn('c:xVal')}//{qn('c:v')}")
    assert [float(value.text) for value in values] == pytest.approx([quality.low, quality.value, quality.high])


@pytest.mark.parametrize("kind", KINDS)
def test_no_shape_leaves_the_slide(kind: Kind) -> None:
    deck = _deck(_rendered(kind, "pptx", "ja"))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "xlink:href")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_file_and_asks_for_nothing(language: Language) -> None:
    page = _rendered("conditional", "html", language).decode()
    links = _Links()
    links.feed(page)
    assert [link for link in links.found if not link.startswith(("#", "data:"))] == []
    assert not links.tags & {"script", "iframe", "link", "object"}
    assert set(re.findall(r"url\(\"?([a-z]+):", page)) == {"data"}
    assert "default-src 'none'" in page
    assert len(page) < 800_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_font_holds_every_character_of_the_page(language: Language) -> None:
    import base64

    from fontTools.ttLib import TTFont

    page = _rendered("conditional", "html", language).decode()
    body = page[page.index("<body>") :]
    fonts = re.findall(r"base64,([^\"]+)", page)
    assert len(fonts) == 2 and len(set(body)) > 100
    for data in fonts:
        letters = set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
        assert {c for c in body if ord(c) not in letters and not c.isspace()} == set()


def test_a_very_long_title_is_shortened_and_the_summary_stays_one_page() -> None:
    record = replace(example_record("infinite"), title="とても長い題名" * 40)
    title = contents_of(record, "ja").title
    assert title.endswith("…") and len(title) < 50
    assert _squeezed(contents_of(record, "ja").word("decision")) in _squeezed(
        _pdf_pages(render(record, "pdf", "ja"))[0]
    )


def test_a_single_trial_shows_no_interval() -> None:
    contents = contents_of(example_record("go", seeds=1), "en")
    assert {row.interval for row in contents.rows} == {"not known"}


def test_data_that_bears_the_title_is_named_once() -> None:
    record = example_record("go")
    same = replace(record, title="店舗別の\n欠品予測", dataset=replace(record.dataset, name="店舗別の 欠品予測"))
    for language in LANGUAGES:
        other, contents = contents_of(record, language), contents_of(same, language)
        assert other.facts.startswith("store_demand.csv · ") and contents.facts.startswith("3,000 ")
        assert any("store_demand.csv" in text for text in other.sentences.purpose)
        assert "\n".join((contents.facts, *contents.sentences.purpose)).count("欠品予測") == 1
    long = replace(same, title="とても長い題名" * 40, dataset=replace(record.dataset, name="とても長い題名" * 40))
    assert "とても" not in contents_of(long, "ja").facts


def test_what_is_known_without_a_value_is_told() -> None:
    record = example_record("conditional")
    found = next(one for one in record.judgement.criteria if one.id == "finetune_time")
    never = Reason("never_reached", {"candidate": 2.0, "baseline": 2.0, "n": 5.0, "unknown": "ratio"})
    some = replace(found, state=State.UNDECIDED, value=None, low=0.31, high=math.inf, points=None, reason=never)
    for result, known in ((some, True), (replace(some, low=0.0), False)):
        criteria = tuple(result if one.id == found.id else one for one in record.judgement.criteria)
        contents = contents_of(replace(record, judgement=replace(record.judgement, criteria=criteria)), "en")
        row = next(row for row in contents.rows if row.result.id == found.id)
        assert (row.value, row.how) == ("target not reached", "measured" if known else "")
        assert row.interval_words == ("95 % interval 0.31× and up, 5 seeds" if known else "")


def test_json_is_the_record() -> None:
    from scorecards.record_json import from_json

    record = example_record("go")
    assert from_json(_rendered("go", "json", "ja").decode()).judgement == record.judgement


def test_the_slide_on_rivals_leads_with_its_own_sentence() -> None:
    for language in LANGUAGES:
        contents = contents_of(example_record("conditional"), language)
        texts = _slide_texts(_deck(_rendered("conditional", "pptx", language)))
        page = next(text for text in texts if contents.word("rivals") in text)
        assert contents.rivals_lead and contents.rivals_lead in page and contents.headline not in page
        assert sum(block.simpler != "" and block.simpler in text for block in contents.questions for text in texts)


def test_ratios_that_the_medians_do_not_give_are_explained_once_a_page() -> None:
    record = example_record("conditional")
    ratio = next(r for r in record.judgement.criteria if r.unit == "ratio" and r.value)
    other = replace(ratio, candidate_value=(ratio.candidate_value or 0.0) * 1.5)
    criteria = tuple(other if r.id == ratio.id else r for r in record.judgement.criteria)
    changed = replace(record, judgement=replace(record.judgement, criteria=criteria))
    note = contents_of(changed, "ja").ratio_note
    pages = [_squeezed(page) for page in _pdf_pages(render(changed, "pdf", "ja"))]
    assert note and {page.count(_squeezed(note)) for page in pages} == {0, 1}


def test_doing_nothing_stands_among_the_rivals() -> None:
    record = example_record("conditional")
    rows = record.measurements
    after = rows[(rows["metric"] == "finetune.score_after") & (rows["variant"] == record.scorecard.candidate)]
    as_is = after[after["setting"] == after["setting"].iloc[0]].assign(setting="as_is", value=0.999)
    rows = pd.concat([rows[rows["setting"] != "as_is"], as_is])
    contents = contents_of(replace(record, measurements=rows), "en")
    line = next(line for line in contents.rivals if line[0] == contents.word("as_is"))
    assert line[1] == "0.999" and set(line[2:]) == {"—"}
    assert "0.999" in contents.rivals_lead


def test_the_axis_of_a_native_chart_has_round_labels_with_zero() -> None:
    for low, high in [(-26.0, 355.0), (-130.0, 700.0), (0.0, 0.37), (-1.0, 1_040.0)]:
        start, end = _outward(low, high)
        step = nice_step(end - start)
        assert start <= low and end >= high
        assert all(abs(edge / step - round(edge / step)) < 1e-9 for edge in (start, end))
