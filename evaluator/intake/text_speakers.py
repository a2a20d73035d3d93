"""Who speaks: lines 'NAME:' that begin a speech, as in plays, interviews and logs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

LEAST_SPEECHES = 20
"""Fewer speeches than these don't make a text one of speakers."""
LEAST_SHARE = 0.5
"""Share of the lines that hold text which must begin a speech, where name and speech share a line."""
LONGEST_NAME = 40
_NAME = rf"[^\s:：#\-*|>「『（(][^:：\n]{{0,{LONGEST_NAME - 1}}}?"
_BLOCK = re.compile(rf"(?:\A|(?<=\n))({_NAME})[:：][ \t　]*\n(?=[^\n])")
_INLINE = re.compile(rf"(?:\A|(?<=\n))({_NAME})[:：](?!//)[ \t　]*(?=[^\s])")
_MOST_WORDS = 5
_LEAST_TIMES = 3


@dataclass(frozen=True)
class Speeches:
    """A text by speaker: `text` holds each one's speeches in order, an empty line after each."""

    text: dict[str, str]
    speeches: int
    before: int
    """Characters before the first speech, which belong to no one."""


def find_speeches(text: str) -> Speeches | None:
    """Return the text by speaker, None where lines that begin a speech are too few.

    Names on a line of their own ('NAME:' and the speech below) are looked for first, then 'NAME: speech'.
    """
    blocks = list(_BLOCK.finditer(text))
    if len(_named(blocks)) >= LEAST_SPEECHES:
        return _divided(text, _named(blocks))
    inline = _named(list(_INLINE.finditer(text)))
    repeated = Counter(one[1].strip() for one in inline)
    starts = [one for one in inline if repeated[one[1].strip()] >= _LEAST_TIMES]
    lines = sum(1 for line in text.split("\n") if line.strip())
    if len(starts) >= LEAST_SPEECHES and len(starts) >= LEAST_SHARE * lines:
        return _divided(text, starts)
    return None


def _named(starts: list[re.Match[str]]) -> list[re.Match[str]]:
    """Keep what may be a name: few words, no full stop or question inside."""
    return [
        one for one in starts if len(one[1].split()) <= _MOST_WORDS and not re.search(r"[。？！?!,、;]|\. ", one[1])
    ]


def _divided(text: str, starts: list[re.Match[str]]) -> Speeches:
    ends = [one.start() for one in starts[1:]] + [len(text)]
    spoken: dict[str, list[str]] = {}
    for start, end in zip(starts, ends, strict=True):
        spoken.setdefault(start[1].strip(), []).append(text[start.end() : end].strip("\n"))
    joined = {name: "".join(f"{speech}\n\n" for speech in speeches) for name, speeches in spoken.items()}
    return Speeches(joined, len(starts), len(text[: starts[0].start()].strip()))
