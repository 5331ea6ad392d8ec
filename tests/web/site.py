"""A host: its pages, its robots.txt, what it lists, and the source file that describes it to the crawler.

A family's class says where an article stands (``address``), where a file
(``file_address``), in which frame (``frame``), and makes the lists
(``lists``); what all have in common is here.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from posixpath import dirname, relpath
from random import Random
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode

from tests.web import frames, lookalikes, media
from tests.web.article import Article, linked_body, report_body
from tests.web.frames import Frame
from tests.web.http import Answer, Request, Response, text
from tests.web.offices import Office
from tests.web.options import Options
from tests.web.reports import Report
from tests.web.store import Content, Made, Store

SESSION = re.compile(r";jsessionid=[0-9A-F]+", re.I)
SESSION_FIELDS = frozenset({"PHPSESSID", "sid_"})


@dataclass(frozen=True)
class Item:
    """An entry of a list: a report, or what looks like one."""

    title: str
    day: date
    serial: int
    token: str
    office: Office
    year: int
    report: Report | None = None


@dataclass(frozen=True)
class Truth:
    """A filing as the site serves it: its page, the documents that hold its tables, and their digests."""

    report: Report
    page: str
    documents: tuple[str, ...]
    sha256: tuple[str, ...]


@dataclass
class Place:
    """What a site is made from."""

    source: str
    host: str
    port: int
    offices: Sequence[Office]
    reports: Sequence[Report]
    options: Options
    store: Store
    settings: dict[str, Any] = field(default_factory=dict)


class Site(ABC):
    """One host. Class attributes are a family's habits; ``settings`` of the place override them."""

    family: ClassVar[str] = "listing"
    frame: Frame = frames.PLAIN
    charset: str | None = "utf-8"  # what pages say of themselves
    encoding: str = "utf-8"  # what they are in
    media_type: str = "text/html; charset=utf-8"
    validators: str = "both"  # both, etag, modified, none
    zips: str = "accepted"
    robots: str | None = None  # None: there is none
    robots_status: int = 200
    markup: str = "plain"
    per_page: int = 20
    decoys: int = 6
    attaches: ClassVar[bool] = True  # whether reports can be files
    changes: ClassVar[bool] = True  # whether the third night changes some
    moves: ClassVar[bool] = True  # whether a page can move to another address
    crawl_delay: float | None = None
    trouble: str | None = None  # what a crawler has to bear with here
    column = "政府信息公开年报"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.options = place.options
        for name, value in place.settings.items():
            setattr(self, name, value)
        self.base = f"http://{place.host}:{place.port}"
        self.pages: dict[str, Response] = {}
        self.dynamic: list[tuple[str, Callable[[Request], Response | None]]] = []
        self.truth: list[Truth] = []
        self.listings: list[dict[str, Any]] = []  # address, promised entries, pages
        self.problems: list[dict[str, str]] = []
        self.lookalikes: list[str] = []
        self.items = self._items()
        self.add("/", Made(lambda: frames.list_page("首页", '<p><a href="/zwgk/">政务公开</a></p>').encode()))
        for item in self.items:
            self.publish(item)
        self.lists()

    # What a family says.

    @abstractmethod
    def address(self, item: Item) -> str:
        """The path (and query) of an article's page."""

    def file_address(self, item: Item, number: int, kind: media.Kind) -> str:
        """The path of a file that belongs to it."""
        return f"{dirname(self.address(item))}/P0{item.day:%Y%m%d}{item.serial}{number}.{kind.extension}"

    @abstractmethod
    def lists(self) -> None:
        """Adds the pages of the site's lists."""

    def source(self) -> dict[str, Any]:
        """What the source file says beside what all do."""
        return {"listings": [entry["url"] for entry in self.listings if not entry.get("below")]}

    def number(self, item: Item) -> str:
        """The 索引号 of an article."""
        return f"{item.office.agency.region_code}{item.office.number:03d}/{item.day.year}-{item.serial % 100000:05d}"

    def habits(self) -> dict[str, Any]:
        """What a crawler's behaviour is measured against."""
        refused = self.robots_status >= 500
        lines = (self.robots or "").split("User-agent: BadBot")[0].splitlines()
        disallowed = [line.split(": ", 1)[1] for line in lines if line.startswith("Disallow: ")]
        return {"crawl_delay": self.crawl_delay, "disallow": disallowed, "refused": refused, "trouble": self.trouble}

    def others(self) -> dict[str, Answer]:
        """Further hosts of the site, and what they answer."""
        return {}

    @property
    def register(self) -> Sequence[Office]:
        """The agencies of the register."""
        return self.place.offices

    # What all have in common.

    def respond(self, request: Request) -> Response:
        """The answer to a request."""
        if request.path == "/robots.txt":
            if self.robots_status != 200:
                return text("", self.robots_status, "text/plain")
            return text("Not Found", 404) if self.robots is None else text(self.robots, 200, "text/plain")
        found = self.pages.get(canonical(request.target))
        if found is not None:
            return found
        for prefix, answer in self.dynamic:
            if request.path.startswith(prefix):
                made = answer(request)
                if made is not None:
                    made.zips = self.zips
                    return made
        return text(NOT_FOUND, 404)

    def url(self, target: str) -> str:
        """The address of a path."""
        return self.base + target

    def add(
        self,
        target: str,
        content: Content,
        media_type: str | None = None,
        modified: datetime | None = None,
        status: int = 200,
    ) -> None:
        """A page or file, with the site's validators. ValueError where the path is taken."""
        key = canonical(target)
        if key in self.pages:
            raise ValueError(f"two pages at {self.url(target)}")
        dated = modified is not None and self.validators in ("both", "modified")
        self.pages[key] = Response(
            content,
            media_type or self.media_type,
            status,
            tagged=status == 200 and self.validators in ("both", "etag"),
            modified=modified.timestamp() if dated and modified is not None else None,
            zips=self.zips,
        )

    def add_list(self, target: str, body: str, title: str | None = None, head: str = "") -> None:
        """A page of a list; lists change with their newest entry, of which only an entity tag tells."""
        made = frames.list_page(title or self.column, body, self.charset, head)
        self.add(target, Made(lambda: made.encode(self.encoding)))

    def promise(self, target: str, entries: int, pages: int, below: bool = False, **more: Any) -> None:
        """Records a list; ``below`` for one that another list leads to."""
        self.listings.append({"url": self.url(target), "entries": entries, "pages": pages, "below": below, **more})

    def listed(self) -> list[Item]:
        """The entries of the site's list, newest first; those of a day turn round on the third night."""
        shown = [item for item in self.items if item.report is None or item.report.state != "gone"]
        turned = self.options.night >= 3
        return sorted(shown, key=lambda item: (-item.day.toordinal(), -item.serial if turned else item.serial))

    def link(self, page: str, target: str) -> str:
        """How ``page`` links to ``target``: relative where both are in one directory or below, as editors do."""
        here = dirname(page.partition("?")[0]) or "/"
        if "?" not in page and dirname(target.partition("?")[0]).startswith(here) and here != "/":
            return "./" + relpath(target, here)
        return target

    def publish(self, item: Item) -> None:
        """The page of an entry, its files, and for a report the truth."""
        if item.report is None:
            self.lookalikes.append(self.url(self.address(item)))
            body = lookalikes.body(item.title, Random(f"{self.options.seed}:{item.token}"))
            self.add(self.address(item), self._made(item, body), modified=_morning(item.day))
            return
        if item.report.state == "gone":
            return
        report, target = item.report, self.address(item)
        files: Sequence[Content] = []
        names: list[str] = []
        if report.medium != "html":
            kind = media.KINDS[report.medium]
            key = f"{report.key}:{report.state}:{report.medium}"
            files = self.place.store.get(key, lambda: media.files(report.filing(), report.medium))
            names = [self.file_address(item, number, kind) for number in range(len(files))]
            for name, content in zip(names, files, strict=True):
                self.add(name, content, self.type_of(item, kind), report.modified())
                if "?" in name:
                    called = quote(f"{report.title}.{kind.extension}")
                    self.pages[canonical(name)].headers = (("Content-Disposition", f"attachment; filename={called}"),)
        written = replace(report, state="same") if report.state == "attachment" else report
        if report.medium in ("html", "both"):
            key = f"{self.place.source}:{report.key}:{report.state}:{target}"
            (content,) = self.place.store.get(key, lambda: [self._report_page(item, written, names)])
            self.add(target, content, modified=report.modified())
            self.told(report, target, [target], [content])
            return
        links = [self.link(target, name) for name in names]
        shown = [f"{report.title}.{media.KINDS[report.medium].extension}" for _ in names]
        body = linked_body(report.title, shown, links, report.medium == "images", self.link_class(report.medium))
        self.add(target, self._made(item, body), modified=written.modified())
        self.told(report, target, names, files)

    def told(self, report: Report, page: str, documents: Iterable[str], contents: Iterable[Content]) -> None:
        """Records the truth of a filing."""
        urls = tuple(self.url(target) for target in documents)
        self.truth.append(Truth(report, self.url(page), urls, tuple(content.sha256 for content in contents)))

    def type_of(self, item: Item, kind: media.Kind) -> str:
        """The media type that the server gives for a file."""
        return kind.media_type

    def link_class(self, medium: str) -> str:
        """An attribute of links to files and of pictures."""
        return ""

    def head_of(self, item: Item, target: str) -> str:
        """What else stands in the head of an article's page."""
        return ""

    def article(self, item: Item, body: str) -> Article:
        """The entry as an article."""
        return Article(item.title, item.office.agency.name, item.day, body, self.number(item), item.serial, self.column)

    def in_frame(self, item: Item, body: str) -> bytes:
        """An article's page."""
        head = self.head_of(item, self.address(item))
        return frames.page(self.article(item, body), self.frame, self.charset, head).encode(self.encoding, "replace")

    def _report_page(self, item: Item, report: Report, names: Sequence[str]) -> bytes:
        body = report_body(report.filing(), self.markup)
        links = "".join(f'<p>附件：<a href="{self.link(self.address(item), name)}">下载</a></p>' for name in names)
        return self.in_frame(item, body + links)

    def _made(self, item: Item, body: str) -> Made:
        return Made(partial(self.in_frame, item, body))

    def _items(self) -> list[Item]:
        made = [
            Item(report.title, report.published_on, report.serial, report.token, report.office, report.year, report)
            for report in self.place.reports
        ]
        first = Random(f"{self.options.seed}:{self.place.source}").randrange(len(lookalikes.TITLES))
        years = self.options.years
        for number in range(self.decoys):
            office = self.place.offices[number % len(self.place.offices)]
            year = years[number % len(years)]
            title = lookalikes.title(first + number, office.agency.name, year)
            token = hashlib.md5(f"{self.options.seed}:{self.place.source}:{number}".encode()).hexdigest()
            day = date(year + 1, 1 + number % 4, 10 + number % 15)
            made.append(Item(title, day, 900000 + int(token[:4], 16), token, office, year))
        return made


NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>您访问的页面不存在</h1></body></html>"


def canonical(target: str) -> str:
    """The path without session identifiers, the query's fields in order."""
    path, _, query = SESSION.sub("", target).partition("?")
    fields = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in SESSION_FIELDS)
    return f"{path}?{urlencode(fields)}" if fields else path


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)


def pages_of(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The entries by page; one empty page where there are none."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [()]


def entry(item: Item, link: str, date_shown: bool = True, cut: int | None = None) -> str:
    """An entry of a list; ``cut`` shortens its text, which then stands whole in the title attribute."""
    shown = item.title if cut is None or len(item.title) <= cut else item.title[:cut] + "..."
    day = f"<span>{item.day.isoformat()}</span>" if date_shown else ""
    return f'<li><a href="{link}" title="{item.title}" target="_blank">{shown}</a>{day}</li>'
