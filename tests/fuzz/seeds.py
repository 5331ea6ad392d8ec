"""The documents that are damaged: samples, documents of the corpus tool, real filings where there are any."""

from __future__ import annotations

from pathlib import Path

from extract.paths import DATA, ROOT
from extract.readers import DOCX_TYPE, is_document_name
from tests.corpus.render import write_documents

MEDIA = {"txt": "text/plain", "html": "text/html", "docx": DOCX_TYPE, "pdf": "application/pdf"}
_ENDINGS = {".md": "txt", ".htm": "html"}


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
    return found
