"""Drawings in JSON and NDJSON: one object or list a line, or one document with all of them. Torch-free.

A drawing is a list (see strokes_forms.py), or an object with one under 'drawing', 'strokes', 'ink' or 'points', whose
other short fields are kept as labels. A document is a list of drawings, a single object, or an object of such lists
(their names become the label 'group'). In a list whose drawings are mostly one stroke each, [[x…], [y…], [t…]], short
ones are read so as well, though by themselves they might be rows of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.errors import DataError
from evaluator.intake.strokes_forms import Drawing, Reason, Unusable, drawing_of, is_one_stroke
from scorecards.local_text import LocalText

DRAWING_FIELDS = ("drawing", "strokes", "ink", "points")
GROUP = "group"
_LONGEST_LABEL = 80

Found = Drawing | Reason
"""A drawing, or why there is none."""


def in_lines(text: str, labels: Mapping[str, str]) -> Iterator[Found | None]:
    """Yield what each line of NDJSON holds, None for a line that is no JSON; empty lines are passed over."""
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield None
            continue
        yield _found(value, labels)


def in_document(text: str, name: str, labels: Mapping[str, str]) -> Iterator[Found | None]:
    """Yield what a JSON document holds; one that is NDJSON under another name is read as such. Raises DataError."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise _too_deep(name) from error
    except ValueError as error:
        if _first_line_is_json(text):
            yield from in_lines(text, labels)
            return
        raise _no_json(name, error) from error
    if isinstance(value, dict) and not set(DRAWING_FIELDS) & set(value):
        groups = {str(key): one for key, one in value.items() if isinstance(one, list)}
        for key, drawings in groups.items():
            yield from _listed(drawings, {**labels, GROUP: key[:_LONGEST_LABEL]})
        if not groups:
            raise _no_drawings(name)
    elif isinstance(value, dict):
        yield _found(value, labels)
    elif isinstance(value, list):
        yield from _listed(value, labels)
    else:
        raise _no_drawings(name)


def _listed(values: list[Any], labels: Mapping[str, str]) -> Iterator[Found]:
    """Yield what a list of drawings holds."""
    single = 2 * sum(map(is_one_stroke, values)) > len(values)
    for one in values:
        yield _found([one] if single and is_one_stroke(one, least=1) else one, labels)


def _found(value: Any, labels: Mapping[str, str]) -> Found:
    try:
        if isinstance(value, dict):
            field = next((name for name in DRAWING_FIELDS if name in value), None)
            if field is None:
                return "wrong_type"
            return drawing_of(value[field], {**labels, **_labels(value, field)})
        return drawing_of(value, labels)
    except Unusable as unusable:
        return unusable.reason


def _labels(value: Mapping[str, Any], drawing: str) -> dict[str, str]:
    return {
        name: str(one)
        for name, one in value.items()
        if name != drawing
        and isinstance(one, str | int)
        and not isinstance(one, bool)
        and len(name) <= _LONGEST_LABEL
        and 0 < len(_shown(one)) <= _LONGEST_LABEL
    }


def _shown(value: str | int) -> str:
    """Return a label's text; of a number no longer than a label may be."""
    return value if isinstance(value, str) else (str(value) if abs(value) < 10**_LONGEST_LABEL else "")


def _first_line_is_json(text: str) -> bool:
    first = text.strip().split("\n", 1)[0]
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return "\n" in text.strip()


_FORM = LocalText(
    ja='1 行に 1 枚の NDJSON ({"drawing": [[[x…], [y…]], …]}) にしてください。',
    en='Give NDJSON with one drawing a line: {"drawing": [[[x…], [y…]], …]}.',
)


def _no_json(name: str, error: ValueError) -> DataError:
    line = getattr(error, "lineno", None)
    return DataError(
        LocalText(
            ja="JSON として読めません" + (f" ({line} 行目)。" if line else "。"),
            en="This is no valid JSON" + (f" (line {line})." if line else "."),
        ),
        where=name if line is None else f"{name}:{line}",
        cure=_FORM,
    )


def _too_deep(name: str) -> DataError:
    return DataError(
        LocalText(ja="JSON の入れ子が深すぎます。", en="The JSON is nested too deeply."), where=name, cure=_FORM
    )


def _no_drawings(name: str) -> DataError:
    return DataError(
        LocalText(ja="この JSON には描画データがありません。", en="There are no drawings in this JSON."),
        where=name,
        cure=_FORM,
    )
