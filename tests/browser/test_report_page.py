"""The one-file report on a phone: nothing but its tables scrolls sideways, in either language."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scorecards.local_text import LANGUAGES, Language
from scorecards.reports import render
from tests.example_record import Kind, example_record

WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5 && !one.closest('.scroll'))
  .map(one => one.tagName + ' ' + one.textContent.slice(0, 40))"""


@pytest.mark.parametrize("kind", ["undecided", "infinite"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_does_not_scroll_sideways_on_a_phone(
    browser: Browser, tmp_path: Path, kind: Kind, language: Language
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(render(example_record(kind), "html", language))
    page = browser.new_page(viewport={"width": 390, "height": 844})
    try:
        page.goto(path.as_uri())
        assert page.evaluate(WIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    finally:
        page.close()
