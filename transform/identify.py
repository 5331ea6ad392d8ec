"""From documents to filings: who filed, for which year, which revision.

Every document ends as a filing or as an issue that says why it is none;
whatever was decided against a document's own words is an issue as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from extract.forms import load_forms
from extract.identity.regions import Region
from extract.sketch import unpacked
from transform.agencies import Agency, Register, normal, provisional
from transform.cells import cell_codes, oversized
from transform.contracts import codes
from transform.corrections import Corrections, corrected
from transform.revisions import Sighting, revisions
from transform.typed import LIMIT, day, number_text, utc


@dataclass(frozen=True)
class ReadingRecord:
    """A document's reading and what its source knows of it.

    ``reading`` is the JSON of the document; ``retrieved_at`` an instant (UTC
    where it has no zone); ``published_on`` and ``agency`` come from the
    document's sidecar or its source: the site's date, and an identifier or
    name that someone has mapped the document to.
    """

    reading: Mapping[str, Any]
    sha256: str
    source_name: str
    url: str | None
    retrieved_at: datetime
    published_on: date | str | None = None
    agency: str | None = None
    is_cover: bool = False  # a page of which a file was fetched, which is a document of its own


Issue = dict[str, Any]


@dataclass
class Filing:
    """One revision of a report; ``cells`` are the reading's, made storable. ``retrieved_at`` is when it began: when
    its document was first retrieved, or came back; ``url`` where that was."""

    filing_id: str
    agency: Agency
    report_year: int
    scope: str
    form: str
    published_on: date | None
    retrieved_at: datetime
    url: str | None
    revision: int
    is_current: bool
    document: Document
    cells: Sequence[Mapping[str, Any]]


@dataclass
class Document:
    """One document by content, over all the times it was seen; ``filings`` are the revisions of a report that it is."""

    sha256: str
    reading: Mapping[str, Any]
    source_name: str
    url: str | None
    retrieved_at: datetime
    published_on: date | None
    agency: str | None
    is_cover: bool = False
    error_code: str | None = None
    error_message: str | None = None
    filings: list[Filing] = field(default_factory=list)
    owner: Agency | None = None
    sightings: list[Sighting] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def note(
        self, rule: str, severity: str, place: str, zh: str, en: str, *,
        expected: str | None = None, actual: str | None = None, origin: str = "extraction",
        cells: Sequence[Sequence[str]] = (),
    ) -> None:  # fmt: skip
        """Adds an issue of that rule to the document's."""
        self.issues.append(
            {
                "rule": rule, "severity": severity, "origin": origin, "where": place, "expected": expected,
                "actual": actual, "cells": cells, "message_zh": zh, "message_en": en,
            }
        )  # fmt: skip


def identify(
    records: Iterable[ReadingRecord], register: Register, corrections: Corrections | None = None
) -> list[Document]:
    """The documents by sha256, each with its filing or with the issues that say why it has none.

    What is read wrong is corrected first where ``corrections`` say so.
    """
    corrections = corrections or Corrections()
    documents = _documents(records)
    grouped: dict[tuple[str, int, str], list[Document]] = {}
    for document in documents:
        if _readable(document, corrections) and _owned(document, register):
            assert document.owner is not None
            reading = document.reading
            key = document.owner.id, int(reading["report_year"]), str(reading["scope"])
            grouped.setdefault(key, []).append(document)
    for key, contents in grouped.items():
        _number(key, contents)
    return documents


def _number(key: tuple[str, int, str], contents: list[Document]) -> None:
    """Makes the revisions of one report from the documents that were seen of it."""
    agency_id, year, scope = key
    of = {document.sha256: document for document in contents}
    dates = {document.sha256: _published_on(document) for document in contents}
    cells = {document.sha256: _storable_cells(document) for document in contents}
    begun = revisions(sighting for document in contents for sighting in document.sightings)
    for number, sighting in enumerate(begun, start=1):
        document = of[sighting.sha256]
        assert document.owner is not None
        is_back = bool(document.filings)
        document.filings.append(
            Filing(
                filing_id=f"{agency_id}-{year}-{scope}-r{number}",
                agency=document.owner,
                report_year=year,
                scope=scope,
                form=document.reading["form"],
                published_on=dates[sighting.sha256],
                retrieved_at=sighting.retrieved_at,
                url=(sighting.url if is_back else None) or document.url,
                revision=number,
                is_current=number == len(begun),
                document=document,
                cells=cells[sighting.sha256],
            )
        )


def _documents(records: Iterable[ReadingRecord]) -> list[Document]:
    """One document per content, in the order of sha256. What was seen first
    counts; the site's date and agency are the first that were given.
    """
    documents: dict[str, Document] = {}
    ordered = sorted(records, key=lambda r: (r.sha256, utc(r.retrieved_at), r.url or "", r.source_name, r.agency or ""))
    for record in ordered:
        known = documents.get(record.sha256)
        if known is None:
            known = documents[record.sha256] = Document(
                sha256=record.sha256,
                reading=record.reading,
                source_name=record.source_name,
                url=record.url,
                retrieved_at=utc(record.retrieved_at),
                published_on=day(record.published_on),
                agency=record.agency,
                is_cover=record.is_cover,
            )
        else:
            known.is_cover = known.is_cover or record.is_cover
            known.url = known.url or record.url
            known.published_on = known.published_on or day(record.published_on)
            known.agency = known.agency or record.agency
        known.sightings.append(Sighting(utc(record.retrieved_at), record.sha256, record.source_name, record.url))
    return list(documents.values())


def _readable(document: Document, corrections: Corrections) -> bool:
    """Whether the reading holds figures as the contract says, which are then corrected;
    notes an issue where it does not."""
    place = document.sha256[:16]
    error = document.reading.get("error")
    flaw = _flaw_of_error(error) if error else _flaw(document.reading)
    if flaw:
        document.error_code, document.error_message = "unreadable", flaw
        document.note(
            "reading_invalid", "error", place,
            f"读取结果不合规范，未入库：{flaw}", f"The reading breaks its contract and was left out: {flaw}",
        )  # fmt: skip
        return False
    document.reading = corrected(document.reading, corrections.of(document.sha256))
    document.issues += [dict(issue) for issue in document.reading["issues"]]
    if error:
        document.error_code, document.error_message = error["code"], error["message"]
        if document.is_cover and error["code"] == "not_a_filing":
            return False  # the report is in the file that was fetched with the page
        zh, _, en = error["message"].partition(" / ")
        document.note(
            "document_unreadable", "info" if error["code"] == "not_a_filing" else "warning", place,
            f"文件未能读作年度报告（{error['code']}）：{zh}",
            f"The document could not be read as a report ({error['code']}): {en or zh}", actual=error["code"],
        )  # fmt: skip
        return False
    return True


def _flaw_of_error(error: Mapping[str, Any]) -> str | None:
    return None if error.get("code") in codes("error_code") else f"unknown error code {error.get('code')!r}"


def _flaw(reading: Mapping[str, Any]) -> str | None:
    """What breaks the contract of a reading, None where nothing does."""
    try:
        return _flaw_of_head(reading) or _flaw_of_cells(reading["cells"]) or _flaw_of_notes(reading)
    except (KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _flaw_of_head(reading: Mapping[str, Any]) -> str | None:
    if reading["form"] not in load_forms():
        return f"unknown form {reading['form']!r}"
    if reading["scope"] not in codes("scope"):
        return f"unknown scope {reading['scope']!r}"
    year = reading["report_year"]
    if year is not None and not 1949 <= int(year) <= 2999:
        return f"impossible report year {year!r}"
    if not reading["media_type"]:
        return "no media type"
    day(reading["published_on"])
    return None


def _flaw_of_cells(cells: Sequence[Mapping[str, Any]]) -> str | None:
    keys = [(cell["table"], cell["row"], cell["column"]) for cell in cells]
    distinct = set(keys)
    if unknown := distinct - cell_codes().number.keys():
        return f"unknown cell {'.'.join(map(str, min(unknown, key=str)))}"
    if len(distinct) < len(keys):
        return "a cell is listed twice"
    if unknown_status := {cell["status"] for cell in cells} - set(codes("cell_status")):
        return f"unknown cell status {min(unknown_status, key=str)!r}"
    for cell in cells:
        if (cell["value"] is None) == (cell["status"] == "reported"):
            place = ".".join((cell["table"], cell["row"], cell["column"]))
            return f"{place} is {cell['status']} with value {cell['value']!r}"
        _ = cell["raw"], cell["page"], cell["bbox"], cell["locator"], cell["method"]
    return None


def _flaw_of_notes(reading: Mapping[str, Any]) -> str | None:
    for claim in reading["claims"]:
        told = claim["value"] is not None and claim["metric"] and claim["sentence"]
        if not told or claim["scope"] not in codes("scope"):
            return f"incomplete claim {dict(claim)!r}"
    for statement in reading.get("statements", ()):
        if statement["kind"] not in codes("statement_kind") or statement["scope"] not in codes("scope"):
            return f"unknown kind or scope in the statement {dict(statement)!r}"
        if not statement["sentence"]:
            return f"incomplete statement {dict(statement)!r}"
    if narrative := reading.get("narrative"):
        _ = unpacked(narrative["sketch"]), int(narrative["characters"])
    for issue in reading["issues"]:
        if issue["severity"] not in codes("severity") or issue["origin"] not in codes("origin"):
            return f"unknown severity or origin in the issue {issue['rule']}"
        for table, row, column in issue["cells"]:
            if (table, row, column) not in cell_codes().number:
                return f"unknown cell {table}.{row}.{column} in the issue {issue['rule']}"
        _ = issue["where"], issue["expected"], issue["actual"], issue["message_zh"], issue["message_en"]
    return None


def _owned(document: Document, register: Register) -> bool:
    """Settles the document's agency; notes an issue where agency or year is unknown."""
    reading = document.reading
    year, name = reading["report_year"], reading["agency"]
    if year is None or not (name or document.agency):
        lacking_zh, lacking_en = ("年度", "year") if year is None else ("机关", "agency")
        document.note(
            "identity_unknown", "warning", document.sha256[:16],
            f"无法确定报告的{lacking_zh}，未作为报告入库", f"The report's {lacking_en} is unknown; no filing was made",
        )  # fmt: skip
        return False
    owner = _resolve(document, register, document.agency or name, year)
    if document.agency and name:
        _compare(document, register, owner, name, year)
    document.owner = owner
    return True


def _resolve(document: Document, register: Register, name: str, year: int) -> Agency:
    """The agency of that name, a provisional one where the register knows none."""
    match = register.find(name, year)
    if match.agency is None:
        region = _region_read(document.reading) if name == document.reading["agency"] else None
        owner = provisional(name, document.url, year, region)
        several = "、".join(agency.id for agency in match.candidates)
        document.note(
            "agency_unregistered", "info", "agency",
            (f"名录中有多个机关名为“{name}”（{several}），" if several else f"名录中没有“{name}”，")
            + "暂用临时编号，区划、层级和部门类别由名称和文件推断",
            (f"The register has several agencies named {name} ({several})" if several
             else f"The register does not know {name}")
            + "; it has a provisional identifier, its division, level and sector are inferred",
            actual=name,
        )  # fmt: skip
        return owner
    if not match.in_force:
        document.note(
            "identity_conflict", "warning", "agency",
            f"“{name}”在{year}年并不存在，归入“{match.agency.name}”",
            f"{name} did not exist in {year}; taken for {match.agency.name}",
            expected=match.agency.name, actual=name,
        )  # fmt: skip
    return match.agency


def _region_read(reading: Mapping[str, Any]) -> Region | None:
    """Where the document says its agency sits."""
    code = reading.get("region_code")
    if not code:
        return None
    province, prefecture, county = (reading.get(level) for level in ("province", "prefecture", "county"))
    return Region(
        code, "county" if county else "prefecture" if prefecture else "province", province, prefecture, county
    )


def _compare(document: Document, register: Register, owner: Agency, name: str, year: int) -> None:
    """Notes where the document names another agency than its source maps it to.

    A name that the register does not know agrees when one of both names ends
    with the other (民政局, 赣县区民政局).
    """
    found = register.find(name, year).agency
    ours, theirs = normal(owner.name), normal(name)
    agrees = (
        register.lineage_id(found.id) == register.lineage_id(owner.id)
        if found is not None
        else ours.endswith(theirs) or theirs.endswith(ours) or provisional(name, document.url, year).id == owner.id
    )
    if not agrees:
        document.note(
            "identity_conflict", "warning", "agency",
            f"文件自称“{name}”，来源将其归入“{owner.name}”，以来源为准",
            f"The document calls itself {name}, its source maps it to {owner.name}; the source decides",
            expected=owner.name, actual=name,
        )  # fmt: skip


def _published_on(document: Document) -> date | None:
    """The document's own date, else its site's; notes where both differ."""
    own, site = day(document.reading["published_on"]), document.published_on
    if own is not None and site is not None and own != site:
        document.note(
            "identity_conflict", "info", "published_on",
            f"文件所载公布日期为{own}，网站为{site}，以文件为准",
            f"The document gives {own} as its date of publication, the site {site}; the document decides",
            expected=own.isoformat(), actual=site.isoformat(),
        )  # fmt: skip
    return own or site


def _storable_cells(document: Document) -> Sequence[Mapping[str, Any]]:
    """The cells; a number too large for DECIMAL(18,4) becomes unreadable, with an issue."""
    cells = document.reading["cells"]
    large = oversized(cells)
    if not large:
        return cells  # type: ignore[no-any-return]
    cells = list(cells)
    for position in large:
        cell = cells[position]
        cells[position] = {**cell, "value": None, "status": "unreadable"}
        document.note(
            "cell_unreadable", "warning", f"{cell['row']}.{cell['column']}",
            f"数字过大（{cell['raw']}），无法存储", f"The number is too large to be stored ({cell['raw']})",
            origin="filing", cells=[(cell["table"], cell["row"], cell["column"])],
        )  # fmt: skip
    return cells


def figure_text(value: Any) -> str | None:
    """An issue's expected or actual figure as text: a number without trailing zeros, text as it is."""
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else number_text(value)


def storable(value: Any) -> bool:
    """Whether the number is small enough to be kept (``LIMIT``)."""
    return value is not None and -LIMIT < value < LIMIT
