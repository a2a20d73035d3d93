"""An engineer's journey: upload a CP932 file → ask → run → compare → download the measurements."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from sample_data import sample
from tests.browser.conftest import server, settle


@pytest.fixture(scope="module")
def working(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a dashboard with its worker on an empty store."""
    with server(tmp_path_factory.mktemp("empty"), "--no-sample") as running:
        yield running


@pytest.fixture
def waiting(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """Give the address of a dashboard of its own that queues PoCs but has no worker to run them."""
    with server(tmp_path, "--no-worker", "--no-sample") as running:
        yield running


def japanese_table(folder: Path) -> Path:
    random = np.random.default_rng(7)
    rows = 400
    temperature, size = random.normal(20, 6, rows), random.integers(1, 5, rows)
    sold = (temperature - 20) / 4 + size + random.normal(0, 1, rows) > 2.5
    frame = pd.DataFrame(
        {
            "気温": temperature.round(2),
            "天気": random.choice(["晴れ", "曇り", "雨"], rows),
            "規模": size,
            "=cmd()": random.normal(size=rows).round(3),
            "欠品": np.where(sold, "あり", "なし"),
        }
    )
    path = folder / "売上 台帳.csv"
    path.write_bytes(frame.to_csv(index=False).encode("cp932"))
    return path


def test_the_empty_list_offers_the_sample_and_the_upload(page: Page, working: str) -> None:
    page.goto(working)
    settle(page)
    expect(page.get_by_text("まだ PoC がありません")).to_be_visible()
    expect(page.get_by_role("button", name="サンプルで試す")).to_be_visible()
    page.get_by_role("link", name="データをアップロード").click()
    expect(page.get_by_text("データを選ぶと、所要時間の見積もりを表示します。")).to_be_visible()


@pytest.mark.timeout(280)
def test_from_a_cp932_file_to_the_measurements(page: Page, working: str, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{working}/new")
    settle(page)
    page.locator("input[type=file]").set_input_files(japanese_table(tmp_path))
    expect(page.get_by_text("400 行 × 5 列")).to_be_visible()
    expect(page.get_by_text(re.compile("cp932|shift_jis", re.IGNORECASE))).to_be_visible()
    expect(page.get_by_text("予測の種類: 2 値の分類")).to_be_visible()
    expect(page).to_have_url(re.compile("upload=[0-9a-f]{32}"))
    chosen = page.get_by_text("比べる方式").locator("xpath=ancestor::*[@data-testid='stMultiSelect']")
    box = chosen.locator("input").first
    box.click()
    page.keyboard.press("Escape")
    for _ in range(2):  # the last two go, so that the run is short
        box.press("Backspace")
        settle(page)
    expect(chosen.get_by_text("ハイパーネットワーク")).to_be_visible()
    expect(chosen.get_by_text("勾配ブースティング木")).to_have_count(0)
    page.get_by_role("button", name="開始する").click()
    expect(page.get_by_role("heading", name="売上 台帳")).to_be_visible()
    expect(page).to_have_url(re.compile("/progress"))
    page.get_by_role("link", name="スコアカードを開く").click(timeout=240_000)
    expect(page.locator(".bp-verdict")).to_be_visible()
    page.get_by_role("link", name="根拠を見る").click()
    settle(page)
    expect(page.get_by_text("すべての指標")).to_be_visible()
    assert measured(page) >= {"dense", "hyper"}


def measured(page: Page) -> set[str]:
    """Download the measurements as CSV and Parquet, hold them against each other, and return the variants in them."""
    frames = []
    for name, read in (("測定値 (CSV)", pd.read_csv), ("測定値 (Parquet)", pd.read_parquet)):
        with page.expect_download() as coming:
            page.get_by_role("button", name=name).click()
        frames.append(read(io.BytesIO(Path(coming.value.path()).read_bytes())))
    assert len(frames[0]) == len(frames[1]) > 50
    assert set(frames[0]["metric"]) == set(frames[1]["metric"])
    assert {"quality.auc", "train.seconds", "size.install_bytes"} <= set(frames[0]["metric"])
    return set(frames[0]["variant"])


def test_a_broken_file_is_refused_with_a_cure(page: Page, working: str, tmp_path: Path) -> None:
    path = tmp_path / "画像.csv"
    path.write_bytes(bytes(range(256)) * 40)
    page.goto(f"{working}/new")
    settle(page)
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator("[data-testid=stAlert]")).to_be_visible()
    expect(page.get_by_role("button", name="別のデータを選ぶ")).to_be_visible()
    assert "Traceback" not in page.content()


def test_the_form_counts_the_sites_and_asks_shares_in_per_cent(page: Page, working: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{working}/new?sample=store_demand")
    settle(page)
    page.get_by_text("YAML で見る・直す").click()
    text = page.get_by_role("textbox", name="YAML")
    expect(text).to_have_value(re.compile(r"id: sites\n.*\n +low: 12.0\n +likely: 24.0\n"))
    page.get_by_text("金額の前提").click()
    expect(page.get_by_text("データにある 24 拠点としました")).to_be_visible()
    rate = grid_row(page, "割引率 (年)")
    assert rate[1:] == ["3", "5", "8", "%"]
    choose_site(page, "なし")
    expect(page.get_by_text("データにある 24 拠点としました")).to_have_count(0)
    expect(text).to_have_value(re.compile(r"id: sites\n.*\n +low: 10\n +likely: 20\n"))


def grid_row(page: Page, title: str) -> list[str]:
    """Return the cells of the row that starts with `title`, from the table that the grid keeps for screen readers."""
    rows = page.locator("[data-testid=stDataFrame] [role=row]").filter(has_text=title)
    expect(rows).to_have_count(1)
    return [cell.strip() for cell in rows.locator("[role=gridcell]").all_inner_texts()]


def choose_site(page: Page, name: str) -> None:
    box = page.get_by_text("拠点の列", exact=True).locator("xpath=ancestor::*[@data-testid='stSelectbox']")
    box.locator("input").click()
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)


def test_a_wrong_key_in_the_yaml_is_refused_with_its_line(page: Page, working: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{working}/new?sample=diabetes")
    settle(page)
    page.get_by_text("YAML で見る・直す").click()
    area = page.get_by_role("textbox", name="YAML")
    text = area.input_value()
    area.fill(text.replace("must: true", "mustt: true", 1))
    area.press("Control+Enter")
    expect(page.locator("[data-testid=stAlert]").filter(has_text="scorecard.yaml:")).to_be_visible()
    expect(page.get_by_role("button", name="開始する")).to_be_disabled()
    area.fill(text)
    area.press("Control+Enter")
    expect(page.get_by_role("button", name="開始する")).to_be_enabled()


def test_images_lead_to_their_own_question_and_a_queued_poc(page: Page, waiting: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{waiting}/new")
    settle(page)
    page.locator("input[type=file]").set_input_files(sample("digit_images").path)
    expect(page.get_by_text("1,797 枚の画像")).to_be_visible()
    expect(page.get_by_text("目的列")).to_have_count(0)
    page.get_by_text(re.compile(r"^設定 \(\d+ 項目\)$")).click()
    size = page.get_by_role("spinbutton").first
    expect(size).to_be_visible()
    chosen = page.get_by_text("比べる方式").locator("xpath=ancestor::*[@data-testid='stMultiSelect']")
    expect(chosen.get_by_text("勾配ブースティング木")).to_have_count(0)
    expect(chosen.get_by_text("ハイパーネットワーク", exact=True)).to_be_visible()
    page.get_by_role("button", name="開始する").click()
    expect(page).to_have_url(re.compile("/progress"))
    expect(page.get_by_role("heading", name="digit_images")).to_be_visible()


def test_a_link_to_data_that_is_gone_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/new?sample=zzz")
    settle(page)
    expect(page.get_by_text("選ばれていたデータは見つかりませんでした")).to_be_visible()
    page.goto(f"{address}/new")
    settle(page)
    expect(page.get_by_text("選ばれていたデータは見つかりませんでした")).to_have_count(0)
