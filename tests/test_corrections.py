"""Point corrections of readings: what they change, when they are refused, and malformed files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import flows.corrections
from expectations.check import check_readings
from extract.forms import CellKey
from flows.commands import doctor
from flows.corrections import corrections as project_corrections
from tests.factories import failed_reading, reading, record, register
from tests.test_rules_support import found_while_reading, issues
from transform import corrections as module
from transform.corrections import CorrectionError, Corrections, load_corrections
from transform.frames import build_frames
from warehouse.errors import OgiError
from warehouse.query import run_query

R = "review_litigation"
UPHELD: CellKey = (R, "review", "upheld")
OTHER: CellKey = (R, "review", "other")
MISREAD = {UPHELD: 1, (R, "review", "total"): 7}


def entry(sha256: str, key: CellKey = UPHELD, **more: Any) -> dict[str, Any]:
    return {
        "sha256": sha256, "source": "a.pdf", "table": key[0], "row": key[1], "column": key[2],
        "expect": {"raw": "1", "value": 1, "status": "reported"}, "raw": "7", "value": 7, "status": "reported",
        "reason": "印的是7", "role": "数据管理员", "date": "DAY", **more,
    }  # fmt: skip


def loaded(folder: Path, *entries: Mapping[str, Any]) -> Corrections:
    text = yaml.safe_dump(list(entries), allow_unicode=True).replace("DAY", "2026-01-15")
    (folder / "one.yaml").write_text(text, "utf-8")
    return load_corrections(folder)


def judged(document: dict[str, Any], folder: Path, *entries: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The cell 行政复议·结果维持 as the warehouse has it, and the rules that are broken."""
    from expectations.judge import judge_frames

    given = record(document)
    made = [{**each, "sha256": given.sha256} for each in entries]
    frames = build_frames([given], register(), corrections=loaded(folder, *made))
    cell = frames["cell"].query(f"row_code == '{UPHELD[1]}' and column_code == '{UPHELD[2]}'").to_dict("records")[0]
    found = judge_frames(frames)
    return {str(key): value for key, value in cell.items()}, {issue["rule"] for issue in issues(found)}


def test_a_cell_gets_what_is_printed_and_keeps_its_place(tmp_path: Path) -> None:
    assert judged(reading(cells=MISREAD), tmp_path)[1] == {"review_sum"}
    cell, rules = judged(reading(cells=MISREAD), tmp_path, entry("x"))
    assert (cell["raw"], cell["value"], cell["status"], cell["method"]) == ("7", 7, "reported", "corrected")
    assert (cell["page"], list(cell["bbox"])) == (1, [10.0, 20.0, 30.5, 40.0])
    assert rules == set()


def test_the_facts_are_made_from_the_corrected_cell(tmp_path: Path) -> None:
    given = record(reading(cells=MISREAD))
    frames = build_frames([given], register(), corrections=loaded(tmp_path, entry(given.sha256)))
    assert frames["fact_reviews"].query("result == 'upheld'")["value"].item() == 7


@pytest.mark.parametrize(
    "expect",
    [
        {"raw": "2", "value": 2, "status": "reported"},
        {"raw": "１", "value": 1, "status": "reported"},
        {"raw": "", "value": None, "status": "blank"},
    ],
)
def test_a_correction_whose_reading_is_another_is_not_applied_and_says_so(
    tmp_path: Path, expect: dict[str, Any]
) -> None:
    cell, rules = judged(reading(cells=MISREAD), tmp_path, entry("x", expect=expect))
    assert (cell["value"], cell["method"]) == (1, "test")
    assert rules == {"review_sum", "correction_stale"}


def test_a_stale_correction_names_place_and_both_readings(tmp_path: Path) -> None:
    given = record(reading(cells=MISREAD))
    stale = entry(given.sha256, expect={"raw": "2", "value": 2, "status": "reported"})
    frames = build_frames([given], register(), corrections=loaded(tmp_path, stale))
    (row,) = frames["reading_issue"].to_dict("records")
    assert (row["rule"], row["severity"], row["origin"], row["place"]) == (
        "correction_stale", "warning", "extraction", "review.upheld",
    )  # fmt: skip
    assert (row["expected"], row["actual"]) == ("“2” = 2", "“1” = 1")
    assert "one.yaml, 1" in row["message_zh"] and "one.yaml, 1" in row["message_en"]


def test_a_correction_that_the_reading_has_caught_up_with_says_that_it_can_go(tmp_path: Path) -> None:
    given = record(reading(cells={UPHELD: 7, (R, "review", "total"): 7}))
    frames = build_frames([given], register(), corrections=loaded(tmp_path, entry(given.sha256)))
    (row,) = frames["reading_issue"].to_dict("records")
    assert row["rule"] == "correction_stale" and "可以删去" in row["message_zh"]


def test_a_cell_that_the_reading_does_not_have_is_stale(tmp_path: Path) -> None:
    merged: CellKey = ("applications", "other", "total")
    assert judged(reading(cells=MISREAD), tmp_path, entry("x", merged))[1] == {"review_sum", "correction_stale"}


@pytest.mark.parametrize(
    ("where", "cells", "kept"),
    [
        ("review.upheld", [UPHELD], False),
        ("review.upheld", [], False),
        (R, [UPHELD, OTHER], True),
        (R, [], True),
        ("review", [], True),
        ("review.other", [OTHER], True),
    ],
)
def test_doubts_go_only_where_every_cell_they_name_is_corrected(
    tmp_path: Path, where: str, cells: list[CellKey], kept: bool
) -> None:
    doubt = found_while_reading("extraction_uncertain", where, cells)
    rules = judged(reading(cells=MISREAD, issues=[doubt]), tmp_path, entry("x"))[1]
    assert rules == ({"extraction_uncertain"} if kept else set())


def test_two_corrections_settle_a_doubt_of_two_cells(tmp_path: Path) -> None:
    doubt = found_while_reading("extraction_uncertain", R, [UPHELD, OTHER])
    second = entry("x", OTHER, expect={"raw": "0", "value": 0, "status": "reported"}, raw="-", value=None,
                   status="not_applicable")  # fmt: skip
    assert judged(reading(cells=MISREAD, issues=[doubt]), tmp_path, entry("x"), second)[1] == set()


def test_a_stale_correction_settles_nothing(tmp_path: Path) -> None:
    doubt = found_while_reading("extraction_uncertain", "review.upheld", [UPHELD])
    stale = entry("x", expect={"raw": "2", "value": 2, "status": "reported"})
    rules = judged(reading(cells=MISREAD, issues=[doubt]), tmp_path, stale)[1]
    assert rules == {"extraction_uncertain", "correction_stale", "review_sum"}


def test_a_lost_cell_that_is_found_is_no_longer_lacking(tmp_path: Path) -> None:
    lost = found_while_reading("cell_missing", "review.upheld", [UPHELD])
    document = reading(cells={UPHELD: "missing", (R, "review", "total"): 7}, issues=[lost])
    given = entry("x", expect={"raw": None, "value": None, "status": "missing"})
    assert judged(document, tmp_path)[1] == {"cell_missing"}
    assert judged(document, tmp_path, given)[1] == set()


@pytest.mark.parametrize(
    ("raw", "status", "rule"), [("若干", "unreadable", "cell_unreadable"), (None, "missing", "cell_missing")]
)
def test_a_cell_without_a_number_is_then_the_filers_issue(
    tmp_path: Path, raw: str | None, status: str, rule: str
) -> None:
    given = record(reading(cells=MISREAD))
    made = loaded(tmp_path, entry(given.sha256, raw=raw, value=None, status=status))
    frames = build_frames([given], register(), corrections=made)
    assert frames["reading_issue"][["rule", "origin"]].to_numpy().tolist() == [[rule, "filing"]]


def test_a_document_that_is_no_longer_readable_keeps_its_correction_in_sight(tmp_path: Path) -> None:
    given = record(failed_reading())
    frames = build_frames([given], register(), corrections=loaded(tmp_path, entry(given.sha256)))
    assert set(frames["reading_issue"]["rule"]) == {"correction_stale", "document_unreadable"}


def test_other_documents_and_unknown_ones_are_left_alone(tmp_path: Path) -> None:
    document = record(reading(cells=MISREAD))
    frames = build_frames([document], register(), corrections=loaded(tmp_path, entry("0" * 64)))
    plain = build_frames([document], register())
    assert frames["cell"].equals(plain["cell"]) and frames["reading_issue"].equals(plain["reading_issue"])


def test_checking_applies_corrections(tmp_path: Path) -> None:
    document = {**reading(cells=MISREAD), "sha256": "a" * 64}
    (checked,) = check_readings([document], register(), loaded(tmp_path, entry("a" * 64)))
    assert checked["issues"] == []
    assert {cell["method"] for cell in checked["cells"]} == {"test", "corrected"}
    stale = entry("a" * 64, expect={"raw": "2", "value": 2, "status": "reported"})
    (checked,) = check_readings([document], register(), loaded(tmp_path, stale))
    assert [issue["rule"] for issue in checked["issues"]] == ["correction_stale", "review_sum"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": 12}, "sha256"),
        ({"column": "nobody"}, "no such cell"),
        ({"table": ["a"]}, "no such cell"),
        ({"status": "guessed"}, "unknown status"),
        ({"value": None}, "value"),
        ({"value": True}, "value"),
        ({"value": "7"}, "value"),
        ({"value": float("nan")}, "stored"),
        ({"value": 1e15}, "stored"),
        ({"value": 8}, "does not read as"),
        ({"raw": "七件"}, "does not read as"),
        ({"raw": 7}, "raw"),
        ({"raw": None}, "raw"),
        ({"raw": "1", "value": 1}, "changes nothing"),
        ({"expect": {"raw": "1"}}, "expect"),
        ({"expect": "1"}, "expect"),
        ({"reason": " "}, "reason"),
        ({"role": None}, "role"),
        ({"date": "yesterday"}, "date"),
        ({"note": "x"}, "fields"),
    ],
)
def test_malformed_entries_are_refused_with_file_and_number(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    good = entry("0" * 64)
    with pytest.raises(CorrectionError, match=message) as caught:
        loaded(tmp_path, good, {**entry("1" * 64), **change})
    assert "one.yaml, 2" in caught.value.zh and "one.yaml, 2" in caught.value.en


def test_one_cell_is_corrected_once(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="twice"):
        loaded(tmp_path, entry("0" * 64), entry("0" * 64))


@pytest.mark.parametrize("text", ["- [", "sha256: x", "- 1"])
def test_files_that_are_no_list_of_entries_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "two.yaml").write_text(text, "utf-8")
    with pytest.raises(CorrectionError, match=r"two\.yaml"):
        load_corrections(tmp_path)


def test_amounts_may_be_converted(tmp_path: Path) -> None:
    given = entry("0" * 64, ("proactive", "fees", "amount"), raw="21643.44", value=2.1643, status="reported")
    assert loaded(tmp_path, given).of("0" * 64)


def test_the_projects_own_corrections_and_the_readmes_example_are_valid(tmp_path: Path) -> None:
    project_corrections()
    readme = (module.CORRECTIONS / "README.md").read_text("utf-8")
    example = readme.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "one.yaml").write_text(example, "utf-8")
    assert load_corrections(tmp_path).of("0" * 64)


def test_a_malformed_file_stops_commands_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two.yaml").write_text("- 1", "utf-8")
    monkeypatch.setattr(flows.corrections, "load_corrections", lambda: load_corrections(tmp_path))
    with pytest.raises(OgiError, match=r"two\.yaml, 1"):
        project_corrections()


def test_doctor_counts_corrections_of_documents_never_seen(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = published / "warehouse" / "warehouse.duckdb"
    seen = run_query(warehouse, "SELECT sha256 FROM document LIMIT 1").table.to_pylist()[0]["sha256"]
    found = loaded(tmp_path, entry(seen), entry("0" * 64))
    monkeypatch.setattr(module, "load_corrections", lambda: found)
    ((verdict, _, text),) = doctor._unknown_corrections(warehouse)
    assert verdict == "remark" and text.startswith("1 ") and "0" * 16 in text and seen[:16] not in text
