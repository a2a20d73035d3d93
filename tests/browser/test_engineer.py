"""An engineer's journey: upload a CP932 file → ask → run → compare → download the measurements."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
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
    assert row_of(page, "割引率 (年)") == ["%", "3", "5", "8"]
    choose_site(page, "なし")
    expect(page.get_by_text("データにある 24 拠点としました")).to_have_count(0)
    expect(text).to_have_value(re.compile(r"id: sites\n.*\n +low: 10\n +likely: 20\n"))


def row_of(page: Page, title: str) -> list[str]:
    """Return the unit and the values of the form's row of that title."""
    row = page.locator("[class*=st-key-row-]").filter(has_text=title)
    expect(row).to_have_count(1)
    expect(row.locator("[data-testid=stNumberInputField]").first).to_be_visible()
    fields = [field.input_value() for field in row.locator("[data-testid=stNumberInputField]").all()]
    return [row.locator(".bp-row .bp-muted").inner_text(), *fields]


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
    expect(area).to_have_value(re.compile("must: true"))  # the field is there a moment before its text
    text = area.input_value()
    area.fill(text.replace("must: true", "mustt: true", 1))
    area.press("Control+Enter")
    expect(page.locator("[data-testid=stAlert]").filter(has_text="scorecard.yaml:")).to_be_visible()
    expect(page.get_by_role("button", name="開始する")).to_be_disabled()
    settle(page)
    area.fill(text)
    area.press("Control+Enter")
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)
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


@pytest.mark.parametrize("width", [390, 1280])
def test_every_field_of_the_criteria_can_be_read_and_changed(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/new?sample=diabetes")
    settle(page)
    page.get_by_text("金額の前提").click()
    settle(page)
    fields = page.locator("[class*=st-key-row-] [data-testid=stNumberInputField]")
    expect(fields.nth(30 + 44)).to_be_attached()
    for field in fields.all():
        box = field.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert field.evaluate("one => one.scrollWidth <= one.clientWidth"), field.input_value()
    label = page.locator("[class*=st-key-row-] label").filter(has_text="基準値").first
    expect(label).to_be_visible(visible=width < 641)
    row = page.locator("[class*=st-key-row-]").filter(has_text="更新 1 回の配布量")
    row.locator("[data-testid=stNumberInputField]").first.fill("0.4")
    row.locator("[data-testid=stNumberInputField]").first.press("Enter")
    expect(row).to_contain_text("0.4 倍 以下")
    page.get_by_text("YAML で見る・直す").click()
    expect(page.get_by_role("textbox", name="YAML")).to_have_value(re.compile("threshold: 0.4"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_of_columns_can_be_read_on_a_phone(page: Page, address: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}/new?sample=store_demand&lang={language}")
    settle(page)
    title, kind = {"ja": ("列の一覧", "種類"), "en": ("Columns", "Kind")}[language]
    page.get_by_text(title, exact=True).click()
    cells = page.locator("table.bp-dense td:visible")
    expect(cells.first).to_be_visible()
    inside = "all => all.every(one => one.getBoundingClientRect().right <= innerWidth)"
    assert cells.evaluate_all(inside)
    kinds = page.locator(f"td[data-label='{kind}'] > span")
    assert kinds.count() > 3
    assert kinds.evaluate_all("all => all.every(one => one.offsetHeight < 30)")


def test_a_sample_bears_its_title_in_each_visitors_language(page: Page, waiting: str) -> None:
    page.goto(waiting)
    settle(page)
    page.get_by_role("button", name="サンプルで試す").click()
    expect(page.get_by_role("heading", name="24 店舗の欠品予測 (合成データ)")).to_be_visible()
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    expect(page.get_by_role("heading", name="Stock-outs in 24 stores (synthetic data)")).to_be_visible()
    page.goto(f"{waiting}/?lang=en&q=stock-outs")
    settle(page)
    expect(page.get_by_role("link", name="Stock-outs in 24 stores")).to_be_visible()
    page.goto(f"{waiting}/?q=欠品")
    settle(page)
    expect(page.get_by_role("link", name="24 店舗の欠品予測")).to_be_visible()


def test_a_full_disk_is_told_where_the_poc_is_started(page: Page, waiting: str, tmp_path: Path) -> None:
    """The database itself refuses the row, as SQLite does when the disk is full."""
    full = "CREATE TRIGGER full BEFORE INSERT ON pocs BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{waiting}/new?sample=diabetes&lang=en")
    settle(page)
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as database:
        database.execute(full)
        database.commit()
    page.get_by_role("button", name="Start").click()
    message = page.locator("[data-testid=stAlert]")
    expect(message).to_contain_text("The disk is full, so nothing could be written to the store.")
    expect(message).to_contain_text("Free some space")
    assert "Traceback" not in page.content() and "sqlalchemy" not in page.content()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_drawings_and_translations_can_be_compared(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/evidence?poc=drawings&lang={language}")
    settle(page)
    expect(page.locator(".bp-sheet")).to_have_count(4)
    expect(page.locator(".bp-sheet").first.locator("img")).to_have_count(12)
    drawn = "all => all.every(one => one.naturalWidth > 0 && Math.abs(one.width - one.height) < 2)"
    assert page.locator(".bp-sheet img").evaluate_all(drawn)
    expect(page.locator(".bp-nothing")).to_have_text(
        {"ja": "描かれたものはありません。", "en": "Nothing was drawn."}[language]
    )
    page.goto(f"{address}/evidence?poc=translations&lang={language}")
    settle(page)
    first = page.locator(".bp-pair").first
    expect(first).to_contain_text("会議は三時からです。")
    expect(first.locator("dd").filter(has_text="✓")).to_have_text(["The meeting starts at three. ✓"])
    expect(first).to_contain_text({"ja": "(空の訳)", "en": "(empty)"}[language])
    page.get_by_text({"ja": "ほか 2 文", "en": "2 more"}[language]).click()
    expect(page.get_by_text("<b>部品 A-12</b> の納期は未定です。")).to_be_visible()
