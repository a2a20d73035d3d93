"""Whether the first line of a file of pairs names its columns, and what is said of that. Torch-free.

A name consists of words that tell a language or a side ('en', 'Japanese sentence', '原文', 'tgt_text'), or looks like
one in a program (`col_a`). Where a name is in another script than its column, one such word is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import shorten
from scorecards.local_text import LocalText

_NAMES_OF = {
    "ja": "jp jpn japanese",
    "en": "eng english anglais englisch inglés",
    "zh": "zho chi cn chinese",
    "ko": "kor kr korean",
    "fr": "fra fre french français",
    "de": "deu ger german deutsch",
    "es": "spa spanish español",
    "it": "ita italian",
    "pt": "por portuguese",
    "nl": "nld dutch",
    "ru": "rus russian",
    "pl": "pol polish",
    "tr": "tur turkish",
    "ar": "ara arabic",
    "hi": "hin hindi",
    "id": "ind indonesian",
    "th": "tha thai",
    "vi": "vie vietnamese",
}
LANGUAGES = tuple(_NAMES_OF)
_OF_LANGUAGE = {word: code for code, names in _NAMES_OF.items() for word in (code, *names.split())}
_SIDES = frozenset(
    (
        *("source", "target", "src", "tgt", "trg", "input", "output", "reference", "ref", "translation", "original"),
        *("translated", "human", "from", "to"),
    )
)
_THINGS = frozenset(
    ("text", "texts", "sentence", "sentences", "string", "column", "col", "lang", "language", "segment", "side", "data")
)
_JAPANESE_NAMES_OF = {
    "ja": "日本語 和文 日文 邦文 日本文",
    "en": "英語 英文",
    "zh": "中国語 中文",
    "ko": "韓国語",
    "fr": "フランス語 仏語 仏文",
    "de": "ドイツ語 独語 独文",
    "es": "スペイン語",
    "it": "イタリア語",
    "pt": "ポルトガル語",
    "ru": "ロシア語",
    "vi": "ベトナム語",
    "th": "タイ語",
    "id": "インドネシア語",
}
_JAPANESE_LANGUAGES = {name: code for code, names in _JAPANESE_NAMES_OF.items() for name in names.split()}
_JAPANESE_WORDS = ("原文", "訳文", "翻訳", "対訳", "元の文", "原語", "訳語", "入力", "出力", "参照訳")
_JAPANESE_THINGS = re.compile(r"(の|文章|文|テキスト|データ|列|例文|訳|側|[()（）・\s0-9]|a|b)*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*([_.-][A-Za-z0-9]+)+")
_ENDS = tuple(".!?。！？…,、")
_MOST_WORDS = 4
_LOOKED_AT = 200
_ALIKE = 0.9
"""Share of a column in one script from which on a cell of another one is foreign to it."""


def names_columns(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first line's cells name the columns of the `rows` below: those of the two sides, at least."""
    cells = [_plain(cell) for cell in first[:2]]
    if len(cells) < 2 or not all(cells) or any(cell.endswith(_ENDS) for cell in cells):
        return False
    told = [_language(cell) for cell in cells]
    if told[0] and told[0] == told[1]:  # a word and its translation, as 'English' and '英語'
        return False
    if all(map(_is_name, cells)):
        return True
    columns = [[_plain(row[at]) for row in rows[:_LOOKED_AT] if len(row) > at] for at in range(2)]
    if all(_IDENTIFIER.fullmatch(cell) for cell in cells):
        return not any(_IDENTIFIER.fullmatch(cell) for column in columns for cell in column)
    foreign = [_is_foreign(cell, column) for cell, column in zip(cells, columns, strict=True)]
    return any(foreign) and all(map(_could_be_name, cells))


def in_doubt(first: Sequence[str]) -> bool:
    """Tell whether a first line that was read as a pair could have been meant as names."""
    cells = [_plain(cell) for cell in first[:2]]
    return len(cells) == 2 and any(_could_be_name(cell) or bool(_IDENTIFIER.fullmatch(cell)) for cell in cells)


def header_taken(first: Sequence[str]) -> Finding:
    """Tell which line was taken for the columns' names."""
    shown = _shown(first)
    return Finding(
        "pairs_header",
        "",
        "info",
        LocalText(ja=f"1 行目 ({shown}) を列名として読みました。", en=f"The first line ({shown}) names the columns."),
        LocalText(
            ja="対訳である場合は、--no-header を指定してください。",
            en="If it is a pair to learn from, give --no-header.",
        ),
    )


def header_doubtful(first: Sequence[str]) -> Finding:
    """Tell which line was read as a pair though it might name the columns."""
    shown = _shown(first)
    return Finding(
        "pairs_header",
        "",
        "info",
        LocalText(
            ja=f"1 行目 ({shown}) は列名ではなく対訳として読みました。",
            en=f"The first line ({shown}) was read as a pair, not as the columns' names.",
        ),
        LocalText(
            ja="列名である場合は、その行をファイルから除いてください。",
            en="If it names the columns, take it out of the file.",
        ),
    )


def _shown(first: Sequence[str]) -> str:
    return " | ".join(shorten(" ".join(cell.split())) for cell in first[:3])


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().strip("\"'").strip()


def _words(cell: str) -> list[str]:
    """Return a cell's words in small letters: parted at spaces, marks, digits, and capitals within (`sourceText`)."""
    return [word.lower() for word in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])", cell)]


def _is_name(cell: str) -> bool:
    """Tell whether a cell consists of nothing but words that name a language, a side, or what stands there."""
    if not cell.isascii() and _strip_known(cell) != cell:
        return _JAPANESE_THINGS.fullmatch(_strip_known(cell)) is not None
    words = _words(cell)
    known = [word for word in words if word in _OF_LANGUAGE or word in _SIDES]
    return bool(known) and len(words) <= _MOST_WORDS and all(word in known or word in _THINGS for word in words)


def _strip_known(cell: str) -> str:
    for word in (*_JAPANESE_LANGUAGES, *_JAPANESE_WORDS):
        cell = cell.replace(word, "")
    return cell


def _could_be_name(cell: str) -> bool:
    """Tell whether a cell is short and holds such a word."""
    if cell.endswith(_ENDS) or len(cell) > 40:
        return False
    words = _words(cell)
    known = any(word in _SIDES or word in _THINGS or (len(word) > 2 and word in _OF_LANGUAGE) for word in words)
    return _is_name(cell) or (known and len(words) <= _MOST_WORDS) or (_strip_known(cell) != cell and len(cell) <= 12)


def _language(cell: str) -> str:
    """Return the code of the language that a cell names, '' where it names none."""
    found = [_OF_LANGUAGE[word] for word in _words(cell) if word in _OF_LANGUAGE]
    found += [code for name, code in _JAPANESE_LANGUAGES.items() if name in cell]
    return found[0] if found else ""


def _is_foreign(cell: str, column: Sequence[str]) -> bool:
    """Tell whether a cell shares no script with its column, nearly all of which is in one."""
    own = _scripts(cell)
    others = [_scripts(one) for one in column if one]
    return bool(own and others) and sum(not own & scripts for scripts in others) >= _ALIKE * len(others)


def _scripts(text: str) -> set[str]:
    """Return which scripts a text's letters are in: 'LATIN', 'CJK' (with kana), 'HANGUL' …"""
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()}
    return {"CJK" if name in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else name for name in names}
