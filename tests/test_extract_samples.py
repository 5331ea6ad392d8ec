"""Every sample filing against the true figures beside it: the golden files."""

import json
from pathlib import Path
from typing import Any

import pytest

from extract.paths import DATA
from extract.reading import read_bytes

TRUTHS = sorted((DATA / "samples").rglob("*.truth.json"))


def _cells(document: dict[str, Any]) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {(c["table"], c["row"], c["column"]): (c["value"], c["status"], c["raw"]) for c in document["cells"]}


def test_there_are_samples() -> None:
    assert len(TRUTHS) >= 30


@pytest.mark.parametrize("truth_file", TRUTHS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_reads_as_its_truth(truth_file: Path) -> None:
    truth = json.loads(truth_file.read_text("utf-8"))
    document = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
    reading = read_bytes(document.read_bytes(), document.name)
    assert reading["error"] is None
    assert _cells(reading) == _cells(truth)
    assert len(reading["cells"]) == len(truth["cells"])
    for name in ("agency", "report_year", "form", "scope", "title", "published_on"):
        assert reading[name] == truth[name], name


@pytest.mark.parametrize("truth_file", TRUTHS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_doubt_is_raised_only_where_the_document_is_damaged(truth_file: Path) -> None:
    truth = json.loads(truth_file.read_text("utf-8"))
    document = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
    reading = read_bytes(document.read_bytes(), document.name)
    doubted = any(issue["origin"] == "extraction" for issue in reading["issues"])
    lost = any(cell["status"] == "missing" for cell in truth["cells"])
    assert doubted == (lost and "table_absent" not in truth["defects"])  # an absent table is the filer's
