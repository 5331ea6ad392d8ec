"""Sites of folders: Shanghai's dated ones, Shaanxi's by kind of agency and year, Sichuan's ``gongkai``."""

from __future__ import annotations

from html import escape
from uuid import UUID

from tests.web import frames
from tests.web.generic import Listing
from tests.web.http import Request, Response, text
from tests.web.media import Kind
from tests.web.site import Item, canonical, entry


class Shanghai(Listing):
    """``/nw12344/20230331/<uuid>.html``; the second page is ``index_2.html``, which only a script says."""

    frame = frames.SHANGHAI
    folder = "/nw12344"
    per_page = 20

    def address(self, item: Item) -> str:
        return f"{self.folder}/{item.day:%Y%m%d}/{UUID(item.token)}.html"

    def page_address(self, folder: str, number: int) -> str:
        return f"{folder}/index.html" if number == 0 else f"{folder}/index_{number + 1}.html"

    def pager(self, folder: str, number: int, pages: int, entries: int) -> str:
        return (
            f"<div id='pagination'></div><script>$('#pagination').pagination({{totalPage: {pages}, "
            f"currentPage: {number + 1}, urlPrefix: 'index', urlSuffix: 'html'}});</script>"
        )


class Shaanxi(Listing):
    """Folders by kind of agency (bm, zj) and year (2022n) under one list of folders; pages are named by 19 digits."""

    folder = "/zfxxgk/zfxxgknb"
    frame = frames.PLAIN
    validators = "modified"

    def kind_of(self, item: Item) -> str:
        """The folder of an agency's kind."""
        if item.office.number == 0:
            return "qzfnb"
        return "zj" if item.office.agency.level == "township" else "bm"

    def address(self, item: Item) -> str:
        return f"{self.folder}/{self.kind_of(item)}/{item.year}n/{1600000000000000000 + int(item.token[:14], 16)}.html"

    def page_address(self, folder: str, number: int) -> str:
        return f"{folder}/index.html" if number == 0 else f"{folder}/{number + 1}.html"

    def lists(self) -> None:
        items = self.listed()
        names = {"qzfnb": "县政府年报", "bm": "部门年报", "zj": "镇（街道）年报"}
        kinds = [kind for kind in names if any(self.kind_of(item) == kind for item in items)]
        links = "".join(f'<li><a href="{self.folder}/{kind}/index.html">{names[kind]}</a></li>' for kind in kinds)
        self.add_list(f"{self.folder}/index.html", f"<ul>{links}</ul>", "政府信息公开年报")
        self.promise(f"{self.folder}/index.html", len(kinds), 1)
        for kind in kinds:
            years = sorted({item.year for item in items if self.kind_of(item) == kind}, reverse=True)
            links = "".join(
                f'<li><a href="{self.folder}/{kind}/{year}n/index.html">{year}年</a></li>' for year in years
            )
            self.add_list(f"{self.folder}/{kind}/index.html", f"<ul>{links}</ul>", names[kind])
            self.promise(f"{self.folder}/{kind}/index.html", len(years), 1, below=True)
            for year in years:
                chosen = [item for item in items if (self.kind_of(item), item.year) == (kind, year)]
                self.list_of(f"{self.folder}/{kind}/{year}n", chosen, True, f"{year}年{names[kind]}")


class Sichuan(Listing):
    """``/gongkai/show/<md5>.html``; lists are pages of a query."""

    folder = "/gongkai"
    validators = "etag"

    def address(self, item: Item) -> str:
        return f"{self.folder}/show/{item.token}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/uploadfiles/{item.day:%Y%m}/{item.token[:8]}{number}.{kind.extension}"

    def page_address(self, folder: str, number: int) -> str:
        return f"{folder}/list.html?type=zfxxgknb" + (f"&page={number + 1}" if number else "")

    def pager(self, folder: str, number: int, pages: int, entries: int) -> str:
        links = [
            f'<a href="{escape(self.page_address(folder, at))}">{at + 1}</a>' if at != number else f"<b>{at + 1}</b>"
            for at in range(pages)
        ]
        return " ".join(links)


class Styles(Listing):
    """A group of sites behind one list: every agency's pages have addresses of another style."""

    folder = "/zwgk/xxgknb"

    def address(self, item: Item) -> str:
        day, serial, token = item.day, item.serial, item.token
        styles = (
            f"/gk/zfxxgknb/xxgkndbg1/content_{serial}",
            f"/eportal/ui?articleKey={token}&columnId={token[::-1]}&pageId=11f1063f98964aba8e33f0e01c3bfaee",
            f"/qzfbgm22/{serial}.jhtml",
            f"/Content-{serial}.html",
            f"/xxgk-show-{serial}.html",
            f"/sfj/{day:%Y-%m}/{day:%d}/article_{token}.html",
            f"/gongkai/site_zfb/channel_{token[8:]}/doc_{token[:24]}.html",
            f"/subsiteIndex/toPage?subsiteFlag=sitepc&subsiteId=1&newsClassId=693&pageType=view&objectId={serial}",
            f"/resources/site/80/html/gajxxgk/gknb/{day:%Y%m}/{serial}.html",
            f"/zfxxgk/zfxxgknb/{token[:32].upper()}/index.shtml",
            f"/cms/html/zf/{day.isoformat()}/{serial}.html",
            f"/zwgk/zfnbhz/{item.year}/bm{item.office.number}-{serial}",
        )
        return styles[item.office.number % len(styles)]

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/uploads/{item.day:%Y}/{item.token}{number}.{kind.extension}"


class WithSessions(Styles):
    """Links carry a session's identifier that is another at each visit."""

    validators = "none"
    visits = 0

    def lists(self) -> None:
        super().lists()
        for key, page in list(self.pages.items()):
            if key.startswith(f"{self.folder}/list"):
                del self.pages[key]
                self._vary(key, page.content.data.decode())

    def _vary(self, key: str, body: str) -> None:
        def answer(request: Request) -> Response | None:
            if canonical(request.target) != key:
                return None
            self.visits += 1
            return text(body.replace("@SESSION@", f"{self.visits * 7919:032X}"))

        self.dynamic.append((key.partition("?")[0], answer))

    def line(self, page: str, item: Item) -> str:
        path, mark, query = self.address(item).partition("?")
        return entry(item, escape(f"{path};jsessionid=@SESSION@{mark}{query}"))
