"""Errors that a reader can act on.

BlueprintError          anything Blueprint says to a user
└── InputError          the user's input is at fault: exit status 2
    └── ScorecardError  a scorecard or other YAML file holds a wrong key or value

`evaluator.errors` continues the tree. Every error says what is wrong, where, and how to mend it, in both languages.
"""

from __future__ import annotations

from scorecards.local_text import Language, LocalText


class BlueprintError(Exception):
    """An error with what happened, where, and the cure, each in both languages."""

    def __init__(self, what: LocalText, *, where: str = "", cure: LocalText | None = None) -> None:
        super().__init__(what.en)
        self.what = what
        self.where = where
        self.cure = cure

    def line(self, language: Language) -> str:
        """Return the whole message on one line: where, what, cure."""
        parts = [self.what.in_language(language)]
        if self.cure is not None:
            parts.append(self.cure.in_language(language))
        text = " ".join(part.strip() for part in parts)
        return " ".join((f"{self.where}: {text}" if self.where else text).split())

    def __str__(self) -> str:
        return self.line("en")


class InputError(BlueprintError):
    """The user's input is at fault; nothing was written."""


class ScorecardError(InputError):
    """A YAML file (scorecard, PoC, assumptions) has a wrong key or value; `where` is 'file:line'."""
