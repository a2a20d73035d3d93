"""A template's text with other assumptions, its comments kept: what a user reads, copies and edits."""

from __future__ import annotations

import re
import textwrap

from scorecards.assumptions import Assumptions
from scorecards.errors import ScorecardError
from scorecards.scorecard_file import load_template, read_scorecard, template_text, to_yaml


def template_text_with(template_id: str, assumptions: Assumptions) -> str:
    """Return the template's text with `assumptions` in place of its own; bare YAML where that can't be written in."""
    scorecard, own = load_template(template_id)
    bare = to_yaml(scorecard, assumptions)
    text = template_text(template_id)
    for name, item in assumptions.values.items():
        if item != own.values.get(name):
            text = _replaced(text, name, bare)
    try:
        return text if read_scorecard(text, template_id) == (scorecard, assumptions) else bare
    except ScorecardError:
        return bare


def _replaced(text: str, name: str, bare: str) -> str:
    """Return `text` with the list item `name` written as it stands in `bare`, at its own depth."""
    item = re.compile(rf"^(?P<depth> *)- id: {re.escape(name)}\n(?:(?P=depth) +.*\n?)*", re.MULTILINE)
    found, wanted = item.search(text), item.search(bare)
    if found is None or wanted is None:
        return text
    written = textwrap.indent(textwrap.dedent(wanted.group()), found["depth"])
    return text[: found.start()] + written + text[found.end() :]
