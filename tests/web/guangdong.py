"""Guangdong: NFCMS (``post_N.html``) and the catalogue platform gkmlpt (JSON)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from posixpath import basename
from typing import Any

from tests.web import frames, media
from tests.web.http import Request, Response, text
from tests.web.jpaas import JSON
from tests.web.media import Kind
from tests.web.site import Item, Site, entry, pages_of


class Nfcms(Site):
    """``index_2.html`` is the second page; ``mpost_`` twins for mobile telephones."""

    family = "nfcms"
    frame = frames.NFCMS
    folder = "/zwgk/zfxxgknb"
    per_page = 20

    def address(self, item: Item) -> str:
        return f"{self.folder}/content/post_{item.serial}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/attachment/0/{item.serial // 1000}/{item.serial}{number}/{item.serial}.{kind.extension}"

    def publish(self, item: Item) -> None:
        super().publish(item)
        target = self.address(item)
        if target in self.pages:
            self.add(target.replace("/post_", "/mpost_"), self.pages[target].content)

    def lists(self) -> None:
        items = self.listed()
        pages = pages_of(items, self.per_page)
        for number, shown in enumerate(pages, 1):
            names = [f"{self.folder}/index.html", f"{self.folder}/"] if number == 1 else [
                f"{self.folder}/index_{number}.html"
            ]  # fmt: skip
            lines = "".join(entry(item, self.url(self.address(item)), cut=30) for item in shown)
            script = f"createPageHTML({len(pages)}, {number}, 'index', 'html', {len(items)});"
            body = f'<ul class="list">{lines}</ul><div class="pagination"><script>{script}</script></div>'
            for name in names:
                self.add_list(name, body)
        self.promise(f"{self.folder}/index.html", len(items), len(pages))


class Gkmlpt(Site):
    """A single-page application over a JSON interface, a hundred entries to a page; page 0 is page 1. Half of the
    articles carry their body in ``_CONFIG``, half in the page."""

    family = "gkmlpt"
    frame = frames.GKMLPT
    sid, category = "755041", 9103
    size = 100

    def address(self, item: Item) -> str:
        return f"/gkmlpt/content/{item.serial // 1000000}/{item.serial // 1000}/post_{item.serial}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/gkmlpt/attachment/0/{item.serial // 1000}/{item.serial}{number}.{kind.extension}"

    def lists(self) -> None:
        tree = [{"id": self.category - 3, "name": "政府信息公开", "children": [
            {"id": self.category, "name": "政府信息公开年报", "children": []},
            {"id": self.category + 1, "name": "政府信息公开指南", "children": []},
        ]}]  # fmt: skip
        config = f"window._CONFIG = {{SID:'{self.sid}', TREE:{json.dumps(tree, ensure_ascii=False)}}};"
        self.add_list("/gkmlpt/index", f'<div id="app"></div><script>{config}</script>', "政府信息公开目录")
        self.promise("/gkmlpt/index", len(self.listed()), -(-len(self.listed()) // self.size))
        self.dynamic.append(("/gkmlpt/api/all/", self._api))

    def source(self) -> dict[str, Any]:
        return {**super().source(), "params": {"sid": self.sid, "category": str(self.category)}}

    def in_frame(self, item: Item, body: str) -> bytes:
        if item.serial % 2:
            return super().in_frame(item, body)
        detail = {"id": item.serial, "title": item.title, "content": body}
        config = json.dumps(detail, ensure_ascii=False).replace("</", "<\\/")
        shown = f"<script>window._CONFIG = {{SID:'{self.sid}', DETAIL:{config}}};</script>"
        return super().in_frame(item, shown)

    def _api(self, request: Request) -> Response:
        items, query = self.listed(), request.query
        if basename(request.path) != str(self.category) or query.get("sid") != self.sid:
            empty = {"total": 0, "classify": {"post_count": 0}, "articles": []}
            return text(json.dumps(empty), 200, JSON)
        number = max(1, int(query.get("page") or 1))
        shown = items[(number - 1) * self.size : number * self.size]
        data = {
            "total": len(items),
            "classify": {"id": self.category, "name": "政府信息公开年报", "post_count": len(items)},
            "articles": [self._entry(item) for item in shown],
        }
        return text(json.dumps(data, ensure_ascii=False), 200, JSON)

    def _entry(self, item: Item) -> dict[str, Any]:
        stamp = int(datetime(item.day.year, item.day.month, item.day.day, 1, 30, tzinfo=UTC).timestamp())
        url = self.url(self.address(item))
        return {
            "id": item.serial, "title": item.title, "publisher": item.office.agency.name, "document_number": "",
            "identifier": self.number(item), "created_at": f"{item.day.isoformat()} 09:30:00",
            "date": f"{item.day.isoformat()} 09:30:00", "display_publish_time": stamp, "url": url, "post_url": url,
            "attachment": self._files(item), "is_expired": 0, "is_abolished": 0,
        }  # fmt: skip

    def _files(self, item: Item) -> list[dict[str, Any]]:
        if item.report is None or item.report.medium in ("html", "images"):
            return []
        kind = media.KINDS[item.report.medium]
        target = self.file_address(item, 0, kind)
        size = len(self.pages[target].content.data)
        return [{"name": f"{item.title}.{kind.extension}", "type": kind.extension, "mime": kind.media_type,
                 "size": size, "url": self.url(target)}]  # fmt: skip
