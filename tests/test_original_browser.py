"""Archived pages in a browser: nothing of them acts or loads, and their cells lead back to the page around."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from dashboard.original.page import marked_page
from dashboard.original.shown import POLICY, SANDBOX
from extract.paths import DATA
from tests.originals import marks_of, read
from tests.test_original_page import HARM

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
SITE = "http://dashboard.test"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_nothing_acts_or_loads(page: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        if route.request.url.startswith(f"{SITE}/"):
            harm = HARM[int(route.request.url.rpartition("/")[2])]
            html = f"<html><head><meta charset='utf-8'></head><body><p>a</p>{harm}<p>z</p></body></html>"
            route.fulfill(body=marked_page(html.encode(), [], "/f").html, content_type="text/html")
        else:
            asked.append(route.request.url)
            route.abort()

    page.add_init_script("window.harm = () => { window.harmed = true }")
    page.route("**/*", answer)
    for number in range(len(HARM)):
        page.goto(f"{SITE}/{number}")
        assert page.evaluate("window.harmed === undefined"), HARM[number]
        assert page.url == f"{SITE}/{number}"
    page.unroute("**/*")
    assert asked == []


def test_cells_lead_back_from_a_sandboxed_frame(page: Page) -> None:
    data = (DATA / "samples" / "shili-bu" / "2022.html").read_bytes()
    mark = marks_of(read(data, "a.html"))[7]
    shown = marked_page(data, [mark], "/filing").html

    def answer(route: Route) -> None:
        if route.request.url.partition("#")[0].endswith("/original"):
            route.fulfill(body=shown, headers={"Content-Type": "text/html", "Content-Security-Policy": POLICY})
        else:
            frame = f"<iframe sandbox='{SANDBOX}' width=900 height=700 "
            body = f"<p id='{mark.id}'>x</p>{frame}src='/original#{mark.id}'></iframe>"
            route.fulfill(body=body, content_type="text/html")

    page.route("**/*", answer)
    page.goto(f"{SITE}/filing")
    cell = page.frame_locator("iframe").locator(".held")
    assert cell.evaluate("node => getComputedStyle(node).outlineWidth") == "4px"  # it is the target
    cell.locator("a").click()
    page.wait_for_url(f"{SITE}/filing#{mark.id}")
    page.unroute("**/*")
