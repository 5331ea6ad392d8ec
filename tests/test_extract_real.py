"""The real filings beside the checkout, cell by cell, against hand-checked truth."""

import json
from pathlib import Path
from typing import Any

import pytest

from extract.paths import ROOT
from extract.reading import read_bytes

REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, the real filings, is absent")
TRUTHS = sorted((REAL / "truth").glob("*.json"))


def _cells(document: dict[str, Any]) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {(c["table"], c["row"], c["column"]): (c["value"], c["status"], c["raw"]) for c in document["cells"]}


@pytest.mark.parametrize("truth_file", TRUTHS, ids=lambda path: path.stem)
def test_every_cell_is_as_printed(truth_file: Path) -> None:
    truth = json.loads(truth_file.read_text("utf-8"))
    reading = read_bytes((REAL / truth["source"]).read_bytes(), truth["source"])
    assert reading["error"] is None
    assert _cells(reading) == _cells(truth)
    assert len(reading["cells"]) == len(truth["cells"]), "a cell is listed twice"
    assert (reading["report_year"], reading["form"]) == (truth["report_year"], truth["form"])
    assert reading["agency"] in truth.get("agency_accept", [truth["agency"]])
    assert reading["title"] == truth["title"]


@pytest.mark.parametrize("name", ["000_8b8811e0fe37948a.txt", "002_19d93999b17f5fab.txt"])
def test_shifted_reviews_are_moved_and_flagged(name: str) -> None:
    reading = read_bytes((REAL / name).read_bytes(), name)
    issues = {(issue["rule"], issue["where"]): issue for issue in reading["issues"]}
    moved = issues["extraction_uncertain", "review_litigation"]
    assert moved["origin"] == "extraction"
    assert len(moved["cells"]) == 15
    lost = issues["cell_missing", "litigation_after_review"]
    assert lost["origin"] == "extraction"
    methods = {c["method"] for c in reading["cells"] if c["row"] == "review"}
    assert methods == {"shift"}


def test_eight_figures_for_seven_columns_are_decided_by_the_sums() -> None:
    name = "000_8b8811e0fe37948a.txt"
    reading = read_bytes((REAL / name).read_bytes(), name)
    repaired = {c["row"] for c in reading["cells"] if c["method"] == "sums"}
    assert repaired == {"other.other", "concluded_total", "carried_forward"}
    flagged = next(i for i in reading["issues"] if i["where"] == "applications")
    assert flagged["rule"] == "extraction_uncertain" and len(flagged["cells"]) == 21


def test_every_figure_of_a_pdf_has_its_place() -> None:
    reading = read_bytes((REAL / "hongze-2023.pdf").read_bytes(), "hongze-2023.pdf")
    for cell in reading["cells"]:
        x0, top, x1, bottom = cell["bbox"]
        assert 0 <= x0 < x1 <= 596 and 0 <= top < bottom <= 843 and cell["page"] in (2, 3, 4)
