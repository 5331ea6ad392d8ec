"""From readings to typed frames: which filing, which revision, which figures, which issues."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.forms import load_forms
from tests.factories import NOON, failed_reading, reading, record, register
from transform.contracts import framed_contracts, load_contracts
from transform.frames import ReadingRecord, build_frames
from transform.typed import LIMIT, FrameError, arrow_schema, empty, exact, frame, number_text, rows_frame, to_arrow

RECEIVED = ("applications", "received_new", "natural_person")


def build(*records: ReadingRecord, **more: Any) -> dict[str, pd.DataFrame]:
    return build_frames(records, register(), **more)


def issues(frames: dict[str, pd.DataFrame], rule: str) -> list[dict[str, Any]]:
    found = to_arrow(frames["reading_issue"], "reading_issue").to_pylist()
    return [row for row in found if row["rule"] == rule]


def only(data: pd.DataFrame, **where: Any) -> dict[str, Any]:
    for name, value in where.items():
        data = data[data[name] == value]
    assert len(data) == 1
    return dict(data.iloc[0])


def test_every_table_is_there_typed_as_its_contract_says() -> None:
    frames = build(record(reading()), record(failed_reading()))
    assert frames.keys() == framed_contracts().keys()
    for table, data in frames.items():
        contract = framed_contracts()[table]
        assert list(data.columns) == [column.name for column in contract.columns]
        arrow = to_arrow(data, table)
        assert arrow.schema == arrow_schema(contract)
        for column in contract.columns:
            assert column.nullable or arrow[column.name].null_count == 0, (table, column.name)
        assert not data.duplicated(list(contract.key)).any(), table
        assert list(empty(table).dtypes) == list(data.dtypes), table


def test_a_filing_has_its_agency_year_scope_and_revision() -> None:
    row = only(build(record(reading(), url="https://a.example/1"))["dim_filing"])
    assert row["filing_id"] == "new-2024-own-r1"
    assert (row["agency_id"], row["report_year"], row["scope"], row["form"]) == ("new", 2024, "own", "2021")
    assert row["url"] == "https://a.example/1"
    assert row["retrieved_at"] == pd.Timestamp("2025-02-01 04:00") and row["is_current"]


def test_each_cell_of_the_form_goes_where_it_belongs() -> None:
    frames = build(record(reading(cells={RECEIVED: 7, ("proactive", "fees", "amount"): 21643.44})))
    form = load_forms()["2021"]
    assert len(frames["cell"]) == len(list(form.cells()))
    assert len(frames["fact_applications"]) == 24 * 6
    assert len(frames["fact_reviews"]) == 4 and len(frames["fact_litigation"]) == 8
    assert len(frames["fact_proactive"]) == 10
    assert len(frames["fact_reported_totals"]) == 25 + 6 + 3
    parts = sum(len(frames[name]) for name in frames if name.startswith("fact_"))
    assert parts == len(frames["cell"])
    assert only(frames["fact_applications"], item="received_new", applicant="natural_person")["value"] == 7
    assert only(frames["fact_proactive"], item="fees")["value"] == Decimal("21643.4400")
    assert "total" not in set(frames["fact_applications"]["applicant"])
    assert "concluded_total" not in set(frames["fact_applications"]["item"])


def test_routes_and_results_of_the_fourth_table() -> None:
    cells = {
        ("review_litigation", "review", "upheld"): 1,
        ("review_litigation", "litigation_direct", "corrected"): 2,
        ("review_litigation", "litigation_after_review", "pending"): 3,
        ("review_litigation", "litigation_after_review", "total"): 4,
    }
    frames = build(record(reading(cells=cells)))
    assert only(frames["fact_reviews"], result="upheld")["value"] == 1
    assert only(frames["fact_litigation"], route="direct", result="corrected")["value"] == 2
    assert only(frames["fact_litigation"], route="after_review", result="pending")["value"] == 3
    total = only(frames["fact_reported_totals"], row_code="litigation_after_review")
    assert total["value"] == 4 and total["column_code"] == "total"


@pytest.mark.parametrize("status", ["blank", "not_applicable", "unreadable", "missing"])
def test_only_a_reported_cell_has_a_value(status: str) -> None:
    cell = only(build(record(reading(cells={RECEIVED: status})))["fact_applications"], item="received_new",
                applicant="natural_person")  # fmt: skip
    assert cell["status"] == status and pd.isna(cell["value"])


def test_a_merged_row_and_the_older_form_fit() -> None:
    merged = build(record(reading(merged=frozenset({"other"}), cells={("applications", "other", "total"): 5})))
    assert "other" in set(merged["fact_applications"]["item"])
    assert "other.other" not in set(merged["fact_applications"]["item"])
    older = build(record(reading(year=2020, form="2019", cells={("proactive", "licensing", "change"): -4})))
    assert only(older["fact_proactive"], item="licensing", measure="change")["value"] == -4
    assert len(older["cell"]) == len(list(load_forms()["2019"].cells()))


def test_revisions_are_numbered_in_time_and_the_last_is_current() -> None:
    first = record(reading(cells={RECEIVED: 1}), retrieved_at=NOON)
    second = record(reading(cells={RECEIVED: 2}), retrieved_at=NOON + timedelta(days=1))
    whole = record(reading(scope="area"), retrieved_at=NOON)
    filings = build(second, whole, first)["dim_filing"]
    assert list(filings["filing_id"]) == ["new-2024-area-r1", "new-2024-own-r1", "new-2024-own-r2"]
    assert list(filings["is_current"]) == [True, False, True]
    assert only(filings, filing_id="new-2024-own-r2")["sha256"] == second.sha256


def test_a_document_seen_twice_is_one_filing_and_two_captures() -> None:
    document = reading()
    again = NOON + timedelta(days=30)
    frames = build(
        record(document, retrieved_at=again, url="https://b.example/"),
        record(document, url="https://a.example/"),
    )
    assert only(frames["dim_filing"])["url"] == "https://a.example/"
    assert only(frames["document"])["retrieved_at"] == pd.Timestamp("2025-02-01 04:00")
    assert len(frames["capture"]) == 2


def test_documents_that_are_no_filings_are_kept_with_an_issue() -> None:
    frames = build(
        record(failed_reading("encrypted", "locked")),
        record(failed_reading("not_a_filing", "a notice")),
        record(reading(agency=None)),
        record(reading(year=None)),
    )
    assert len(frames["dim_filing"]) == 0 and len(frames["document"]) == 4
    assert frames["document"]["filing_id"].isna().all()
    assert {(row["severity"], row["actual"]) for row in issues(frames, "document_unreadable")} == {
        ("warning", "encrypted"),
        ("info", "not_a_filing"),
    }
    assert len(issues(frames, "identity_unknown")) == 2
    assert all(row["filing_id"] is None for row in issues(frames, "identity_unknown"))


def broken(**changes: Any) -> dict[str, Any]:
    document = reading()
    document["cells"][0] |= changes
    return document


@pytest.mark.parametrize(
    ("document", "flaw"),
    [
        (broken(row="nothing"), "nothing"),
        (broken(status="odd"), "odd"),
        (broken(value=None), "value None"),
        (broken(status="blank"), "with value 0"),
        (reading(form="2021") | {"form": "1999"}, "1999"),
        (reading() | {"scope": "world"}, "world"),
        (reading() | {"report_year": 20244}, "20244"),
        (reading() | {"published_on": "31 January"}, "31 January"),
        (reading() | {"claims": [{"metric": "m", "value": None, "sentence": "s", "scope": "own"}]}, "claim"),
        (reading() | {"error": {"code": "boring", "message": ""}}, "boring"),
        ({key: value for key, value in reading().items() if key != "claims"}, "claims"),
    ],
)
def test_a_reading_that_breaks_its_contract_is_left_out_loudly(document: dict[str, Any], flaw: str) -> None:
    frames = build(record(document), record(reading(year=2023)))
    assert list(frames["dim_filing"]["report_year"]) == [2023]
    (issue,) = issues(frames, "reading_invalid")
    assert issue["severity"] == "error" and issue["origin"] == "extraction" and flaw in issue["message_en"]


def test_a_cell_listed_twice_is_found() -> None:
    document = reading()
    document["cells"].append(document["cells"][0])
    assert issues(build(record(document)), "reading_invalid")


def test_an_agency_outside_the_register_is_provisional_with_an_issue() -> None:
    frames = build(record(reading(agency="示例县民政局")))
    filing = only(frames["dim_filing"])
    agency = only(frames["dim_agency"], agency_id=filing["agency_id"])
    assert filing["agency_id"].startswith("p-") and agency["name"] == "示例县民政局"
    assert (agency["level"], agency["sector"], agency["is_registered"]) == ("county", "civil_affairs", False)
    (issue,) = issues(frames, "agency_unregistered")
    assert (issue["severity"], issue["origin"], issue["filing_id"]) == ("info", "extraction", filing["filing_id"])


def test_a_name_of_several_agencies_is_not_guessed() -> None:
    frames = build(record(reading(agency="商务局"), url="https://a.example/"))
    assert only(frames["dim_filing"])["agency_id"].startswith("p-")
    (issue,) = issues(frames, "agency_unregistered")
    assert "new" in issue["message_zh"] and "other" in issue["message_zh"]


def test_the_source_mapping_goes_before_the_document_and_a_conflict_is_noted() -> None:
    frames = build(record(reading(agency="示例区商务局"), agency="示例县商务局"))
    assert only(frames["dim_filing"])["agency_id"] == "new"
    (issue,) = issues(frames, "identity_conflict")
    assert (issue["severity"], issue["place"], issue["expected"], issue["actual"]) == (
        "warning",
        "agency",
        "示例县商务局",
        "示例区商务局",
    )


@pytest.mark.parametrize(
    ("named", "mapped"),
    [
        ("示例县商务局", "new"),
        ("县商务局", "new"),
        ("示例县商务和粮食局", "new"),
        ("务局", "new"),
        (None, "示例县商务局"),
    ],
)
def test_a_mapping_that_agrees_is_no_conflict(named: str | None, mapped: str) -> None:
    frames = build(record(reading(agency=named, year=2021), agency=mapped))
    assert only(frames["dim_filing"])["agency_id"] == "new" and not issues(frames, "identity_conflict")


def test_a_name_out_of_use_is_noted() -> None:
    frames = build(record(reading(agency="示例县商务和粮食局", year=2024)))
    assert only(frames["dim_filing"])["agency_id"] == "new"
    assert issues(frames, "identity_conflict")[0]["actual"] == "示例县商务和粮食局"


def test_the_documents_date_goes_before_the_sites() -> None:
    own: dict[str, Any] = {"published_on": "2025-01-24"}
    both = build(record(reading(**own), published_on=date(2025, 2, 3)))
    assert only(both["dim_filing"])["published_on"] == date(2025, 1, 24)
    (issue,) = issues(both, "identity_conflict")
    assert (issue["severity"], issue["place"]) == ("info", "published_on")
    assert (issue["expected"], issue["actual"]) == ("2025-01-24", "2025-02-03")
    site = build(record(reading(), published_on="2025-02-03"))
    assert only(site["dim_filing"])["published_on"] == date(2025, 2, 3) and not issues(site, "identity_conflict")
    same = build(record(reading(**own), published_on="2025-01-24"))
    assert not issues(same, "identity_conflict")


def test_a_readings_own_issues_are_carried() -> None:
    own = {
        "rule": "extraction_uncertain", "severity": "warning", "origin": "extraction",
        "where": "received_new.natural_person", "expected": 12, "actual": 1.50, "cells": [list(RECEIVED)],
        "message_zh": "一", "message_en": "a",
    }  # fmt: skip
    (issue,) = issues(build(record(reading(issues=[own]))), "extraction_uncertain")
    assert (issue["expected"], issue["actual"], issue["place"]) == ("12", "1.5", "received_new.natural_person")
    assert issue["cells"] == [dict(zip(("form_table", "row_code", "column_code"), RECEIVED, strict=True))]
    assert issue["filing_id"] == "new-2024-own-r1"


@pytest.mark.parametrize("value", [LIMIT, -LIMIT, 10**14, 1e20, float("nan")])
def test_a_number_too_large_to_be_stored_is_unreadable_with_an_issue(value: float) -> None:
    frames = build(record(reading(cells={RECEIVED: value})))
    cell = only(frames["cell"], row_code="received_new", column_code="natural_person")
    assert cell["status"] == "unreadable" and pd.isna(cell["value"]) and cell["raw"] == str(value)
    (issue,) = issues(frames, "cell_unreadable")
    assert issue["place"] == "received_new.natural_person"


def test_claims_and_unresolved_claims() -> None:
    claims = [
        {"metric": "applications.received_new.total", "value": 12, "sentence": "新收12件", "scope": "own"},
        {"metric": "applications.granted.total", "value": 10**20, "sentence": "很多", "scope": "own"},
    ]
    unresolved = [{"value": 3, "sentence": "三次", "reason": "no metric"}]
    frames = build(record(reading(claims=claims, unresolved_claims=unresolved)))
    claim = only(frames["claim"])
    assert (claim["metric"], claim["value"], claim["claim_no"]) == ("applications.received_new.total", 12, 1)
    assert list(frames["unresolved_claim"]["sentence"]) == ["三次", "很多"]
    assert pd.isna(frames["unresolved_claim"]["value"].iloc[1])


def test_decisions_are_numbered_per_issue_in_time() -> None:
    late = datetime(2025, 3, 2, tzinfo=UTC)
    decisions = [
        {"issue_id": "b", "decision": "waiting", "decided_at": late},
        {"issue_id": "a", "decision": "confirmed", "reason": "r", "role": "reviewer", "decided_at": late},
        {"issue_id": "a", "decision": "dismissed", "decided_at": late - timedelta(days=1)},
        {"issue_id": "b", "decision": "dismissed", "decided_at": "2025-03-02T08:00:00+08:00"},
    ]
    review = build(decisions=decisions)["review"]
    assert list(zip(review["issue_id"], review["review_no"], review["decision"], strict=True)) == [
        ("a", 1, "dismissed"),
        ("a", 2, "confirmed"),
        ("b", 1, "waiting"),
        ("b", 2, "dismissed"),
    ]


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(FrameError, match="maybe"):
        build(decisions=[{"issue_id": "a", "decision": "maybe", "decided_at": NOON}])


def test_captures_runs_and_build_info_are_as_given() -> None:
    fetch = {"url": "https://a.example/", "fetched_at": NOON, "http_status": 404}
    run = {"run_id": "r1", "started_at": NOON, "state": "completed", "documents_seen": 3}
    frames = build(captures=[fetch, fetch], runs=[run], build_info={"build_id": "b1", "built_at": NOON})
    assert only(frames["capture"])["http_status"] == 404
    assert only(frames["run"])["documents_seen"] == 3
    assert only(frames["build_info"])["built_at"] == pd.Timestamp("2025-02-01 04:00")


def test_a_local_file_is_captured_without_its_path() -> None:
    document = reading(source="/home/somebody/inbox/report.pdf")
    url = only(build(record(document))["capture"])["url"]
    assert url.startswith("file:") and url.endswith("/report.pdf") and "somebody" not in url


def test_the_dictionary_describes_every_stored_table_and_column() -> None:
    dictionary = build()["data_dictionary"]
    described = set(zip(dictionary["table_name"], dictionary["column_name"], strict=True))
    for contract in load_contracts().values():
        expected = {(contract.table, ""), *((contract.table, column.name) for column in contract.columns)}
        assert expected <= described


def test_dimensions_cover_every_code_and_keep_the_forms_order() -> None:
    frames = build()
    items = frames["dim_item"]
    for form in load_forms().values():
        for table in form.tables:
            codes = [row.code for row in table.rows]
            ordered = items[items["form_table"] == table.code].sort_values("sort_order")["item"].tolist()
            assert [code for code in ordered if code in codes] == codes
    other = only(items, item="other")
    assert other["item_group"] == "outcome" and other["editions"] == "2019,2021"
    assert only(items, item="other.other")["replaced_by"] == "other"
    assert only(items, item="normative_documents")["label_zh"] == "行政规范性文件"
    totals = items[items["is_total"] & (items["form_table"] != "statistics")]
    assert list(totals["item"]) == ["concluded_total"]
    assert only(frames["dim_measure"], code="amount")["unit"] == "万元"
    assert "采购总金额" in only(frames["dim_measure"], code="amount")["label_zh"]
    assert list(frames["dim_applicant"]["code"])[-1] == "total"


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)))
def test_frames_do_not_depend_on_the_order_of_readings(order: list[int]) -> None:
    records = [
        record(reading(cells={RECEIVED: 1}), url="https://a.example/"),
        record(reading(cells={RECEIVED: 2})),
        record(reading(cells={RECEIVED: 1}), url="https://b.example/", agency="示例区商务局"),
        record(reading(agency="示例县民政局", year=2023)),
        record(failed_reading()),
        record(reading(agency=None)),
    ]
    plain = build(*records)
    for table, data in build(*[records[i] for i in order]).items():
        pd.testing.assert_frame_equal(data, plain[table])


@given(st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4, allow_nan=False))
def test_a_figure_arrives_as_printed(value: Decimal) -> None:
    """JSON text → reading → frame loses nothing that a float's shortest text keeps (15 digits)."""
    loaded = json.loads(json.dumps(float(value)))
    stored = frame("unresolved_claim", {"filing_id": ["a"], "claim_no": [1], "value": [loaded], "sentence": ["s"],
                                        "reason": [None]})["value"].iloc[0]  # fmt: skip
    if len(value.normalize().as_tuple().digits) <= 15:
        assert stored == value
    whole = rows_frame("unresolved_claim", [{"filing_id": "a", "claim_no": 1, "value": value, "sentence": "s"}])
    assert whole["value"].iloc[0] == value


def test_more_than_four_decimals_are_rounded_half_up() -> None:
    assert exact(25.100055) == Decimal("25.1001")
    assert exact(0.00005) == Decimal("0.0001")
    assert exact(0.1) == Decimal("0.1")
    assert exact(3) == 3


def test_numbers_as_text() -> None:
    texts = [number_text(value) for value in (12, 12.0, 0.50, Decimal("100"), Decimal("1.2300"), 1e16, -4, 0.0)]
    assert texts == ["12", "12", "0.5", "100", "1.23", "10000000000000000", "-4", "0"]


def test_a_frame_refuses_unknown_codes_and_columns() -> None:
    row = {"filing_id": "a", "claim_no": 1, "metric": "m", "value": 1, "sentence": "s", "scope": "world"}
    with pytest.raises(FrameError, match="world"):
        rows_frame("claim", [row])
    with pytest.raises(FrameError, match="colour"):
        rows_frame("claim", [{"colour": 1}])
    with pytest.raises(FrameError, match="differ"):
        frame("claim", {"filing_id": []})


def test_a_loosely_typed_frame_becomes_the_contracts_arrow() -> None:
    rows = [{"issue_id": "a", "review_no": 1, "decision": "waiting", "decided_at": NOON}]
    others = [column.name for column in framed_contracts()["review"].columns if column.name not in rows[0]]
    loose = pd.DataFrame(rows).assign(**dict.fromkeys(others))
    loose["decided_at"] = [datetime(2025, 2, 1, 4)]
    assert to_arrow(loose, "review").equals(to_arrow(build(decisions=rows)["review"], "review"))
    with pytest.raises(FrameError, match="lacks"):
        to_arrow(loose.drop(columns="role"), "review")
    with pytest.raises(FrameError, match="never"):
        to_arrow(loose.assign(decision="never"), "review")


def test_one_address_at_one_instant_with_two_contents_is_two_captures() -> None:
    known = {"url": "https://www.example.gov.cn/a.html", "retrieved_at": NOON}
    frames = build_frames([record(reading(), salt=salt, **known) for salt in "ab"], register())
    times = frames["capture"]["fetched_at"].tolist()
    assert len(set(times)) == 2 and (max(times) - min(times)).total_seconds() < 1
