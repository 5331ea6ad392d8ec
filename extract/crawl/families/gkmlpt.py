"""Guangdong's catalogue platform (gkmlpt): categories of articles in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import canonical, resolve
from extract.crawl.families.answers import count_of, date_of, objects_of, text_of
from extract.crawl.families.attachments import attachment_ask, attachments
from extract.crawl.families.base import Family, on_site, parse_json, report_tree
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.meta import page_hint
from extract.crawl.families.vocabulary import is_look_alike
from extract.crawl.model import Ask, Hint, Listing, Page, Report
from extract.crawl.site import Site
from extract.figures import squeeze
from extract.identity.names import is_organisation

PER_PAGE = 100
_SID = re.compile(r"""["']?\bSID["']?\s*:\s*["']?(\w+)""")
_TREE = re.compile(r"""["']?\bTREE["']?\s*:\s*(?=\[)""")
_DETAIL = re.compile(r"""["']?\bDETAIL["']?\s*:\s*(?=\{)""")
_REPORTS = re.compile(r"年度?报告|年报")
_LEVELS = 12  # of categories


class Gkmlpt(Family):
    """Guangdong gkmlpt (深圳 …).

    Asks for: /gkmlpt/index, whose script holds window._CONFIG = {SID, TREE};
    of every category whose name speaks of 年报 or 年度报告 (or those that the
    source's ``category`` names) GET /gkmlpt/api/all/{category}?page=1&sid={SID},
    always over http; then the articles' url (else post_url).
    Paging: page=N, 100 articles each, from 1: page 0 is the same as page 1.
    Promised: total, else classify.post_count.
    Params, optional: sid and category (one or several, with commas) together
    spare the index page.
    Articles carry title, publisher, identifier (索引号), date or
    display_publish_time, and attachment[] with url; these go with the report.
    Its page: _CONFIG.DETAIL with content and attachment, or div.tyxxy_main.
    Seen: API, fields, sizes, page 0. Assumed: the fields of TREE (id, name,
    any nesting), that a category of annual reports is so named, that TREE and
    DETAIL are JSON within the script.
    """

    name: ClassVar[str] = "gkmlpt"

    def start(self, site: Site) -> Iterator[Ask]:
        """The categories that the source names, else the index page."""
        sid = site.params.get("sid")
        categories = [part.strip() for part in site.params.get("category", "").split(",") if part.strip()]
        if not (sid and categories):
            yield from super().start(site)
            return
        for listing in site.listings:
            for category in categories:
                yield _category_ask(listing.url, category, sid, Hint(agency=listing.agency), 0)

    def listing(self, site: Site, page: Page) -> Listing:
        """The categories of an index page, or the articles of an answer."""
        return _articles(site, page) if "category" in page.ask.context else _index(site, page)

    def report(self, site: Site, page: Page) -> Report:
        """What a page's script (DETAIL) and table of metadata say, and its files, those of its list's entry too."""
        tree = report_tree(page)
        if tree is None:
            return Report()
        detail = _json_after(_DETAIL, page.text)
        detail = detail if isinstance(detail, dict) else {}
        content = text_of(detail.get("content"))
        asks = {ask.url: ask for ask in attachments(page, tree, content)}
        named = objects_of(detail.get("attachment")) + objects_of(_loaded(page.ask.context.get("attachment", "")))
        for file in named:
            url = resolve(page.url, text_of(file.get("url")))
            ask = attachment_ask(page, url, text_of(file.get("name"))) if url else None
            if ask is not None and ask.url != page.url:
                asks.setdefault(ask.url, ask)
        hint = page_hint(tree, _said(detail) if detail else None)
        return Report(hint, tuple(asks.values()))


def _index(site: Site, page: Page) -> Listing:
    """The asks for the categories of annual reports in the tree of an index page."""
    sid = site.params.get("sid") or next(iter(_SID.findall(page.text)), None)
    tree = _json_after(_TREE, page.text)
    if sid is None or not isinstance(tree, list):
        raise NotAListing(
            "目录平台首页没有 _CONFIG（SID、TREE），可能是防护或验证页面",
            "no _CONFIG with SID and TREE on the platform's index page, perhaps a challenge page",
        )
    wanted = {part.strip() for part in site.params.get("category", "").split(",") if part.strip()}
    asks = []
    for category, name in _categories(tree, _LEVELS):
        if category in wanted or (not wanted and _REPORTS.search(name) and not is_look_alike(name)):
            asks.append(_category_ask(page.url, category, sid, page.ask.hint, page.ask.depth + 1))
    if not asks:
        raise NotAListing(
            "目录树中没有年度报告的类目，请在 params 中写明 category",
            "no category of annual reports in the tree; name it in params (category)",
        )
    return Listing(tuple({ask.url: ask for ask in asks if on_site(site, ask.url)}.values()))


def _categories(nodes: Any, levels: int) -> Iterator[tuple[str, str]]:
    """Number and name of every category of a tree."""
    for node in objects_of(nodes):
        number = node.get("id")
        if isinstance(number, int | str) and not isinstance(number, bool):
            yield str(number), squeeze(text_of(node.get("name")))
        if levels:
            for held in node.values():
                yield from _categories(held, levels - 1)


def _category_ask(address: str, category: str, sid: str, hint: Hint, depth: int) -> Ask:
    """The ask for a category's first page; its address without page number names the list."""
    parts = urlsplit(urljoin(address, f"/gkmlpt/api/all/{category}"))
    plain = urlunsplit(("http", parts.netloc, parts.path, "", ""))
    url = canonical(f"{plain}?page=1&sid={sid}") or plain
    return Ask(url, "listing", url, hint, depth=depth, context={"category": category, "sid": sid, "page": "1"})


def _articles(site: Site, page: Page) -> Listing:
    """The articles of an answer."""
    answer = parse_json(page)
    if not isinstance(answer, dict) or not isinstance(answer.get("articles"), list):
        raise NotAListing("回答中没有 articles", "no articles in the answer")
    around = links.Around("", page.ask.hint.agency, page.ask.hint.report_year, speaks=True)
    asks: dict[str, Ask] = {}
    items: dict[str, None] = {}
    for article in objects_of(answer["articles"]):
        url = _address(page, article)
        if url is None:
            continue
        items[url] = None
        hint = _article_hint(site, article, url, around)
        if hint is not None:
            files = [file for file in objects_of(article.get("attachment")) if text_of(file.get("url"))]
            context = {"attachment": json.dumps(files, ensure_ascii=False)} if files else {}
            asks[url] = Ask(url, "report", page.ask.listing, hint, depth=page.ask.depth, context=context)
    total = count_of(answer, "total", "post_count")
    paged = paging.by_number(page, site, total, PER_PAGE)
    paging.check_counted(page, tuple(items))
    further = paging.asks_of(page, paged, tuple(items))
    return Listing((*asks.values(), *further), tuple(items), total, paged.promised_pages)


def _address(page: Page, article: dict[str, Any]) -> str | None:
    for name in ("url", "post_url"):
        if reference := text_of(article.get(name)):
            return resolve(page.url, reference)
    return None


def _article_hint(site: Site, article: dict[str, Any], url: str, around: links.Around) -> Hint | None:
    """What an article's fields say of a report; None where it is none."""
    said = _said(article)
    title = links.clean_text(squeeze(text_of(article.get("title"))))
    entry = links.Entry(url, title, said.published_on)
    hint = links.report_hint(site, entry, replace(around, agency=None))
    if hint is None:
        return None
    agency = hint.agency or said.agency or around.agency
    return Hint(hint.title, hint.published_on, agency, hint.report_year, said.index_number)


def _said(fields: dict[str, Any]) -> Hint:
    """Publisher, day and 索引号 that the platform's fields tell (not the title: of it the page tells more)."""
    publisher = squeeze(text_of(fields.get("publisher")))
    number = squeeze(text_of(fields.get("identifier")))
    return Hint(
        published_on=date_of(fields.get(name) for name in ("display_publish_time", "date", "created_at")),
        agency=publisher if is_organisation(publisher) else None,
        index_number=number or None,
    )


def _json_after(name: re.Pattern[str], text: str) -> Any:
    """The JSON value that stands behind a name in a script; None where it stands nowhere or is none."""
    match = name.search(text)
    if match is None:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, match.end())[0]
    except (ValueError, RecursionError):
        return None


def _loaded(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
