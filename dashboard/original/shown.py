"""What can be had of an original: its bytes, pictures of its pages, an archived page with its cells marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from dashboard.original.asking import ask
from dashboard.original.marks import BBox, How, Mark, Why, plain
from dashboard.original.places import Original
from extract.readers.signatures import MHTML, OFD

SANDBOX = "allow-top-navigation-by-user-activation"
"""What the frame of an archived page may do (its attribute ``sandbox``): its cells lead to the page around."""

POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content-Security-Policy with which an archived page is sent."""


def has_pages(original: Original) -> bool:
    """Whether its cells have places on pages (``page``, ``bbox``) that can be shown as pictures."""
    return original.media_type in ("application/pdf", OFD) or original.media_type.startswith("image/")


def is_page(original: Original) -> bool:
    """Whether it is a page of HTML. Where its cells have places on pages, they are pictures within it, which
    ``page_picture`` shows too."""
    return original.media_type in ("text/html", MHTML)


def original_of(original: Original) -> bytes:
    """The document as it was archived, its hash confirmed."""
    return ask(original, "bytes", {}, keep=False).data


@dataclass(frozen=True)
class PageSize:
    """A page's size in points (of an image: pixels), as displayed."""

    width: float
    height: float


def pages_of(original: Original) -> list[PageSize]:
    """The sizes of all pages."""
    return [PageSize(width, height) for width, height in ask(original, "sizes", {}).head["sizes"]]


@dataclass(frozen=True)
class PagePicture:
    """The picture of a page, or of its part ``box`` (as ``cell.bbox``: x0, top, x1, bottom in points from the page's
    top left): as the ``viewBox`` of a drawing over the picture, cells' boxes stand in it as they are.

    ``data`` is None for a page that is a picture without a table of the form: nothing of it is shown.
    """

    width: float
    height: float
    box: BBox
    media_type: str
    data: bytes | None

    @property
    def view_box(self) -> str:
        """``box`` as SVG wants it: left, top, width, height."""
        x0, top, x1, bottom = self.box
        return f"{x0:g} {top:g} {x1 - x0:g} {bottom - top:g}"


def page_picture(original: Original, number: int, boxes: Sequence[BBox]) -> PagePicture:
    """The picture of page ``number`` (from 1); ``boxes`` are those of all cells of the filing on that page.

    Contacts are covered; of a page that is a picture only the bands of its tables are shown.
    """
    asked = {"number": number, "boxes": [[round(value, 2) for value in box] for box in boxes]}
    answer = ask(original, "picture", asked)
    if answer.head.get("hidden"):
        return PagePicture(0, 0, (0, 0, 0, 0), "", None)
    x0, top, x1, bottom = answer.head["box"]
    head = answer.head
    return PagePicture(head["width"], head["height"], (x0, top, x1, bottom), head["media_type"], answer.data)


@dataclass(frozen=True)
class MarkedPage:
    """An archived page as a whole document, to be sent with ``POLICY`` for a frame with ``SANDBOX``.

    ``marked``: the marks by their ids and what was framed for each: the "cell", its "line", or "around" it what holds
    it among other things. ``unmarked``: why the others are not.
    """

    html: bytes
    marked: dict[str, How]
    unmarked: dict[str, Why]


def marked_page(original: Original, marks: Sequence[Mark], back: str) -> MarkedPage:
    """The page of HTML (or MHTML) with its cells marked: each has its mark's id, and leads to ``back`` + "#" + id."""
    answer = ask(original, "page", {"marks": plain(marks), "back": back})
    return MarkedPage(answer.data, answer.head["marked"], answer.head["unmarked"])


Held = tuple[tuple[str, str, How], ...]
"""Marks that stand somewhere, as (id, kind, how)."""


@dataclass(frozen=True)
class ViewCell:
    """A cell of a table, with the marks that stand in it."""

    text: str
    colspan: int
    rowspan: int
    marks: Held


@dataclass(frozen=True)
class ViewLine:
    """A line of a paragraph, with the marks that stand in it."""

    text: str
    marks: Held


@dataclass(frozen=True)
class ViewBlock:
    """A paragraph (``lines``), or a table (``rows``)."""

    kind: Literal["paragraph", "table"]
    lines: tuple[ViewLine, ...] = ()
    rows: tuple[tuple[ViewCell, ...], ...] = ()


@dataclass(frozen=True)
class View:
    """A document as its reader sees it. ``marked`` and ``unmarked`` as of a ``MarkedPage``; ``partly``: what stands in
    pictures is lacking."""

    blocks: tuple[ViewBlock, ...]
    marked: dict[str, How]
    unmarked: dict[str, Why]
    partly: bool


def document_view(original: Original, marks: Sequence[Mark]) -> View:
    """A document of any kind (meant for those without pages: DOCX, XLSX, text, what is converted) as paragraphs and
    tables, contacts masked."""
    head = ask(original, "view", {"marks": plain(marks)}).head
    return View(tuple(map(_block, head["blocks"])), head["marked"], head["unmarked"], head["partly"])


def _block(block: Mapping[str, Any]) -> ViewBlock:
    if block["kind"] == "paragraph":
        return ViewBlock("paragraph", tuple(ViewLine(one["text"], _held(one)) for one in block["lines"]))
    rows = (
        tuple(ViewCell(cell["text"], cell["colspan"], cell["rowspan"], _held(cell)) for cell in row)
        for row in block["rows"]
    )
    return ViewBlock("table", rows=tuple(rows))


def _held(holder: Mapping[str, Any]) -> Held:
    return tuple((name, kind, how) for name, kind, how in holder["marks"])


@dataclass(frozen=True)
class Stated:
    """A figure of the prose to be found in it: a row of ``claim`` (``tied``) or ``unresolved_claim``, each in their
    order; ``id`` is the caller's."""

    id: str
    sentence: str
    value: Decimal | None
    tied: bool = True


@dataclass(frozen=True)
class Segment:
    """A piece of a paragraph: plain, of a sentence that states something, or a figure. ``claims`` are the ids of what
    is stated there: by a sentence, what it states without printing a figure (无, 未收到). ``sure`` is False where a
    figure stands more often in its sentence than there are claims, or less often: each may be the one."""

    kind: Literal["plain", "sentence", "figure"]
    text: str
    claims: tuple[str, ...]
    sure: bool


@dataclass(frozen=True)
class ProseParagraph:
    """A paragraph; not ``prose`` where it has no punctuation (headings, a page's menus)."""

    prose: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Prose:
    """The prose; ``not_found`` are the ids of what is not there; ``partly``: what stands in pictures is lacking."""

    paragraphs: tuple[ProseParagraph, ...]
    not_found: tuple[str, ...]
    partly: bool


def prose_of(original: Original, stated: Sequence[Stated]) -> Prose:
    """The document's prose (tables left out), contacts masked, with the figures stated in it."""
    claims = [{**asdict(one), "value": None if one.value is None else str(one.value)} for one in stated]
    head = ask(original, "prose", {"claims": claims}).head
    made = []
    for paragraph in head["paragraphs"]:
        pieces = (Segment(one["kind"], one["text"], tuple(one["claims"]), one["sure"]) for one in paragraph["segments"])
        made.append(ProseParagraph(paragraph["prose"], tuple(pieces)))
    return Prose(tuple(made), tuple(head["not_found"]), head["partly"])
