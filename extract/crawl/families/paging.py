"""How lists are divided into pages: scripts and links that tell where the others are and how much there is.

Every idiom gives a ``Paging``: the pages to ask for, and what the list
promises. Where a list has more pages than the site allows, the first of those
beyond is among them: the round refuses it, and so knows that the list was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families.addresses import resolve
from extract.crawl.families.errors import NotAListing
from extract.crawl.model import Ask, Page
from extract.crawl.site import Site
from extract.figures import squeeze

LARGEST = 1_000_000
"""Pages or entries of a list at most; a larger number is a mistake."""

_CREATE_PAGE = re.compile(
    r"(?<!function )createPage(?:HTML)?\s*\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?(\d{1,7})\s*,\s*(\d{1,7})\s*,"
    r"\s*['\"]([\w\-./]+)['\"]\s*,\s*['\"]\.?(\w+)['\"]"
)
_TOTAL_PAGES = re.compile(r"(?:totalPages?|pageCount|countPage)['\"]?\s*[:=]\s*['\"]?(\d{1,7})", re.IGNORECASE)
_PREFIX = re.compile(r"urlPrefix['\"]?\s*[:=]\s*['\"]([\w\-./]+)['\"]", re.IGNORECASE)
_SUFFIX = re.compile(r"urlSuffix['\"]?\s*[:=]\s*['\"]\.?(\w+)['\"]", re.IGNORECASE)
_ENTRIES = re.compile(r"共(?:有|计)?:?(\d{1,7})(?:条|篇|则)|(?:总数|总记录数?|记录总数|总条数):?(\d{1,7})")
_PAGES = re.compile(r"共(?:有|计)?:?(\d{1,7})页|(?:总页数|页数):?\d{0,7}/?(\d{1,7})")
_COUNT = re.compile(r"\d\s*(?:[条篇则页/]|$)|[:：]\s*\d")
_FRACTION = re.compile(r"(?:共\d{1,7}(?:条|篇|则)(?:记录|信息)?|第)[^\d]{0,6}(\d{1,7})/(\d{1,7})")
_NEXT = re.compile(r"^(?:下一?页|后一?页|[Nn]ext(?:[Pp]age)?)[>»›]*$")
_LAST = re.compile(r"^(?:尾页|末页|最后一?页|[Ll]ast(?:[Pp]age)?)$")
_NUMBERED = re.compile(r"/(\d{1,6})\.html?$")
_PAGE_NUMBER = re.compile(r"([?&]page(?:No)?=)\d+")
_PAGE_PARAMETERS = ("page", "pageno", "pagenum", "pageindex", "currentpage", "p")


@dataclass(frozen=True, slots=True)
class Paging:
    """The other pages of a list (address and number, the first page being 1), and how many entries and pages it
    promises; None where it does not say."""

    further: tuple[tuple[str, int], ...] = ()
    promised: int | None = None
    promised_pages: int | None = None
    counted: bool = False  # the further pages are those that the list counts, so that each must show something


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list stands: the list's first address, the page's own
    (after redirects) and its base for links, its number from 1, and up to which number pages may be fetched."""

    listing: str
    address: str
    base: str
    number: int
    max_pages: int


def place_of(page: Page, base: str, max_pages: int) -> Place:
    """The place of a page that came; its number is what it was asked for as."""
    number = page.ask.context.get("page", "1")
    return Place(page.ask.listing, page.url, base, int(number) if number.isdecimal() else 1, max_pages)


def asks_of(page: Page, paging: Paging, items: Sequence[str]) -> Iterator[Ask]:
    """The asks for a list's other pages; ``items``: what stands on this one.

    Where one page leads to the next, the way ends at a page that shows
    nothing, or the same as the one before it.
    """
    shown = sha256("\n".join(items).encode("utf-8", "replace")).hexdigest()[:16]
    context = page.ask.context
    if context.get("page", "1") != "1" and (not items or context.get("seen") == shown):
        return
    for url, number in paging.further:
        yield Ask(
            url,
            "listing",
            page.ask.listing,
            page.ask.hint,
            depth=page.ask.depth,
            context={**context, "page": str(number), **({"counted": "1"} if paging.counted else {"seen": shown})},
        )


def check_counted(page: Page, items: Sequence[str]) -> None:
    """NotAListing where a page that its list counts shows no entry: a stub in the place of a page."""
    if "counted" in page.ask.context and not items:
        number = page.ask.context.get("page", "?")
        raise NotAListing(
            f"列表应有第{number}页，得到的页面却没有条目",
            f"the list counts a page {number}, but what came shows no entries",
        )


def created(text: str, place: Place, counts_from: int) -> Paging | None:
    """createPageHTML(3, 0, "index", "html"): the number of pages, and the names of their files.

    ``counts_from``: the number in the second page's name (index_1 or index_2), where
    the script does not tell it by the number of the page on which it stands.
    """
    match = _CREATE_PAGE.search(text)
    if match is None:
        return None
    total, current = int(match[1]), int(match[2])
    if total > LARGEST:
        return None
    first = 1 if place.number == 1 and current == 0 else 2 if place.number == 1 and current == 1 else counts_from
    folder = place.address.partition("?")[0].rpartition("/")[0]
    return _beside(text, place, total, lambda number: f"{folder}/{match[3]}_{number - 2 + first}.{match[4]}")


def _beside(text: str, place: Place, total: int, name: Callable[[int], str]) -> Paging:
    """The paging of a list of so many pages, whose files ``name`` gives by their number; asked for from the first."""
    named = [(resolve(place.address, name(number)), number) for number in _numbers(total, place) if place.number == 1]
    further = tuple((url, number) for url, number in named if url is not None)
    return Paging(further, _promised_entries(_plain(text)), max(total, 1), counted=True)


def scripted(text: str, place: Place) -> Paging | None:
    """pagination({totalPage: 3, …}): the number of pages that a script is given. The second is index_2.html, or as
    the script (urlPrefix, urlSuffix), else the list's own address, names its file."""
    match = _TOTAL_PAGES.search(text)
    if match is None or int(match[1]) > LARGEST:
        return None
    total = int(match[1])
    folder, _, own = place.address.partition("?")[0].rpartition("/")
    stem, _, end = own.rpartition(".")
    named, ended = _PREFIX.search(text), _SUFFIX.search(text)
    name = named[1] if named else stem or "index"
    extension = ended[1] if ended else end or "html"
    return _beside(text, place, total, lambda number: f"{folder}/{name}_{number}.{extension}")


def counting_down(tree: LexborHTMLParser, text: str, place: Place) -> Paging | None:
    """共45条 1/3: the second page is list/2.htm, the last one list/1.htm.

    Where the links of the page (下页, 尾页) count up, so do the addresses.
    """
    plain = _plain(text)
    fraction = _FRACTION.search(plain)
    if fraction is None:
        return None
    total = int(fraction[2])
    promised = _promised_entries(plain)
    if place.number != 1 or not 1 < total <= LARGEST:
        return Paging((), promised, max(total, 1))
    after, last = _linked_number(tree, place, _NEXT), _linked_number(tree, place, _LAST)
    down = last == 1 or (last is None and (after is None or after == total - 1))
    stem = re.sub(r"\.\w+$", "", place.listing.partition("?")[0]).rstrip("/")
    extension = re.search(r"\.\w+$", urlsplit(place.listing).path)
    further = []
    for number in _numbers(total, place):
        url = resolve(
            place.listing, f"{stem}/{total - number + 1 if down else number}{extension[0] if extension else '.htm'}"
        )
        if url is not None:
            further.append((url, number))
    return Paging(tuple(further), promised, total, counted=True)


def _linked_number(tree: LexborHTMLParser, place: Place, name: re.Pattern[str]) -> int | None:
    """The number in the address of the link that is so named."""
    url = _link(tree, place, name)
    match = _NUMBERED.search(urlsplit(url).path) if url else None
    return int(match[1]) if match else None


def by_links(tree: LexborHTMLParser, text: str, place: Place) -> Paging:
    """The next page by its link (下一页) or by the links to pages' numbers, and what the text promises."""
    plain = _plain(text)
    fraction = _FRACTION.search(plain)
    pages = int(fraction[2]) if fraction else next(map(_first, _PAGES.findall(plain)), None)
    promised = _promised_entries(plain)
    if pages is not None and pages > LARGEST:
        pages = None
    url = _link(tree, place, _NEXT) or _number_link(tree, place)
    further = ((url, place.number + 1),) if url is not None and url != place.listing else ()
    return Paging(further, promised, pages)


def _link(tree: LexborHTMLParser, place: Place, name: re.Pattern[str]) -> str | None:
    """The address of the link whose text is that name, on the list's own host; None where it leads nowhere."""
    for node in tree.css("a[href]"):
        label = node.text(deep=True)
        if len(label) > 40 or not (
            name.match(squeeze(label)) or name.match(squeeze(node.attributes.get("title") or "")[:12])
        ):
            continue
        url = resolve(place.base, node.attributes.get("href") or "")
        if url is not None and urlsplit(url).netloc == urlsplit(place.base).netloc:
            return url
    return None


def _number_link(tree: LexborHTMLParser, place: Place) -> str | None:
    """The link that is named by the next page's number and whose address differs from the list's by it only."""
    wanted = str(place.number + 1)
    for node in tree.css("a[href]"):
        if node.text(deep=True).strip().strip("[]") != wanted:
            continue
        url = resolve(place.base, node.attributes.get("href") or "")
        if url is not None and _without_number(url) == _without_number(place.listing):
            return url
    return None


def _without_number(url: str) -> str:
    """An address without the number of a page in it: index_2.html, ?page=2."""
    parts = urlsplit(url)
    path = re.sub(r"(?:index|default)?(?:[_-]\d{1,6})?(?:\.\w+)?$", "", parts.path)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key.lower() not in _PAGE_PARAMETERS]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))


def _numbers(total: int, place: Place) -> range:
    """The numbers of the pages after the first of so many: those that may be fetched, and the first beyond."""
    return range(2, min(total, place.max_pages + 1) + 1)


def numbered(total: int, size: int, place: Place) -> tuple[range, int]:
    """The numbers of the pages to ask for after the first of a list of so
    many entries, and how many pages it has in all."""
    pages = max(1, -(-min(total, LARGEST) // max(size, 1)))
    return _numbers(pages, place), pages


def by_number(page: Page, site: Site, total: int | None, size: int) -> Paging:
    """The pages of an answer that tells its total and takes its number in its
    address (page=1): all the others, asked for from the first. Without a
    total, the next one as long as a page is full of new entries."""
    place = place_of(page, page.url, site.max_pages)
    if not _PAGE_NUMBER.search(page.ask.listing):
        return Paging((), total)
    if total is None:
        number = place.number + 1
        following = (numbered_address(page.ask.listing, number), number)
        return Paging((following,))
    numbers, pages = numbered(total, size, place)
    further = tuple((numbered_address(page.ask.listing, number), number) for number in numbers if place.number == 1)
    return Paging(further, total, pages, counted=True)


def numbered_address(url: str, number: int) -> str:
    """An address that ends in, or holds, page=1 or pageNo=1, with another page's number."""
    return _PAGE_NUMBER.sub(rf"\g<1>{number}", url, count=1)


def _promised_entries(plain: str) -> int | None:
    found = next(map(_first, _ENTRIES.findall(plain)), None)
    return found if found is not None and found <= LARGEST else None


def _first(groups: tuple[str, ...]) -> int:
    return int(next(filter(None, groups)))


def _plain(text: str) -> str:
    """The text around every promise of a page, without tags and white space."""
    parts = []
    for match in re.finditer(r"共|总数|总记录|记录总|总条|总页|页数|第(?=[^一-龥]{0,40}\d)", text):
        piece = re.sub(r"<[^<>]*>?|&nbsp;", "", text[match.start() : match.start() + 300])[:80]
        if _COUNT.search(piece):
            parts.append(squeeze(piece)[:40])
        if len(parts) >= 40:
            break
    return "\n".join(parts)
