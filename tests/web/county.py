"""A county whose list leads to its departments' own lists, beside a calendar without end."""

from __future__ import annotations

import re

from tests.web import frames
from tests.web.generic import Listing
from tests.web.http import Request, Response, text
from tests.web.media import Kind
from tests.web.offices import Office
from tests.web.site import Item, entry


class County(Listing):
    """Titles in the departments' lists do not name the agency: the list does."""

    folder = "/xxgk/zfxxgknb"

    def address(self, item: Item) -> str:
        return f"{self._folder(item.office)}/{item.day:%Y%m}/{item.serial}.html"

    def _folder(self, office: Office) -> str:
        return f"/bm{office.number:02d}/zfxxgknb"

    def lists(self) -> None:
        items = self.listed()
        links = "".join(
            f'<li><a href="{self._folder(office)}/list.shtml">{office.agency.name}信息公开年报</a></li>'
            for office in self.place.offices
        )
        calendar = '<div class="calendar"><a href="/rili/2024-01.html">信息公开日历</a></div>'
        self.add_list(f"{self.folder}/list.shtml", f"<ul>{links}</ul>{calendar}", "各部门信息公开年报")
        self.promise(f"{self.folder}/list.shtml", len(self.place.offices), 1)
        for office in self.place.offices:
            mine = [item for item in items if item.office == office]
            self.list_of(self._folder(office), mine, True, f"{office.agency.name}信息公开年报")
        self.dynamic.append(("/rili/", self._calendar))

    def line(self, page: str, item: Item) -> str:
        if item.report is None:
            return super().line(page, item)
        return (
            f'<li><a href="{self.link(page, self.address(item))}">{item.year}年政府信息公开工作年度报告</a>'
            f"<span>{item.day.isoformat()}</span></li>"
        )

    def _calendar(self, request: Request) -> Response | None:
        found = re.fullmatch(r"/rili/(\d{4})-(\d\d)\.html", request.path)
        if found is None:
            return None
        months = int(found[1]) * 12 + int(found[2]) - 1
        names = [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in (months - 1, months + 1)]
        links = "".join(f'<a href="/rili/{name}.html">{name} 信息公开年报</a> ' for name in names)
        following = f'<a href="/rili/{names[1]}.html">下一页</a>'
        return text(frames.list_page("信息公开日历", links + frames.CALENDAR + following))


class Asp(Listing):
    """An old site in GBK that says it is in UTF-8, in its pages; the server says nothing. Links in tables."""

    frame = frames.NAKED
    charset = "utf-8"
    encoding = "gb18030"
    media_type = "text/html"
    validators = "none"
    zips = "never"
    folder = ""

    def address(self, item: Item) -> str:
        return f"/show.asp?id={item.serial}"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/uploadfile/{item.serial}{number}.{kind.extension}"

    def page_address(self, folder: str, number: int) -> str:
        return "/list.asp?classid=12" + (f"&page={number + 1}" if number else "")

    def line(self, page: str, item: Item) -> str:
        shown = entry(item, self.address(item), cut=28)
        return shown.replace("<li>", "<tr><td>·").replace("</li>", "</td></tr>")
