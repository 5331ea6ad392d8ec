"""Hanweb jcms: ``/col/colN/index.html`` with the first entries inline, ``dataproxy.jsp`` for the rest."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from tests.web import frames
from tests.web.http import Request, Response, text
from tests.web.media import Kind
from tests.web.site import Item, Site

XML = "text/xml; charset=utf-8"


class Jcms(Site):
    """``proxy`` is where further entries come from; ``asks`` "get" takes both methods, "post" only that one, "page" is
    the older way by page numbers; ``encrypted`` wants the column and unit as ``nextgroup`` writes them."""

    family = "jcms"
    frame = frames.JCMS
    per_page = 15
    groups = 1  # pages of entries that stand inline
    proxy = "/module/web/jpage/dataproxy.jsp"
    asks = "get"
    encrypted = False
    web_id, unit = 2987, "5367168"

    @property
    def col(self) -> int:
        """The column of annual reports."""
        return 1229114055

    def address(self, item: Item) -> str:
        day = item.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_{self.col}_{item.serial}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        if kind.extension == "png":
            return f"/picture/0/{item.token[:16]}{number:03d}.png"
        return f"/module/download/downfile.jsp?classid=0&filename={item.token}{number}.{kind.extension}"

    def head_of(self, item: Item, target: str) -> str:
        return (
            f'<meta name="i_columnid" content="{self.col}"/>\n<meta name="i_articleid" content="{item.serial}"/>\n'
            f'<meta name="Maketime" content="{item.day.isoformat()} 09:30:00"/>\n'
        )

    def codes(self) -> tuple[str, str]:
        """Column and unit as the proxy wants them."""
        if not self.encrypted:
            return str(self.col), self.unit
        digests = [hashlib.sha256(f"{name}:{self.options.seed}".encode()).digest() for name in ("column", "unit")]
        return b64encode(digests[0]).decode(), b64encode(digests[1]).decode()

    def lists(self) -> None:
        items = self.listed()
        column, unit = self.codes()
        inline = self.per_page * (len(items) if self.asks == "none" else self.groups)
        fields = {
            "page": 1, "appid": 1, "webid": self.web_id, "path": "/", "columnid": column, "sourceContentType": 1,
            "unitid": unit, "webname": "示例政务网", "permissiontype": 0,
        }  # fmt: skip
        following = f'<a href="{self.proxy}?{urlencode(fields, quote_via=quote)}"></a>'
        store = (
            f"<datastore><nextgroup><![CDATA[{following if len(items) > inline else ''}]]></nextgroup>"
            f"<recordset>{records(items[:inline], self.record)}</recordset></datastore>"
        )
        shown = "" if self.encrypted else f"columnid:{self.col},sourceContentType:1,unitid:'{self.unit}',"
        script = (
            f"$(function(){{$('#{self.unit}').jpage({{dataBefore:'<ul>',dataAfter:'</ul>',totalRecord:{len(items)},"
            f"proxyUrl:'{self.proxy}',perPage:{self.per_page},ajaxParam:{{col:1,appid:1,webid:{self.web_id},path:'/',"
            f"{shown}webname:'示例政务网',permissiontype:0}}}});}});"
        )
        target = f"/col/col{self.col}/index.html"
        body = f'<div id="{self.unit}" class="jpage"><script type="text/xml">{store}</script></div>'
        body += f"<script>{script}</script>"
        self.add_list(target, body, head='<script src="/script/jpage.js"></script>\n')
        self.promise(target, len(items), max(1, -(-len(items) // self.per_page)))
        if self.asks != "none":
            self.dynamic.append((self.proxy, lambda request: self._proxy(request, items)))

    def record(self, item: Item) -> str:
        """An entry as the records have it."""
        return (
            f'<li><a href="{self.address(item)}" title="{item.title}" target="_blank">{item.title}</a>'
            f"<span>{item.day.isoformat()}</span></li>"
        )

    def _proxy(self, request: Request, items: Sequence[Item]) -> Response:
        if self.asks == "post" and request.method != "POST":
            return text("HTTP Status 405", 405)
        fields = {**request.query, **request.form}
        if (fields.get("columnid"), fields.get("unitid")) != self.codes():
            return text(datastore((), 0, 0, "", self.record), 200, XML)
        if "startrecord" in fields and self.asks != "page":
            first, last = int(fields["startrecord"]), int(fields.get("endrecord") or len(items))
        else:
            size, number = int(fields.get("perpage") or self.per_page * self.groups), int(fields.get("page") or 1)
            first, last = (number - 1) * size + 1, number * size
        following = ""
        if last < len(items):
            number = last // (self.per_page * self.groups) + 1
            names = ("appid", "webid", "path", "columnid", "unitid")
            kept = {"page": str(number), **{name: fields[name] for name in names if name in fields}}
            following = f'<a href="./dataproxy.jsp?{urlencode(kept, quote_via=quote)}"></a>'
        pages = -(-len(items) // self.per_page)
        return text(datastore(items[first - 1 : last], len(items), pages, following, self.record), 200, XML)


def records(items: Sequence[Item], record: Callable[[Item], str]) -> str:
    """The entries as CDATA records."""
    return "".join(f"<record><![CDATA[{record(item)}]]></record>" for item in items)


def datastore(items: Sequence[Item], total: int, pages: int, following: str, record: Callable[[Item], str]) -> str:
    """What the proxy answers."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<datastore><totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage>"
        f"<nextgroup><![CDATA[{following}]]></nextgroup><recordset>{records(items, record)}</recordset></datastore>"
    )
