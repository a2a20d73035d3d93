"""Aozora Bunko's marks, taken out of a text: ruby, transcriber's notes, header and footer.

Source: the notation of Aozora Bunko (https://www.aozora.gr.jp/annotation/).
"""

from __future__ import annotations

import re
from collections import Counter

LEAST_RUBY = 3
"""So many 《…》 with kana inside make a text look like Aozora's; fewer may be quotation marks."""
MISSING = "〓"
"""Stands for a character that has no code (geta)."""

_RUBY = re.compile(r"《[^《》\n]{1,40}》")
_KANA_RUBY = re.compile(r"《[ぁ-ゖァ-ヺー・　 ]{1,40}》")
_RUBY_START = re.compile(r"[｜|](?=[^｜|《\n]{1,40}《)")
_NOTE = re.compile(r"［＃(?:[^［］]|［[^［］]*］)*］")
_CHARACTER = re.compile(r"※［＃((?:[^［］]|［[^［］]*］)*)］")
_JIS = re.compile(r"第[34]水準([12])-(\d{1,2})-(\d{1,2})")
_UNICODE = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_HEADER = re.compile(r"\A(?:.{0,2000}?)-{20,}\s*【テキスト中に現れる記号について】.{0,6000}?-{20,}\s*", re.DOTALL)
_FOOTER = re.compile(r"\n[\s　]*底本[：:].*\Z", re.DOTALL)


def looks_like_aozora(text: str) -> bool:
    """Tell whether a text carries Aozora's marks: its notes, its header, or several ruby."""
    if "［＃" in text or "【テキスト中に現れる記号について】" in text[:5_000]:
        return True
    return sum(1 for _, _ in zip(_KANA_RUBY.finditer(text), range(LEAST_RUBY), strict=False)) >= LEAST_RUBY


def strip_aozora(text: str) -> tuple[str, Counter[str]]:
    """Return the text without the marks and how many of each were taken out.

    Counted are 'header' and 'footer' (whole blocks), 'ruby', 'note', and 'character': notes that describe a character
    outside the old character sets, replaced by the character itself where the note tells its code, else by 〓.
    """
    counts: Counter[str] = Counter()
    text, counts["header"] = _HEADER.subn("", text, count=1)
    text, counts["footer"] = _FOOTER.subn("\n", text, count=1)
    text, counts["character"] = _CHARACTER.subn(lambda found: _described(found[1]), text)
    text, counts["note"] = _NOTE.subn("", text)
    text = _RUBY_START.sub("", text)
    text, counts["ruby"] = _RUBY.subn("", text)
    return text, counts


def _described(note: str) -> str:
    """Return the character that a note describes by its place in JIS X 0213 or its code point."""
    if code := _UNICODE.search(note):
        number = int(code[1], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else MISSING
    if place := _JIS.search(note):
        plane, row, cell = (int(part) for part in place.groups())
        if 1 <= row <= 94 and 1 <= cell <= 94:
            prefix = b"\x8f" if plane == 2 else b""
            return (prefix + bytes((0xA0 + row, 0xA0 + cell))).decode("euc_jis_2004", "ignore") or MISSING
    return MISSING
