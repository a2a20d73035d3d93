"""Text with figures as HTML that never breaks a line between a figure's sign, digits and unit."""

from __future__ import annotations

import re
from html import escape

_LATIN = "pt|µs|ms|s|min|h|kB|MB|GB|B|kJ|J|[kMG]?FLOP|sites?|seeds?|months?"
_JAPANESE = "倍|分の|分|秒|時間|日|年|か月|拠点|シード|回|件"
_UNITS = f"{_LATIN}|{_JAPANESE}|%"
_BEFORE_UNIT = re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![A-Za-z]))")
_LOSS = re.compile(r"−[¥$€£₩₹][\d.,]+[万億kMB]?")


def whole(text: str) -> str:
    """Return `text` escaped for HTML, its figures unbreakable: no line ends within '−1 pt' or '−¥26万'."""
    spaced = escape(_BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text))
    return _LOSS.sub(lambda found: f'<span class="bp-nowrap">{found[0]}</span>', spaced)
