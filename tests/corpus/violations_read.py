"""Writing a world's documents and reading them back, and whether what was read is what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from random import Random
from typing import Any

from extract.reading import read_bytes
from tests.corpus import docx, html, pdf, statistics_grid, text
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered
from tests.corpus.statistics_grid import StatisticsStyle
from tests.corpus.violations_world import Document
from transform.frames import ReadingRecord

_SHARED: list[tuple[Document, Filing]] = []
MEDIA = (("html", 62), ("text", 33), ("docx", 4), ("pdf", 1))


@dataclass(frozen=True)
class Read:
    """A document's record and why it does not count as correctly read (None where it does)."""

    record: ReadingRecord
    wrong: str | None


def read_all(documents: Sequence[Document], filings: Sequence[Filing], jobs: int) -> list[Read]:
    """Every document written, read and compared, in the order given."""
    pairs = list(zip(documents, filings, strict=True))
    if jobs == 1:
        return [read(pair) for pair in pairs]
    _SHARED[:] = pairs
    try:
        # Forked, since documents hold functions, which cannot be sent.
        with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
            return list(pool.map(_read_shared, range(len(pairs)), chunksize=40))
    finally:
        _SHARED.clear()


def _read_shared(number: int) -> Read:
    return read(_SHARED[number])


def read(pair: tuple[Document, Filing]) -> Read:
    """One document written, read and compared."""
    document, filing = pair
    data, extension = written(document, filing)
    url = document.url if extension == "html" else document.url.removesuffix("html") + extension
    reading = read_bytes(data, f"{filing.agency.id}-{filing.year}.{extension}", url)
    digest = hashlib.sha256(data + document.url.encode()).hexdigest()
    record = ReadingRecord(reading, digest, "corpus", document.url, document.retrieved_at,
                           document.site_date, None)  # fmt: skip
    return Read(record, misread(reading, filing))


def written(document: Document, filing: Filing) -> tuple[bytes, str]:
    """The document's bytes and extension."""
    random = Random(f"layout:{document.prose_seed}:{document.retrieved_at}")
    medium = random.choices([name for name, _ in MEDIA], [share for _, share in MEDIA])[0]
    if document.edits:
        medium = "html"
    rendered = _rendered(filing, medium, random, plain=bool(document.edits))
    if not document.edits:
        return rendered.data, rendered.extension
    page = rendered.data.decode("utf-8")
    for edit in document.edits:
        page = edit(page)
    return page.encode(), rendered.extension


def _rendered(filing: Filing, medium: str, random: Random, plain: bool) -> Rendered:
    labels = LabelStyle() if plain or filing.labels or filing.column_labels else LabelStyle.by_chance(random)
    blocks = statistics_grid.compose(filing, labels, StatisticsStyle()) if filing.form_code == "2014" else None
    if medium == "text":
        tabs = text.TextLayout(breaks=(), labels=labels)
        tables = replace(tabs, table_as="pipes"), replace(tabs, table_as="markdown"), replace(tabs, table_as="html")
        return text.render(filing, random.choice((tabs, *tables)), blocks)
    if medium == "docx":
        return docx.render(filing, replace(docx.DocxLayout(), labels=labels), blocks)
    if medium == "pdf":
        return pdf.render(filing, replace(pdf.PdfLayout(), labels=labels), blocks)
    layout = html.HtmlLayout(labels=labels)
    if not plain:
        layout = replace(
            layout, family=random.choice(("trs", "hanweb", "boda", "lonsun")),
            markup=random.choice(("plain", "paragraphs", "word")), head_cells=random.random() < 0.3,
        )  # fmt: skip
    return html.render(filing, layout, blocks)


def misread(reading: dict[str, Any], filing: Filing) -> str | None:
    """What of identity and tables was read otherwise than written; None where nothing was."""
    if reading["error"]:
        return f"error {reading['error']['code']}"
    named = {"agency": filing.agency.name, "report_year": filing.year, "form": filing.form_code, "scope": filing.scope}
    for name, value in named.items():
        if reading[name] != value:
            return f"{name} {reading[name]!r} for {value!r}"
    dated = filing.front is None or filing.front.dated
    if reading["published_on"] != (filing.published_on.isoformat() if dated else None):
        return f"published_on {reading['published_on']}"
    read_cells = {(c["table"], c["row"], c["column"]): (c["value"], c["status"]) for c in reading["cells"]}
    for key in filing.listed():
        cell = filing.cells[key]
        if read_cells.get(key) != (cell.value, cell.status):
            return f"cell {'.'.join(key)} {read_cells.get(key)} for {(cell.value, cell.status)}"
    return None
