"""The rules: what each demands, how often it is broken, and how often reviewers found it wrong."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel

from dashboard.reader import Asked, statement
from dashboard.web import AskedNow, show
from expectations.rules.catalogue import catalogue

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["rules"])

MIN_DECISIONS = 20
"""Decisions (confirmed or dismissed) below which a false-alarm rate says nothing."""

EXAMPLES = 30


class Counts(BaseModel):
    """How a rule fares: open issues (dismissed ones left out), those put right, and reviewers' decisions on all."""

    open: int = 0
    filings: int = 0
    resolved: int = 0
    confirmed: int = 0
    dismissed: int = 0
    waiting: int = 0

    @property
    def decided(self) -> int:
        """Decisions that say whether the alarm was right."""
        return self.confirmed + self.dismissed

    @property
    def false_alarm_rate(self) -> float | None:
        """The share of dismissed among decided issues; None below ``MIN_DECISIONS``."""
        return self.dismissed / self.decided if self.decided >= MIN_DECISIONS else None


class RuleRow(BaseModel):
    """A rule of the catalogue with its counts."""

    rule: str
    name_zh: str
    name_en: str
    severity: str
    formula: str | None
    counts: Counts
    false_alarm_rate: float | None


class Rules(BaseModel):
    """The catalogue; ``min_decisions`` is the base below which no rate is told."""

    min_decisions: int
    rules: list[RuleRow]


class YearCount(BaseModel):
    """Open issues of a rule by report year, beside the current filings of that year."""

    report_year: int
    issues: int
    filings: int
    current_filings: int


class LevelCount(BaseModel):
    """Open issues of a rule by the agencies' level."""

    level: str | None
    issues: int
    filings: int


class NightCount(BaseModel):
    """All issues of a rule, open or not, by the month in which they were first seen; the latest 36 months."""

    month: str
    issues: int


class Example(BaseModel):
    """An open issue of the rule."""

    issue_id: str
    filing_id: str | None
    agency_name: str | None
    report_year: int | None
    expected: str | None
    actual: str | None
    message_zh: str
    message_en: str


class RulePage(BaseModel):
    """A rule whole: its definition (as ``ogi rules`` gives it), counts, and examples."""

    rule: str
    definition: dict[str, Any]
    counts: Counts
    false_alarm_rate: float | None
    min_decisions: int
    by_year: list[YearCount]
    by_level: list[LevelCount]
    by_month: list[NightCount]
    examples: list[Example]


def _counts(asked: Asked) -> dict[str, Counts]:
    return {row.pop("rule"): Counts(**row) for row in asked.rows(statement("rule_counts"))}


@show(pages, api, "/rules", "rules.html")
def rules(asked: AskedNow) -> Rules:
    """The rule catalogue, each rule with its open issues and its measured false-alarm rate."""
    counts = _counts(asked)
    rows = []
    for rule in catalogue().values():
        own = counts.get(rule.code, Counts())
        rows.append(
            RuleRow(
                rule=rule.code,
                name_zh=rule.name_zh,
                name_en=rule.name_en,
                severity=rule.severity,
                formula=rule.formula,
                counts=own,
                false_alarm_rate=own.false_alarm_rate,
            )
        )
    return Rules(min_decisions=MIN_DECISIONS, rules=rows)


@show(pages, api, "/rules/{rule}", "rule.html")
def rule_page(rule: Annotated[str, Path(max_length=60)], asked: AskedNow) -> RulePage:
    """A rule: what it demands and why, where it is broken, examples."""
    found = catalogue().get(rule)
    if found is None:
        raise HTTPException(404, {"zh": f"没有规则 {rule}。", "en": f"There is no rule {rule}."})
    counts = _counts(asked).get(rule, Counts())
    given = {"rule": rule}
    return RulePage(
        rule=rule,
        definition=found.describe(),
        counts=counts,
        false_alarm_rate=counts.false_alarm_rate,
        min_decisions=MIN_DECISIONS,
        by_year=[YearCount(**row) for row in asked.rows(statement("rule_by_year"), given)],
        by_level=[LevelCount(**row) for row in asked.rows(statement("rule_by_level"), given)],
        by_month=[NightCount(**row) for row in asked.rows(statement("rule_by_month"), given)],
        examples=[Example(**row) for row in asked.rows(statement("rule_examples"), given | {"most": EXAMPLES})],
    )
