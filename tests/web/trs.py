"""TRS WCM: ``t20240115_ID.html`` in monthly folders, ``index_1.html`` and ``createPageHTML`` for paging."""

from __future__ import annotations

from posixpath import dirname

from tests.web import frames
from tests.web.http import text
from tests.web.media import Kind
from tests.web.site import Item, Site, entry, pages_of

STUB = "<html><head><title></title></head><body><div class='list'></div>" + "<!-- -->" * 32 + "</body></html>"


class Trs(Site):
    """``stub_pages`` further pages are promised and come as stubs of some 300 bytes; ``epoch`` pages are dated 1970 in
    their addresses; ``wap`` adds twins for mobile telephones; ``by_year`` gives each year a list of its own."""

    family = "trs"
    frame = frames.TRS
    column = "政府信息公开工作年度报告"
    folder = "/zwgk/zfxxgknb"
    suffix = "html"
    paging = "createPageHTML"
    stub_pages = 0
    epoch = False
    wap = False
    by_year = False
    duplicates = ""  # a folder that robots.txt excludes, with a second copy of each page

    def address(self, item: Item) -> str:
        day = "19700101" if self.epoch else f"{item.day:%Y%m%d}"
        month = "" if self.epoch else f"/{item.day:%Y%m}"
        year = f"/{item.year}n" if self.by_year else ""
        return f"{self.folder}{year}{month}/t{day}_{item.serial}.{self.suffix}"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        letter = "W" if kind.extension == "png" else "P"
        name = f"{letter}0{item.day:%Y%m%d}{item.serial:09d}{number:03d}.{kind.extension}"
        return f"{dirname(self.address(item))}/{name}"

    def head_of(self, item: Item, target: str) -> str:
        twin = target.replace(f".{self.suffix}", f"_wap.{self.suffix}")
        return f'<link rel="alternate" media="only screen and (max-width: 640px)" href="{twin}"/>\n' if self.wap else ""

    def publish(self, item: Item) -> None:
        super().publish(item)
        target = self.address(item)
        if target not in self.pages:
            return
        content = self.pages[target].content
        if self.wap:
            self.add(target.replace(f".{self.suffix}", f"_wap.{self.suffix}"), content)
        if self.duplicates:
            self.add(self.duplicates + target, content)

    def lists(self) -> None:
        if not self.by_year:
            self._list(self.folder, self.listed(), self.column)
            return
        years = sorted({item.year for item in self.items}, reverse=True)
        body = "".join(f'<li><a href="./{year}n/">{year}年</a></li>' for year in years)
        self._both(f"{self.folder}/", f'<ul class="years">{body}</ul>')
        self.promise(f"{self.folder}/", len(years), 1)
        for year in years:
            chosen = [item for item in self.listed() if item.year == year]
            self._list(f"{self.folder}/{year}n", chosen, f"{year}年政府信息公开年报", below=True)

    def _list(self, folder: str, items: list[Item], title: str, below: bool = False) -> None:
        pages = pages_of(items, self.per_page)
        total = len(pages) + self.stub_pages
        for number, shown in enumerate(pages):
            name = f"{folder}/index" + (f"_{number}" if number else "") + f".{self.suffix}"
            lines = "".join(self._entry(name, item) for item in shown)
            script = f'{self.paging}({total}, {number}, "index", "{self.suffix}");'
            body = f'<ul class="list">{lines}</ul><div class="page"><script>{script}</script></div>'
            if number:
                self.add_list(name, body, title)
            else:
                self._both(f"{folder}/", body, title)
        for number in range(len(pages), total):
            target = f"{folder}/index_{number}.{self.suffix}"
            self.pages[target] = text(STUB)
            self.problems.append({"url": self.url(target), "kind": "stub"})
        self.promise(f"{folder}/", len(items), total, below)

    def _entry(self, name: str, item: Item) -> str:
        shown = entry(item, self.link(name, self.address(item)), cut=24)
        if self.duplicates and item.report is not None:
            shown += f'<li><a href="{self.duplicates}{self.address(item)}">{item.title}（打印版）</a></li>'
        return shown

    def _both(self, folder: str, body: str, title: str | None = None) -> None:
        """The first page, by the folder's name and as index."""
        self.add_list(folder, body, title)
        self.add_list(f"{folder}index.{self.suffix}", body, title)
