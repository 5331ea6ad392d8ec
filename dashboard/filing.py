"""One filing: the form redrawn with what is wrong in it, its prose, last year beside it, its revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache, cached_property
from operator import itemgetter
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import BaseModel

from dashboard.reader import Asked, statement
from dashboard.texts import Number
from dashboard.web import AskedNow, show
from expectations.letter import notice
from extract.forms import CellKey, load_forms

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["filings"])

FilingId = Annotated[str, Path(max_length=200)]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KEY = ("form_table", "row_code", "column_code")
_SEVERITIES = ("error", "warning", "info")


class Cell(BaseModel):
    """A cell of the form: what the filing prints (``raw``, None where it lacks the cell), the figure read from it,
    and where it stands in the source."""

    form_table: str
    row_code: str
    column_code: str
    raw: str | None
    value: Number | None
    status: str
    page: int | None
    bbox: list[float] | None
    locator: str | None
    method: str | None

    @property
    def key(self) -> CellKey:
        """Table, row and column."""
        return self.form_table, self.row_code, self.column_code


class Issue(BaseModel):
    """A violation of a rule, the cells involved and the last decision on it."""

    issue_id: str
    rule: str
    severity: str
    origin: str
    place: str
    expected: str | None
    actual: str | None
    hint: str | None
    hint_en: str | None
    cause_group: str | None
    message_zh: str
    message_en: str
    first_seen_at: datetime
    resolved_at: datetime | None
    decision: str | None
    reason: str | None
    role: str | None
    decided_at: datetime | None
    is_new_decision: bool
    decision_lapsed: bool
    cells: list[tuple[str, str, str]]

    @property
    def kind(self) -> str:
        """How it is coloured: a doubt about our reading, else by its severity."""
        return "doubt" if self.origin == "extraction" else self.severity

    @property
    def counts(self) -> bool:
        """Whether it is open: not dismissed and not put right."""
        return self.decision != "dismissed" and self.resolved_at is None


class Claim(BaseModel):
    """A figure that the prose states."""

    claim_no: int
    metric: str
    value: Number
    sentence: str
    scope: str


class Unresolved(BaseModel):
    """A figure of the prose that could not be tied to one metric."""

    claim_no: int
    value: Number | None
    sentence: str
    reason: str


class Revision(BaseModel):
    """One revision of the report, with the number of figures that it changed."""

    filing_id: str
    revision: int
    is_current: bool
    retrieved_at: datetime
    published_on: date | None
    figures_changed: int


class Change(BaseModel):
    """A figure that this revision changed."""

    form_table: str
    row_code: str
    column_code: str
    value_before: Number | None
    value_after: Number | None
    status_before: str | None
    status_after: str | None


class Neighbour(BaseModel):
    """The same agency's filing for the year before or after."""

    filing_id: str
    report_year: int
    form: str


class Figure(BaseModel):
    """A figure of last year's filing."""

    value: Number | None
    status: str


class FilingPage(BaseModel):
    """A revision of a filing, whole."""

    filing_id: str
    agency_id: str
    agency_name: str
    agency_as_filed: str | None
    lineage_id: str
    level: str | None
    sector: str | None
    region_code: str | None
    province: str | None
    prefecture: str | None
    county: str | None
    report_year: int
    scope: str
    form: str
    title: str | None
    url: str | None
    media_type: str
    sha256: str
    published_on: date | None
    retrieved_at: datetime
    index_number: str | None
    revision: int
    is_current: bool
    cells: list[Cell]
    issues: list[Issue]
    claims: list[Claim]
    unresolved: list[Unresolved]
    revisions: list[Revision]
    changes: list[Change]
    neighbours: list[Neighbour]
    last_year: dict[str, Figure]

    @cached_property
    def merged(self) -> frozenset[str]:
        """The merged rows that the filing prints."""
        return merged_rows(self.form, (cell.row_code for cell in self.cells))

    @cached_property
    def by_key(self) -> dict[CellKey, Cell]:
        """The cells by table, row and column."""
        return {cell.key: cell for cell in self.cells}

    @cached_property
    def marks(self) -> dict[CellKey, list[tuple[int, Issue]]]:
        """By cell: the open issues that involve it, with their numbers on the page."""
        marks: dict[CellKey, list[tuple[int, Issue]]] = {}
        for number, issue in enumerate(self.issues, start=1):
            if issue.counts:
                for table, row, column in issue.cells:
                    marks.setdefault((table, row, column), []).append((number, issue))
        return marks

    @property
    def before(self) -> Neighbour | None:
        """Last year's filing."""
        return next((found for found in self.neighbours if found.report_year < self.report_year), None)

    @property
    def after(self) -> Neighbour | None:
        """Next year's filing."""
        return next((found for found in self.neighbours if found.report_year > self.report_year), None)


def cell_name(key: Iterable[str]) -> str:
    """A cell as the contract names it: table.row.column."""
    return ".".join(key)


def filing_of(filing_id: str, asked: Asked) -> FilingPage:
    """A revision of a filing with all that belongs to it; HTTPException 404 where the build has none of that name."""
    own = {"filing_id": filing_id}
    head = asked.row(statement("filing"), own)
    agency = head and asked.row(statement("filing_agency"), {"agency_id": head["agency_id"]})
    if head is None or agency is None:
        zh, en = f"已发布的数据库中没有报告 {filing_id}。", f"The published warehouse has no filing {filing_id}."
        raise HTTPException(404, {"zh": zh, "en": en})
    year = head["report_year"]
    same = asked.rows(statement("filing_neighbours"), {"line": agency["line"]})
    neighbours = _ordered(
        (row for row in same if row["scope"] == head["scope"] and abs(row["report_year"] - year) == 1),
        "report_year", "filing_id",
    )  # fmt: skip
    revisions = _revisions(asked, head)
    before = next((row for row in neighbours if row["report_year"] < year), None)
    changes = _changes(asked, revisions)
    cells, figures = _cells(asked, filing_id, before)
    given = {
        **agency,
        **head,
        "cells": _in_order(head["form"], cells),
        "issues": _sorted(_issues(asked, head), head["form"]) if head["has_issues"] else [],
        "claims": _ordered(asked.rows(statement("filing_claims"), own), "claim_no"),
        "unresolved": (
            _ordered(asked.rows(statement("filing_unresolved"), own), "claim_no") if head["has_unresolved"] else []
        ),
        "revisions": [
            row | {"figures_changed": sum(change["filing_id"] == row["filing_id"] for change in changes)}
            for row in revisions
        ],
        "changes": [change for change in changes if change["filing_id"] == filing_id],
        "neighbours": neighbours,
        "last_year": _last_year(figures, before, head["form"]),
    }
    return FilingPage.model_validate(given)


def _ordered(rows: Iterable[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Rows in the order of some columns: a few are sorted here in less time than DuckDB plans it in."""
    return sorted(rows, key=itemgetter(*names))


def _cells(
    asked: Asked, filing_id: str, before: Mapping[str, Any] | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The cells of a filing and those of last year's. Identifiers of one agency follow each other, so one query reads
    both; last year's under another name are asked for apart."""
    last: str | None = before["filing_id"] if before else None
    near = last is not None and last < filing_id and last.split("-", 1)[0] == filing_id.split("-", 1)[0]
    rows = asked.rows(statement("filing_cells"), {"first": last if near else filing_id, "last": filing_id})
    own = [row for row in rows if row["filing_id"] == filing_id]
    if last is None:
        return own, []
    if not near:
        rows = asked.rows(statement("filing_cells"), {"first": last, "last": last})
    return own, [row for row in rows if row["filing_id"] == last]


def _revisions(asked: Asked, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All revisions of the report; nothing is looked for where the first one is the current one."""
    if head["revision"] == 1 and head["is_current"]:
        return [{name: head[name] for name in ("filing_id", "revision", "is_current", "retrieved_at", "published_on")}]
    return asked.rows(
        statement("filing_revisions"), {name: head[name] for name in ("agency_id", "scope", "report_year")}
    )


def _changes(asked: Asked, revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures that the revisions changed; nothing to look for where there is one alone."""
    if len(revisions) < 2:
        return []
    return asked.rows(statement("filing_changes"), {"revisions": [row["filing_id"] for row in revisions]})


def _issues(asked: Asked, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The issues of a revision, with the decisions on them and the cells involved."""
    own = {"filing_id": head["filing_id"]}
    issues = asked.rows(statement("filing_issues"), own | {"agency_id": head["agency_id"]})
    decisions = {}
    if head["has_decisions"] or asked.build.kept.get("any_decided"):
        decisions = {row.pop("issue_id"): row for row in asked.rows(statement("filing_decisions"), own)}
    cells: dict[str, list[CellKey]] = {}
    found = asked.rows(statement("filing_issue_cells"), own)
    for row in _ordered(found, "issue_id", *_KEY):
        cells.setdefault(row["issue_id"], []).append((row["form_table"], row["row_code"], row["column_code"]))
    return [
        {**_UNDECIDED, **issue, **decisions.get(issue["issue_id"], {}), "cells": cells.get(issue["issue_id"], [])}
        for issue in issues
    ]


_UNDECIDED = {
    "decision": None,
    "reason": None,
    "role": None,
    "decided_at": None,
    "is_new_decision": False,
    "decision_lapsed": False,
}


def _in_order(form: str, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells in the form's order."""
    order = _order(form, merged_rows(form, (cell["row_code"] for cell in cells)))
    last = len(order)
    return sorted(cells, key=lambda c: order.get((c["form_table"], c["row_code"], c["column_code"]), last))


def merged_rows(form: str, rows: Iterable[str]) -> frozenset[str]:
    """Those of the rows that stand for several rows of the form."""
    return _all_merged(form).intersection(rows)


@cache
def _all_merged(form: str) -> frozenset[str]:
    return frozenset(row.code for table in load_forms()[form].tables for row in table.merged_rows)


@cache
def _order(form: str, merged: frozenset[str]) -> dict[CellKey, int]:
    return {key: number for number, key in enumerate(load_forms()[form].cells(merged))}


def _sorted(issues: list[dict[str, Any]], form: str) -> list[dict[str, Any]]:
    """The gravest first, what may be our misreading last, those of a rule in the form's order; those of one cause
    together."""
    order = _order(form, merged_rows(form, (row for issue in issues for _, row, _ in issue["cells"])))

    def rank(issue: Mapping[str, Any]) -> tuple[Any, ...]:
        at = min((order.get(cell, len(order)) for cell in issue["cells"]), default=len(order))
        severity = _SEVERITIES.index(issue["severity"])
        return issue["origin"] == "extraction", severity, issue["rule"], at, issue["place"], issue["issue_id"]

    issues = sorted(issues, key=rank)
    first: dict[str, int] = {}
    for number, issue in enumerate(issues):
        first.setdefault(issue["cause_group"] or issue["issue_id"], number)
    return sorted(issues, key=lambda issue: first[issue["cause_group"] or issue["issue_id"]])


def _last_year(figures: Iterable[Mapping[str, Any]], before: Mapping[str, Any] | None, form: str) -> dict[str, Figure]:
    """Last year's figures by the cells of this year's form, through what the editions have in common."""
    if before is None:
        return {}
    same = _equivalents(before["form"], form)
    found = {}
    for row in figures:
        key = (row["form_table"], row["row_code"], row["column_code"])
        key = same.get(key, key) if before["form"] != form else key
        found[cell_name(key)] = Figure(value=row["value"], status=row["status"])
    return found


def _equivalents(older: str, newer: str) -> Mapping[CellKey, CellKey]:
    """For cells of an older edition: the cells of a newer one that count the same, as the older form's file says."""
    return {own: same for same, own in load_forms()[older].equivalents.items()} if older < newer else {}


@show(pages, api, "/filings/{filing_id}", "filing.html")
def filing(filing_id: FilingId, asked: AskedNow) -> FilingPage:
    """One revision of a filing: its cells with their places, its issues, its prose, its other revisions."""
    return filing_of(filing_id, asked)


def reading(found: FilingPage, *, dismissed: bool = True) -> dict[str, Any]:
    """The filing as ``ogi extract`` prints a document (SCHEMA of one document), from the warehouse; without the
    dismissed issues if so wished."""
    return {
        "source": found.url,
        "sha256": found.sha256,
        "media_type": found.media_type,
        "error": None,
        "agency": found.agency_name,
        "agency_as_filed": found.agency_as_filed,
        "report_year": found.report_year,
        "form": found.form,
        "scope": found.scope,
        "title": found.title,
        "published_on": found.published_on and found.published_on.isoformat(),
        "cells": [_cell(cell) for cell in found.cells],
        "claims": [claim.model_dump(mode="json", exclude={"claim_no"}) for claim in found.claims],
        "unresolved_claims": [claim.model_dump(mode="json", exclude={"claim_no"}) for claim in found.unresolved],
        "issues": [
            _issue(issue) for issue in found.issues if issue.resolved_at is None and (dismissed or issue.counts)
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    given = cell.model_dump(mode="json")
    for name in ("table", "row", "column"):
        given[name] = given.pop("form_table" if name == "table" else f"{name}_code")
    return {name: given[name] for name in (*_CELL, *(set(given) - set(_CELL)))}


_CELL = ("table", "row", "column", "raw", "value", "status", "page", "bbox", "locator", "method")


def _issue(issue: Issue) -> dict[str, Any]:
    names = ("rule", "severity", "origin", "expected", "actual", "message_zh", "message_en")
    given = {name: getattr(issue, name) for name in (*names, "hint", "hint_en", "cause_group", "decision")}
    return given | {"where": issue.place, "cells": [list(cell) for cell in issue.cells]}


@api.get("/filings/{filing_id}/reading", response_model=None)
def filing_reading(filing_id: FilingId, asked: AskedNow) -> dict[str, Any]:
    """The machine-readable filing, shaped as ``ogi extract`` prints a document."""
    return reading(filing_of(filing_id, asked))


@api.get(
    "/filings/{filing_id}/notice",
    response_class=Response,
    responses={200: {"content": {DOCX: {}}}, 404: {"description": "no such filing, or nothing to correct"}},
)
def filing_notice(filing_id: FilingId, asked: AskedNow) -> Response:
    """The correction notice (DOCX): the filing's own errors and warnings, without those that were dismissed."""
    found = filing_of(filing_id, asked)
    content = notice(reading(found, dismissed=False))
    if content is None:
        raise HTTPException(
            404, {"zh": "没有须更正的问题，不出具通知。", "en": "There is nothing to correct, hence no notice."}
        )
    name = f"notice-{found.filing_id}.docx"
    return Response(content, media_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
