"""Text that exists in every language of the product.

Japanese and English are equal citizens: a sentence that has only one of them cannot be built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


@dataclass(frozen=True)
class LocalText:
    """One text in Japanese and in English."""

    ja: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.ja if language == "ja" else self.en
