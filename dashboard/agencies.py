"""Agencies: one's years side by side, its peers, its place in the hierarchy, the years that are lacking."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel

from dashboard import charts
from dashboard.filings import Code, Text
from dashboard.reader import Asked, statement
from dashboard.render import language_of
from dashboard.texts import Number, label, labels
from dashboard.web import AskedNow, show

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["agencies"])

PAGE = 50
RELATIVES = 300
"""Agencies below one, and its predecessors, on a page of its own."""

FEW = 10
"""Peers in the province below which all of the country are taken."""

FIGURES: tuple[tuple[str, str, str], ...] = (
    ("received_new", "本年新收申请", "Received this year"),
    ("received_carried_over", "上年结转", "Carried over from last year"),
    ("granted", "予以公开", "Granted"),
    ("partly_granted", "部分公开", "Partly granted"),
    ("refused", "不予公开（各项之和）", "Refused (sum of the grounds)"),
    ("unavailable", "无法提供（各项之和）", "Unavailable (sum of the grounds)"),
    ("unavailable_not_held", "其中本机关不掌握", "of which not held"),
    ("not_processed", "不予处理（各项之和）", "Not processed (sum of the grounds)"),
    ("other_handled", "其他处理", "Otherwise handled"),
    ("concluded", "办理结果总计", "Concluded in total"),
    ("carried_forward", "结转下年度", "Carried forward"),
    ("review_total", "行政复议", "Administrative reviews"),
    ("review_corrected", "其中结果纠正", "of which corrected"),
    ("litigation_total", "行政诉讼（两类之和）", "Lawsuits (both routes)"),
    ("litigation_corrected", "其中结果纠正", "of which corrected"),
    ("normative_documents_issued", "制发规范性文件", "Normative documents issued"),
    ("fees_amount", "收费（万元）", "Fees (万元)"),
)
"""Columns of ``mart_filing`` that the page shows, with their names."""


class AgencyRow(BaseModel):
    """An agency of the list; counts are of its current filings."""

    agency_id: str
    name: str
    level: str | None
    sector: str | None
    province: str | None
    prefecture: str | None
    county: str | None
    filings: int
    first_year: int | None
    last_year: int | None
    errors: int
    warnings: int


class Agencies(BaseModel):
    """A page of agencies, those behind ``after`` (None: the first page); ``next`` begins the page after it."""

    q: str | None
    level: str | None
    sector: str | None
    agencies: list[AgencyRow]
    after: str | None
    next: str | None
    choices: dict[str, list[str]]


class YearFiling(BaseModel):
    """A current filing of the agency's lineage. ``figures`` by name, None where the filing has no number."""

    filing_id: str
    agency_id: str
    agency_name: str
    report_year: int
    scope: str
    form: str
    published_on: date | None
    figures: dict[str, Number | None]
    errors: int
    warnings: int
    doubts: int


class Scope(BaseModel):
    """The filings of one scope; ``missing`` are years between the first and the last without one, ``several`` those
    with more than one."""

    scope: str
    filings: list[YearFiling]
    missing: list[int]
    several: list[int]


class Relative(BaseModel):
    """An agency beside this one: ``child`` or ``predecessor``."""

    agency_id: str
    name: str
    relation: str


class Peers(BaseModel):
    """Where the newest filing stands among its peers': same year, scope, level and sector, in ``province`` or, where
    those are few, in the whole country (None). Ranks count from the largest; shares are refused of concluded."""

    report_year: int
    scope: str
    province: str | None
    filings: int
    received: Number | None
    with_received: int
    median_received: float | None
    rank_received: int | None
    share: float | None
    with_share: int
    median_share: float | None
    rank_share: int | None
    errors: int
    median_errors: float | None
    rank_errors: int


class AgencyPage(BaseModel):
    """An agency whole. ``relatives`` are those after the first ``relatives_skipped`` of ``relatives_total``.
    ``expected_missing``: years in which a source should have a filing of it and its lineage has none of any scope."""

    agency_id: str
    name: str
    level: str | None
    sector: str | None
    region_code: str | None
    province: str | None
    prefecture: str | None
    county: str | None
    parent_agency_id: str | None
    parent_name: str | None
    valid_from: date | None
    valid_to: date | None
    successor_id: str | None
    successor_name: str | None
    lineage_id: str
    is_registered: bool
    relatives: list[Relative]
    relatives_skipped: int
    relatives_total: int
    scopes: list[Scope]
    expected_missing: list[int]
    peers: Peers | None


@show(pages, api, "/agencies", "agencies.html")
def agencies(
    asked: AskedNow,
    q: Text = None,
    level: Code = None,
    sector: Code = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Agencies:
    """Agencies by name, level and sector, in the order of their identifiers."""
    given: dict[str, Any] = {}
    parts = ["true"]
    for name, fragment in (
        ("q", "(contains(a.name, $q) OR a.agency_id = $q)"),
        ("level", "a.level::VARCHAR = $level"),
        ("sector", "a.sector::VARCHAR = $sector"),
        ("after", "a.agency_id > $after"),
    ):
        value = {"q": q, "level": level, "sector": sector, "after": after}[name]
        if value and value.strip():
            given[name] = value.strip()
            parts.append(fragment)
    rows = asked.rows(statement("agencies").format(where=" AND ".join(parts)), given | {"page": PAGE + 1})
    return Agencies(
        q=given.get("q"),
        level=given.get("level"),
        sector=given.get("sector"),
        agencies=[AgencyRow(**row) for row in rows[:PAGE]],
        after=given.get("after"),
        next=rows[PAGE - 1]["agency_id"] if len(rows) > PAGE else None,
        choices={name: list(labels(name)) for name in ("level", "sector")},
    )


AgencyId = Annotated[str, Path(max_length=200)]


def agency_of(agency_id: str, asked: Asked, skip: int = 0) -> AgencyPage:
    """An agency with its filings, and its relatives without the first ``skip``; HTTPException 404 where the build has
    none of that identifier."""
    own = {"agency_id": agency_id}
    head = asked.row(statement("agency"), own)
    if head is None:
        raise HTTPException(404, {"zh": f"没有机关 {agency_id}。", "en": f"There is no agency {agency_id}."})
    filings = [_filing(row) for row in asked.rows(statement("agency_years"), {"lineage_id": head["lineage_id"]})]
    scopes = []
    for scope in dict.fromkeys(filing.scope for filing in filings):
        of_scope = [filing for filing in filings if filing.scope == scope]
        years = {filing.report_year for filing in of_scope}
        missing = [year for year in range(min(years), max(years)) if year not in years]
        several = [year for year, number in Counter(f.report_year for f in of_scope).items() if number > 1]
        scopes.append(Scope(scope=scope, filings=of_scope, missing=missing, several=several))
    had = {filing.report_year for filing in filings}
    expected = [row["report_year"] for row in asked.rows(statement("agency_expected"), own)]
    relatives = asked.rows(statement("agency_relatives"), own | {"page": RELATIVES, "skip": skip})
    counted = asked.row(statement("agency_relatives_count"), own)
    return AgencyPage(
        **head,
        relatives=[Relative(**row) for row in relatives],
        relatives_skipped=skip,
        relatives_total=counted["agencies"] if counted else 0,
        scopes=scopes,
        expected_missing=[year for year in expected if year not in had],
        peers=_peers(asked, head, filings),
    )


def _filing(row: dict[str, Any]) -> YearFiling:
    figures = {name: row.pop(name) for name, _, _ in FIGURES}
    return YearFiling(**row, figures=figures)


def _peers(asked: Asked, head: dict[str, Any], filings: list[YearFiling]) -> Peers | None:
    """Where its newest filing of its own stands among its peers'; None for an agency without level or sector."""
    own = [filing for filing in filings if filing.agency_id == head["agency_id"]]
    if not own or head["level"] is None or head["sector"] is None:
        return None
    newest = max(own, key=lambda filing: (filing.report_year, filing.scope == "own"))
    received, refused, concluded = (newest.figures[name] for name in ("received_new", "refused", "concluded"))
    share = refused / concluded if refused is not None and concluded else None
    given = {
        "report_year": newest.report_year,
        "scope": newest.scope,
        "level": head["level"],
        "sector": head["sector"],
        "received": received,
        "refused": refused,
        "concluded": concluded,
        "errors": newest.errors,
    }
    for province in (head["province"], None) if head["province"] else (None,):
        row = asked.row(statement("agency_peers"), given | {"province": province})
        if row is not None and (row["filings"] >= FEW or province is None):
            return Peers(
                **{
                    **row,
                    "report_year": newest.report_year,
                    "scope": newest.scope,
                    "province": province,
                    "received": received,
                    "share": share,
                    "errors": newest.errors,
                    "rank_received": row["rank_received"] if received is not None else None,
                    "rank_share": row["rank_share"] if share is not None else None,
                }
            )
    return None


@show(pages, api, "/agencies/{agency_id}", "agency.html")
def agency(agency_id: AgencyId, asked: AskedNow, skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> AgencyPage:
    """An agency's years side by side, its peers, its place in the hierarchy: 300 relatives after the first ``skip``."""
    return agency_of(agency_id, asked, skip)


@pages.get("/agencies/{agency_id}/trend.svg")
def trend(request: Request, agency_id: AgencyId, asked: AskedNow) -> Response:
    """Applications received and concluded over the years, for the scope with most filings."""
    found = agency_of(agency_id, asked)
    if not found.scopes:
        raise HTTPException(404, {"zh": "没有报告，画不成图。", "en": "There is no filing to draw."})
    language = language_of(request)
    scope = max(found.scopes, key=lambda scope: len(scope.filings))
    number = 1 if language == "zh" else 2
    names = {figure[0]: figure[number] for figure in FIGURES}
    years = range(scope.filings[0].report_year, scope.filings[-1].report_year + 1)
    parts = _parts(scope.filings, agency_id)
    rows = [
        {
            "year": year,
            "series": names[name],
            "part": number,
            "figure": by_year[year].figures[name] if year in by_year else None,
        }
        for name in ("received_new", "concluded", "refused", "carried_forward")
        for number, by_year in enumerate(parts)
        for year in years
    ]
    titles = {
        "year": "年度" if language == "zh" else "Year",
        "figure": ("件 · " if language == "zh" else "applications · ") + label("scope", scope.scope, language),
        "series": "",
    }
    svg = charts.kept(
        asked.build,
        ("trend", agency_id, language),
        lambda: charts.line_chart(rows, "year", "figure", "series", titles, "part"),
    )
    return Response(svg, media_type="image/svg+xml")


def _parts(filings: list[YearFiling], agency_id: str) -> list[dict[int, YearFiling]]:
    """The filings by year, in as many parts as it takes to lose none of a year: its own agency's first."""
    parts: list[dict[int, YearFiling]] = []
    for filing in sorted(filings, key=lambda f: (f.agency_id != agency_id, f.agency_id, f.filing_id)):
        free = next((part for part in parts if filing.report_year not in part), None)
        if free is None:
            parts.append(free := {})
        free[filing.report_year] = filing
    return parts
