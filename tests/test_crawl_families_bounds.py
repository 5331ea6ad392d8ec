"""Lists with more pages than a site allows: every way of paging names the first page beyond."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from extract.crawl.families import FAMILIES
from extract.crawl.ledger import key_of
from extract.crawl.model import Ask
from extract.crawl.site import Site
from tests.crawl_families import HOST, listed, page, site

HOME = f"https://{HOST}"
COLUMN = f"{HOME}/col/col1/index.html"
GKMLPT = f"http://{HOST}/gkmlpt/api/all/1?page=1&sid=2"
UCAP = f"{HOME}/common/search/a?page=1&_pageSize=15"
UNIT = "<script>webId: 'a', pageId: 'b', rows: '1'</script>"


def row(number: int) -> str:
    """An entry of a list, another one on each of its pages."""
    return f'<li><a href="{number}.html">示例县第{number}小学2023年政府信息公开年报</a>2024-01-18</li>'


def json_of(number: int, total: str, markup: str) -> str:
    """The answers of gkmlpt, ucap and jpaas in one."""
    title = f"示例县第{number}小学2023年政府信息公开年报"
    entry = f'[{{"title": "{title}", "url": "/{number}.html"}}]'
    return f'{{{total} "articles": {entry}, "results": {entry}, "rows": 1, "html": {json.dumps(markup)}}}'


def store(total: int) -> str:
    """A column's page with the first of so many records."""
    record = f"<record>{row(1)}</record>"
    return f"totalRecord:{total} perPage:1 <datastore>{record}</datastore><script>unitid='9'; jpage(</script>"


def marked_page(number: int) -> str:
    """A page of a list with the marker of VSB."""
    return f'共5000条 {number}/5000 <a href="/info/1/{number}.htm">年报</a>'


def numbered_page(number: int, *, total: int | None) -> str:
    """A page of records of a store."""
    told = f"<totalrecord>{total}</totalrecord>" if total else ""
    return f"<datastore>{told}<record><![CDATA[{row(number)}]]></record></datastore>"


def next_link(number: int) -> str:
    """A page that leads to the next one only."""
    return f'{row(number)}<a href="index_{number + 1}.html">下一页</a>'


def openness_page(number: int) -> str:
    """A page of the module that leads to the next one."""
    return f'<a href="/public/6/{number}.html">年报</a><a href="index_{number + 1}.html">下一页</a>'


def column(number: int, first: str, later: str) -> str:
    """A column's page, then answers."""
    return first if number == 1 else later


IDIOMS: dict[str, tuple[str, Ask, dict[str, str], Callable[[int], str]]] = {
    "createPageHTML (trs)": ("trs", listed(), {}, lambda n: f'{row(n)}createPageHTML(5000, {n - 1}, "index", "html")'),
    "createPageHTML (nfcms)": (
        "nfcms", listed(), {}, lambda n: f'{row(n)}createPageHTML(5000, {n}, "index", "html")'),
    "createPageHTML (listing)": (
        "listing", listed(), {}, lambda n: f'{row(n)}createPageHTML(5000, {n - 1}, "index", "html")'),
    "totalPage": ("listing", listed(), {}, lambda n: f"{row(n)}<script>pagination({{totalPage: 5000}})</script>"),
    "n/m": ("vsb", listed(f"{HOME}/zfxxgknb.htm"), {}, marked_page),
    **{f"next ({name})": (name, listed(), {}, next_link) for name in ("trs", "nfcms", "vsb", "listing", "jcms")},
    "next (openness)": ("openness", listed(), {}, openness_page),
    "page=N": ("listing", listed(), {}, lambda n: f'{row(n)}<a href="?page={n + 1}">{n + 1}</a>'),
    "gkmlpt": ("gkmlpt", listed(GKMLPT, category="1", page="1"), {}, lambda n: json_of(n, '"total": 500000,', "")),
    "gkmlpt without total": ("gkmlpt", listed(GKMLPT, category="1", page="1"), {}, lambda n: json_of(n, "", "")),
    "ucap": ("ucap", listed(UCAP, page="1"), {}, lambda n: json_of(n, '"total": 5000,', "")),
    "ucap without total": ("ucap", listed(UCAP, page="1"), {}, lambda n: json_of(n, "", "")),
    "jpaas": ("jpaas", listed(), {}, lambda n: column(n, UNIT, json_of(n, '"total": 5000,', row(n)))),
    "jpaas without total": ("jpaas", listed(), {}, lambda n: column(n, UNIT, json_of(n, "", row(n)))),
    "jcms": (
        "jcms", listed(COLUMN), {},
        lambda n: column(n, store(9000), numbered_page(n, total=9000))),
    "jcms, total told by the first group": (
        "jcms", listed(COLUMN), {},
        lambda n: column(n, "<script>unitid='9'; perPage=1; jpage(</script>", numbered_page(n, total=9000))),
    "jcms by page": (
        "jcms", listed(COLUMN), {"paging": "page"},
        lambda n: column(n, store(9000), numbered_page(n, total=9000))),
    "jcms that heeds no numbers": (
        "jcms", listed(COLUMN), {},
        lambda n: column(n, store(10), numbered_page(1 if n < 5 else n, total=10))),
}  # fmt: skip


@pytest.mark.parametrize("idiom", IDIOMS)
@pytest.mark.parametrize("most", [1, 2, 3, 6])
def test_of_a_list_that_is_too_long_the_first_page_beyond_the_bound_is_asked_for(idiom: str, most: int) -> None:
    family, first, params, content = IDIOMS[idiom]
    chosen = site(family, first.url, max_pages=most, params=params)
    fetched, refused = walked(family, chosen, first, content)
    assert (len(fetched), len(refused)) == (most, 1)


@pytest.mark.parametrize("idiom", ["createPageHTML (trs)", "n/m", "totalPage"])
def test_of_a_list_as_long_as_the_bound_nothing_beyond_it_is_asked_for(idiom: str) -> None:
    family, first, params, content = IDIOMS[idiom]
    chosen = site(family, first.url, max_pages=4, params=params)
    fetched, refused = walked(family, chosen, first, lambda number: content(number).replace("5000", "4"))
    assert (len(fetched), len(refused)) == (4, 0)


def walked(
    family: str, chosen: Site, first: Ask, content: Callable[[int], str]
) -> tuple[dict[Any, Ask], dict[Any, Ask]]:
    """The pages of a list that a round fetches, and those that it refuses as too many; ``content`` of the page
    fetched first, second …"""
    fetched: dict[Any, Ask] = {}
    refused: dict[Any, Ask] = {}
    waiting = [first]
    while waiting:
        ask = waiting.pop(0)
        if key_of(ask) in fetched:
            continue
        if len(fetched) >= chosen.max_pages:
            refused[key_of(ask)] = ask
            continue
        fetched[key_of(ask)] = ask
        listing = FAMILIES[family].listing(chosen, page(ask, content(len(fetched))))
        waiting += [each for each in listing.asks if each.listing == first.listing and each.role == "listing"]
    return fetched, refused
