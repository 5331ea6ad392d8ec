"""The overview: what last night did, what there is, and what of it is wrong."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from dashboard import charts
from dashboard.reader import Asked, statement
from dashboard.render import language_of
from dashboard.runs import Run, Standing, run_of_build, runs_of, standing
from dashboard.texts import label
from dashboard.web import AskedNow, SettingsNow, show
from warehouse.home import Home

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["overview"])

RULES = 12
"""Rules that are shown."""


class LevelYear(BaseModel):
    """Current filings of a year and level; those with open errors of their own, those with doubts about reading."""

    report_year: int
    level: str | None
    filings: int
    with_errors: int
    with_doubts: int


class ProvinceYear(BaseModel):
    """Current filings of a province and year; ``expected`` of sources and ``missing`` of these, None where no source
    says what it should have."""

    province: str | None
    report_year: int
    filings: int
    expected: int | None
    missing: int | None


class RuleCount(BaseModel):
    """Open issues of a rule that nobody dismissed, the filings concerned, and those nobody has decided on."""

    rule: str
    severity: str
    origin: str
    issues: int
    filings: int
    undecided: int


class Overview(BaseModel):
    """The state of the published build, and the newest runs (which need not have published anything).

    ``changed`` are the measures of the comparison with the build before, as the run that made this build noted them.
    """

    build: str
    built_at: str | None
    last_run: Run | None
    published_by: Run | None
    nights: Standing
    changed: dict[str, Any]
    filings: int
    agencies: int
    levels: list[LevelYear]
    coverage: list[ProvinceYear]
    rules: list[RuleCount]
    issues: int
    undecided: int

    @property
    def years(self) -> list[int]:
        """Report years, the newest first."""
        return sorted({row.report_year for row in self.coverage}, reverse=True)

    @property
    def provinces(self) -> list[str | None]:
        """Provinces in order; None for agencies without one (central ones among them)."""
        return list(dict.fromkeys(row.province for row in self.coverage))

    @property
    def cells(self) -> dict[tuple[str | None, int], ProvinceYear]:
        """Coverage by province and year."""
        return {(row.province, row.report_year): row for row in self.coverage}

    @property
    def by_year(self) -> list[LevelYear]:
        """All levels together, by year."""
        return [
            LevelYear(
                report_year=year,
                level=None,
                **{
                    name: sum(getattr(row, name) for row in self.levels if row.report_year == year)
                    for name in ("filings", "with_errors", "with_doubts")
                },
            )
            for year in self.years
            if any(row.report_year == year for row in self.levels)
        ]


def overview_of(asked: Asked, home: Home) -> Overview:
    """The overview of a build, and how the nights of its home stand."""
    head = asked.row(statement("overview_head")) or {}
    rules = [RuleCount(**row) for row in asked.rows(statement("overview_rules"))]
    ours = run_of_build(home, asked.build.build_id)
    newest = runs_of(home, 1)
    return Overview(
        build=asked.build.build_id,
        built_at=head["built_at"],
        last_run=newest[0] if newest else None,
        published_by=ours,
        nights=standing(home, ours),
        changed=(ours.record.get("comparison") or {}) if ours else {},
        filings=head["filings"],
        agencies=head["agencies"],
        levels=[LevelYear(**row) for row in asked.rows(statement("overview_levels"))],
        coverage=[ProvinceYear(**row) for row in _coverage(asked)],
        rules=rules[:RULES],
        issues=sum(row.issues for row in rules),
        undecided=sum(row.undecided for row in rules),
    )


def _coverage(asked: Asked) -> list[dict[str, Any]]:
    """Coverage does not change within a build."""
    kept = asked.build.kept
    if "coverage" not in kept:
        kept["coverage"] = asked.rows(statement("overview_coverage"))
    found: list[dict[str, Any]] = kept["coverage"]
    return found


@show(pages, api, "/", "overview.html")
def overview(asked: AskedNow, settings: SettingsNow) -> Overview:
    """What last night did, what there is, and what of it is wrong."""
    return overview_of(asked, settings.home)


@pages.get("/charts/errors.svg")
def errors_chart(request: Request, asked: AskedNow) -> Response:
    """The share of current filings with open errors, by year and level."""
    language = language_of(request)
    rows = asked.rows(statement("overview_levels"))
    if not rows:
        raise HTTPException(404, {"zh": "还没有报告。", "en": "There is no filing yet."})
    levels = list(dict.fromkeys(row["level"] for row in rows))
    by = {(row["level"], row["report_year"]): row for row in rows}
    years = range(min(row["report_year"] for row in rows), max(row["report_year"] for row in rows) + 1)
    points = [
        {
            "year": year,
            "series": label("level", level, language),
            "share": 100 * by[level, year]["with_errors"] / by[level, year]["filings"] if (level, year) in by else None,
        }
        for level in levels
        for year in years
    ]
    zh = language == "zh"
    titles = {
        "year": "年度" if zh else "Report year",
        "share": "有错误的报告（%）" if zh else "filings with errors (%)",
        "series": "",
    }
    svg = charts.line_chart(points, "year", "share", "series", titles)
    return Response(svg, media_type="image/svg+xml")
