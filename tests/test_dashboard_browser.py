"""The dashboard in a real browser: every page, and what a reviewer does."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Ogi
from tests.dashboards import CHROMIUM, TOKEN, needs_browser, serving
from warehouse.query import run_query

pytestmark = needs_browser

Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published home, which is decided upon here."""
    copy = tmp_path_factory.mktemp("browsed") / "home"
    shutil.copytree(published, copy, symlinks=True)
    return copy


@pytest.fixture(scope="module")
def ask(home: Path) -> Ask:
    def asked(query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = run_query(home / "warehouse" / "warehouse.duckdb", query).table.to_pylist()
        return rows

    return asked


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose console stays silent, which is seen at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def _pages(ask: Ask) -> list[str]:
    """One of each kind of page."""
    worst = ask("SELECT filing_id, agency_id FROM v_filings ORDER BY errors DESC, filing_id LIMIT 1")[0]
    paged = ask("SELECT filing_id FROM dim_filing WHERE media_type = 'application/pdf' ORDER BY ALL LIMIT 1")[0]
    run = ask("SELECT run_id FROM run ORDER BY started_at DESC LIMIT 1")[0]
    return [
        "/",
        "/filings",
        "/filings?severity=error&sort=agency",
        f"/filings/{worst['filing_id']}",
        f"/filings/{worst['filing_id']}/prose",
        f"/filings/{paged['filing_id']}",
        f"/filings/{paged['filing_id']}/source",
        "/rules",
        "/rules/applications_balance",
        "/agencies",
        f"/agencies/{worst['agency_id']}",
        "/ask?sql=SELECT+report_year,+count(*)+AS+n+FROM+v_filings+GROUP+BY+ALL+ORDER+BY+ALL",
        "/dictionary",
        "/runs",
        f"/runs/{run['run_id']}",
        "/reviewing",
    ]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_is_accessible_and_says_nothing_in_the_console(
    page: Page, address: str, ask: Ask, prefix: str
) -> None:
    module = importlib.util.find_spec("axe_core_python")
    assert module and module.origin
    axe = Path(module.origin).with_name("axe.min.js").read_text()
    for path in _pages(ask):
        answer = page.goto(f"{address}{prefix}{path}")
        assert answer and answer.status == 200, path
        assert page.locator("h1").count() == 1, path
        if prefix and path.count("/") == 1 and path != "/":
            continue  # the same elements with other words: looked at in Chinese
        # The page's policy lets no script in; the browser's own tools may.
        found = page.evaluate(f"(() => {{ {axe}; return axe.run({{ iframes: false }}); }})()")
        faults = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"] if v["impact"] in GRAVE]
        assert faults == [], f"{prefix}{path}"


GRAVE = ("serious", "critical")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_fit_a_telephone(browser: Browser, address: str, ask: Ask, prefix: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for path in _pages(ask):
        page.goto(address + prefix + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{prefix}{path} is {width} wide"
    context.close()


def test_chinese_is_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}/filings")
    # A font that lacks them draws all characters alike.
    drawn = page.evaluate(
        """() => [..."政府信"].map(text => {
            const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
            context.font = getComputedStyle(document.body).font;
            context.fillText(text, 5, 50);
            return canvas.toDataURL();
        })"""
    )
    assert len(set(drawn)) == 3
    assert page.locator("h1").inner_text() == "报告"


def _open_worst(page: Page, address: str) -> None:
    page.goto(f"{address}/filings")
    page.get_by_label("轻重").select_option("error")
    page.wait_for_url("**severity=error*")
    page.locator("tbody a").first.click()
    page.locator("td.flagged.error").first.wait_for()


def test_a_flagged_filing_is_found_and_its_cell_is_framed_in_the_source(page: Page, address: str, ask: Ask) -> None:
    _open_worst(page, address)
    cell = page.locator("td.flagged.error").first
    name = cell.get_attribute("id")
    assert name
    cell.locator("a.figure").click()
    frame = page.locator("iframe.source").element_handle().content_frame()
    assert frame
    frame.wait_for_url(f"**/source#{name}")
    framed = frame.locator(f"[id='{name}']")
    framed.wait_for()
    assert framed.inner_text().strip() == cell.locator("a.figure").inner_text().strip()
    # And back: the frame leads to the cell of the form.
    back = frame.locator(f"[id='{name}'] a, a[id='{name}']").first
    back.click()
    page.wait_for_url(f"**/filings/*#{name}")
    # The rule and its two figures are at hand.
    cell.locator("a.mark").first.focus()
    tip = cell.locator(".tip")
    assert tip.is_visible()
    number = ask(f"SELECT expected, actual FROM quality_issue WHERE issue_id = '{_issue_of(cell)}'")[0]
    assert number["expected"] in tip.inner_text() and number["actual"] in tip.inner_text()


def _issue_of(cell: Any) -> str:
    return str(cell.locator("a.mark").first.get_attribute("href")).removeprefix("#issue-")


def test_a_page_of_a_pdf_is_shown_with_frames(page: Page, address: str, ask: Ask) -> None:
    filing = ask("SELECT filing_id FROM dim_filing WHERE media_type = 'application/pdf' ORDER BY ALL LIMIT 1")[0]
    page.goto(f"{address}/filings/{filing['filing_id']}/source")
    assert page.locator(".sheet svg a rect").count() > 100
    shown = page.evaluate(
        """async () => { const image = new Image();
        image.src = document.querySelector("svg image").getAttribute("href"); await image.decode();
        return image.naturalWidth; }"""
    )
    assert shown > 500


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/reviewing")
    page.get_by_label("访问令牌").fill(TOKEN)
    page.get_by_role("button", name="登录").click()
    page.get_by_text("已登录，可在").wait_for()


def test_a_wrong_token_is_refused(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/reviewing")
    page.get_by_label("访问令牌").fill("surely another one")
    page.get_by_role("button", name="登录").click()
    assert "访问令牌不对" in page.get_by_role("alert").inner_text()
    _open_worst(page, address)
    assert page.locator("form.decide").count() == 0
    context.close()


def test_a_decision_is_shown_at_once_and_survives_a_night(
    page: Page, address: str, home: Path, few_samples: Path, ogi: Ogi, ask: Ask
) -> None:
    _sign_in(page, address)
    _open_worst(page, address)
    issue = page.locator("li.issue.error").first
    name = str(issue.get_attribute("id")).removeprefix("issue-")
    counted = int(page.locator(".summary .tag.error").inner_text().split()[-1])
    # Without a reason nothing is dismissed.
    issue.get_by_label("理由").fill("申请表登记簿已核对，报告无误")
    issue.get_by_label("角色").fill("督办")
    issue.get_by_role("button", name="驳回").click()
    page.wait_for_url(f"**#issue-{name}")
    text = page.locator(f"#issue-{name} .decision").inner_text()
    assert "已驳回" in text and "登记簿" in text and "下一次运行起计入" in text
    left = page.locator(".summary .tag").first.inner_text().split()[-1]
    assert int(left) == counted - 1
    done = ogi("run", "--sources", few_samples, "--home", home)
    assert done.returncode == 0, done.stdout + done.stderr
    page.reload()
    text = page.locator(f"#issue-{name} .decision").inner_text()
    assert "已驳回" in text and "下一次运行起计入" not in text
    assert ask(f"SELECT decision FROM v_issues WHERE issue_id = '{name}'")[0]["decision"] == "dismissed"
    page.goto(f"{address}/filings?review=dismissed")
    assert page.locator("tbody tr").count() == 1


def test_keyboard_alone_leads_to_a_filing(page: Page, address: str) -> None:
    page.goto(f"{address}/filings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.locator("table.form").first.wait_for()
