"""All tables of the warehouse as typed frames, made from readings.

The frames depend only on what was read, decided and registered, not on the
order in which it comes nor on the time of the run (``run`` and ``build_info``
excepted, whose rows are given). Whom a filing names as its contact is masked
(``transform.privacy``). ``quality_issue`` and ``issue_cell`` are empty
here: the rules fill them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import pandas as pd

from extract.sketch import unpacked
from transform.agencies import Register
from transform.cells import fact_frames
from transform.corrections import Corrections
from transform.dimensions import agency_frame, dictionary_frame, form_frames
from transform.identify import Document, Filing, ReadingRecord, figure_text, identify, storable
from transform.privacy import is_contact, masked, masked_address, masked_or_none
from transform.typed import day, empty, exact, rows_frame, to_arrow, utc

__all__ = ["ReadingRecord", "build_frames", "capture_frame", "empty", "review_frame", "rows_frame", "to_arrow"]


def build_frames(
    readings: Sequence[ReadingRecord],
    register: Register,
    *,
    corrections: Corrections | None = None,
    decisions: Iterable[Mapping[str, Any]] = (),
    captures: Iterable[Mapping[str, Any]] | None = None,
    crawl_addresses: Iterable[Mapping[str, Any]] = (),
    crawl_lists: Iterable[Mapping[str, Any]] = (),
    expected: Iterable[Mapping[str, Any]] = (),
    runs: Iterable[Mapping[str, Any]] = (),
    build_info: Mapping[str, Any] | None = None,
) -> dict[str, pd.DataFrame]:
    """Every table of the contracts by name, from the readings of all documents.

    ``corrections`` are those of readings (none by default).
    ``captures`` are rows of the table ``capture``; None takes each record for
    one capture. ``crawl_addresses`` and ``crawl_lists`` are rows of the tables
    of these names, ``expected`` those of ``expected_filing``, whose agencies are
    looked up here. ``decisions`` are reviewers' decisions in the order in which
    they were written. A reading that breaks its contract makes no filing but
    an issue (``reading_invalid``).
    """
    documents = identify(readings, register, corrections)
    made = sorted((filing for document in documents for filing in document.filings), key=lambda f: f.filing_id)
    facts = fact_frames({filing.filing_id: filing.cells for filing in made})
    return {
        **form_frames(),
        **facts,
        "dim_agency": agency_frame(register, (filing.agency for filing in made)),
        "dim_filing": rows_frame("dim_filing", [_filing_row(filing) for filing in made]),
        "document": rows_frame("document", [_document_row(document) for document in documents]),
        "reading_issue": rows_frame("reading_issue", [row for document in documents for row in _issues(document)]),
        **_claims(made),
        **_prose(made),
        "quality_issue": empty("quality_issue"),
        "issue_cell": empty("issue_cell"),
        "figure_change": empty("figure_change"),
        "review": review_frame(decisions),
        "capture": capture_frame(map(_capture_row, readings) if captures is None else captures),
        "crawl_address": rows_frame("crawl_address", [_with_day(_with_utc(row)) for row in crawl_addresses]),
        "crawl_list": rows_frame("crawl_list", [_with_addresses(row) for row in crawl_lists]),
        "expected_filing": rows_frame("expected_filing", [_expected(row, register) for row in expected]),
        "run": rows_frame("run", sorted(map(_run, runs), key=lambda row: (row["started_at"], row["run_id"]))),
        "build_info": rows_frame("build_info", [_with_utc(build_info)] if build_info else []),
        "data_dictionary": dictionary_frame(),
    }


def _filing_row(filing: Filing) -> dict[str, Any]:
    document, reading = filing.document, filing.document.reading
    return {
        "filing_id": filing.filing_id,
        "agency_id": filing.agency.id,
        "report_year": filing.report_year,
        "scope": filing.scope,
        "form": filing.form,
        "title": masked_or_none(reading.get("title")),
        "url": _address(filing.url),
        "media_type": reading["media_type"],
        "sha256": document.sha256,
        "published_on": filing.published_on,
        "retrieved_at": filing.retrieved_at,
        "revision": filing.revision,
        "is_current": filing.is_current,
        "agency_as_filed": reading.get("agency_as_filed"),
        "index_number": reading.get("index_number"),
    }


def _document_row(document: Document) -> dict[str, Any]:
    return {
        "sha256": document.sha256,
        "url": _address(document.url),
        "source_name": masked_address(document.source_name),
        "media_type": document.reading.get("media_type"),
        "error_code": document.error_code,
        "error_message": masked_or_none(document.error_message),
        "filing_id": document.filings[-1].filing_id if document.filings else None,
        "reader": document.reading.get("reader"),
        "retrieved_at": document.retrieved_at,
    }


def _issues(document: Document) -> list[dict[str, Any]]:
    """The issues of a document: once for each revision that it is, numbered on."""
    year = document.reading.get("report_year")
    filings: list[Filing | None] = [*document.filings] or [None]
    return [
        {
            "sha256": document.sha256,
            "issue_no": number,
            "filing_id": filing.filing_id if filing else None,
            "agency_id": filing.agency.id if filing else None,
            "report_year": year if filing or document.error_code is None else None,
            "retrieved_at": document.retrieved_at,
            "rule": issue["rule"],
            "severity": issue["severity"],
            "origin": issue["origin"],
            "place": issue["where"] or "",
            "expected": masked_or_none(figure_text(issue["expected"])),
            "actual": masked_or_none(figure_text(issue["actual"])),
            "cells": [
                {"form_table": table, "row_code": row, "column_code": column} for table, row, column in issue["cells"]
            ],
            "message_zh": masked(issue["message_zh"]),
            "message_en": masked(issue["message_en"]),
        }
        for number, (filing, issue) in enumerate(product(filings, document.issues), start=1)
    ]


def _claims(made: Iterable[Filing]) -> dict[str, pd.DataFrame]:
    """``claim`` and ``unresolved_claim``; a claim whose figure cannot be stored is unresolved."""
    resolved: list[dict[str, Any]] = []
    unresolved: list[dict[str, Any]] = []
    for filing in made:
        filing_id, document = filing.filing_id, filing.document
        claims = document.reading["claims"]
        large = [claim for claim in claims if not storable(claim["value"])]
        kept = [claim for claim in claims if storable(claim["value"])]
        for number, claim in enumerate(kept, start=1):
            resolved.append(
                {
                    "filing_id": filing_id,
                    "claim_no": number,
                    "metric": claim["metric"],
                    "value": claim["value"],
                    "sentence": masked(claim["sentence"]),
                    "scope": claim["scope"],
                }
            )
        untied = [*document.reading["unresolved_claims"], *large]
        # A telephone number is no figure of the prose that could not be tied.
        figures = [claim for claim in untied if not is_contact(claim["value"], claim["sentence"])]
        for number, claim in enumerate(figures, start=1):
            unresolved.append(
                {
                    "filing_id": filing_id,
                    "claim_no": number,
                    "value": claim["value"] if storable(claim["value"]) else None,
                    "sentence": masked(claim["sentence"]),
                    "reason": claim.get("reason", "too large to be stored"),
                }
            )
    return {"claim": rows_frame("claim", resolved), "unresolved_claim": rows_frame("unresolved_claim", unresolved)}


def _prose(made: Iterable[Filing]) -> dict[str, pd.DataFrame]:
    """``statement`` and ``narrative``; a statement whose figures cannot be stored is left to its sentence."""
    statements: list[dict[str, Any]] = []
    narratives: list[dict[str, Any]] = []
    for filing in made:
        filing_id, document = filing.filing_id, filing.document
        for number, statement in enumerate(document.reading.get("statements", ()), start=1):
            row = {"filing_id": filing_id, "statement_no": number, **statement}
            row["sentence"] = masked(statement["sentence"])
            for name in ("first_day", "last_day"):
                row[name] = day(statement.get(name))
            if not all(map(storable, [statement.get("value") or 0, *(statement.get("parts") or ())])):
                row["value"] = row["parts"] = None
            elif row.get("parts"):
                row["parts"] = [exact(part) for part in row["parts"]]
            statements.append(row)
        if narrative := document.reading.get("narrative"):
            sketch = unpacked(narrative["sketch"])
            narratives.append({"filing_id": filing_id, "characters": narrative["characters"], "sketch": sketch})
    return {"statement": rows_frame("statement", statements), "narrative": rows_frame("narrative", narratives)}


def review_frame(decisions: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """``review`` from decisions (issue_id, decision, reason, role, decided_at), numbered per issue in time."""
    rows: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    # The sort is stable: of two decisions of one instant the later written is the later.
    timed = [{**decision, "decided_at": utc(decision["decided_at"])} for decision in decisions]
    for decision in sorted(timed, key=lambda row: (row["issue_id"], row["decided_at"])):
        numbers[decision["issue_id"]] = number = numbers.get(decision["issue_id"], 0) + 1
        rows.append({**decision, "review_no": number})
    return rows_frame("review", rows)


def capture_frame(captures: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """``capture`` from rows of its columns, by address and time; a row given twice stands once.

    One address has one content at an instant: where several are given (two
    files whose sidecars say the same), the later ones by content stand a
    microsecond later each.
    """
    distinct = {tuple(sorted(row.items(), key=lambda item: item[0])): row for row in map(_with_utc, captures)}
    rows: list[dict[str, Any]] = []
    named = [{**row, "url": masked_address(row["url"])} for row in distinct.values()]
    for row in sorted(named, key=lambda row: (row["url"], row["fetched_at"], row.get("sha256") or "")):
        last = rows[-1] if rows else None
        if last is not None and last["url"] == row["url"] and row["fetched_at"] <= last["fetched_at"]:
            row = {**row, "fetched_at": last["fetched_at"] + timedelta(microseconds=1)}
        rows.append(row)
    return rows_frame("capture", rows)


def _capture_row(record: ReadingRecord) -> dict[str, Any]:
    """A record as a capture. A document without an address is named by content
    and file name: its path is the machine's, not the document's.
    """
    name = str(record.reading.get("source", "")).replace("\\", "/").rpartition("/")[2]
    return {
        "url": record.url or f"file:{record.sha256[:16]}/{name}",
        "fetched_at": utc(record.retrieved_at),
        "sha256": record.sha256,
        "media_type": record.reading.get("media_type"),
    }


def _with_day(row: Mapping[str, Any]) -> dict[str, Any]:
    title = masked_or_none(row.get("title"))
    return {**_with_addresses(row), "published_on": day(row.get("published_on")), "title": title}


def _address(address: str | None) -> str | None:
    return None if address is None else masked_address(address)


_ADDRESSES = ("address", "url", "listing", "parent", "detail")


def _with_addresses(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of what was crawled, its addresses masked: each the same wherever it stands."""
    return {**row, **{name: _address(row[name]) for name in _ADDRESSES if row.get(name) is not None}}


def _expected(row: Mapping[str, Any], register: Register) -> dict[str, Any]:
    """The row with the register's agency of that name in that year, if it has one."""
    agency = register.find(row["agency_name"], row["report_year"]).agency
    return {**row, "agency_id": None if agency is None else agency.id}


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its instants as UTC; its message may name files."""
    return {**_with_utc(row), "message": _address(row.get("message"))}


def _with_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its instants (columns named …_at) as naive UTC."""
    return {key: utc(value) if key.endswith("_at") and value is not None else value for key, value in row.items()}
