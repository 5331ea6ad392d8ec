"""Issues found while reading, whose issue something is, and identifiers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from expectations.judge import READ, connect, judge, judge_frames
from extract.forms import CellKey
from tests.factories import failed_reading, reading, record, register
from tests.test_rules_support import found, found_while_reading, issues, judged
from transform.contracts import codes, load_contracts
from transform.frames import build_frames

R = "review_litigation"
UPHELD: CellKey = (R, "review", "upheld")


def test_reading_issues_are_taken_as_they_are() -> None:
    own = found_while_reading(
        "cell_missing", "review.upheld", [UPHELD], origin="filing", message_zh="缺格", message_en="lacking"
    )
    frames = judged([record(reading(issues=[own]))])
    (issue,) = issues(frames)
    assert {key: issue[key] for key in ("rule", "place", "severity", "origin", "message_zh", "message_en")} == {
        "rule": "cell_missing", "place": "review.upheld", "severity": "warning", "origin": "filing",
        "message_zh": "缺格", "message_en": "lacking",
    }  # fmt: skip
    assert frames.issue_cell[["form_table", "row_code", "column_code"]].to_numpy().tolist() == [list(UPHELD)]


@pytest.mark.parametrize(
    ("where", "cells", "origin"),
    [
        ("review.upheld", [UPHELD], "extraction"),
        ("review.upheld", [], "extraction"),
        (R, [], "extraction"),
        ("litigation_direct.upheld", [(R, "litigation_direct", "upheld")], "filing"),
        ("proactive", [], "filing"),
    ],
)
def test_origin_follows_uncertain_cells(where: str, cells: list[CellKey], origin: str) -> None:
    uncertain = found_while_reading("extraction_uncertain", where, cells)
    document = record(reading(cells={UPHELD: 1}, issues=[uncertain]))
    assert [issue["origin"] for issue in found([document], "review_sum")] == [origin]


def test_uncertainty_of_another_filing_or_kind_does_not_matter() -> None:
    uncertain = found_while_reading("extraction_uncertain", "review.upheld", [UPHELD])
    other = record(reading(year=2023, issues=[uncertain]))
    missing = found_while_reading("cell_unreadable", "review.upheld", [UPHELD])
    document = record(reading(cells={UPHELD: 1}, issues=[missing]))
    assert [issue["origin"] for issue in found([document, other], "review_sum")] == ["filing"]


def test_last_years_uncertain_cell_counts_across_years() -> None:
    key: CellKey = ("applications", "carried_forward", "total")
    uncertain = found_while_reading("extraction_uncertain", "carried_forward.total", [key])
    last = record(reading(year=2023, cells={key: 4}, issues=[uncertain]))
    assert [i["origin"] for i in found([last, record(reading())], "carry_over_continuity")] == ["extraction"]


def test_documents_without_a_filing_are_named_by_their_hash() -> None:
    broken, nameless = record(failed_reading()), record(reading(agency=None))
    raised = {issue["rule"]: issue for issue in issues(judged([broken, nameless]))}
    assert set(raised) == {"document_unreadable", "identity_unknown"}
    for document, issue in ((broken, raised["document_unreadable"]), (nameless, raised["identity_unknown"])):
        assert (issue["filing_id"], issue["sha256"]) == (None, document.sha256)
        assert issue["first_seen_at"].day == 1 and issue["resolved_at"] is None


def test_issue_identifier_is_made_of_filing_rule_place_and_figures() -> None:
    (issue,) = found([record(reading(cells={UPHELD: 10}))], "review_sum")
    subject = "|".join(("new-2024-own-r1", "review_sum", "review", "10", "0"))
    assert issue["issue_id"] == hashlib.sha256(subject.encode()).hexdigest()[:16]


def test_the_same_issue_twice_is_one() -> None:
    twice = [found_while_reading("cell_missing", "review.upheld", [UPHELD])] * 2
    frames = judged([record(reading(issues=twice))])
    assert len(frames.quality_issue) == 1 and len(frames.issue_cell) == 1


def test_order_of_documents_does_not_matter() -> None:
    documents = [record(reading(year=year, cells={UPHELD: year - 2020})) for year in (2022, 2023, 2024)]
    one, other = judged(documents), judged(reversed(documents))
    assert one.quality_issue.equals(other.quality_issue) and one.issue_cell.equals(other.issue_cell)


def test_tables_in_a_file_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder holds them, handed over in slices, so that no copy of all is made in memory."""
    documents = [record(reading(year=year, cells={UPHELD: year - 2020})) for year in (2022, 2023, 2024)]
    frames = build_frames([*documents, record(failed_reading())], register())
    plain = judge_frames(frames)
    monkeypatch.setattr("expectations.judge.SLICE", 2)
    with connect(frames, tmp_path) as con:
        kept = judge(con)
        assert con.execute("SELECT count(*) FROM cell").fetchall() == [(len(frames["cell"]),)]
    assert (tmp_path / "judging.duckdb").stat().st_size > 0
    assert len(plain.quality_issue) > 3
    assert kept.quality_issue.equals(plain.quality_issue) and kept.issue_cell.equals(plain.issue_cell)


def test_a_read_only_file_with_enumerations_gives_the_same(tmp_path: Path) -> None:
    uncertain = found_while_reading("extraction_uncertain", "review.upheld")
    last = record(reading(year=2023, cells={("applications", "carried_forward", "total"): 2}))
    frames = build_frames([last, record(reading(cells={UPHELD: 1}, issues=[uncertain]))], register())
    memory = connect(frames)
    plain = judge(memory)
    path = str(tmp_path / "tables.duckdb")
    memory.execute(f"ATTACH '{path}' AS kept")
    for name in READ:
        columns = [row[0] for row in memory.execute(f"DESCRIBE {name}").fetchall()]
        enums = {column: load_contracts()[name].column(column).enum for column in columns}
        typed = [f"{c}::ENUM({', '.join(map(repr, codes(e)))}) AS {c}" if e else c for c, e in enums.items()]
        memory.execute(f"CREATE TABLE kept.{name} AS SELECT {', '.join(typed)} FROM {name}")
    memory.close()
    file = duckdb.connect(path, read_only=True)
    kept = judge(file)
    assert len(plain.quality_issue) == 5
    assert kept.quality_issue.equals(plain.quality_issue) and kept.issue_cell.equals(plain.issue_cell)
    assert file.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)
