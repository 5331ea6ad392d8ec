"""The prose of the real filings beside the checkout, read by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract import readers
from extract.claims import ClaimsReading, read_claims
from extract.forms import load_forms
from extract.masthead import read_masthead
from extract.matching.result import Cell
from extract.model import Place
from extract.paths import ROOT
from extract.reading import read_bytes

REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, the real filings, is absent")

CLAIMS = {
    "000_8b8811e0fe37948a.txt": {
        "applications.received_new.total": 12,
        "applications.granted.total": 7,
        "applications.unavailable.not_held.total": 3,
        "applications.refused.internal_affairs.total": 2,
        "review_litigation.review.total": 3,
        "review_litigation.review.upheld": 3,
        "review_litigation.litigation.total": 1,
        "review_litigation.litigation.upheld": 1,
    },
    "002_19d93999b17f5fab.txt": {
        "applications.received_new.total": 2,
        "applications.concluded_total.total": 2,
        "applications.refused.total": 1,
        "applications.unavailable.total": 1,
    },
    "hongze-2023.pdf": {"applications.received_new.total": 21},
    "shanghai-office-2019.html": {},
}
UNRESOLVED = {
    "000_8b8811e0fe37948a.txt": {7500, 61, 5322, 2100, 17, 3, 150, 200, 8, 12, 40},
    "002_19d93999b17f5fab.txt": {1290, 1022, 178, 2, 1, 5, 39, 4},
    "hongze-2023.pdf": {1136, 0},
    "shanghai-office-2019.html": set(),
}
SCOPES = {"002_19d93999b17f5fab.txt": "own"}


def read(name: str) -> ClaimsReading:
    data = (REAL / name).read_bytes()
    reading = read_bytes(data, name)
    document = readers.read(data, reading["media_type"])
    cells = {}
    for cell in reading["cells"]:
        key = (cell["table"], cell["row"], cell["column"])
        value = None if cell["value"] is None else Decimal(str(cell["value"]))
        cells[key] = Cell(key, cell["raw"], cell["status"], value, Place())
    return read_claims(document, load_forms()[reading["form"]], cells, read_masthead(document))


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_as_stated(name: str) -> None:
    reading = read(name)
    assert {claim.metric: claim.value for claim in reading.claims} == CLAIMS[name]
    assert {claim.scope for claim in reading.claims} <= {SCOPES.get(name, "area")}


@pytest.mark.parametrize("name", UNRESOLVED)
def test_other_counts_are_unresolved(name: str) -> None:
    assert {item.value for item in read(name).unresolved} == UNRESOLVED[name]
