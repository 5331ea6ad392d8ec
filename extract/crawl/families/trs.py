"""TRS WCM: static pages, numbered from index.html."""

from __future__ import annotations

import re
from typing import ClassVar

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families import paging
from extract.crawl.families.links import Around, Entry
from extract.crawl.families.listing import LinkedFamily
from extract.crawl.model import Page

_DOCUMENT = re.compile(r"/t\d{8}_\d+\.s?html?(?:$|\?)")


class Trs(LinkedFamily):
    """TRS WCM (重庆 福建 湖北 贵州 吉林 江西 天津 山西 陕西, ministries).

    Asks for: /…/zfxxgknb/ (index.html, index.shtml), the lists below it
    (2022n/, an agency's folder), and YYYYMM/tYYYYMMDD_ID.html, linked as
    ./202401/t…; the twin …_wap.html is asked for as the page itself.
    Paging: createPageHTML(total, current, "index", "html") counts pages; the
    second is index_1.html. Without the script: 下一页.
    Promised: the number of pages; entries only where the page says 共N条.
    Params: none.
    Seen: addresses, script, twins. Assumed: which arguments createPage has
    (as createPageHTML, a container's name before them at most); that an
    entry's address always has the form tYYYYMMDD_ID or lies below the list.
    """

    name: ClassVar[str] = "trs"

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link is an entry: its address is a document's, or has a date beside it."""
        return bool(_DOCUMENT.search(entry.url)) or super().is_item(entry, around)

    def paging(self, tree: LexborHTMLParser, page: Page, place: paging.Place) -> paging.Paging:
        """The pages that createPageHTML counts, else the one that 下一页 leads to."""
        return paging.created(page.text, place, 1) or paging.by_links(tree, page.text, place)
