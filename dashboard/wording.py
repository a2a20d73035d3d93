"""Every word that the dashboard shows comes from here: `words/ja.yaml` and `words/en.yaml`, the same keys in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from scorecards.local_text import Language

FOLDER = Path(__file__).parent / "words"


def _flatten(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, str(value)


@cache
def all_words(language: Language) -> Mapping[str, str]:
    """Return every text of `language` by its dotted key, e.g. `list.title`."""
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flatten(yaml.safe_load(text)))


class Words:
    """The texts of one language: `words("list.found", count=3)`.

    Raises KeyError for a key that the words files don't have (a test looks for such keys).
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = all_words(language)

    def __call__(self, key: str, **figures: str | int | float) -> str:
        """Return the text of `key` with `figures` filled in."""
        text = self._texts[key]
        return text.format(**figures) if figures else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts
