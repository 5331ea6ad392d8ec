"""Names of agencies: the division, the level and the function that each shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.identity.functions import infer_level, infer_sector
from extract.identity.places import settle
from extract.identity.regions import read_place, region_of

CASES = Path(__file__).parent / "identity_cases"
AGENCIES = [line.split("\t") for line in (CASES / "agencies.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("name", "code", "level", "sector"), AGENCIES)
def test_agency(name: str, code: str, level: str, sector: str) -> None:
    division = settle(read_place(name).candidates)
    region = region_of(division) if division else None
    shown = infer_level(name, region)
    assert (region.code if region else "-", shown or "-", infer_sector(name, shown) or "-") == (code, level, sector)
