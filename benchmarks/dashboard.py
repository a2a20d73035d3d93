"""How quickly the dashboard answers, in a real Chromium on a store of example records.

    python -m benchmarks.dashboard [--visits 7] [--moves 60] [--polling-seconds 20]

First page: from asking for the address to the verdict (scorecard) or the table (list) on the screen, each visit in
a new browser context. Slider: from the key press to the new figures in the page; verdict and money come in one answer.
Polling: CPU of the server with ten progress pages open. Goals: 2 s; 200 ms at p95; 20 % of a core.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, READY, chromium, server, settle
from tests.dashboard_store import seeded_store


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def first_page(browser: Browser, address: str, selector: str, visits: int) -> list[float]:
    seconds = []
    for _ in range(visits):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
        page = context.new_page()
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(selector)
        seconds.append(time.perf_counter() - start)
        context.close()
    return seconds


def slider(page: Page, address: str, moves: int) -> list[float]:
    """Seconds from a key press on the first slider until the figures of the money have changed."""
    page.goto(f"{address}/scorecard?poc=conditional")
    settle(page)
    page.locator("[data-testid=stSlider] input[type=range]").first.focus()
    seconds = []
    for move in range(moves):
        before = page.locator(".bp-figures").inner_text()
        start = time.perf_counter()
        page.keyboard.press("ArrowRight" if move % 10 < 5 else "ArrowLeft")
        page.wait_for_function("text => document.querySelector('.bp-figures')?.innerText !== text", arg=before)
        seconds.append(time.perf_counter() - start)
        page.wait_for_selector(READY)
        page.wait_for_timeout(250)
    return seconds


def polling(browser: Browser, address: str, server_process: psutil.Process, seconds: float) -> float:
    """Share of a core that the server uses while ten progress pages are open."""
    context = browser.new_context(locale="ja-JP")
    for _ in range(10):
        context.new_page().goto(f"{address}/progress?poc=running")
    time.sleep(8)
    before = server_process.cpu_times()
    time.sleep(seconds)
    after = server_process.cpu_times()
    context.close()
    return (after.user + after.system - before.user - before.system) / seconds


def dashboard_process(address: str) -> psutil.Process:
    port = int(address.rsplit(":", 1)[1])
    for process in psutil.process_iter():
        try:
            if any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in process.net_connections("tcp")):
                return process
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    raise SystemExit(f"no process listens on {port}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=7)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--polling-seconds", type=float, default=20.0)
    asked = parser.parse_args()
    path = chromium()
    if path is None:
        raise SystemExit("Chromium is missing: sudo apt-get install --no-install-recommends chromium")
    with tempfile.TemporaryDirectory() as folder:
        seeded_store(Path(folder)).close()
        with sync_playwright() as playwright, server(Path(folder), "--no-worker", "--no-sample") as address:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            for name, place, selector in (
                ("scorecard", "/scorecard?poc=conditional", ".bp-verdict"),
                ("list", "/", "table"),
            ):
                first, *later = first_page(browser, address + place, selector, asked.visits)
                told = f"first {first:.2f} s, then median {statistics.median(later):.2f} s"
                print(f"page {name}: {told} (goal 2 s, {asked.visits} visits)")
            moves = slider(browser.new_page(), address, asked.moves)
            print(
                f"slider to new figures: median {1000 * statistics.median(moves):.0f} ms, "
                f"p95 {1000 * quantile(moves, 0.95):.0f} ms (goal 200 ms, {len(moves)} moves)"
            )
            process = dashboard_process(address)
            share = polling(browser, address, process, asked.polling_seconds)
            print(f"ten polling pages: {100 * share:.1f} % of a core (goal 20 %)")
            print(f"server's memory: {process.memory_info().rss / 1e6:.0f} MB")
            browser.close()


if __name__ == "__main__":
    main()
