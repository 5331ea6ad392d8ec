"""The source of a filing, its cells framed: a page of its own that stands in a frame beside the form.

Pages of a PDF or a picture are shown as pictures with frames drawn over them, an archived web page made harmless
with its cells marked, anything else as the reader sees it. Every frame leads back to its cell of the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel

from dashboard.filing import Cell, Claim, FilingId, FilingPage, cell_name, filing_of
from dashboard.original.asking import OriginalUnreadable
from dashboard.original.marks import Mark
from dashboard.original.places import Original, OriginalMissing, find_original
from dashboard.original.shown import (
    POLICY,
    PagePicture,
    Stated,
    document_view,
    is_page,
    marked_page,
    page_picture,
    pages_of,
    prose_of,
)
from dashboard.reader import Asked
from dashboard.render import address, language_of, page
from dashboard.web import AskedNow, SettingsNow, show

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["filings"])

MOST_PAGES = 60
"""Pages that are shown at once."""

_FRAMED = {"x-frame-options": "SAMEORIGIN", "content-security-policy": (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)}  # fmt: skip
_ARCHIVED = {"x-frame-options": "SAMEORIGIN", "content-security-policy": f"{POLICY}; frame-ancestors 'self'"}
# The frame in which pictures stand is sandboxed, hence no origin of ours.
_PICTURE = {"cache-control": "private, max-age=3600", "cross-origin-resource-policy": "cross-origin"}


@dataclass(frozen=True)
class Frame:
    """A cell's box on a page: left, top, width, height in points."""

    name: str
    kind: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Sheet:
    """A page as it is shown, with the frames on it; ``picture`` None where it cannot be shown."""

    number: int
    picture: PagePicture | None
    frames: Sequence[Frame]


def _kinds(found: FilingPage) -> dict[str, str]:
    """How cells are coloured, by name."""
    return {cell_name(key): marks[0][1].kind for key, marks in found.marks.items()}


def _frames(cells: Sequence[Cell], kinds: dict[str, str]) -> list[Frame]:
    frames = []
    for cell in cells:
        if cell.bbox is not None:
            x0, top, x1, bottom = cell.bbox
            name = cell_name(cell.key)
            frames.append(Frame(name, kinds.get(name, "other"), x0, top, x1 - x0, bottom - top))
    return frames


def _boxes(cells: Sequence[Cell], number: int) -> list[tuple[float, float, float, float]]:
    return [
        (cell.bbox[0], cell.bbox[1], cell.bbox[2], cell.bbox[3])
        for cell in cells
        if cell.page == number and cell.bbox is not None
    ]


def _original(asked: Asked, settings: SettingsNow, found: FilingPage) -> Original:
    """Where the original stands; HTTPException 404 where it is nowhere."""
    try:
        return find_original(settings.home, asked.rows, found.sha256, found.media_type)
    except OriginalMissing as error:
        raise HTTPException(404, {"zh": error.zh, "en": error.en}) from error


@pages.get("/filings/{filing_id}/source")
def source(
    request: Request,
    filing_id: FilingId,
    asked: AskedNow,
    settings: SettingsNow,
    whole: Annotated[bool, Query()] = False,
) -> Response:
    """The source with its cells framed; ``whole`` for all its pages rather than those with the form's tables."""
    found = filing_of(filing_id, asked)
    language = language_of(request)
    kinds = _kinds(found)
    back = address(settings, f"/filings/{filing_id}", language)
    answer: Response
    try:
        original = _original(asked, settings, found)
        if any(cell.page for cell in found.cells):
            sheets = _sheets(original, found, kinds, whole)
            answer = page(request, "source.html", data=found, sheets=sheets, back=back, whole=whole)
        else:
            marks = [
                Mark(f"cell-{cell_name(cell.key)}", cell.raw, cell.locator, kinds.get(cell_name(cell.key), "other"))
                for cell in found.cells
                if cell.locator is not None
            ]
            if is_page(original):
                shown = marked_page(original, marks, back)
                return Response(shown.html, media_type="text/html; charset=utf-8", headers=_ARCHIVED)
            answer = page(request, "view.html", data=found, view=document_view(original, marks), back=back)
    except HTTPException as error:
        answer = _cannot(request, error.status_code, error.detail)
    except (OriginalMissing, OriginalUnreadable) as error:
        answer = _cannot(request, 404, {"zh": error.zh, "en": error.en})
    answer.headers.update(_FRAMED)
    return answer


def _cannot(request: Request, status: int, detail: object) -> Response:
    assert isinstance(detail, dict)
    return page(request, "no_source.html", status, **detail)


def _sheets(original: Original, found: FilingPage, kinds: dict[str, str], whole: bool) -> list[Sheet]:
    numbers = sorted({cell.page for cell in found.cells if cell.page is not None})
    if whole:
        numbers = list(range(1, len(pages_of(original)) + 1))

    def sheet(number: int) -> Sheet:
        cells = [cell for cell in found.cells if cell.page == number]
        try:
            picture = page_picture(original, number, _boxes(found.cells, number))
        except OriginalUnreadable:
            return Sheet(number, None, [])
        return Sheet(number, picture if picture.data else None, _frames(cells, kinds))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(sheet, numbers[:MOST_PAGES]))


@pages.get("/filings/{filing_id}/pages/{number}")
def page_image(
    filing_id: FilingId, number: Annotated[int, Path(ge=1, le=10_000)], asked: AskedNow, settings: SettingsNow
) -> Response:
    """The picture of a page, contacts covered."""
    found = filing_of(filing_id, asked)
    original = _original(asked, settings, found)
    try:
        picture = page_picture(original, number, _boxes(found.cells, number))
    except (OriginalMissing, OriginalUnreadable) as error:
        raise HTTPException(404, {"zh": error.zh, "en": error.en}) from error
    if picture.data is None:
        raise HTTPException(404, {"zh": "此页不显示。", "en": "This page is not shown."})
    return Response(picture.data, media_type=picture.media_type, headers=_PICTURE)


class ProsePiece(BaseModel):
    """A piece of a paragraph: plain, of a sentence that states something, or a figure; the metrics stated there;
    ``untied`` where a figure could not be tied to one. ``sure`` is False where each of several may be the one."""

    kind: str
    text: str
    metrics: list[str]
    untied: bool
    sure: bool


class FilingProse(BaseModel):
    """The prose of a filing with the figures that it states tied to cells. ``not_found``: claims whose sentence was
    not found again; ``partly``: what stands in pictures is lacking."""

    filing_id: str
    agency_id: str
    agency_name: str
    report_year: int
    form: str
    paragraphs: list[list[ProsePiece]]
    not_found: list[Claim]
    partly: bool


@show(pages, api, "/filings/{filing_id}/prose", "prose.html")
def filing_prose(filing_id: FilingId, asked: AskedNow, settings: SettingsNow) -> FilingProse:
    """The prose of a filing, contacts masked, with its figures tied to cells."""
    found = filing_of(filing_id, asked)
    original = _original(asked, settings, found)
    stated = [Stated(f"c{c.claim_no}", c.sentence, c.value) for c in found.claims]
    stated += [Stated(f"u{u.claim_no}", u.sentence, u.value, tied=False) for u in found.unresolved]
    metrics = {f"c{claim.claim_no}": claim.metric for claim in found.claims}
    try:
        prose = prose_of(original, stated)
    except (OriginalMissing, OriginalUnreadable) as error:
        raise HTTPException(404, {"zh": error.zh, "en": error.en}) from error
    return FilingProse(
        filing_id=filing_id,
        agency_id=found.agency_id,
        agency_name=found.agency_name,
        report_year=found.report_year,
        form=found.form,
        paragraphs=[
            [
                ProsePiece(
                    kind=s.kind,
                    text=s.text,
                    metrics=[metrics[name] for name in s.claims if name in metrics],
                    untied=any(name not in metrics for name in s.claims),
                    sure=s.sure,
                )
                for s in paragraph.segments
            ]
            for paragraph in prose.paragraphs
            if paragraph.prose or any(s.claims for s in paragraph.segments)
        ],
        not_found=[claim for claim in found.claims if f"c{claim.claim_no}" in prose.not_found],
        partly=prose.partly,
    )
