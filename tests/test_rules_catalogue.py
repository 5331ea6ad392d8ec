"""The catalogue is complete, consistent, and every rule of it is switched on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations.rules import RuleError, catalogue, catalogue_markdown, rule_of
from expectations.rules.catalogue import DEFINITIONS, HERE, load_catalogue
from expectations.rules.page import PAGE
from extract.forms import CellKey, load_forms
from extract.sketch import SHORTEST, sketch
from tests.factories import failed_reading, reading, record
from tests.rule_agencies import BUSY
from tests.test_rules_support import APPLICANTS, found_while_reading, issues, judged, one
from transform.frames import ReadingRecord

T = "applications"
R = "review_litigation"
S = "statistics"
FEES = ("proactive", "fees", "amount")


def _as_read(rule: str, where: str = "granted.total", cells: tuple[CellKey, ...] = ()) -> list[ReadingRecord]:
    return [record(reading(issues=[found_while_reading(rule, where, cells)]))]


def _statistics(total: str) -> list[ReadingRecord]:
    return [one({(S, total, "count"): 1}, form="2014", year=2016)]


def _stating(kind: str, **statement: Any) -> list[ReadingRecord]:
    """A document whose prose makes a statement, and two of whose figures are 1."""
    cells = {(T, "carried_forward", "total"): 1, (T, "other.fee_not_paid_in_time", "total"): 1}
    return [one(cells, statements=[{"kind": kind, "sentence": "原句。", "scope": "own", **statement}])]


def _in_yuan() -> ReadingRecord:
    """A document that writes its fees in yuan and says so."""
    document = one({FEES: 12})
    (cell,) = (cell for cell in document.reading["cells"] if cell["row"] == "fees")
    cell["raw"] = "120000元"
    return document


# For every rule documents that break it.
BROKEN: dict[str, Callable[[], list[ReadingRecord]]] = {
    "applications_balance": lambda: [one({(T, "carried_forward", "total"): 1})],
    "applications_outcome_sum": lambda: [one({(T, "granted", "total"): 1})],
    "applications_applicant_sum": lambda: [one({(T, "granted", "natural_person"): 1})],
    "review_sum": lambda: [one({(R, "review", "upheld"): 1})],
    "litigation_direct_sum": lambda: [one({(R, "litigation_direct", "pending"): 1})],
    "litigation_after_review_sum": lambda: [one({(R, "litigation_after_review", "total"): 1})],
    "total_blank": lambda: [one({(T, "granted", "total"): "blank"})],
    "carry_over_continuity": lambda: [one({(T, "carried_forward", "total"): 1}, year=2023), one({})],
    "normative_document_stock": lambda: [one({("proactive", "regulations", "in_force"): 1}, year=2023), one({})],
    "form_era": lambda: [one({}, form="2019", year=2021)],
    "not_a_count": lambda: [one({("proactive", "licensing", "decisions"): -1})],
    "late_publication": lambda: [one({}, published_on="2025-02-01")],
    "filing_missing": lambda: [one({}, year=2022), one({})],
    "narrative_mismatch": lambda: [
        one({}, claims=[{"metric": "applications.granted.total", "value": 1, "sentence": "原句。", "scope": "own"}])
    ],
    "statement_mismatch": lambda: _stating("all_concluded"),
    "percentage_mismatch": lambda: _stating(
        "percentage", metric="applications.granted.total", base="applications.carried_forward.total", value=50
    ),
    "narrative_breakdown": lambda: _stating("breakdown", value=3, parts=[1, 1]),
    "fee_statement": lambda: _stating("no_fees"),
    "period_mismatch": lambda: _stating("period", first_day="2023-01-01", last_day="2024-12-31"),
    "form_citation": lambda: _stating("form_cited", metric="2019"),
    "applicant_split_missing": lambda: [
        one(
            {(T, row.code, column): "blank" for row in load_forms()["2021"].table(T).rows for column in APPLICANTS}
            | {(T, "granted", "total"): 1}
        )
    ],
    "regulation_power": lambda: [one({("proactive", "regulations", "issued"): 1})],
    "publication_date_impossible": lambda: [one({}, published_on="1970-01-01")],
    "table_missing": lambda: _as_read("table_missing", R),
    "cell_missing": lambda: _as_read("cell_missing"),
    "cell_unreadable": lambda: _as_read("cell_unreadable"),
    "form_rows_merged": lambda: _as_read("form_rows_merged", "other"),
    "amount_unit": lambda: [_in_yuan()],
    "label_altered": lambda: _as_read("label_altered", "carried_forward"),
    "form_extended": lambda: _as_read("form_extended", T),
    "unit_unstated": lambda: _as_read("unit_unstated", "fees.amount"),
    "extraction_uncertain": lambda: _as_read("extraction_uncertain"),
    "correction_stale": lambda: _as_read("correction_stale"),
    "document_unreadable": lambda: [record(failed_reading())],
    "identity_unknown": lambda: [record(reading(agency=None))],
    "identity_conflict": lambda: [record(reading(), agency="other")],
    "agency_unregistered": lambda: [record(reading(agency="示例县某某局"))],
    "text_damaged": lambda: _as_read("text_damaged", "text"),
    "reading_invalid": lambda: [record(reading(scope="everywhere"))],
}


def _as_ever(*years: int, agency: str = "示例县商务局", cells: dict[CellKey, Any] | None = None) -> list[ReadingRecord]:
    return [one(cells or {}, agency=agency, year=year) for year in years]


def _with_prose(agency: str) -> ReadingRecord:
    text = "".join(chr(0x4E00 + number) for number in range(SHORTEST))
    return one({}, agency=agency, narrative={"characters": len(text), "sketch": sketch(text), "text": text})


# Across filings.
BROKEN |= {
    "pending_continuity": lambda: [one({(R, "review", "pending"): 1}, year=2023), one({})],
    "tables_repeated": lambda: _as_ever(2023, 2024, cells=BUSY),
    "filing_changed": lambda: [one({}), one({(T, "granted", "total"): 1})],
    "filings_conflict": lambda: [one({}), one({(T, "granted", "total"): 1}, media_type="application/pdf")],
    "implausible_magnitude": lambda: [one({FEES: 12}, year=2022), one({FEES: 12}, year=2023), one({FEES: 120000})],
    "tables_copied": lambda: [*_as_ever(2024, cells=BUSY), *_as_ever(2024, agency="示例区商务局", cells=BUSY)],
    "rollup_mismatch": lambda: [
        one({}, agency="示例县人民政府", scope="area"), one({(T, "received_new", "total"): 1}),
    ],
    "narrative_copied": lambda: [_with_prose("示例县商务局"), _with_prose("示例区商务局")],
    "filing_stopped": lambda: [*_as_ever(2022, 2023, 2024), *_as_ever(2022, 2023, agency="示例区商务局")],
    "area_report_missing": lambda: [
        one({}, agency="示例县人民政府", scope="area", year=2023), one({}, agency="示例县人民政府"),
    ],
}  # fmt: skip

for _total in ("received", "concluded", "replied", "replied.refused", "reviews", "lawsuits", "staff"):
    BROKEN[f"statistics_{_total.removeprefix('replied.')}_sum"] = partial(_statistics, _total)


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(BROKEN) == set(catalogue())


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_rule_fires(rule: str) -> None:
    fires(rule, [rule])


def fires(rule: str, applied: list[str]) -> None:
    """That the document broken for a rule is told so when these rules are applied."""
    assert rule in {issue["rule"] for issue in issues(judged(BROKEN[rule](), rules=applied))}


def test_only_the_rules_asked_for_are_applied() -> None:
    records = BROKEN["applications_balance"]()
    assert {issue["rule"] for issue in issues(judged(records))} == {
        "applications_balance", "applications_applicant_sum",
    }  # fmt: skip
    others = [code for code in catalogue() if code != "applications_balance"]
    assert {issue["rule"] for issue in issues(judged(records, rules=others))} == {"applications_applicant_sum"}


def test_a_filing_without_fault_raises_nothing() -> None:
    records = [record(reading(published_on="2025-01-31")), record(reading(year=2023), retrieved_at=_noon(2024))]
    assert issues(judged(records)) == []


def _noon(year: int) -> datetime:
    return datetime(year, 2, 1, 4, tzinfo=UTC)


def test_severities_are_those_of_the_contract() -> None:
    severities = {code: rule.severity for code, rule in catalogue().items()}
    assert {code for code, severity in severities.items() if severity == "error"} == {
        "applications_balance", "applications_outcome_sum", "applications_applicant_sum", "review_sum",
        "litigation_direct_sum", "litigation_after_review_sum", "carry_over_continuity", "not_a_count",
        "table_missing", "reading_invalid", "narrative_mismatch",
        *(rule for rule in catalogue() if rule.startswith("statistics_")),
    }  # fmt: skip
    assert {code for code, severity in severities.items() if severity == "info"} == {
        "form_rows_merged", "unit_unstated", "agency_unregistered", "applicant_split_missing", "form_citation",
        "label_altered", "form_extended", "filing_changed", "area_report_missing", "amount_unit",
    }  # fmt: skip


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(RuleError, match="no_such_rule"):
        rule_of("no_such_rule")
    with pytest.raises(RuleError, match="no_such_rule"):
        judged([one({})], rules=["no_such_rule"])
    with pytest.raises(RuleError, match="no_such_rule"):
        judged(_as_read("no_such_rule"))
    with pytest.raises(RuleError, match="review_sum"):
        judged(_as_read("review_sum"))


def test_definitions_are_complete() -> None:
    for rule in catalogue().values():
        described = rule.describe()
        for name in ("name", "holds", "source", "applies", "doubt"):
            assert described[f"{name}_zh"] and described[f"{name}_en"], (rule.code, name)
        assert rule.formula, rule.code
        said = "example" if rule.computed == "reading" else "message"
        assert described[f"{said}_zh"] and described[f"{said}_en"], rule.code
        assert (rule.sql is None) == (rule.computed == "reading")


def test_a_rule_lists_the_editions_that_have_what_it_is_about() -> None:
    forms = {code: set(rule.forms) for code, rule in catalogue().items()}
    assert forms["normative_document_stock"] == forms["form_rows_merged"] == {"2021"}
    for code in ("carry_over_continuity", "pending_continuity", "tables_copied", "tables_repeated", "rollup_mismatch",
                 "statement_mismatch", "applicant_split_missing", "regulation_power", "label_altered",
                 "form_extended"):  # fmt: skip
        assert forms[code] == {"2019", "2021"}, code
    editions = load_forms().values()
    for rule in catalogue().values():
        late = {form.code for form in editions if form.last_year and form.last_year < (rule.first_year or 0)}
        assert not late & set(rule.forms), rule.code


def test_every_query_file_belongs_to_a_rule() -> None:
    shared = {
        "identity", "issue", "metric_figure", "previous_filing", "agency_family", "reading", "figures", "sums",
        "own_fact",
        "superseded_filing",
    }  # fmt: skip
    queries = {path.stem for path in (HERE / "sql").glob("*.sql")}
    assert queries - shared == {rule.code for rule in catalogue().values() if rule.computed == "sql"}


def test_formula_of_an_identity_comes_from_the_form() -> None:
    assert rule_of("applications_balance").formula == (
        "received_new + received_carried_over = concluded_total + carried_forward"
    )
    assert rule_of("applications_outcome_sum").formula == "granted + … + other.other = concluded_total"


def test_page_names_every_rule_once() -> None:
    page = catalogue_markdown()
    assert PAGE.read_text("utf-8") == page, "make rules"
    for code, rule in catalogue().items():
        assert page.count(f"## {code}\n") == 1
        for text in (rule.holds_zh, rule.holds_en, rule.formula, rule.message_zh or rule.example_zh):
            assert text and text in page, code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"severity": "grave"}, "severity"),
        ({"computed": "guess"}, "computed"),
        ({"message_zh": "{nobody}"}, "nobody"),
        ({"message_zh": None}, "message is lacking"),
        ({"formula": None}, "formula is lacking"),
        ({"computed": "reading"}, "example"),
        ({"cited_zh": "{law}"}, "cited"),
        ({"first_year": None}, "first_year"),
        ({"colour": "red"}, "colour"),
        ({"parameters": {"threshold": 1}}, "threshold"),
        ({"forms": ["1999"]}, "1999"),
        ({"name_zh": ...}, "name_zh"),
        ({"rule": "review_sum"}, "twice"),
    ],
)
def test_a_faulty_catalogue_is_refused(change: dict[str, object], message: str, tmp_path: Path) -> None:
    entries = _entries()
    entry = next(entry for entry in entries if entry["rule"] == "carry_over_continuity")
    for key, value in change.items():
        if value is ...:
            del entry[key]
        else:
            entry[key] = value
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    with pytest.raises(RuleError, match=message):
        load_catalogue(tmp_path)


def _entries() -> list[dict[str, Any]]:
    """Every definition, in the catalogue's order."""
    files = sorted(DEFINITIONS.glob("*.yaml"))
    return [entry for path in files for entry in yaml.safe_load(path.read_text("utf-8"))]


def test_the_catalogue_has_the_identities_of_the_forms(tmp_path: Path) -> None:
    entries = _entries()
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump([e for e in entries if e["rule"] != "review_sum"], allow_unicode=True), "utf-8")
    with pytest.raises(RuleError, match="review_sum"):
        load_catalogue(tmp_path)
    assert {identity.rule for form in load_forms().values() for identity in form.identities} <= set(catalogue())
