"""The rules against documents whose figures and contradictions were written down by others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from expectations.check import check_readings
from extract.paths import DATA, ROOT
from tests.factories import record
from tests.test_rules_support import issues, judged
from transform.agencies import load_register
from transform.frames import ReadingRecord
from transform.typed import number_text

REAL = ROOT.parent / "shared" / "real" / "truth"
SAMPLES = DATA / "samples"

Violation = tuple[str, str, float | None, float | None]


def _reading(truth: dict[str, Any]) -> dict[str, Any]:
    """The reading that a faultless reader would give of a document."""
    place = {"page": None, "bbox": None, "locator": None, "method": "truth"}
    return {
        "source": truth["source"], "sha256": "", "media_type": "text/html", "error": None, "agency": truth["agency"],
        "agency_as_filed": truth["agency"], "report_year": truth["report_year"], "form": truth["form"],
        "scope": truth.get("scope", "own"), "title": truth["title"], "published_on": truth.get("published_on"),
        "reader": "truth", "cells": [{**cell, **place} for cell in truth["cells"]],
        "claims": [], "unresolved_claims": [], "issues": [],
    }  # fmt: skip


def _metric(truth: dict[str, Any], metric: str) -> float | None:
    """The tables' figure of a metric, summed apart from the project's own sums; None where it is not known."""
    table, item, column = metric.split(".")[0], ".".join(metric.split(".")[1:-1]), metric.split(".")[-1]
    cells = {cell["row"]: cell for cell in truth["cells"] if (cell["table"], cell["column"]) == (table, column)}
    rows = {
        "handled": ["received_new", "received_carried_over"],
        "granted_or_partly": ["granted", "partly_granted"],
        "litigation": ["litigation_direct", "litigation_after_review"],
    }.get(item) or ([item] if item in cells else [row for row in cells if row.startswith(f"{item}.")])
    found = [cells[row] for row in rows]
    if any(cell["status"] != "reported" for cell in found):
        return None
    return float(sum(cell["value"] for cell in found))


def _expected(violations: list[dict[str, Any]]) -> set[Violation]:
    return {(v["rule"], v["where"], v["expected"], v["actual"]) for v in violations}


def _errors(checked: dict[str, Any]) -> set[Violation]:
    return {
        (issue["rule"], issue["where"], issue["expected"], issue["actual"])
        for issue in checked["issues"]
        if issue["severity"] == "error"
    }


def _truths(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        yield json.loads(path.read_text("utf-8"))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real documents do not belong to the project and are not here")
def test_real_documents_break_exactly_the_sums_that_were_found_by_hand() -> None:
    truths = list(_truths(REAL))
    assert len(truths) >= 4 and any(truth["violations"] for truth in truths)
    for truth, checked in zip(truths, check_readings(map(_reading, truths)), strict=True):
        assert _errors(checked) == _expected(truth["violations"]), truth["source"]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real documents do not belong to the project and are not here")
def test_blank_row_totals_of_a_real_document_are_warnings() -> None:
    truth = json.loads((REAL / "shanghai-office-2019.json").read_text("utf-8"))
    cells = {(cell["table"], cell["row"], cell["column"]): cell for cell in truth["cells"]}
    parts: dict[str, float] = {}
    for (table, row, column), cell in cells.items():
        if table == "applications" and column != "total" and cell["status"] == "reported":
            parts[row] = parts.get(row, 0) + cell["value"]
    expected = {
        ("total_blank", f"{row}.total", value, None)
        for row, value in parts.items()
        if cells["applications", row, "total"]["status"] == "blank"
    }
    (checked,) = check_readings([_reading(truth)])
    found = {(i["rule"], i["where"], i["expected"], i["actual"]) for i in checked["issues"]}
    assert len(expected) == 11
    assert expected == {issue for issue in found if issue[0] == "total_blank" and issue[1].endswith(".total")}


def test_samples_break_exactly_the_rules_that_their_maker_says() -> None:
    truths = list(_truths(SAMPLES))
    assert any(truth["violations"] for truth in truths)
    for truth, checked in zip(truths, check_readings(map(_reading, truths)), strict=True):
        assert _errors(checked) == _expected(truth["violations"]), truth["source"]


def test_samples_contradict_their_prose_exactly_where_its_figures_are_not_the_tables() -> None:
    truths = list(_truths(SAMPLES))
    expected, found = set(), set()
    for truth, checked in zip(
        truths, check_readings({**_reading(truth), "claims": truth["claims"]} for truth in truths), strict=True
    ):
        name = truth["agency"], truth["report_year"], truth["scope"]
        for claim in truth["claims"]:
            figure = _metric(truth, claim["metric"])
            if figure is not None and figure != claim["value"]:
                expected.add((name, claim["metric"], figure, claim["value"]))
        for issue in checked["issues"]:
            if issue["rule"] == "narrative_mismatch":
                assert issue["severity"] == "error"
                found.add((name, issue["where"], issue["expected"], issue["actual"]))
    assert len(expected) > 5
    assert found == expected


def test_samples_are_continuous_but_where_their_maker_says() -> None:
    paths = sorted(SAMPLES.rglob("*.truth.json"))
    truths = [json.loads(path.read_text("utf-8")) for path in paths]
    records = [_record(path, truth) for path, truth in zip(paths, truths, strict=True)]
    documents = {record.sha256: record for record in records}
    found = {
        (documents[issue["sha256"]].reading["source"], issue["place"], issue["expected"], issue["actual"])
        for issue in issues(judged(records, load_register(), ["carry_over_continuity"]))
    }
    expected = {
        (record.reading["source"], v["where"], number_text(v["expected"]), number_text(v["actual"]))
        for record, truth in zip(records, truths, strict=True)
        for v in truth["cross_year_violations"]
        if v["rule"] == "carry_over_continuity"
    }
    assert expected and found == expected


def _record(path: Path, truth: dict[str, Any]) -> ReadingRecord:
    source = path.relative_to(SAMPLES).as_posix()
    return record({**_reading(truth), "source": source}, salt=source)
