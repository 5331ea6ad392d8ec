"""Hosts that are a trouble: slow, flapping, moved, guarded, broken. What they hold of filings is the truth's all the
same, unless nobody may or can fetch it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from tests.web import frames
from tests.web.generic import Listing
from tests.web.http import Answer, Request, Response, text
from tests.web.media import Kind
from tests.web.site import Item, canonical
from tests.web.trs import Trs


class Slow(Trs):
    """Every answer takes a second."""

    trouble = "slow"

    def respond(self, request: Request) -> Response:
        return replace(super().respond(request), wait=self.options.slow)


async def _drop(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


class Flapping(Listing):
    """Each address fails when it is first asked for: with 503, or with a dropped connection."""

    trouble = "flapping"

    def lists(self) -> None:
        super().lists()
        self.seen: set[str] = set()

    def respond(self, request: Request) -> Response:
        key = canonical(request.target)
        if key in self.seen or key == "/robots.txt":
            return super().respond(request)
        self.seen.add(key)
        if len(self.seen) % 2:
            return replace(text("Service Unavailable", 503), headers=(("Retry-After", "1"),))
        return replace(text("", 0), raw=_drop)


class Polite(Trs):
    """robots.txt asks for seconds between requests."""

    trouble = "crawl-delay"

    def lists(self) -> None:
        super().lists()
        self.crawl_delay = self.options.crawl_delay
        self.robots = f"User-agent: *\nCrawl-delay: {self.crawl_delay:g}\nDisallow: /admin/\n"


class Refused(Trs):
    """robots.txt fails, so that nothing here may be fetched: what it holds is no truth."""

    trouble = "robots.txt fails"
    robots_status = 500
    attaches = changes = False

    def told(self, *_: Any) -> None:
        """Nobody may reach it."""


class Moved(Listing):
    """The list has moved to this host from another one (``Former``), and every other page to another place here."""

    trouble = "redirects"

    def respond(self, request: Request) -> Response:
        found = super().respond(request)
        path = request.path
        if found.status == 404 and path.startswith("/old/"):
            target = path.removeprefix("/old")
            if target in self.pages:
                status = 301 if len(path) % 2 else 302
                return replace(text("", status), headers=(("Location", target),))
        return found

    def line(self, page: str, item: Item) -> str:
        shown = super().line(page, item)
        target = self.address(item)
        return shown.replace(self.link(page, target), f"/old{target}") if item.serial % 2 else shown

    @property
    def former(self) -> str:
        """The host from which the list has moved."""
        return self.place.host.replace(".77.0.", ".77.1.")

    def others(self) -> dict[str, Answer]:
        return {self.former: self._from_former}

    def _from_former(self, request: Request) -> Response:
        if request.path == "/robots.txt":
            return text("Not Found", 404)
        return replace(text("", 301), headers=(("Location", self.url(request.target)),))

    def source(self) -> dict[str, Any]:
        address = f"http://{self.former}:{self.place.port}{self.page_address(self.folder, 0)}"
        return {"listings": [address], "hosts": [self.place.host]}


class WrongTypes(Listing):
    """Files as text/html, pages as application/octet-stream."""

    trouble = "wrong content types"
    media_type = "application/octet-stream"

    def type_of(self, item: Item, kind: Kind) -> str:
        return "text/html"

    def add_list(self, target: str, body: str, title: str | None = None, head: str = "") -> None:
        super().add_list(target, body, title, head)
        self.pages[canonical(target)].media_type = "text/html; charset=utf-8"


JSL = (
    "<script>document.cookie=('_')+('_')+('jsl_clearance_s')+('=')+('1706.12|0|')+('abc;max-age=3600;Path=/');"
    "location.href=location.pathname+location.search</script>"
)
ALIYUN = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1234;"
    "$_ts.cd='qEwXbGc';</script></head><body></body></html>"
)
LOGIN = (
    "<html><head><meta charset='utf-8'><title>用户登录</title></head><body><form action='/login' method='post'>用户名"
    "<input name='user'/>密码<input type='password' name='word'/><input type='submit' value='登录'/></form>"
    "</body></html>"
)
GONE = (
    "<html><head><meta charset='utf-8'><title>提示信息</title></head><body><div class='error'><h2>抱歉，您访问的页面"
    "不存在或已被删除</h2><a href='/'>返回首页</a></div></body></html>"
)
BUSY = "<html><head><meta charset='utf-8'><title>系统错误</title></head><body>系统繁忙，请稍后再试</body></html>"
FORBIDDEN = "<html><head><meta charset='utf-8'><title>403</title></head><body>您的请求存在异常，已被拦截</body></html>"


class Broken(Listing):
    """Beside its filings the list links pages that are none, though their titles say so: each kind once."""

    trouble = "broken pages"

    def lists(self) -> None:
        self.answers = {
            "forbidden": text(FORBIDDEN, 403),
            "challenge-412": text(ALIYUN, 412),
            "challenge-521": replace(text(JSL, 521), headers=(("Set-Cookie", "__jsluid_s=0123456789abcdef; path=/"),)),
            "challenge-200": text(ALIYUN),
            "login": text(LOGIN),
            "login-redirect": replace(text("", 302), headers=(("Location", "/login.html"),)),
            "error-200": text(GONE),
            "busy-200": text(BUSY),
            "not-found": text(GONE, 404),
            "stub": text("<html><head><title></title></head><body>" + "<br/>" * 45 + "</body></html>"),
            "empty": text(""),
        }
        self.pages["/login.html"] = text(LOGIN)
        target = "/broken/lost-file.html"
        page = frames.list_page("年度报告", '<h1>年度报告</h1><p>附件：<a href="./lost.pdf">年度报告.pdf</a></p>')
        self.pages[target] = text(page)
        self.answers["attachment-not-found"] = self.pages[target]
        for name, answer in self.answers.items():
            path = target if name == "attachment-not-found" else f"/broken/{name}.html"
            self.pages[path] = answer
            self.problems.append({"url": self.url(path), "kind": name})
        self.problems.append({"url": self.url("/broken/lost.pdf"), "kind": "lost-file"})
        super().lists()

    def list_of(self, folder: str, items: list[Item], below: bool = False, title: str | None = None) -> None:
        super().list_of(folder, items, below, title)
        page = self.pages[self.page_address(folder, 0)]
        name = self.place.offices[0].agency.name
        lines = "".join(
            f'<li><a href="{problem["url"].removeprefix(self.base)}">'
            f"{name}{2010 + at % 8}年政府信息公开工作年度报告</a></li>"
            for at, problem in enumerate(self.problems)
            if problem["kind"] != "lost-file"
        )
        body = page.content.data.decode().replace('<ul class="list">', f'<ul class="list">{lines}')
        self.pages[self.page_address(folder, 0)] = text(body)
