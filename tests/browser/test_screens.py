"""A picture of every page in both languages, wide and on a phone, light and dark; nothing is cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SCREENSHOTS, settle

PAGES: dict[str, tuple[str, int, int]] = {  # address, height on a wide screen and on a phone
    "list": ("", 1000, 2100),
    "new": ("new?sample=store_demand", 1800, 3700),
    "progress": ("progress?poc=running", 900, 1300),
    "scorecard": ("scorecard?poc=conditional", 2400, 5500),
    "evidence": ("evidence?poc=conditional", 5200, 12_000),
    "drawings": ("evidence?poc=drawings", 2400, 4200),
    "translations": ("evidence?poc=translations", 2400, 4200),
}
LOOKS = {"wide": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}
SHOTS = (("ja", "wide"), ("en", "wide"), ("en", "dark"), ("ja", "phone"))


@pytest.mark.parametrize(("language", "look"), SHOTS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window(browser: Browser, address: str, name: str, language: str, look: str) -> None:
    path, *heights = PAGES[name]
    width, scheme = LOOKS[look]
    tall = heights[look == "phone"]
    context = browser.new_context(
        viewport={"width": width, "height": tall}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    joint = "&" if "?" in path else "?"
    page.goto(f"{address}/{path}" + (f"{joint}lang=en" if language == "en" else ""))
    settle(page)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{look}.png")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    alerts = page.locator("[data-testid=stAlert], [data-testid=stException]").count()
    context.close()
    assert wider <= 0
    assert alerts == 0
