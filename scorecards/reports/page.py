"""The report as one HTML file: its fonts (subset to the text) and charts are inside, and no request leaves the page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from scorecards.charts.theme import FONT
from scorecards.local_text import Language
from scorecards.phrases.meeting import tornado_sentence
from scorecards.record import Record
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
from scorecards.reports.font_cut import Weight, subset_font

STYLE = Path(__file__).with_name("page.css")
_WEIGHTS: tuple[tuple[Weight, int], ...] = (("Regular", 400), ("Bold", 700))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"


def render(record: Record, language: Language) -> bytes:
    """Return the report on `record` as one HTML file in UTF-8."""
    contents = contents_of(record, language)
    body = _body(record, contents)
    title = escape(contents.title)
    style = f"{_font_faces(body + title)}\n{STYLE.read_text(encoding='utf-8')}"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}\n</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def _font_faces(text: str) -> str:
    letters = sorted(set(text))
    faces = []
    for name, weight in _WEIGHTS:
        data = base64.b64encode(subset_font(name, letters, "woff2")).decode()
        faces.append(
            f'@font-face {{ font-family: "{FONT}"; font-weight: {weight}; '
            f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
        )
    return "\n".join(faces)


def _body(record: Record, contents: Contents) -> str:
    word, language = contents.word, contents.language
    money = [
        histogram_drawing(record, language, word("distribution")),
        waterfall_drawing(record, language, word("waterfall")),
        tornado_drawing(record, language, word("tornado")),
    ]
    parts = [
        "<main>",
        _head(contents),
        _ringi(record, contents),
        *_questions(contents),
        f"<h2>{escape(word('money'))}</h2>",
        _figures(contents),
        *(_figure(drawing) for drawing in money if drawing),
        f"<h3>{escape(word('boundary'))}</h3>",
        _list(contents.boundary),
        f"<h2>{escape(word('assumptions'))}</h2>",
        _assumptions(contents),
        f"<h2>{escape(word('rivals'))}</h2>",
        _paragraphs([contents.rivals_lead]),
        _table(contents.rival_heads, contents.rivals) if contents.rivals else f"<p>{escape(word('none_measured'))}</p>",
        f"<h2>{escape(word('scores'))}</h2>",
        _table(contents.score_heads, contents.scores),
        f"<h2>{escape(word('evidence'))}</h2>",
        *(_figure(drawing) for drawing in evidence_drawings(record, language)),
        *_exhibits(record, contents),
        f"<h2>{escape(word('method'))}</h2>",
        f"<ol>{''.join(f'<li>{escape(line)}</li>' for line in contents.method)}</ol>",
        f"<h3>{escape(word('repairs'))}</h3>",
        _list(contents.repairs) if contents.repairs else f"<p>{escape(word('no_repairs'))}</p>",
        f"<h3>{escape(word('environment'))}</h3>",
        _table((), contents.environment),
        f"<h3>{escape(word('hashes'))}</h3>",
        _table((), contents.hashes),
        f"<h2>{escape(word('glossary'))}</h2>",
        _table((), contents.glossary),
        f"<footer>{escape(contents.title)} · {escape(contents.stamp)}</footer>",
        "</main>",
    ]
    return "\n".join(parts)


def _head(contents: Contents) -> str:
    return (
        f'<header><div class="small">{escape(contents.word("report"))} · {escape(contents.word("summary"))}</div>'
        f"<h1>{escape(contents.title)}</h1>"
        f'<div class="small">{escape(contents.facts)} · {escape(contents.stamp)}</div></header>'
        f'<div class="verdict"><strong style="color: {contents.verdict_colour}">'
        f"{escape(contents.verdict_sign)} {escape(contents.verdict)}</strong>{escape(contents.headline)}</div>"
    )


def _ringi(record: Record, contents: Contents) -> str:
    word, sentences = contents.word, contents.sentences
    cost = _figures(contents) + _paragraphs([tornado_sentence(record.judgement.business, contents.language)])
    entries = (
        ("purpose", _paragraphs(sentences.purpose)),
        ("result", _result(contents)),
        ("risk", _list(sentences.risk)),
        ("cost", cost),
        ("decision", f'<div class="ask">{_paragraphs(sentences.decision)}</div>'),
    )
    return f'<dl class="ringi">{"".join(f"<dt>{escape(word(key))}</dt><dd>{text}</dd>" for key, text in entries)}</dl>'


def _result(contents: Contents) -> str:
    word = contents.word
    heads = "".join(
        f"<th{' class=number' if key == 'value' else ''}>{escape(word(key))}</th>"
        for key in ("state", "criterion", "value", "interval", "gate")
    )
    lines = "".join(
        f"<tr><td class=short>{_state(row)}</td>"
        f"<td>{escape(row.title)} <span class=muted>{escape(row.kind)}</span></td>"
        f"<td class=number><b>{escape(row.value)}</b></td><td>{escape(row.interval)}</td>"
        f"<td>{escape(row.gate)}</td></tr>"
        for row in contents.rows
    )
    table = f"<div class=scroll><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    return f"{table}<p class=muted>{escape(contents.terms)}</p>"


def _questions(contents: Contents) -> Iterable[str]:
    for number, block in enumerate(contents.questions, start=1):
        yield f"<h2>{number} {escape(block.title)}</h2>"
        for row in block.rows:
            chart = _svg(criterion_drawing(row, contents.language))
            yield (
                f"<article><div><p>{_state(row)} <b>{escape(row.title)}</b> "
                f"<span class=muted>{escape(row.kind)}</span></p><p><b class=value>{escape(row.value)}</b> "
                f"<span class=muted>{escape(row.how)}</span></p><p class=muted>{escape(row.compared)}</p></div>"
                f"<div>{chart}</div><p class=sentence>{escape(row.sentence)}</p></article>"
            )
        yield _paragraphs([block.simpler])
    if contents.ratio_note:
        yield f"<p class=muted>{escape(contents.ratio_note)}</p>"


def _exhibits(record: Record, contents: Contents) -> Iterable[str]:
    exhibits = contents.exhibits
    if exhibits is None:
        return
    yield f"<h2>{escape(exhibits.title)}</h2><p class=muted>{escape(exhibits.meaning)}</p>"
    yield from (f"<h3>{escape(name)}</h3><pre>{escape(text)}</pre>" for name, text in exhibits.texts)
    if exhibits.lines:
        yield _table(exhibits.heads, exhibits.lines, long=range(len(exhibits.heads)))
    figures = "".join(_figure(drawing) for drawing in exhibit_drawings(record, contents.language))
    yield f"<div class=pairs>{figures}</div>" if figures else ""


def _state(row: CriterionRow) -> str:
    return f'<span class="state" style="color: {row.colour}">{escape(row.sign)} {escape(row.state)}</span>'


def _figures(contents: Contents) -> str:
    items = "".join(
        f"<div><span>{escape(item.name)}</span><b>{escape(item.value)}</b><span>{escape(item.remark)}</span></div>"
        for item in contents.figures
    )
    return f'<div class="figures">{items}</div>'


def _figure(drawing: Drawing) -> str:
    return f"<figure><h3>{escape(drawing.title)}</h3>{_svg(drawing)}</figure>"


def _svg(drawing: Drawing) -> str:
    """Return the chart inline, with its meaning in words as its label."""
    return drawing.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(drawing.alt)}" ', 1)


def _assumptions(contents: Contents) -> str:
    heads = [contents.word(key) for key in ("assumption", "low", "likely", "high", "unit", "source", "basis")]
    return _table(heads, contents.assumptions, numbers=(1, 2, 3), short=(4, 5), long=(6,))


def _table(
    heads: Sequence[str],
    lines: Sequence[Sequence[str]],
    *,
    numbers: Sequence[int] = (),
    short: Sequence[int] = (),
    long: Sequence[int] = (),
) -> str:
    """Return a table that scrolls by itself; columns by number: figures, those on one line, those that need room."""
    kinds = {
        index: name for name, indexes in (("number", numbers), ("short", short), ("long", long)) for index in indexes
    }

    def cell(tag: str, index: int, text: str) -> str:
        kind = f" class={kinds[index]}" if index in kinds else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    top = "".join(cell("th", index, head) for index, head in enumerate(heads))
    rows = "".join(f"<tr>{''.join(cell('td', index, text) for index, text in enumerate(line))}</tr>" for line in lines)
    head = f"<thead><tr>{top}</tr></thead>" if heads else ""
    return f"<div class=scroll><table>{head}<tbody>{rows}</tbody></table></div>"


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in sentences if text)


def _list(items: Iterable[str]) -> str:
    return f'<ul class="plain">{"".join(f"<li>{escape(item)}</li>" for item in items)}</ul>'
