"""A filing's document in every medium that needs no other program: the files that a page links."""

from __future__ import annotations

from dataclasses import dataclass

from tests.corpus import docx, legacy, pdf, scan
from tests.corpus.legacy import blocks_of, pack, sheets
from tests.corpus.model import Filing

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Kind:
    """File name extension and media type; ``doc`` is a DOCX under the older name, as sites have them."""

    extension: str
    media_type: str


KINDS = {
    "pdf": Kind("pdf", PDF),
    "scan": Kind("pdf", PDF),
    "docx": Kind("docx", DOCX),
    "doc": Kind("doc", "application/msword"),
    "wps": Kind("wps", "application/vnd.ms-works"),
    "xlsx": Kind("xlsx", XLSX),
    "xls": Kind("xls", "application/vnd.ms-excel"),
    "ofd": Kind("ofd", "application/ofd"),
    "zip": Kind("zip", "application/zip"),
    "images": Kind("png", "image/png"),
    "both": Kind("pdf", PDF),
}
# Of forty filings so many are of each kind; scans and pictures of pages are few, since recognising them is slow.
CYCLE = ("html",) * 27 + ("pdf",) * 4 + ("docx",) * 2 + ("doc", "wps", "xlsx", "xls", "ofd", "zip", "both")
SCANNER = scan.Scanner(dpi=150, angle=0.3, noise=4.0, quality=80)


def files(filing: Filing, medium: str) -> list[bytes]:
    """The files of a filing in a medium; several where they are pictures of its pages. KeyError for an unknown one."""
    if medium in ("docx", "doc", "wps"):
        return [docx.render(filing, docx.DocxLayout()).data]
    if medium == "xlsx":
        return [legacy.xlsx(sheets(blocks_of(filing)))]
    if medium == "xls":
        return [legacy.xls(sheets(blocks_of(filing)))]
    if medium == "ofd":
        return [legacy.ofd(blocks_of(filing))]
    printed = pdf.render(filing, pdf.PdfLayout()).data
    if medium == "zip":
        return [pack({f"{filing.year}年度报告.pdf": printed})]
    if medium == "scan":
        return [scan.scan_pdf(printed, SCANNER)]
    if medium == "images":
        return [scan.image_bytes(page, "PNG") for page in scan.scan_pages(printed, scan.Scanner(dpi=130))]
    if medium in ("pdf", "both"):
        return [printed]
    raise KeyError(medium)
