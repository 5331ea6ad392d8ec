"""Guangdong's NFCMS: content/post_N.html."""

from __future__ import annotations

import re
from typing import ClassVar

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families import paging
from extract.crawl.families.links import Around, Entry
from extract.crawl.families.listing import LinkedFamily
from extract.crawl.model import Page

_DOCUMENT = re.compile(r"/content/post_\d+\.html$")


class Nfcms(LinkedFamily):
    """Guangdong NFCMS (湛江 徐闻 龙岗 海珠 …).

    Asks for: …/index.html, the lists below it, and …/content/post_N.html;
    the twin for telephones, mpost_N.html, is asked for as the page itself.
    Paging: createPageHTML counts pages; the second is index_2.html.
    Promised: the number of pages; entries only where the page says 共N条.
    Params: none.
    Seen: addresses, names of further pages, meta tags, div.news_cont_d_wrap.
    Assumed: the arguments of createPageHTML (those of TRS; a current page of
    1 on the first page).
    """

    name: ClassVar[str] = "nfcms"

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link is an entry: its address is a post's, or has a date beside it."""
        return bool(_DOCUMENT.search(entry.url)) or super().is_item(entry, around)

    def paging(self, tree: LexborHTMLParser, page: Page, place: paging.Place) -> paging.Paging:
        """The pages that createPageHTML counts, from index_2.html on, else the one that 下一页 leads to."""
        return paging.created(page.text, place, 2) or paging.by_links(tree, page.text, place)
