"""The gate before any YAML is built: size, depth, tags, anchors and aliases are looked at on the stream of events."""

from __future__ import annotations

from typing import TypeAlias

import yaml

from scorecards.errors import ScorecardError
from scorecards.local_text import LocalText

MAX_CHARACTERS = 256_000
MAX_DEPTH = 20
MAX_NODES = 20_000
SHOWN_CHARACTERS = 40
"""What a user wrote is repeated in a message up to this length: the file may be something else than he thought."""

Loader: TypeAlias = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
SAFE_LOADERS: tuple[Loader, ...] = (yaml.CSafeLoader, yaml.SafeLoader) if yaml.__with_libyaml__ else (yaml.SafeLoader,)
"""The fastest first: the one in C reads a scorecard in 4 ms instead of 60, where the installed PyYAML has it."""


def compose(text: str, source: str, loader: Loader = SAFE_LOADERS[0]) -> yaml.Node | None:
    """Return the node tree of the only document in `text`, None where there is none; nothing is constructed.

    Raises ScorecardError when the text is no YAML, is too large or too deep, or uses tags, anchors or aliases.
    """
    if len(text) > MAX_CHARACTERS:
        raise ScorecardError(
            LocalText(
                ja=f"ファイルが大きすぎます ({len(text):,} 文字)。",
                en=f"The file is too large ({len(text):,} characters).",
            ),
            where=source,
            cure=LocalText(ja=f"{MAX_CHARACTERS:,} 文字以内にしてください。", en=f"The limit is {MAX_CHARACTERS:,}."),
        )
    try:
        _refuse_unsafe(text, source, loader)
        return yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = shortened(str(error.problem or error))
        raise _not_yaml(f"{source}:{mark.line + 1}" if mark else source, problem) from None
    except yaml.YAMLError as error:
        raise _not_yaml(source, shortened(str(error))) from None


def _refuse_unsafe(text: str, source: str, loader: Loader) -> None:
    """Look at the stream of events before anything is built from it."""
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=loader):
        where = f"{source}:{event.start_mark.line + 1}" if event.start_mark else source
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refused(where, "複数の文書 (---)", "a second document (---)")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise refused(where, "アンカーとエイリアス (& と *)", "an anchor or alias (& or *)")
        if getattr(event, "tag", None) is not None:
            raise refused(where, "タグ (!)", "a tag (!)")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            nodes += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise refused(where, f"{MAX_DEPTH} 段を超える入れ子", f"nesting deeper than {MAX_DEPTH}")
        if nodes > MAX_NODES:
            raise refused(where, f"{MAX_NODES:,} 個を超える値", f"more than {MAX_NODES:,} values")


def shortened(text: str) -> str:
    """Return what was written as one line of SHOWN_CHARACTERS at most, to be shown in a message."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def refused(where: str, ja: str, en: str) -> ScorecardError:
    """Return the error for something that YAML allows and Blueprint does not."""
    return ScorecardError(
        LocalText(ja=f"{ja}は使えません。", en=f"The file uses {en}, which is refused."),
        where=where,
        cure=LocalText(ja="値をそのまま書いてください。", en="Write the values out plainly."),
    )


def _not_yaml(where: str, problem: str) -> ScorecardError:
    return ScorecardError(
        LocalText(ja=f"YAML として読めません ({problem})。", en=f"This can't be read as YAML ({problem})."),
        where=where,
        cure=LocalText(
            ja="この行の前後の字下げ、コロン、引用符を確かめてください。",
            en="Check indentation, colons and quotes around this line.",
        ),
    )
