"""Sites of no known family: a list of links, paging by a link to the next page."""

from __future__ import annotations

from tests.web import frames
from tests.web.site import Item, Site, entry, pages_of


class Listing(Site):
    """A list with links 上一页 and 下一页."""

    frame = frames.PLAIN
    folder = "/xxgk/xxgknb"
    per_page = 15

    def address(self, item: Item) -> str:
        return f"{self.folder}/{item.day:%Y%m}/{item.token}.shtml"

    def page_address(self, folder: str, number: int) -> str:
        """The address of a list's page, from 0."""
        return f"{folder}/list.shtml" if number == 0 else f"{folder}/list_{number + 1}.shtml"

    def lists(self) -> None:
        self.list_of(self.folder, self.listed())

    def list_of(self, folder: str, items: list[Item], below: bool = False, title: str | None = None) -> None:
        """The pages of one list."""
        pages = pages_of(items, self.per_page)
        for number, shown in enumerate(pages):
            name = self.page_address(folder, number)
            body = f'<ul class="list">{"".join(self.line(name, item) for item in shown)}</ul>'
            body += f'<div class="pages">{self.pager(folder, number, len(pages), len(items))}</div>'
            self.add_list(name, body, title)
        self.promise(self.page_address(folder, 0), len(items), len(pages), below)

    def line(self, page: str, item: Item) -> str:
        """An entry."""
        return entry(item, self.link(page, self.address(item)))

    def pager(self, folder: str, number: int, pages: int, entries: int) -> str:
        """The links between pages."""
        links = [f"共{entries}条 第{number + 1}/{pages}页"]
        if number:
            links.append(f'<a href="{self.page_address(folder, number - 1)}">上一页</a>')
        if number + 1 < pages:
            links.append(f'<a href="{self.page_address(folder, number + 1)}">下一页</a>')
            links.append(f'<a href="{self.page_address(folder, pages - 1)}">尾页</a>')
        return " ".join(links)
