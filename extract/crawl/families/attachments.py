"""The files that belong to a report's page, and the pictures of pages in the place of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.crawl.families.addresses import base_of, resolve
from extract.crawl.families.links import stands_in_frame
from extract.crawl.families.vocabulary import is_look_alike
from extract.crawl.model import Ask, Hint, Page
from extract.figures import squeeze
from extract.identity.kinds import DOWNLOADS, FILES, PICTURE_FURNITURE
from extract.identity.titles import parse_title

CONTAINERS = (
    "#zoom", ".TRS_Editor", ".trs_editor_view", ".TRS_UEDITOR", ".view.TRS_UEDITOR", "#vsb_content", ".v_news_content",
    ".news_cont_d_wrap", ".tyxxy_main", "#UCAP-CONTENT", "ucapcontent", "#ivs_content", ".bt-content",
    ".Article_content", ".article_content", ".article-content", ".articleContent", "#article_content", ".article",
    ".view", ".content", "#content",
)  # fmt: skip
"""Where the families put a report's text, the surest first."""

_BEGIN, _END = (re.compile(rf"<!--\s*ZJEG_RSS\.content\.{end}\s*-->") for end in ("begin", "end"))
_PICTURES = re.compile(r"\.(?:jpe?g|png|bmp|gif|tiff?|webp)$", re.IGNORECASE)
_FILE_PARAMETERS = ("file", "filename", "url", "src", "path")
_ICONS = re.compile(
    r"icon|logo|qr|ewm|weixin|wechat|weibo|share|print|close|arrow|blank|spacer|loading|line|(?:^|[/_])(?:pdf|docx?|xlsx?|zip|rar|wps|file)\.",
    re.I,
)
_SMALLEST = 200  # pixels that a picture of a page is wide, where its size is stated
_TABLE_TEXT = 40  # characters that a table of text has at least
_TABLE_CELLS = 6
_EMBEDDED = (("a[href]", "href"), ("iframe[src]", "src"), ("embed[src]", "src"), ("object[data]", "data"))


def attachments(page: Page, tree: LexborHTMLParser, more: str = "") -> Iterator[Ask]:
    """The asks for the files of a report's page, each once, and for pictures of
    its pages where it has no tables of text; ``more``: HTML of the report
    that the page holds in a script."""
    base = base_of(tree, page.url)
    inside = [LexborHTMLParser(more)] if more else content_of(page.text, tree)
    asked: set[str] = {page.url}
    for part in inside:
        yield from _once(asked, _files(page, part, base, inside=True))
    yield from _once(asked, _files(page, tree, base, inside=False))
    # A page of an unknown make may hold its pictures anywhere but in its frame.
    if not any(_has_tables(part) for part in inside or [tree]):
        for part in inside or [tree]:
            yield from _once(asked, _pictures(page, part, base, inside=bool(inside)))


def attachment_ask(page: Page, url: str, name: str) -> Ask:
    """The ask for a file of a report's page, by its address and name."""
    title = squeeze(name)
    return Ask(url, "attachment", page.ask.listing, Hint(title=title or None), depth=page.ask.depth)


def content_of(text: str, tree: LexborHTMLParser) -> list[LexborHTMLParser | LexborNode]:
    """The parts of a page that hold its text: between the comments that say so,
    in the containers that the families use; none where it has neither."""
    commented = [piece for begun in _BEGIN.split(text)[1:] if (piece := _END.split(begun, 1)[0]).strip()]
    if commented:
        return [LexborHTMLParser(piece) for piece in commented]
    for selector in CONTAINERS:
        found = [node for node in tree.css(selector) if node.text(deep=True).strip() or node.css_first("img, a")]
        if found:
            return list(found)
    return []


def _once(asked: set[str], asks: Iterator[Ask]) -> Iterator[Ask]:
    for ask in asks:
        if ask.url not in asked:
            asked.add(ask.url)
            yield ask


def _files(page: Page, part: LexborHTMLParser | LexborNode, base: str, *, inside: bool) -> Iterator[Ask]:
    """Links to files, in a report's text or beside it; files of the page's frame and those of other matters beside
    the text (forms to apply with, returns about the website) are not the report's."""
    frames: dict[int, bool] = {}
    for selector, attribute in _EMBEDDED:
        for node in part.css(selector):
            address = node.attributes.get(attribute) or ""
            name = squeeze(node.text(deep=True)) or squeeze(node.attributes.get("title") or "")
            if not is_file(address, name):
                continue
            url = resolve(base, _viewed(address))
            if url is None or (not inside and (stands_in_frame(node, frames) or _is_other(name))):
                continue
            yield attachment_ask(page, url, name)


def is_file(address: str, name: str) -> bool:
    """Whether a link leads to a file rather than a page, by its address, what it is named, or how it is handed out."""
    address = address.strip()
    if not address or address.startswith(("#", "javascript:", "mailto:")):
        return False
    path = address.partition("#")[0]
    if FILES.search(path.partition("?")[0]) or any(FILES.search(value) for _, value in _parameters(path)):
        return True
    return bool(FILES.search(name.rstrip("]】)")) or (name and DOWNLOADS.search(path) and not path.endswith("/")))


def _parameters(address: str) -> list[tuple[str, str]]:
    return parse_qsl(address.partition("?")[2])


def _viewed(address: str) -> str:
    """The address of the file that a viewer (viewer.html?file=…) is to show, else the address itself."""
    path = address.partition("?")[0]
    if path.lower().endswith(("viewer.html", "preview.html", "view.html")):
        for key, value in _parameters(address):
            if key.lower() in _FILE_PARAMETERS and FILES.search(value):
                return value
    return address


def _is_other(name: str) -> bool:
    """Whether a file beside the text is named as something else than a report."""
    title = parse_title(name)
    return (title is None or title.is_about) and is_look_alike(name)


def _has_tables(part: LexborHTMLParser | LexborNode) -> bool:
    """Whether a report's text has a table with text in its cells rather than pictures."""
    for table in part.css("table"):
        cells = [cell for cell in table.css("td, th") if cell.text(deep=True).strip()]
        if len(cells) >= _TABLE_CELLS and sum(len(cell.text(deep=True).strip()) for cell in cells) >= _TABLE_TEXT:
            return True
    return False


def _pictures(page: Page, part: LexborHTMLParser | LexborNode, base: str, *, inside: bool) -> Iterator[Ask]:
    frames: dict[int, bool] = {}
    for node in part.css("img"):
        attributes = node.attributes
        address = (attributes.get("src") or attributes.get("data-src") or attributes.get("orisrc") or "").strip()
        url = resolve(base, address) if address and not address.startswith("data:") else None
        if url is None or not _is_page_picture(url, attributes):
            continue
        if not inside and stands_in_frame(node, frames):
            continue
        yield attachment_ask(page, url, "")


def _is_page_picture(url: str, attributes: dict[str, str | None]) -> bool:
    """Whether a picture may show a page: it is no icon by its name, nor small by its stated size."""
    parts = urlsplit(url)
    named = [unquote(parts.path), *(value for _, value in parse_qsl(parts.query))]
    name = next((name.rpartition("/")[2] for name in named if _PICTURES.search(name)), "")
    if not name or PICTURE_FURNITURE.search(name) or _ICONS.search(name):
        return False
    sizes = [_pixels(attributes.get(side)) for side in ("width", "height")]
    return all(size is None or size >= _SMALLEST for size in sizes)


def _pixels(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?:px|\s*$)", value or "")
    return int(match[1]) if match else None
