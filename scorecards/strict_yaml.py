"""Strict reading of small YAML files (scorecards, PoC files), and the kit that validates them.

    document = read(text, "poc.yaml")          the root as a `YamlNode`; refuses tags, anchors, aliases, duplicate keys,
                                               several documents, depth over 20, over 20,000 nodes, over 256 kB
    fields = document.fields(required=("title",), optional=("budget",))      unknown or missing keys are refused
    fields["title"].text()                     str          .number(at_least=0)    float     .flag()    bool
    fields["budget"].choice(("quick", …))      one of them  .whole_number()        int       .items()   list of nodes
    node.entries()                             free keys → nodes                 .local_text()     {ja: …, en: …}
    raise node.error(LocalText(…), cure=…)     a ScorecardError at the node's 'file:line'

Scalars are read as the type that is asked for, from their written form: `no` is text where text is asked for, and
`1e-3` is a number. Every error is a `ScorecardError` whose `where` is 'file:line' and which names key, value and the
likely intention.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import yaml

from scorecards.errors import ScorecardError
from scorecards.local_text import LocalText
from scorecards.yaml_safety import SAFE_LOADERS, Loader, compose, refused, shortened

Word = TypeVar("Word", bound=str)

MANY_OPTIONS = 12
"""A longer list is left out of a message that can name the likely intention."""

_TRUE = {"true", "yes", "on"}
_FALSE = {"false", "no", "off"}
_EMPTY = {"", "~", "null"}
_KIND_NAMES = {
    "scalar": LocalText(ja="単一の値", en="a single value"),
    "sequence": LocalText(ja="リスト", en="a list"),
    "mapping": LocalText(ja="キーと値の組", en="keys with values"),
}


@dataclass(frozen=True)
class YamlNode:
    """A value of the file that knows where it stands. `path` is its dotted place, e.g. `criteria[2].gate`.

    `scalar` is the written text of a single value, `sequence` and `mapping` the children of the other kinds.
    """

    source: str
    line: int
    path: str
    kind: Literal["scalar", "sequence", "mapping"]
    scalar: str = ""
    quoted: bool = False
    sequence: tuple[YamlNode, ...] = ()
    mapping: tuple[tuple[str, YamlNode], ...] = ()
    key_line: int = 0

    @property
    def where(self) -> str:
        """Return 'file:line'."""
        return f"{self.source}:{self.line}"

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was written here (empty, `~` or `null`)."""
        return self.kind == "scalar" and not self.quoted and self.scalar.lower() in _EMPTY

    def error(self, what: LocalText, *, cure: LocalText | None = None) -> ScorecardError:
        """Return an error that points here; the caller raises it."""
        return ScorecardError(what, where=self.where, cure=cure)

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, YamlNode]:
        """Return the children by key. Raises ScorecardError on unknown and on missing keys.

        An optional key whose value is left empty counts as absent.
        """
        self._must_be("mapping")
        known = (*required, *optional)
        given = dict(self.mapping)
        for key, node in self.mapping:
            if key not in known:
                raise self._unknown_key(key, node, known, absent=[name for name in known if name not in given])
        missing = [key for key in required if key not in given]
        if missing:
            names = ", ".join(missing)
            raise self.error(
                LocalText(
                    ja=f"{self._place('ja')}に必要なキー {names} がありません。",
                    en=f"The key {names} is missing in {self._place('en')}.",
                ),
                cure=LocalText(
                    ja=f"{names} を書き足してください。書き方は同梱のテンプレートが参考になります。",
                    en=f"Add {names}; the templates that come with Blueprint show how.",
                ),
            )
        return {key: node for key, node in given.items() if key in required or not node.is_empty}

    def entries(self) -> dict[str, YamlNode]:
        """Return the children of a mapping whose keys are free."""
        self._must_be("mapping")
        return dict(self.mapping)

    def items(self, *, at_least: int = 0) -> tuple[YamlNode, ...]:
        """Return the children of a list."""
        if self.is_empty and at_least == 0:
            return ()
        self._must_be("sequence")
        if len(self.sequence) < at_least:
            raise self.error(
                LocalText(
                    ja=f"{self._place('ja')}には {at_least} 件以上が必要です。",
                    en=f"{self._place('en')} needs at least {at_least} entries.",
                )
            )
        return self.sequence

    def text(self, *, allow_empty: bool = False, longest: int = 2_000) -> str:
        """Return the text as written."""
        self._must_be("scalar")
        text = "" if self.is_empty else self.scalar
        if not text.strip() and not allow_empty:
            raise self.error(
                LocalText(ja=f"{self._place('ja')}が空です。", en=f"{self._place('en')} is empty."),
                cure=LocalText(ja="値を書いてください。", en="Write a value."),
            )
        if len(text) > longest:
            raise self.error(
                LocalText(
                    ja=f"{self._place('ja')}が長すぎます ({len(text)} 文字)。",
                    en=f"{self._place('en')} is too long ({len(text)} characters).",
                ),
                cure=LocalText(ja=f"{longest} 文字以内にしてください。", en=f"Keep it within {longest} characters."),
            )
        return text

    def number(
        self, *, at_least: float | None = None, at_most: float | None = None, above: float | None = None
    ) -> float:
        """Return a finite number within the limits given."""
        self._must_be("scalar")
        try:
            value = float(self.scalar)
        except ValueError:
            raise self._not_a("数値", "a number", _number_intention(self.scalar)) from None
        if not math.isfinite(value):
            raise self._not_a("有限の数値", "a finite number", None)
        self._within(value, at_least=at_least, at_most=at_most, above=above)
        return value

    def whole_number(self, *, at_least: int | None = None, at_most: int | None = None) -> int:
        """Return a whole number within the limits given."""
        value = self.number(at_least=at_least, at_most=at_most)
        if value != int(value):
            raise self._not_a("整数", "a whole number", str(round(value)))
        return int(value)

    def flag(self) -> bool:
        """Return true or false."""
        self._must_be("scalar")
        written = self.scalar.lower()
        if written in _TRUE:
            return True
        if written in _FALSE:
            return False
        raise self._not_a("true または false", "true or false", closest(written, sorted(_TRUE | _FALSE)))

    def choice(self, options: Sequence[Word]) -> Word:
        """Return the text if it is one of `options`; otherwise the error names the closest of them."""
        written = self.text()
        for option in options:
            if option == written:
                return option
        intention = closest(written, options)
        listed = None if intention and len(options) > MANY_OPTIONS else ", ".join(options)
        raise self.error(
            LocalText(
                ja=f"{self._place('ja')}の値「{shortened(written)}」は使えません。",
                en=f"{self._place('en')} can't be '{shortened(written)}'.",
            ),
            cure=_did_you_mean(intention, listed),
        )

    def local_text(self) -> LocalText:
        """Return a text that is given in both languages: {ja: …, en: …}."""
        both = self.fields(required=("ja", "en"))
        return LocalText(ja=both["ja"].text().strip(), en=both["en"].text().strip())

    def _place(self, language: Literal["ja", "en"]) -> str:
        if self.path:
            place = shortened(self.path)
            return f"「{place}」" if language == "ja" else f"'{place}'"
        return "ファイルの最上位" if language == "ja" else "the top of the file"

    def _must_be(self, kind: Literal["scalar", "sequence", "mapping"]) -> None:
        if self.kind != kind:
            wanted, got = _KIND_NAMES[kind], _KIND_NAMES[self.kind]
            written = f" ('{shortened(self.scalar)}')" if self.kind == "scalar" else ""
            raise self.error(
                LocalText(
                    ja=f"{self._place('ja')}には{wanted.ja}が必要ですが、{got.ja}{written} が書かれています。",
                    en=f"{self._place('en')} must be {wanted.en}, but is {got.en}{written}.",
                )
            )

    def _unknown_key(self, key: str, node: YamlNode, known: Sequence[str], absent: Sequence[str]) -> ScorecardError:
        """Return the error for a key that is not `known`; a misspelt one is more likely one of the `absent`."""
        return ScorecardError(
            LocalText(
                ja=f"{self._place('ja')}に「{shortened(key)}」というキーはありません。",
                en=f"There is no key '{shortened(key)}' in {self._place('en')}.",
            ),
            where=f"{self.source}:{node.key_line}",
            cure=_did_you_mean(closest(key, absent) or closest(key, known), ", ".join(known)),
        )

    def _not_a(self, ja: str, en: str, intention: str | None) -> ScorecardError:
        written = shortened(self.scalar)
        return self.error(
            LocalText(
                ja=f"{self._place('ja')}には{ja}が必要ですが、「{written or '(空)'}」と書かれています。",
                en=f"{self._place('en')} must be {en}, but is '{written}'.",
            ),
            cure=_did_you_mean(intention, None) if intention else None,
        )

    def _within(self, value: float, *, at_least: float | None, at_most: float | None, above: float | None) -> None:
        limits: list[tuple[bool, str, str]] = [
            (at_least is not None and value < at_least, f"{at_least} 以上", f"at least {at_least}"),
            (at_most is not None and value > at_most, f"{at_most} 以下", f"at most {at_most}"),
            (above is not None and value <= above, f"{above} より大きい値", f"above {above}"),
        ]
        for broken, ja, en in limits:
            if broken:
                raise self.error(
                    LocalText(
                        ja=f"{self._place('ja')}の値 {shortened(self.scalar)} は範囲外です。",
                        en=f"{self._place('en')} is {shortened(self.scalar)}, which is out of range.",
                    ),
                    cure=_with_intention(
                        _share_intention(value, at_least=at_least, at_most=at_most),
                        LocalText(ja=f"{ja}にしてください。", en=f"It must be {en}."),
                    ),
                )


def closest(written: str, options: Sequence[str]) -> str | None:
    """Return the option that was probably meant, or None."""
    by_lower = {option.lower(): option for option in options}
    found = difflib.get_close_matches(written.strip().lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def read(text: str, source: str, loader: Loader = SAFE_LOADERS[0]) -> YamlNode:
    """Return the root of the only document in `text`; `source` is the file's name for messages.

    Raises ScorecardError when the text is no YAML, or uses tags, anchors, aliases or duplicate keys, or is too large.
    """
    root = compose(text, source, loader)
    if root is None:
        raise ScorecardError(
            LocalText(ja="ファイルが空です。", en="The file is empty."),
            where=source,
            cure=LocalText(ja="テンプレートを写してから編集してください。", en="Copy a template and edit it."),
        )
    return _wrap(root, source, "", root.start_mark.line + 1)


def _wrap(node: yaml.Node, source: str, path: str, key_line: int) -> YamlNode:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        quoted = bool(node.style)  # the loader in C says '' where the other says None
        return YamlNode(source, line, path, "scalar", scalar=node.value, quoted=quoted, key_line=key_line)
    if isinstance(node, yaml.SequenceNode):
        children = tuple(_wrap(child, source, f"{path}[{i}]", line) for i, child in enumerate(node.value, start=1))
        return YamlNode(source, line, path, "sequence", sequence=children, key_line=key_line)
    pairs: list[tuple[str, YamlNode]] = []
    seen: set[str] = set()
    for key, value in node.value:
        where = f"{source}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise refused(where, "単純な文字列でないキー", "a key that is not plain text")
        if key.value in seen:
            name = shortened(key.value)
            raise ScorecardError(
                LocalText(ja=f"キー「{name}」が二度書かれています。", en=f"The key '{name}' appears twice."),
                where=where,
                cure=LocalText(ja="どちらか一方を消してください。", en="Remove one of them."),
            )
        seen.add(key.value)
        inner = f"{path}.{key.value}" if path else key.value
        pairs.append((key.value, _wrap(value, source, inner, key.start_mark.line + 1)))
    return YamlNode(source, line, path, "mapping", mapping=tuple(pairs), key_line=key_line)


def _did_you_mean(intention: str | None, listed: str | None) -> LocalText:
    ja = f"「{intention}」のことではありませんか。" if intention else ""
    en = f"Did you mean '{intention}'?" if intention else ""
    if listed:
        ja, en = f"{ja}使えるもの: {listed}。", f"{en} Possible: {listed}."
    return LocalText(ja=ja.strip(), en=en.strip())


def _with_intention(intention: str | None, cure: LocalText) -> LocalText:
    meant = _did_you_mean(intention, None)
    return LocalText(ja=f"{meant.ja}{cure.ja}", en=f"{meant.en} {cure.en}".strip())


def _share_intention(value: float, *, at_least: float | None, at_most: float | None) -> str | None:
    """Guess that a share was written as a percentage: 95 for 0.95."""
    if at_most is None or at_most > 1 or not 1 < value <= 100 or value / 100 > at_most:
        return None
    return f"{value / 100:g}" if at_least is None or value / 100 >= at_least else None


_THOUSANDS = re.compile(r"[^\d]*\d{1,3}(,\d{3})+(?!\d)")
"""12,000 and ¥1,200,000 group by thousands; any other comma stands for the decimal point."""


def _number_intention(written: str) -> str | None:
    """Guess what number was meant: a percentage, a thousands separator, a unit behind it."""
    text = written.strip().replace("，", ",")
    text = text.replace(",", "") if _THOUSANDS.match(text) else text.replace(",", ".", 1)
    if text.endswith(("%", "％")):
        try:
            return f"{float(text[:-1]) / 100:g}"
        except ValueError:
            return None
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ円年回時分 ¥$€/")
    try:
        return f"{float(digits.lstrip('¥$€ ')):.15g}"
    except ValueError:
        return None
