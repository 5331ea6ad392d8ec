"""Boda VSB: lists whose further pages count down."""

from __future__ import annotations

import re
from typing import ClassVar

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families import paging
from extract.crawl.families.addresses import path_of
from extract.crawl.families.links import Around, Entry, is_list_address
from extract.crawl.families.listing import LinkedFamily
from extract.crawl.model import Page

_DOCUMENT = re.compile(r"/info/\d+/\d+\.html?$|[?&]wbnewsid=\d+")
_NUMBER = re.compile(r"/\d+\.html?$")
_LIST = re.compile(r"(?:/index)?\.html?$")


class Vsb(LinkedFamily):
    """Boda VSB (府谷 商洛 甘南 红河 眉山).

    Asks for: /zwgk/zfxxgknb.htm, the lists below it (/zwgk/zfxxgknb/2023n.htm),
    and /info/<column>/<id>.htm or the older
    …?urltype=news.NewsContentUrl&wbtreeid=&wbnewsid=.
    Paging: 共N条 n/m; further pages are /zwgk/zfxxgknb/N.htm, which count down:
    the second of three is 2.htm, the last 1.htm. Where 下页 and 尾页 lead the
    other way, so do the asks; without the marker 下页 is followed.
    Promised: 共N条 and m.
    Params: none.
    Seen: addresses, <li id="line_…">, the marker, img_vsb_content, download.jsp.
    Assumed: that the numbers count down; where exactly the marker stands.
    """

    name: ClassVar[str] = "vsb"

    def is_list(self, url: str) -> bool:
        """Whether an address is a list's: a folder, or a named page that is no document."""
        if is_list_address(url):
            return True
        path = path_of(url)
        return not _DOCUMENT.search(url) and bool(_LIST.search(path)) and not _NUMBER.search(path)

    def folder(self, page: Page) -> str:
        """What lies below /zwgk/zfxxgknb.htm stands in /zwgk/zfxxgknb/."""
        return _LIST.sub("/", page.ask.listing.partition("//")[2].partition("?")[0])

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link is an entry: its address is a document's."""
        return bool(_DOCUMENT.search(entry.url)) or entry.published_on is not None

    def paging(self, tree: LexborHTMLParser, page: Page, place: paging.Place) -> paging.Paging:
        """The pages that the marker counts, else the one that 下页 leads to."""
        return paging.counting_down(tree, page.text, place) or paging.by_links(tree, page.text, place)
