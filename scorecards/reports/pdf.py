"""The A4 report as PDF: one page like a ringi sheet, then the questions, money, rivals, evidence, method."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from scorecards.charts.static import FONTS
from scorecards.charts.theme import LIGHT
from scorecards.local_text import Language, LocalText
from scorecards.phrases.meeting import tornado_sentence
from scorecards.record import Json, Record
from scorecards.reports.contents import Contents, CriterionRow, contents_of
from scorecards.reports.drawings import (
    criterion_drawing,
    evidence_drawings,
    histogram_drawing,
    tornado_drawing,
    waterfall_drawing,
)
from scorecards.reports.drawn import Drawing
from scorecards.reports.exhibits import exhibit_drawings
from scorecards.reports.missing_glyphs import NOTE, drawable
from scorecards.reports.words import WORDS

TEMPLATE = Path(__file__).with_name("report.typ")
_RISKS_ON_FIRST_PAGE = (5, 4, 3, 2)
"""How many, the most that fit."""
_ELSEWHERE = LocalText(ja="「判定が変わる条件」のページ", en="the page “Where the verdict turns”")


def render(record: Record, language: Language) -> bytes:
    """Return the report on `record` as PDF, its fonts embedded, its text searchable."""
    data = _drawable(_data(record, language), language)
    pdf = typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )
    return bytes(pdf)


def _drawable(data: dict[str, object], language: Language) -> str:
    """Return the data as JSON in characters that the typeface has, and a note where any had to be replaced."""
    text = json.dumps(data, ensure_ascii=False)
    if drawable(text) == text:
        return text
    return drawable(json.dumps({**data, "missing_note": NOTE.in_language(language)}, ensure_ascii=False))


def _data(record: Record, language: Language) -> dict[str, object]:
    contents = contents_of(record, language)
    word = contents.word
    drawn = {
        "histogram": histogram_drawing(record, language, word("distribution")),
        "waterfall": waterfall_drawing(record, language, word("waterfall")),
        "tornado": tornado_drawing(record, language, word("tornado")),
    }
    return {
        "language": language,
        "colours": {name: getattr(LIGHT, name) for name in ("ink", "muted", "accent", "accent_pale", "line")},
        "title": contents.title,
        "facts": contents.facts,
        "stamp": contents.stamp,
        "footer": f"{contents.stamp} · {word('record')} {_fingerprint(record)}",
        "verdict": contents.verdict,
        "verdict_sign": contents.verdict_sign,
        "verdict_colour": contents.verdict_colour,
        "headline": contents.headline,
        "approvals": [word("approve"), word("review"), word("draft")],
        "words": {key: text.in_language(language) for key, text in WORDS.items()},
        "sentences": asdict(contents.sentences),
        "rows": [_row(row) for row in contents.rows],
        "risks": [first_risks(contents, most, _ELSEWHERE) for most in _RISKS_ON_FIRST_PAGE],
        "risks_cut": len(contents.sentences.risk) > _RISKS_ON_FIRST_PAGE[-1],
        "figures": [asdict(figure) for figure in contents.figures],
        "cost_remark": tornado_sentence(record.judgement.business, language),
        "questions": [
            {
                "title": f"{number} {block.title}",
                "simpler": block.simpler,
                "rows": [{**_row(row), "chart": criterion_drawing(row, language).svg} for row in block.rows],
            }
            for number, block in enumerate(contents.questions, start=1)
        ],
        "charts": {name: _svg(drawing) for name, drawing in drawn.items()},
        "boundary": list(contents.boundary),
        "assumption_heads": [word(key) for key in ("assumption", "low", "likely", "high", "unit", "source", "basis")],
        "assumptions": [list(line) for line in contents.assumptions],
        "rivals_lead": contents.rivals_lead,
        "ratio_note": contents.ratio_note,
        "rival_heads": list(contents.rival_heads),
        "rivals": [list(line) for line in contents.rivals],
        "score_heads": list(contents.score_heads),
        "scores": [list(line) for line in contents.scores],
        "evidence": [{"title": item.title, "chart": item.svg} for item in evidence_drawings(record, language)],
        "exhibits": asdict(contents.exhibits) if contents.exhibits else None,
        "exhibit_charts": [{"title": item.title, "chart": item.svg} for item in exhibit_drawings(record, language)],
        "terms": contents.terms,
        "repairs": list(contents.repairs),
        "missing_note": "",
        "method": list(contents.method),
        "environment": [list(line) for line in contents.environment],
        "hashes": [list(line) for line in contents.hashes],
        "glossary": [list(line) for line in contents.glossary],
    }


def first_risks(contents: Contents, most: int, elsewhere: LocalText) -> list[str]:
    """Return the risks that fit a summary; what is left out is counted, and `elsewhere` tells where it stands."""
    risks = contents.sentences.risk
    if len(risks) <= most:
        return list(risks)
    left = len(risks) - most + 1
    where = elsewhere.in_language(contents.language)
    more = f"ほか {left} 件は{where}にあります。" if contents.language == "ja" else f"{left} more: see {where}."
    return [*risks[: most - 1], more]


def _row(row: CriterionRow) -> dict[str, Json]:
    names = ("title", "kind", "sign", "state", "colour", "value", "compared", "interval", "gate", "how", "sentence")
    return {name: getattr(row, name) for name in names}


def _svg(drawing: Drawing | None) -> str | None:
    return drawing.svg if drawing else None


def _fingerprint(record: Record) -> str:
    return record.hashes.get("record", record.id)[:12]
