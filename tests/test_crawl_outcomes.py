"""What a fetch came to, in one word."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.crawl import outcomes
from extract.crawl.model import Role
from extract.crawl.outcomes import Outcome
from transform.contracts import codes

PAGE = (
    "<html><head><title>2023年政府信息公开工作年度报告</title></head><body>" + "<p>本报告…</p>" * 200 + "</body></html>"
)


def of(role: Role, text: str) -> Outcome:
    return outcomes.of_content(role, text.encode(), text)


def test_every_outcome_has_a_label() -> None:
    assert sorted(codes("crawl_outcome")) == sorted(Outcome)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"), (304, "unchanged"), (404, "gone"), (410, "gone"), (403, "forbidden"), (412, "challenge"),
        (429, "busy"), (500, "server_error"), (503, "server_error"), (204, "other_status"), (302, "other_status"),
    ],
)  # fmt: skip
def test_statuses(status: int, outcome: str) -> None:
    assert outcomes.of_status(status) == outcome


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (PAGE, "ok"),
        ("", "stub"),
        ("<html><body>政府信息公开</body></html>", "stub"),
        ("<script>document.cookie='__jsl_clearance=1';location.reload()</script>" + " " * 900, "challenge"),
        ("<html><script>var $_ts = window['$_ts'];</script></html>", "challenge"),
        (f"<title>404-页面不存在</title>{'<p>请返回首页</p>' * 60}", "error_page"),
        (f"<title>统一身份认证登录</title>{'<p>x</p>' * 200}<input type=password>", "login"),
        (PAGE + "<p>本机关无人值守时请登录平台</p><script>var wzws=1</script>", "ok"),
    ],
)
def test_pages_of_reports(page: str, outcome: str) -> None:
    assert of("report", page) == outcome


LONG = "<p>返回首页</p>" * 400


@pytest.mark.parametrize(
    "page",
    [
        f"<title>页面不存在</title>{LONG}",
        f"<title>某县人民政府</title>{LONG}<h2 class='t'>抱歉，您访问的<b>页面</b>不存在或已删除！</h2>",
        f"<title>某县人民政府</title>{LONG}<h1>404 Not Found</h1>",
        f"<title>提示：该信息已被删除</title>{LONG}",
    ],
)
def test_a_page_that_says_there_is_none_at_whatever_length(page: str) -> None:
    assert of("report", page) == "error_page"


@pytest.mark.parametrize(
    "page",
    [
        PAGE + LONG + "<p>本机关不存在收费情况。</p>",
        PAGE + LONG + "<h2>四、因信息不存在而无法提供的情况</h2><h3>五、信息不存在的说明</h3>",
        f"<title>关于部分文件已删除的说明</title>{LONG}",
    ],
)
def test_a_report_with_such_words_in_it_is_a_report(page: str) -> None:
    assert of("report", page) == "ok"


def test_a_page_where_a_file_should_be() -> None:
    assert of("attachment", PAGE) == "wrong_type"
    assert outcomes.of_content("attachment", b"%PDF-1.4", None) == "ok"
    assert outcomes.of_content("listing", b"%PDF-1.4", None) == "wrong_type"


def test_a_short_list_is_a_list() -> None:
    assert of("listing", '<ul><li><a href="a.html">2023年度报告</a></li></ul>') == "ok"


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new/list.html">', "/new/list.html"),
        ("<script>window.location.href='index.html';</script>", "index.html"),
        ('<script>location.replace("http://www.example.gov.cn/")</script>', "http://www.example.gov.cn/"),
        ('<meta http-equiv="refresh" content="600; url=/same.html">', None),
        ("<script>document.cookie='a=1';location.href='/';</script>", None),
        ('<a href="x">x</a><script>location.href="/";</script>', None),
        (PAGE, None),
    ],
)
def test_pages_that_only_lead_on(page: str, target: str | None) -> None:
    assert outcomes.redirect_target(page) == target


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\n%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"Rar!\x1a\x07....", "application/octet-stream"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"<html>", None),
        ("\ufeff<html>".encode("utf-16"), None),
        (b'{"total": 1}', None),
        (b"", None),
    ],
)
def test_files_are_told_by_what_they_begin_with(body: bytes, kind: str | None) -> None:
    assert outcomes.file_type(body) == kind


@pytest.mark.parametrize(
    "repeated",
    [
        "<title>", "<title ", "<title", "<input ", "<input type ", "<input type", "wzws<script", "wzws<script>",
        "wzws<style>", "wzws<", "$_ts  ", "wzws</script", "wzws<script></script ", "<meta http-equiv=refresh ",
        "<meta http-equiv=refresh content=1", "location = ", "<h1>", "<h1", "<h1>中<b>", "wzws<script>中</script>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "<title>登录</title>"])
def test_a_page_made_to_hold_the_crawl_up_does_not(before: str, repeated: str) -> None:
    """A page may be as long as any answer: what is done with it grows with its length at most."""
    for size in (4000, 4 << 20):
        text = before + repeated * (size // len(repeated))
        began = time.process_time()
        of("report", text)
        outcomes.is_challenge(text.encode())
        outcomes.redirect_target(text)
        assert time.process_time() - began < 2


def test_a_page_with_much_script_before_its_words_is_no_challenge() -> None:
    page = f"<script>var wzws='{'x' * 300_000}'</script>{PAGE}"
    assert of("report", page) == "ok"
    assert outcomes.is_challenge(f"<script>var wzws='{'x' * 300_000}'</script>".encode())


@given(st.binary(max_size=400))
def test_any_body_has_an_outcome(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    assert outcomes.of_content("report", body, text) in Outcome
    outcomes.file_type(body)
    outcomes.redirect_target(text)


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<html>" + bytes(2000), True), (b" \n<!DOCTYPE html>", True), ("报告".encode(), True), (b"{}", True),
        (b"%PDF-1.4", False), (b"\x89PNG\r\n\x1a\n", False), (b"PK\x03\x04" + bytes(50), False),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), False), (b"Rar!\x1a\x07" + bytes(9), False),
        (b"BM\x00\x01" + bytes(50), False), (b"\x1f\x8b\x08" + bytes(9), False),
    ],
)  # fmt: skip
def test_what_begins_as_a_page_is_none_of_a_file(head: bytes, is_page: bool) -> None:
    assert outcomes.begins_as_page(head) is is_page
