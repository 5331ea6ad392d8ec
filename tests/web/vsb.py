"""Boda's VSB: pages of a list count down, ``/info/COL/ID.htm``, files by ``download.jsp``."""

from __future__ import annotations

from tests.web import frames
from tests.web.media import Kind
from tests.web.site import Item, Site, pages_of


class Vsb(Site):
    """``old`` has addresses of the older kind, ``?urltype=news.NewsContentUrl``."""

    family = "vsb"
    frame = frames.VSB
    folder = "/zwgk/zfxxgknb"
    col = 1648
    per_page = 15
    old = False

    def address(self, item: Item) -> str:
        if self.old:
            return f"/xxgk/xxgk_content.jsp?urltype=news.NewsContentUrl&wbtreeid={self.col}&wbnewsid={item.serial}"
        return f"/info/{self.col}/{item.serial}.htm"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        if kind.extension == "png":
            place = "/".join((item.token[0], item.token[1:3], item.token[3:5]))
            return f"/__local/{place}/{item.token.upper()}_{number:X}.png"
        query = f"urltype=news.DownloadAttachUrl&owner=1234567890&wbfileid={item.serial}{number}"
        return f"/system/_content/download.jsp?{query}"

    def link_class(self, medium: str) -> str:
        return 'class="img_vsb_content" ' if medium == "images" else ""

    def lists(self) -> None:
        items = self.listed()
        pages = pages_of(items, self.per_page)
        for number, shown in enumerate(pages):
            name = self.page_address(number, len(pages))
            lines = "".join(self._line(name, at, item) for at, item in enumerate(shown))
            self.add_list(name, f"<ul>{lines}</ul>{self._pager(name, number, len(pages), len(items))}")
        self.promise(f"{self.folder}.htm", len(items), len(pages))

    def page_address(self, number: int, pages: int) -> str:
        """The address of a page, from 0: the numbers count down to 1, the last page's."""
        return f"{self.folder}/{pages - number}.htm" if number else f"{self.folder}.htm"

    def _up(self, name: str, target: str) -> str:
        """A link as these sites write it, relative to the page."""
        return "../" * (name.count("/") - 1) + target[1:]

    def _line(self, name: str, at: int, item: Item) -> str:
        shown = item.title if len(item.title) <= 26 else item.title[:26] + "..."
        link = self._up(name, self.address(item)).replace("&", "&amp;")
        return (
            f'<li id="line_u9_{at}"><a href="{link}" target="_blank" title="{item.title}">{shown}</a>'
            f"<span>{item.day.isoformat()}</span></li>"
        )

    def _pager(self, name: str, number: int, pages: int, entries: int) -> str:
        links = f'<span class="p_t">共{entries}条</span> <span class="p_t">{number + 1}/{pages}</span> '
        if number:
            links += f'<a href="{self._up(name, self.page_address(number - 1, pages))}">上页</a> '
        if number + 1 < pages:
            links += f'<a href="{self._up(name, self.page_address(number + 1, pages))}">下页</a> '
            links += f'<a href="{self._up(name, self.page_address(pages - 1, pages))}">尾页</a>'
        return f'<div class="pb_sys_common">{links}</div>'
