"""UCAP: a list whose entries come from a JSON search by channel."""

from __future__ import annotations

import json
from posixpath import basename
from typing import Any

from tests.web import frames
from tests.web.http import Request, Response, text
from tests.web.jpaas import JSON
from tests.web.media import Kind
from tests.web.site import Item, Site


class Ucap(Site):
    """``/common/search/{channel}?page=&_pageSize=…``; pages are named by 32 hexadecimal digits."""

    family = "ucap"
    frame = frames.UCAP
    folder = "/zwgk/zfxxgknb"
    channel = "cbcc5c9e6bb44ed8af5cd0785606f554"

    def address(self, item: Item) -> str:
        return f"{self.folder}/{item.day:%Y%m}/{item.token}.shtml"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"{self.folder}/{item.day:%Y%m}/{item.token}/files/{item.token[::-1]}{number}.{kind.extension}"

    def lists(self) -> None:
        script = f"var channelId = '{self.channel}'; var searchUrl = '/common/search/' + channelId;"
        self.add_list(f"{self.folder}/list.shtml", f'<div id="list"></div><script>{script}</script>')
        self.promise(f"{self.folder}/list.shtml", len(self.listed()), -(-len(self.listed()) // 15))
        self.dynamic.append(("/common/search/", self._search))

    def source(self) -> dict[str, Any]:
        return {**super().source(), "params": {"channel": self.channel}}

    def _search(self, request: Request) -> Response:
        items, query = self.listed(), request.query
        if basename(request.path) != self.channel:
            items = []
        rows, number = int(query.get("_pageSize") or 15), max(1, int(query.get("page") or 1))
        shown = items[(number - 1) * rows : number * rows]
        data = {"total": len(items), "page": number, "rows": rows, "results": [self._entry(item) for item in shown]}
        return text(json.dumps({"code": 200, "data": data}, ensure_ascii=False), 200, JSON)

    def _entry(self, item: Item) -> dict[str, Any]:
        day = item.day.isoformat()
        metas = {"indexnumber": self.number(item), "pubdate": day, "writedate": day, "source": item.office.agency.name,
                 "refno": "", "theme": "政务公开"}  # fmt: skip
        return {
            "title": item.title,
            "url": self.address(item),
            "publishedTimeStr": f"{day} 09:30:00",
            "channelName": self.column,
            "domainMetaList": [{"resultList": [{"key": key, "value": value} for key, value in metas.items()]}],
        }
