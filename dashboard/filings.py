"""The list of filings: searched, filtered, sorted, paged.

Pages are found by the last filing of the page before (``after``) rather than by their number: a page of a
million rows costs as much as the first one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from dashboard.decisions import refresh
from dashboard.downloads import BOM, csv_text
from dashboard.reader import Asked, statement
from dashboard.texts import Number
from dashboard.web import AskedNow, show
from expectations.rules.catalogue import catalogue
from transform.contracts import codes

PAGE = 50
pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["filings"])


class Sort(StrEnum):
    """Columns by which the list is sorted."""

    errors = "errors"
    warnings = "warnings"
    doubts = "doubts"
    year = "year"
    agency = "agency"
    published = "published"
    received = "received"


_KEYS = {
    # What is lacking counts as the smallest.
    "errors": ("m.errors", "desc"),
    "warnings": ("m.warnings", "desc"),
    "doubts": ("m.doubts", "desc"),
    "year": ("m.report_year", "desc"),
    "agency": ("m.name_rank", "asc"),
    "published": ("coalesce(m.published_on, DATE '0001-01-01')", "desc"),
    "received": ("coalesce(m.received_new, -1)", "desc"),
}

Text = Annotated[str | None, Query(max_length=100)]
Code = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9_]*$")]


class Wanted(BaseModel):
    """What of the list is wanted; None and "" for all."""

    q: str | None = None
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    level: str | None = None
    sector: str | None = None
    year: int | None = None
    scope: str | None = None
    form: str | None = None
    rule: str | None = None
    severity: str | None = None
    origin: str | None = None
    review: str | None = None
    sort: Sort = Sort.errors
    direction: Literal["asc", "desc"] | None = None
    after: str | None = None
    before: str | None = None

    @property
    def way(self) -> Literal["asc", "desc"]:
        """The direction of sorting; each column has one of its own."""
        own: Any = _KEYS[self.sort][1]
        return self.direction or own

    def filters(self) -> dict[str, Any]:
        """The parameters that narrow the list, without sorting and paging."""
        return self.model_dump(exclude={"sort", "direction", "after", "before"}, exclude_none=True)

    def address(self, **other: Any) -> dict[str, Any]:
        """The parameters of the list's address, some of them replaced; sorting anew begins at the first page."""
        now = self.filters() | {"sort": self.sort.value, "direction": self.direction} | other
        return {name: value for name, value in now.items() if value not in (None, "")}


class Filing(BaseModel):
    """A current filing as the list shows it. Figures are the totals as filed; None where there is no number."""

    filing_id: str
    agency_id: str
    agency_name: str
    level: str | None
    sector: str | None
    region_code: str | None
    province: str | None
    prefecture: str | None
    county: str | None
    report_year: int
    scope: str
    form: str
    revision: int
    published_on: date | None
    received_new: Number | None
    errors: int
    warnings: int
    remarks: int
    doubts: int


class Filings(BaseModel):
    """A page of the list: how many there are in all, and where the pages beside it begin."""

    wanted: Wanted
    total: int
    filings: list[Filing]
    next: str | None
    previous: str | None
    choices: dict[str, list[Any]]


async def wanted(
    q: Text = None,
    province: Text = None,
    prefecture: Text = None,
    county: Text = None,
    level: Code = None,
    sector: Code = None,
    year: Annotated[str | None, Query(pattern=r"^([0-9]{4})?$")] = None,
    scope: Code = None,
    form: Code = None,
    rule: Code = None,
    severity: Code = None,
    origin: Code = None,
    review: Code = None,
    sort: Sort = Sort.errors,
    direction: Literal["asc", "desc"] | None = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=200)] = None,
) -> Wanted:
    """The parameters of the list's address; an unknown code finds nothing, and an empty one is none."""
    given = {name: value.strip() or None if isinstance(value, str) else value for name, value in locals().items()}
    return Wanted.model_validate(given)


WantedNow = Annotated[Wanted, Depends(wanted)]

_EQUAL = {
    "province": "m.province",
    "prefecture": "m.prefecture",
    "county": "m.county",
    "level": "m.level::VARCHAR",
    "sector": "m.sector::VARCHAR",
    "year": "m.report_year",
    "scope": "m.scope::VARCHAR",
    "form": "m.form::VARCHAR",
}
_OF_ISSUES = {
    "rule": "i.rule = $rule",
    "severity": "i.severity::VARCHAR = $severity",
    "origin": "i.origin::VARCHAR = $origin",
}
# A filter by rule, severity or origin looks at open issues that nobody dismissed, unless dismissed ones are asked for.
_DECISION = "coalesce(d.decision, i.decision::VARCHAR)"
_REVIEW = {
    "none": f"{_DECISION} IS NULL",
    "confirmed": f"{_DECISION} = 'confirmed'",
    "dismissed": f"{_DECISION} = 'dismissed'",
    "waiting": f"{_DECISION} = 'waiting'",
    "lapsed": f"i.decision_lapsed AND {_DECISION} IS NULL",
}


def _conditions(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The list's WHERE, and its parameters: values come in as parameters only."""
    given = wanted.filters()
    parts = ["true", *(f"{column} = ${name}" for name, column in _EQUAL.items() if name in given)]
    if "q" in given:
        parts.append(
            "(m.name_rank IN (SELECT n.name_rank FROM live.name n WHERE contains(n.agency_name, $q)) "
            "OR m.filing_id = $q OR m.agency_id = $q)"
        )
    about = [fragment for name, fragment in _OF_ISSUES.items() if name in given]
    if about or "review" in given:
        review = given.pop("review", None)
        about.append(_REVIEW.get(review, "false") if review else f"{_DECISION} IS DISTINCT FROM 'dismissed'")
        parts.append(
            "m.place IN (SELECT i.place FROM live.issue i LEFT JOIN live.decided d ON d.issue_id = i.issue_id "
            f"WHERE {' AND '.join(about)})"
        )
    return " AND ".join(parts), given


def _page(asked: Asked, wanted: Wanted, size: int) -> list[dict[str, Any]]:
    """The filings of a page: first their places in order, then, by the index, what of them is shown."""
    where, given = _conditions(wanted)
    key = _KEYS[wanted.sort][0]
    way = wanted.way
    backwards = wanted.before is not None and wanted.after is None
    mark = wanted.before if backwards else wanted.after
    if mark is not None:
        sign = ">" if (way == "asc") != backwards else "<"
        beyond = "<" if backwards else ">"
        # Asked for apart: as a part of the query it would be looked for thrice.
        at = asked.row(f"SELECT {key} AS mark, m.place FROM live.listing m WHERE m.filing_id = $mark", {"mark": mark})
        if at is None:
            return []
        where += f" AND ({key} {sign} $mark OR ({key} = $mark AND m.place {beyond} $place))"
        given |= at
    order = f"{key} {_turned(way) if backwards else way}, m.place {'desc' if backwards else 'asc'}"
    found = asked.rows(statement("filings_places").format(where=where, order=order), given | {"page": size})
    if not found:
        return []
    places = ", ".join(str(row["place"]) for row in (found[::-1] if backwards else found))
    query = statement("filings").format(where=f"m.place IN ({places})", order=f"list_position([{places}], m.place)")
    return asked.rows(query)


def _turned(way: str) -> str:
    return "asc" if way == "desc" else "desc"


def _count(asked: Asked, wanted: Wanted) -> int:
    """How many filings the filters leave; kept until the build or the decisions change."""
    counts = asked.build.kept.setdefault("counts", {})
    where, given = _conditions(wanted)
    key = (where, tuple(sorted(given.items())))
    if key not in counts:
        if len(counts) > 1000:
            counts.clear()
        row = asked.row(statement("filings_count").format(where=where), given)
        counts[key] = row["filings"] if row else 0
    return int(counts[key])


@cache
def _codes() -> dict[str, list[str]]:
    return {
        "level": list(codes("level")),
        "sector": list(codes("sector")),
        "scope": list(codes("scope")),
        "form": list(codes("form")),
        "severity": list(codes("severity")),
        "origin": list(codes("origin")),
        "review": list(_REVIEW),
        "rule": list(catalogue()),
    }


def choices(asked: Asked, wanted: Wanted) -> dict[str, list[Any]]:
    """What the filters offer: closed sets whole, regions below the one chosen, the years that there are."""
    kept = asked.build.kept
    if "years" not in kept:
        rows = asked.rows("SELECT DISTINCT report_year FROM live.listing ORDER BY 1 DESC")
        kept["years"] = [row["report_year"] for row in rows]
        kept["regions"] = {}
        for row in asked.rows(statement("regions")):
            towns = kept["regions"].setdefault(row["province"], {}).setdefault(row["prefecture"], [])
            if row["county"] is not None:
                towns.append(row["county"])
    prefectures = kept["regions"].get(wanted.province, {})
    return {
        **_codes(),
        "year": kept["years"],
        "province": list(kept["regions"]),
        "prefecture": [name for name in prefectures if name is not None],
        "county": prefectures.get(wanted.prefecture, []),
    }


@show(pages, api, "/filings", "filings.html")
def filings(wanted: WantedNow, asked: AskedNow) -> Filings:
    """Current filings, a page of them. Open issues that a reviewer dismissed are not counted."""
    backwards = wanted.before is not None and wanted.after is None
    rows = _page(asked, wanted, PAGE + 1)
    more = len(rows) > PAGE
    shown = (rows[-PAGE:] if backwards else rows[:PAGE]) if more else rows
    first, last = (shown[0]["filing_id"], shown[-1]["filing_id"]) if shown else (None, None)
    return Filings(
        wanted=wanted,
        total=_count(asked, wanted),
        filings=[Filing(**row) for row in shown],
        next=last if more or backwards else None,
        previous=first if (wanted.after is not None or (backwards and more)) else None,
        choices=choices(asked, wanted),
    )


@pages.get("/filings.csv")
def filings_csv(wanted: WantedNow, request: Request) -> StreamingResponse:
    """The filings that the filters leave, all of them, as CSV in the order of the list."""
    return StreamingResponse(
        _csv(request, wanted),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="filings.csv"'},
    )


def _csv(request: Request, wanted: Wanted) -> Iterator[str]:
    # The answer outlives the function that begins it, so it holds the build itself.
    state = request.app.state
    with state.reader.asking() as asked:
        refresh(asked.build, state.settings.home)
        where, given = _conditions(wanted)
        order = f"{_KEYS[wanted.sort][0]} {wanted.way}, m.place"
        query = statement("filings").format(where=where, order=order)
        yield BOM
        first = True
        for names, rows in asked.pieces(query, given):
            yield csv_text(([names] if first else []) + [list(row) for row in rows])
            first = False
        if first:
            yield csv_text([list(Filing.model_fields)])
