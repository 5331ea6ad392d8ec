"""All flagged filings, page by page: the plain list that is exported, too."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dashboard.filings import Filing, Text
from dashboard.reader import Asked, statement
from dashboard.web import AskedNow, show

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["filings"])

PAGE = 200
_FLAGGED = "m.errors + m.warnings + m.doubts > 0"


class Flagged(BaseModel):
    """A page of the current filings with open errors, warnings or doubts, the gravest first."""

    province: str | None
    year: int | None
    page: int
    of_pages: int
    total: int
    filings: list[Filing]


def where(province: str | None, year: int | None) -> tuple[str, dict[str, Any]]:
    """The condition of the list and its parameters."""
    given: dict[str, Any] = {name: value for name, value in (("province", province), ("year", year)) if value}
    parts = {"province": "m.province = $province", "year": "m.report_year = $year"}
    return " AND ".join([_FLAGGED, *(parts[name] for name in given)]), given


def flagged_ids(asked: Asked, province: str | None, year: int | None) -> list[str]:
    """The identifiers of all flagged filings, in the order of the list."""
    condition, given = where(province, year)
    order = "m.errors DESC, m.warnings DESC, m.place"
    query = f"SELECT m.filing_id FROM live.listing m WHERE {condition} ORDER BY {order}"
    return [row["filing_id"] for row in asked.rows(query, given)]


@show(pages, api, "/flagged", "flagged.html")
def flagged(
    asked: AskedNow,
    province: Text = None,
    year: Annotated[int | None, Query(ge=1900, le=9999)] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Flagged:
    """The flagged filings of a province and year (all where not given), 200 to a page."""
    condition, given = where(province, year)
    row = asked.row(statement("filings_count").format(where=condition), given)
    total = int(row["filings"]) if row else 0
    order = f"m.errors DESC, m.warnings DESC, m.place LIMIT {PAGE} OFFSET {(page - 1) * PAGE}"
    rows = asked.rows(statement("filings").format(where=condition, order=order), given)
    return Flagged(
        province=province,
        year=year,
        page=page,
        of_pages=max(1, -(-total // PAGE)),
        total=total,
        filings=[Filing(**row) for row in rows],
    )
