"""The documents that are damaged: samples, documents of the corpus tool, real filings where there are any."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from random import Random

from extract.charset import decode
from extract.paths import DATA, ROOT
from extract.readers import is_document_name, signatures
from tests.corpus import legacy
from tests.corpus.render import random_filing, write_documents

MEDIA = {
    "txt": "text/plain",
    "html": "text/html",
    "docx": signatures.DOCX,
    "pdf": "application/pdf",
    "xlsx": signatures.XLSX,
    "xls": signatures.XLS,
    "ofd": signatures.OFD,
    "mht": signatures.MHTML,
    "zip": signatures.ZIP,
}
"""Media types by ending. Pictures and what LibreOffice converts take seconds
each; their readers have tests of hostile documents instead."""

_ENDINGS = {".md": "txt", ".htm": "html"}
_FILINGS = 4  # in the media that no sample is in


def seeds(folder: Path, count: int) -> dict[str, list[bytes]]:
    """Content by medium; ``count`` documents are rendered into ``folder``."""
    if count:
        write_documents(count, "fuzz", ("html", "pdf", "docx", "text"), folder)
    found: dict[str, list[bytes]] = {medium: [] for medium in MEDIA}
    for root in (DATA / "samples", ROOT.parent / "shared" / "real", folder):
        for path in sorted(root.rglob("*")):
            medium = _ENDINGS.get(path.suffix, path.suffix[1:])
            if medium in found and path.is_file() and is_document_name(path.name):
                found[medium].append(path.read_bytes())
    for number in range(_FILINGS):
        blocks = legacy.blocks_of(random_filing(Random(number), f"fuzz {number}"))
        found["xlsx"].append(legacy.xlsx(legacy.sheets(blocks), numbers=number % 2 == 0))
        found["xls"].append(legacy.xls(legacy.sheets(blocks)))
        found["ofd"].append(legacy.ofd(blocks))
        found["mht"].append(_saved_page(found["html"][number]))
        members = {f"{medium}/报告.{medium}": found[medium][number] for medium in ("html", "docx", "xlsx", "txt")}
        found["zip"] += [legacy.pack(members), legacy.pack({"attachments.zip": legacy.pack(members)})]
    return found


def _saved_page(page: bytes) -> bytes:
    """A page as browsers save it in one file."""
    message = EmailMessage()
    message.set_content("page")
    message.add_related(decode(page), subtype="html", charset="utf-8", cte="quoted-printable")
    return bytes(message)
