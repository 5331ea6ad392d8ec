"""Hanweb jpaas: a column's page asks ``build/unit`` for its entries, which come as markup in JSON."""

from __future__ import annotations

import json
from typing import Any

from tests.web import frames
from tests.web.http import Request, Response, text
from tests.web.media import Kind
from tests.web.site import Item, Site, entry

JSON = "application/json;charset=UTF-8"


class Jpaas(Site):
    """The parameters are those of the page's script and of the source file; the page's number and size are fields of
    their own (pageNo, rows) or stand in paramJson."""

    family = "jpaas"
    frame = frames.JPAAS
    per_page = 15
    column_path = "/col/col2011"
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit"

    def address(self, item: Item) -> str:
        return f"{self.column_path}/art/{item.day.year}/art_{item.token}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/cms_files/filemanager/{item.token[:10]}/attach/{item.day:%Y%m}/{item.token}{number}.{kind.extension}"

    @property
    def codes(self) -> dict[str, str]:
        """The parameters of this column, by their names in the address."""
        token = self.items[0].token
        return {"webId": token[:16], "tplSetId": token[16:], "tagId": "信息列表", "pageId": token[::-1]}

    def lists(self) -> None:
        query = {"parseType": "bulidstatic", "pageType": "column", "editType": "null", **self.codes}
        shown = json.dumps(query, ensure_ascii=False).replace('"', "'")
        body = f'<div id="list"><script url="{self.unit}" queryData="{shown}" parseType="bulidstatic"></script></div>'
        target = f"{self.column_path}/index.html"
        self.add_list(target, body)
        self.promise(target, len(self.listed()), -(-len(self.listed()) // self.per_page))
        self.dynamic.append((self.unit, self._unit))

    def source(self) -> dict[str, Any]:
        codes = self.codes
        return {
            **super().source(),
            "params": {"web_id": codes["webId"], "tpl_set_id": codes["tplSetId"], "tag_id": codes["tagId"],
                       "page_id": codes["pageId"]},
        }  # fmt: skip

    def _unit(self, request: Request) -> Response:
        query, items = request.query, self.listed()
        if any(query.get(name) != value for name, value in self.codes.items()):
            return text('{"success":false,"code":"500","message":"参数错误","data":null}', 200, JSON)
        asked = {**query, **json.loads(query.get("paramJson") or "{}")}
        rows, number = int(asked.get("pageSize") or asked.get("rows") or self.per_page), int(asked.get("pageNo") or 1)
        shown = items[(number - 1) * rows : number * rows]
        pages = -(-len(items) // rows)
        html = f'<ul class="list">{"".join(entry(item, self.address(item)) for item in shown)}</ul>'
        paging = json.dumps({"count": len(items), "pageNo": number, "pageSize": rows})
        html += f"<div class='pagination' data-page='{paging}'>共{len(items)}条 第{number}/{pages}页</div>"
        data = {"success": True, "code": "200", "message": "操作成功", "data": {"html": html}}
        return text(json.dumps(data, ensure_ascii=False), 200, JSON)
