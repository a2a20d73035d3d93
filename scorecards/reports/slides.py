"""The slides (16:9): a summary like a ringi sheet, the questions with a native chart each, money, rivals, method.

The speaker's notes hold the sentences to say, with their figures.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import Any

from pptx import Presentation
from pptx.util import Inches

from scorecards.charts import waterfall_steps
from scorecards.charts.money import largest_level, widest_bars
from scorecards.charts.theme import LIGHT
from scorecards.formats import MISSING, format_money_beside, money_scale, unit_word
from scorecards.local_text import Language, LocalText
from scorecards.phrases import assumption_name, cash_flow_name, variant_name
from scorecards.phrases.criterion import value_text
from scorecards.phrases.meeting import tornado_sentence
from scorecards.phrases.possible import as_shown
from scorecards.record import Record
from scorecards.reports.contents import Contents, CriterionRow, QuestionBlock, contents_of
from scorecards.reports.drawings import discount_rate
from scorecards.reports.embedded_font import embed_fonts
from scorecards.reports.pdf import first_risks
from scorecards.reports.slide_charts import Dot, Span, interval_chart, span_chart
from scorecards.reports.slide_exhibits import exhibit_slide
from scorecards.reports.slide_parts import (
    HEIGHT,
    MARGIN,
    WIDTH,
    footer,
    heading,
    notes,
    panel,
    table,
    write,
)
from scorecards.reports.slide_text import Box, Run, fitted, height

_TORNADO_BARS = 7
_WIDE_SHARES = (1.6, 1.2)
"""Room of the first figure, and of others with a remark below them, over that of one without."""
_ELSEWHERE = LocalText(ja="発表者ノート", en="the speaker's notes")
_MOST_FACTS, _HASH_LETTERS = 18, 16
_TERMS_HEIGHT = 0.38
_TEXT_WIDTH = WIDTH - 2 * MARGIN


def render(record: Record, language: Language) -> bytes:
    """Return the slides on `record` as PPTX."""
    record = as_shown(record)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.element.sldSz.attrib.pop("type", None)  # the library's template calls its size 4:3
    contents = contents_of(record, language)
    deck.core_properties.title = contents.title
    deck.core_properties.author = "Blueprint"
    deck.core_properties.language = language
    pages: list[Callable[[Any], None]] = [lambda slide: _summary(slide, contents)]
    for number, block in enumerate(contents.questions, start=1):
        pages.append(lambda slide, n=number, b=block: _question(slide, record, contents, n, b))  # type: ignore[misc]
    pages.append(lambda slide: _waterfall(slide, record, contents))
    if record.judgement.business.tornado:
        pages.append(lambda slide: _tornado(slide, record, contents))
    pages.append(lambda slide: _rivals(slide, contents))
    pages.append(lambda slide: _scores(slide, contents))
    if (exhibits := contents.exhibits) is not None:
        pages.append(lambda slide: exhibit_slide(slide, record, exhibits, language))
    pages.append(lambda slide: _method(slide, contents))
    pages.append(lambda slide: _conditions(slide, contents))
    for number, draw in enumerate(pages, start=1):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        draw(slide)
        footer(slide, f"{contents.title} · {contents.facts} · {contents.stamp}", number, len(pages))
    embed_fonts(deck)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _summary(slide: Any, contents: Contents) -> None:
    panel(slide, Box(0, 0, WIDTH, 0.12), LIGHT.accent)
    write(slide, Box(MARGIN, 0.32, 9, 0.3), [[Run(contents.word("summary"), 11, colour=LIGHT.muted)]])
    write(slide, Box(MARGIN, 0.58, _TEXT_WIDTH, 0.5), [[Run(contents.title, 20, bold=True)]])
    stamp = [[Run(contents.stamp, 11, colour=LIGHT.muted)]]
    write(slide, Box(WIDTH - MARGIN - 3.5, 0.32, 3.5, 0.3), stamp, align="right")
    panel(slide, Box(MARGIN, 1.12, _TEXT_WIDTH, 1.02), LIGHT.accent_pale)
    verdict = Run(f"{contents.verdict_sign} {contents.verdict}", 24, bold=True, colour=contents.verdict_colour)
    write(slide, Box(MARGIN + 0.2, 1.12, 2.75, 1.02), [[verdict]], middle=True)
    said = Box(MARGIN + 3.0, 1.17, _TEXT_WIDTH - 3.2, 0.92)
    write(slide, said, fitted([[Run(contents.headline, 13)]], said), middle=True)
    left, right = MARGIN, MARGIN + 6.35
    _part(slide, contents.word("purpose"), Box(left, 2.32, 6.0, 0.9))
    purpose = Box(left, 2.62, 6.0, 0.82)
    write(slide, purpose, fitted([[Run(text, 10.5)] for text in contents.sentences.purpose], purpose))
    _part(slide, contents.word("result"), Box(left, 3.5, 6.0, 0.3))
    _result_table(slide, contents.rows, Box(left, 3.78, 6.0, 3.2), contents)
    _part(slide, contents.word("risk"), Box(right, 2.32, 5.78, 0.3))
    room = Box(right, 2.62, 5.78, 1.78)
    risks = [[Run(text, 10.5)] for text in first_risks(contents, 4, _ELSEWHERE)]
    write(slide, room, fitted(risks, room, spacing=2), bullet=True, spacing=2)
    _part(slide, contents.word("cost"), Box(right, 4.45, 5.78, 0.3))
    _figures(slide, contents, Box(right, 4.75, 5.78, 1.12), 14)
    panel(slide, Box(right, 5.9, 5.78, 1.0), LIGHT.accent)
    ask = [[Run(contents.word("decision"), 10, colour="#dbe4ee")]]
    ask += [[Run(text, 12.5, bold=True, colour="#ffffff")] for text in contents.sentences.decision]
    asked = Box(right + 0.18, 5.95, 5.42, 0.9)
    write(slide, asked, fitted(ask, asked, spacing=1), middle=True, spacing=1)
    sentences = contents.sentences
    notes(
        slide,
        [*sentences.purpose, contents.headline, *sentences.risk, *sentences.cost, *sentences.decision, contents.terms],
    )


def _part(slide: Any, title: str, box: Box) -> None:
    write(slide, Box(box.left, box.top, box.width, 0.26), [[Run(title, 12, bold=True, colour=LIGHT.accent)]])
    panel(slide, Box(box.left, box.top + 0.26, box.width, 0.012), LIGHT.line)


def _result_table(slide: Any, rows: Sequence[CriterionRow], box: Box, contents: Contents) -> None:
    lines = [
        [
            Run(f"{row.sign} {row.state}", 9.5, bold=True, colour=row.colour),
            Run(row.title, 9.5, bold=row.criterion.must),
            Run(row.kind, 9.5, colour=LIGHT.ink if row.criterion.must else LIGHT.muted),
            Run(row.value, 9.5, bold=True),
            Run(row.gate, 9.5, colour=LIGHT.muted),
        ]
        for row in rows
    ]
    heads = [contents.word(key) for key in ("state", "criterion", "kind", "value", "gate")]
    least = min(0.27, (box.height - _TERMS_HEIGHT) / (len(lines) + 1))
    room = Box(box.left, box.top, box.width, box.height - _TERMS_HEIGHT)
    table(slide, room, heads, lines, (0.92, 2.43, 0.62, 1.05, 0.98), size=10, row_height=least, right=(3,))
    below = Box(box.left, box.top + box.height - _TERMS_HEIGHT + 0.03, box.width, _TERMS_HEIGHT - 0.03)
    write(slide, below, fitted([[Run(contents.terms, 8, colour=LIGHT.muted)]], below), spacing=0)


def _figures(slide: Any, contents: Contents, box: Box, size: float) -> None:
    """Show the headline figures side by side, their values on one line whichever name takes two."""
    shares = [_WIDE_SHARES[min(n, 1)] if figure.remark else 1.0 for n, figure in enumerate(contents.figures)]
    widths = [box.width * share / sum(shares) - 0.1 for share in shares]
    names = [[Run(figure.name, 8.5, colour=LIGHT.muted)] for figure in contents.figures]
    values = [[Run(figure.value, size, bold=True)] for figure in contents.figures]
    name_height = max(height([name], width, 0) for name, width in zip(names, widths, strict=True))
    value_height = max(height([value], 9.0, 0) for value in values)
    left = box.left
    for figure, name, value, width in zip(contents.figures, names, values, widths, strict=True):
        write(slide, Box(left, box.top, width, name_height), [name], spacing=0, bottom=True)
        below = Box(left, box.top + name_height, width, value_height)
        write(slide, below, fitted([value], below), spacing=0)
        top = box.top + name_height + value_height
        remark = Box(left, top, width, box.top + box.height - top)
        if figure.remark:
            write(slide, remark, fitted([[Run(figure.remark, 9, colour=LIGHT.muted)]], remark), spacing=0)
        left += width + 0.1


def _question(slide: Any, record: Record, contents: Contents, number: int, block: QuestionBlock) -> None:
    main = block.main
    heading(slide, f"{number} {block.title}", main.sentence)
    dots = comparison(record, main, contents.language)
    chart_title = [[Run(main.title, 13, bold=True), Run(f"  {main.explanation}", 10, colour=LIGHT.muted)]]
    write(slide, Box(MARGIN, 1.85, 7.3, 0.6), chart_title)
    if any(math.isfinite(dot.value) for dot in dots):
        axis = contents.word("value") + f" ({unit_word(main.result.unit, contents.language)})"
        interval_chart(slide, Box(MARGIN, 2.45, 7.3, 3.95), dots, (main.result.threshold, main.gate), axis)
    else:
        state = [[Run(f"{main.sign} {main.state}", 20, bold=True, colour=main.colour)]]
        write(slide, Box(MARGIN, 3.6, 7.3, 1), state, align="center")
    write(slide, Box(MARGIN, 6.45, 7.3, 0.45), [[Run(block.simpler, 10.5)]], middle=True)
    note = contents.ratio_note if any(row.result.unit == "ratio" for row in block.rows) else ""
    top, step = 1.85, min(1.7, (4.75 if note else 5.05) / len(block.rows))
    for row in block.rows:
        _card(slide, row, Box(8.25, top, WIDTH - MARGIN - 8.25, step - 0.14))
        top += step
    if note:
        write(slide, Box(8.25, 6.6, WIDTH - MARGIN - 8.25, 0.32), [[Run(note, 9, colour=LIGHT.muted)]], middle=True)
    notes(slide, [*(row.sentence for row in block.rows), block.simpler, note])


def _card(slide: Any, row: CriterionRow, box: Box) -> None:
    panel(slide, Box(box.left, box.top, 0.06, box.height), row.colour)
    lines = [
        [
            Run(f"{row.sign} {row.state}  ", 11, bold=True, colour=row.colour),
            Run(row.title, 11, bold=True),
            Run(f"  {row.kind}", 9, colour=LIGHT.muted),
        ],
        [Run(row.value, 17, bold=True), Run(f"   {row.gate}", 10, colour=LIGHT.muted)],
        [Run(" · ".join(part for part in (row.interval_words, row.how) if part), 10, colour=LIGHT.muted)],
    ]
    if row.compared and box.height > 1.1:
        lines.append([Run(row.compared, 9, colour=LIGHT.muted)])
    write(slide, Box(box.left + 0.2, box.top, box.width - 0.2, box.height), lines, spacing=1, middle=True)


def comparison(record: Record, row: CriterionRow, language: Language) -> list[Dot]:
    """Return the candidate's and every measured rival's value of one criterion, the candidate first."""
    judged = [(record.scorecard.candidate, row.result)]
    for name, results in record.judgement.rivals.items():
        judged += [(name, result) for result in results if result.id == row.result.id]
    dots = []
    for variant, result in judged:
        if result.value is None:
            continue
        candidate = variant == record.scorecard.candidate
        name = variant_name(variant, language)
        low, high = (result.value if end is None else end for end in (result.low, result.high))
        if result.n < 2:
            low = high = result.value
        tint = row.colour if candidate else LIGHT.accent_soft
        dots.append(Dot(name, value_text(result, language), result.value, low, high, tint, candidate))
    return dots


def _waterfall(slide: Any, record: Record, contents: Contents) -> None:
    business, language = record.judgement.business, contents.language
    heading(slide, contents.word("money"), contents.sentences.cost[0])
    _figures(slide, contents, Box(MARGIN, 1.65, _TEXT_WIDTH, 0.95), 20)
    write(slide, Box(MARGIN, 2.75, _TEXT_WIDTH, 0.3), [[Run(contents.word("waterfall"), 13, bold=True)]])
    steps = waterfall_steps(business, discount_rate(record))
    largest = largest_level(steps)
    scale, unit = money_scale(largest, business.currency, language)
    spans = [
        Span(
            contents.word("npv_likely") if step.line == "npv" else cash_flow_name(step.line, language),
            format_money_beside(step.amount, largest, business.currency, language, signed=step.line != "npv"),
            step.start / scale,
            step.end / scale,
            LIGHT.accent if step.line == "npv" else LIGHT.good if step.amount >= 0 else LIGHT.bad,
        )
        for step in steps
    ]
    span_chart(slide, Box(MARGIN, 3.05, _TEXT_WIDTH, 3.85), spans, unit)
    notes(slide, contents.sentences.cost)


def _tornado(slide: Any, record: Record, contents: Contents) -> None:
    business, language = record.judgement.business, contents.language
    heading(slide, contents.word("tornado"), tornado_sentence(business, language))
    bars = widest_bars(business, _TORNADO_BARS)
    largest = max(abs(end) for bar in bars for end in (bar.npv_at_low, bar.npv_at_high))
    scale, unit = money_scale(largest, business.currency, language)
    spans = []
    for bar in bars:
        low, high = sorted((bar.npv_at_low, bar.npv_at_high))
        label = " – ".join(format_money_beside(end, largest, business.currency, language) for end in (low, high))
        name = assumption_name(bar, language)
        spans.append(Span(name, label, low / scale, high / scale, LIGHT.accent_soft))
    span_chart(slide, Box(MARGIN, 1.75, 8.3, 5.15), spans, f"NPV ({unit})")
    _part(slide, contents.word("boundary"), Box(9.2, 1.85, WIDTH - MARGIN - 9.2, 0.3))
    lines = [[Run(text, 11.5)] for text in contents.boundary[:6]]
    write(slide, Box(9.2, 2.25, WIDTH - MARGIN - 9.2, 4.5), lines, bullet=True, spacing=6)
    notes(slide, [tornado_sentence(business, language), *contents.boundary])


def _rivals(slide: Any, contents: Contents) -> None:
    heading(slide, contents.word("rivals"), contents.rivals_lead)
    if not contents.rivals:
        write(slide, Box(MARGIN, 2.4, _TEXT_WIDTH, 1), [[Run(contents.word("none_measured"), 16)]])
        return
    first = 3.1
    rest = (_TEXT_WIDTH - first) / (len(contents.rival_heads) - 1)
    lines = [
        [Run(text, 11, bold=index == 1, colour=_sign_colour(text, index)) for index, text in enumerate(line)]
        for line in contents.rivals
    ]
    widths = [first, *[rest] * (len(contents.rival_heads) - 1)]
    least = min(0.38, 4.4 / (len(lines) + 1))
    table(slide, Box(MARGIN, 1.85, _TEXT_WIDTH, 5.1), contents.rival_heads, lines, widths, row_height=least)
    notes(slide, [contents.rivals_lead, *contents.sentences.decision])


def _scores(slide: Any, contents: Contents) -> None:
    heading(slide, contents.word("scores"))
    first = 3.6
    rest = (_TEXT_WIDTH - first) / (len(contents.score_heads) - 1)
    lines = [[Run(text, 12, bold=index == 0) for index, text in enumerate(line)] for line in contents.scores]
    widths = [first, *[rest] * (len(contents.score_heads) - 1)]
    table(slide, Box(MARGIN, 1.3, _TEXT_WIDTH, 5.4), contents.score_heads, lines, widths, row_height=0.42)


def _sign_colour(text: str, index: int) -> str:
    if index == 0:
        return LIGHT.ink
    signs = {"✓": LIGHT.good, "✕": LIGHT.bad, "!": LIGHT.bad, "?": LIGHT.open, MISSING: LIGHT.none}
    return signs.get(text[:1], LIGHT.ink)


def _method(slide: Any, contents: Contents) -> None:
    heading(slide, contents.word("method"))
    box = Box(MARGIN, 1.15, _TEXT_WIDTH, 2.1)
    lines = [[Run(f"{n}. {text}", 12)] for n, text in enumerate(contents.method, start=1)]
    write(slide, box, fitted(lines, box, spacing=4), spacing=4)
    _part(slide, contents.word("glossary"), Box(MARGIN, 3.35, _TEXT_WIDTH, 0.3))
    box = Box(MARGIN, 3.72, _TEXT_WIDTH, 3.2)
    terms = [[Run(f"{term}: ", 11, bold=True), Run(text, 11)] for term, text in contents.glossary]
    write(slide, box, fitted(terms, box), spacing=3)
    notes(slide, contents.method)


def _conditions(slide: Any, contents: Contents) -> None:
    """Show under which conditions it was measured: the machine, what was done to the data, the record's hashes."""
    heading(slide, contents.word("conditions"))
    left, right, width = MARGIN, MARGIN + 6.35, 5.78
    _part(slide, contents.word("environment"), Box(left, 1.2, width, 0.3))
    facts = [f"{name}: {text}" for name, text in contents.environment if name != contents.word("unsteady")]
    box = Box(left, 1.57, width, 5.3)
    write(slide, box, fitted([[Run(_shortened(text), 11)] for text in facts[:_MOST_FACTS]], box), spacing=3)
    _part(slide, contents.word("repairs"), Box(right, 1.2, width, 0.3))
    box = Box(right, 1.57, width, 2.9)
    repairs = contents.repairs or (contents.word("no_repairs"),)
    write(slide, box, fitted([[Run(text, 11)] for text in repairs], box), bullet=len(repairs) > 1)
    _part(slide, contents.word("hashes"), Box(right, 4.7, width, 0.3))
    box = Box(right, 5.07, width, 1.8)
    hashes = [[Run(f"{name}: {value[:_HASH_LETTERS]}", 10, colour=LIGHT.muted)] for name, value in contents.hashes]
    write(slide, box, fitted(hashes, box, spacing=1), spacing=1)
    notes(slide, contents.repairs)


def _shortened(text: str, most: int = 84) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
