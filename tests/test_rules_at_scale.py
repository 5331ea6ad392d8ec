"""Rules across filings on many filings: copies among templates are found, honest histories raise no warning."""

from __future__ import annotations

from expectations.judge import judge
from tests.bench.narratives import SURE, database, later, plant
from tests.corpus.agencies import AGENCIES, PROFILES
from tests.corpus.figures import figures_of_form, history
from tests.factories import reading, record
from tests.test_rules_support import issues, judged
from transform.agencies import Agency, Register

ACROSS = [
    "carry_over_continuity", "pending_continuity", "normative_document_stock", "tables_repeated", "filing_changed",
    "filings_conflict", "implausible_magnitude", "tables_copied", "filing_stopped", "area_report_missing",
]  # fmt: skip


def test_planted_copies_are_found_among_templates() -> None:
    planted = plant(6000)
    found = {int(name[1:]) for name in judge(database(planted), ["narrative_copied"]).quality_issue["filing_id"]}
    pairs = zip(planted.copies.tolist(), planted.originals.tolist(), planted.similarity.tolist(), strict=True)
    sure = [later(copy, original) for copy, original, similarity in pairs if similarity >= SURE]
    assert len(sure) > 30 and sum(place in found for place in sure) >= 0.99 * len(sure)
    assert not found - set(planted.copies.tolist()) - set(planted.originals.tolist()) - set(planted.mass.tolist())


def test_honest_histories_raise_no_warning() -> None:
    agencies = [Agency(slug, f"{slug}局", AGENCIES[slug].level, "commerce") for slug in PROFILES]
    records = [
        record(
            reading(
                agency.name,
                year,
                form=form,
                scope="area" if PROFILES[agency.id].whole else "own",
                cells=dict(figures_of_form(figures, form)),
            )
        )
        for agency in agencies
        for year, figures in history(PROFILES[agency.id], agency.id, range(2019, 2025))
        for form in ("2019" if year < 2021 else "2021",)
    ]
    raised = issues(judged(records, Register(agencies), ACROSS))
    assert [issue for issue in raised if issue["severity"] != "info"] == []
